import type { Digraph } from './digraph.js'
import { findCycles } from './find-cycles.js'
import { IndexHeap } from './index-heap.js'

/** Either every node, dependencies first, or one cycle that makes that impossible. */
export type StartOrder =
  | { readonly order: Int32Array; readonly cycle: undefined }
  | { readonly order: undefined; readonly cycle: readonly number[] }

/**
 * Sorts the nodes so that each comes after all its dependencies.
 *
 * Among the nodes that could come next the one with the lowest index does: an order that was right already
 * stays as it is. In a graph that cannot be sorted, `cycle` is the first that {@link findCycles} gives.
 */
export function startOrder(graph: Digraph): StartOrder {
  const order = sorted(graph)
  return order === undefined ? { order, cycle: findCycles(graph)[0]! } : { order, cycle: undefined }
}

/**
 * The order of a graph that is known to have no cycle.
 *
 * @throws RangeError when it has one
 */
export function acyclicOrder(graph: Digraph): Int32Array {
  const { order, cycle } = startOrder(graph)
  if (order === undefined) throw new RangeError(`the graph has a cycle: ${[...cycle, cycle[0]].join(' → ')}`)
  return order
}

// Kahn (1962). Nodes are taken by a cursor in index order; only one that becomes ready behind the cursor needs the
// heap, so a graph whose nodes were given in a possible order is sorted without any comparison.
function sorted(graph: Digraph): Int32Array | undefined {
  const { size } = graph
  const { offsets, targets } = graph.dependants
  const pending = new Int32Array(size)
  for (let node = 0; node < size; node++) {
    pending[node] = graph.dependencies.offsets[node + 1]! - graph.dependencies.offsets[node]!
  }

  const order = new Int32Array(size)
  const behind = new IndexHeap()
  let count = 0
  let cursor = 0
  while (true) {
    let node = behind.pop()
    if (node === undefined) {
      while (cursor < size && pending[cursor] !== 0) cursor++
      if (cursor === size) break
      node = cursor++
    }
    order[count++] = node
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const dependant = targets[edge]!
      if (--pending[dependant]! === 0 && dependant < cursor) behind.push(dependant)
    }
  }
  return count === size ? order : undefined
}
