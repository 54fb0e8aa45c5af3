import { ConfigurationError } from '../errors/index.js'
import { isClass, type Token, tokenName } from '../tokens/index.js'
import { Failure } from './failure.js'
import type { Linker } from './linker.js'
import { unwrap } from './unwrap.js'
import type { Overlay } from './overlay.js'
import type { ProviderNode } from './provider-node.js'
import { readProvider, type ReadProvider } from './read-provider.js'

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
  const own = new Map<Token, readonly ProviderNode[]>()
  overlay.providers = own
  const aliases: ReadProvider[] = []
  let isLinked = false
  for (const [index, entry] of providers.entries()) {
    const read = readProvider(entry, () => `providers[${index}]`)
    if ('code' in read) {
      const { code, message, hint } = read
      throw new ConfigurationError(code, { message, hint })
    }
    if (read.spec.kind === 'alias') aliases.push(read)
    else put(own, read, [looseNode(read, linker)])
    isLinked ||= read.spec.kind !== 'value'
  }
  for (const read of aliases) put(own, read, aliased(own, read, linker))
  if (isLinked) {
    linker.drain()
    check()
  }
}

type Own = Map<Token, readonly ProviderNode[]>

function put(own: Own, { token, multi }: ReadProvider, nodes: readonly ProviderNode[]): void {
  const same = multi ? own.get(token) : undefined
  own.set(token, same === undefined ? nodes : [...same, ...nodes])
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

function aliased(known: Own, { spec }: ReadProvider, linker: Linker): readonly ProviderNode[] {
  const token = spec.kind === 'alias' ? unwrap(spec.token) : undefined
  if (token === undefined) return []
  const own = known.get(token)
  if (own !== undefined) return own
  const found = linker.lookup.one(linker.tree.root, token)
  if (found instanceof Failure) {
    throw new ConfigurationError('KEEL_INVALID_PROVIDER', {
      message: `useExisting: ${isClass(token) ? token.name : tokenName(token)} stands for nothing`
    })
  }
  return [found]
}
