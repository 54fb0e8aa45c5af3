import type { Digraph } from './digraph.js'
import { acyclicOrder } from './start-order.js'

/**
 * The chain of dependencies that takes longest, dependency first: what a start that runs everything else in
 * parallel still has to wait for.
 *
 * @param weights - how long each node takes by itself, in any unit; what is missing or not above zero counts as
 * zero. Without weights, and between chains of equal weight, the one with more nodes is longer.
 * @throws RangeError when the graph has a cycle
 */
export function criticalPath(graph: Digraph, weights?: ArrayLike<number | undefined>): number[] {
  const { size } = graph
  const { offsets, targets } = graph.dependencies
  const total = new Float64Array(size)
  const hops = new Int32Array(size)
  const before = new Int32Array(size).fill(-1)
  const longer = (a: number, b: number): boolean => {
    const more = total[a]!
    const than = total[b]!
    return more === than ? hops[a]! > hops[b]! : more > than
  }

  let end = -1
  for (const node of acyclicOrder(graph)) {
    let best = -1
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const dependency = targets[edge]!
      if (best === -1 || longer(dependency, best)) best = dependency
    }
    const own = weights?.[node] ?? 0
    total[node] = (own > 0 ? own : 0) + (best === -1 ? 0 : total[best]!)
    hops[node] = best === -1 ? 1 : hops[best]! + 1
    before[node] = best
    if (end === -1 || longer(node, end)) end = node
  }

  const path: number[] = []
  for (let node = end; node !== -1; node = before[node]!) path.push(node)
  return path.toReversed()
}
