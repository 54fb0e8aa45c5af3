import type { Token } from '../tokens/index.js'
import type { Root } from '../wiring/index.js'

/** Some services and all they need, and nothing else. */
export interface Slice {
  readonly kind: 'slice'
  readonly tokens: readonly Token[]
  /** Whose modules say what stands behind the tokens; undefined: the classes stand for themselves. */
  readonly from: Root | undefined
}

/**
 * Narrows a test application to some services and what they need, directly or not.
 *
 * @example
 * ```ts
 * await createTestApplication(slice(OrderService)).start()
 * await createTestApplication(slice([OrderService, MAILER], { from: AppModule })).start()
 * ```
 */
export function slice(tokens: Token | readonly Token[], options: { readonly from?: Root } = {}): Slice {
  return { kind: 'slice', tokens: isList(tokens) ? tokens : [tokens], from: options.from }
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
