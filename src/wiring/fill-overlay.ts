import { ConfigurationError } from '../errors/index.js'
import { type Token, tokenName } from '../tokens/index.js'
import { explainFailure } from './explain-failure.js'
import { Failure } from './failure.js'
import type { Linker } from './linker.js'
import { unwrap } from './unwrap.js'
import type { Overlay } from './overlay.js'
import type { ProviderNode } from './provider-node.js'
import { readProvider, type ReadProvider } from './read-provider.js'
import { list } from './words.js'

/**
 * Puts providers over the application, for one scope or one construction. They are made when they are asked for;
 * of several for one token the last counts, unless they are `multi`.
 *
 * @param check called when their dependencies are linked; throws what is wrong
 * @throws ConfigurationError for an entry that is no provider
 */
export function fillOverlay(
  overlay: Overlay,
  providers: readonly unknown[],
  linker: Linker,
  check: () => void
): void {
  const own: Own = new Map()
  /** Tokens of which something is an alias. */
  const aliased = new Set<Token>()
  let isLinked = false
  for (const [index, entry] of providers.entries()) {
    const read = readProvider(entry, () => `providers[${index}]`)
    if ('code' in read) {
      const { code, message, hint } = read
      throw new ConfigurationError(code, { message, hint })
    }
    const { token, multi, spec } = read
    const one = spec.kind === 'alias' ? { token, to: unwrap(spec.token) } : looseNode(read, linker)
    const same = multi ? own.get(token) : undefined
    own.set(token, same === undefined ? [one] : [...same, one])
    if (spec.kind === 'alias') aliased.add(token)
    isLinked ||= spec.kind !== 'value'
  }
  if (aliased.size > 0) followAliases(own, aliased, linker)
  overlay.providers = own as ReadonlyMap<Token, readonly ProviderNode[]>
  if (isLinked) {
    linker.drain()
    check()
  }
}

/** An alias, as long as it is not followed. */
interface Alias {
  readonly token: Token
  readonly to: Token | undefined
}

type Own = Map<Token, readonly (ProviderNode | Alias)[]>

/** Puts what they lead to in the place of aliases: what is provided here goes first, under an alias too. */
function followAliases(own: Own, aliased: ReadonlySet<Token>, linker: Linker): void {
  const open = new Set(aliased)
  while (open.size > 0) {
    const before = open.size
    for (const token of open) {
      const entries = own.get(token)!
      if (entries.some((entry) => 'to' in entry && entry.to !== undefined && open.has(entry.to))) continue
      own.set(
        token,
        entries.flatMap((entry) => ('to' in entry ? targetsOf(entry, own, linker) : [entry]))
      )
      open.delete(token)
    }
    if (open.size === before)
      throw invalid(
        `there are aliases that lead back to themselves: ${list([...open].map(tokenName))}`,
        'Let one of them provide a value of its own.'
      )
  }
}

function targetsOf({ token, to }: Alias, own: Own, linker: Linker): readonly (ProviderNode | Alias)[] {
  const { lookup, tree } = linker
  const known = to === undefined ? undefined : own.get(to)
  if (known !== undefined) return known
  const found = to === undefined ? new Failure('undefined', to, tree.root) : lookup.one(tree.root, to)
  if (!(found instanceof Failure)) return [found]
  const what = to === undefined ? 'what its function gives' : tokenName(to)
  const { message, hint } = explainFailure(`the alias ${tokenName(token)} stands for ${what}`, found, linker)
  throw invalid(message, hint)
}

function invalid(message: string, hint?: string): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_PROVIDER', { message, hint })
}

function looseNode({ token, spec }: ReadProvider, linker: Linker): ProviderNode {
  const { table } = linker
  const label = tokenName(token)
  if (spec.kind === 'value') return table.loose({ kind: 'value', value: spec.value }, label)
  if (spec.kind === 'factory') {
    const node = table.loose({ kind: 'factory', spec }, label, undefined, spec.lifetime)
    linker.linkLoose(node)
    return node
  }
  if (spec.kind === 'alias') throw new TypeError('an alias has no node of its own')
  const { description } = spec
  if (description.service !== undefined) {
    throw new ConfigurationError('KEEL_INVALID_PROVIDER', {
      message: `${label} is a service, which cannot be provided here: it would never be started`,
      hint: 'Provide it in a module, or add it to a service by context.addChild().'
    })
  }
  const lifetime = spec.lifetime ?? description.injectable?.lifetime
  const source = { kind: 'class', class: description.class } as const
  const node = table.loose(source, description.name, description, lifetime)
  linker.linkLoose(node)
  return node
}
