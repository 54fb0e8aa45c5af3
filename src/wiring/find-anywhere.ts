import type { Token } from '../tokens/index.js'
import { Failure } from './failure.js'
import type { Linker } from './linker.js'
import type { ProviderNode } from './provider-node.js'

/**
 * What a token stands for in an application as a whole: what the root sees, else the only one that any module has.
 * A failure is an absence, or says that there are several.
 */
export function findAnywhere(linker: Linker, token: Token): ProviderNode | Failure {
  const { root } = linker.tree
  const seen = linker.lookup.one(root, token)
  if (!(seen instanceof Failure) || seen.reason !== 'hidden') return seen
  const nodes = new Set<ProviderNode>()
  for (const binding of seen.bindings) {
    const found = linker.lookup.binding(binding)
    if (found instanceof Failure) return found
    nodes.add(found)
  }
  const [only] = nodes
  if (nodes.size === 1 && only !== undefined) return only
  const { bindings } = seen
  const isOfOne = bindings.every(({ module, multi }) => multi && module === bindings[0]!.module)
  return new Failure(isOfOne ? 'several' : 'ambiguous', token, root, bindings)
}
