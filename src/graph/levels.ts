import type { Digraph } from './digraph.js'
import { acyclicOrder } from './start-order.js'

/**
 * Groups the nodes by the length of the longest path below them: level 0 needs nothing, each other level needs
 * something of the level just below it. Inside a level nodes ascend.
 *
 * @throws RangeError when the graph has a cycle
 */
export function levels(graph: Digraph): number[][] {
  const { offsets, targets } = graph.dependencies
  const level = new Int32Array(graph.size)
  let count = 0
  for (const node of acyclicOrder(graph)) {
    let own = 0
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const above = level[targets[edge]!]! + 1
      if (above > own) own = above
    }
    level[node] = own
    if (own >= count) count = own + 1
  }

  const result: number[][] = Array.from({ length: count }, () => [])
  for (let node = 0; node < graph.size; node++) result[level[node]!]!.push(node)
  return result
}
