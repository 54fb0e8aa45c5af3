import { rootKind } from '../app/index.js'
import { refuseUnknownOptions } from '../errors/index.js'
import { refuse } from '../metadata/index.js'
import { isToken, type Token } from '../tokens/index.js'
import type { Root } from '../wiring/index.js'

/** Some services and all they need, and nothing else. */
export interface Slice {
  readonly kind: 'slice'
  readonly tokens: readonly Token[]
  /** Whose modules say what stands behind the tokens; undefined: the classes stand for themselves. */
  readonly from: Root | undefined
}

/** Options of {@link slice}. */
export interface SliceOptions {
  /** Whose modules say what stands behind the tokens. Default: the classes stand for themselves. */
  readonly from?: Root | undefined
}

/**
 * Narrows a test application to some services and what they need, directly or not.
 *
 * @example
 * ```ts
 * await createTestApplication(slice(OrderService)).start()
 * await createTestApplication(slice([OrderService, MAILER], { from: AppModule })).start()
 * ```
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no token, and for options that nobody reads
 */
export function slice(tokens: Token | readonly Token[], options: SliceOptions = {}): Slice {
  refuseUnknownOptions(options, ['from'], 'slice()')
  const { from } = options
  if (from !== undefined && !isRoot(from)) throw refuse('from of slice()', from, 'a module, or services')
  if (!isList(tokens)) {
    checkToken(tokens, 'what slice() is given')
    return { kind: 'slice', tokens: [tokens], from }
  }
  for (const [index, token] of tokens.entries()) checkToken(token, `entry ${index} of slice()`)
  return { kind: 'slice', tokens, from }
}

function checkToken(token: unknown, what: string): void {
  if (isToken(token)) return
  const hint =
    token === undefined
      ? 'An undefined class is an import cycle between files: import it from its own.'
      : undefined
  throw refuse(what, token, 'a token', hint)
}

function isRoot(from: unknown): boolean {
  return Array.isArray(from) || rootKind(from) !== undefined
}

function isList(tokens: Token | readonly Token[]): tokens is readonly Token[] {
  return Array.isArray(tokens)
}

/** Whether a root is a slice. */
export function isSlice(root: unknown): root is Slice {
  return (
    typeof root === 'object' && root !== null && 'kind' in root && root.kind === 'slice' && 'tokens' in root
  )
}
