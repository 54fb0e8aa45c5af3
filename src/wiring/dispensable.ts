import { orderedTargets, type ProviderNode } from './provider-node.js'

/**
 * Whether everything can do without these: whatever needs them does so only through `wanted(…)`, directly or by way of
 * others of which the same holds. What is shared and nobody asks for is there for its own sake, and needed.
 *
 * @param way nodes of which each asks for the next; `inject()` is no edge before its constructor has ended
 */
export function areDispensable(
  some: readonly ProviderNode[],
  nodes: readonly ProviderNode[],
  way: readonly ProviderNode[]
): boolean {
  const needed = neededAmong(nodes, way)
  return some.every((node) => !needed.has(node))
}

function neededAmong(nodes: readonly ProviderNode[], way: readonly ProviderNode[]): Set<ProviderNode> {
  const asked = new Set(way.slice(1))
  for (const node of nodes)
    for (const dependency of node.dependencies())
      for (const target of orderedTargets(dependency)) asked.add(target)
  const needed = new Set(nodes.filter((node) => node.isShared && !asked.has(node)))
  // a Set can grow while it is walked
  for (const node of needed) {
    for (const dependency of node.dependencies()) {
      if (dependency.kind === 'wanted') continue
      for (const target of orderedTargets(dependency)) needed.add(target)
    }
    const place = way.indexOf(node)
    if (place >= 0 && place + 1 < way.length) needed.add(way[place + 1]!)
  }
  return needed
}
