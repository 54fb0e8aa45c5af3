import type { Digraph } from './digraph.js'

/**
 * The shortest way down to `node` from a node that nothing depends on, both ends included.
 *
 * Of several equally short ones it takes the dependants that were given first. A node that only a cycle leads to
 * has no such way: the path is then the node alone.
 */
export function pathFromRoot(graph: Digraph, node: number): number[] {
  for (const path of pathsFromRoots(graph, node)) return path
  return [node]
}

/** The same from each node that nothing depends on and that leads to `node`, the nearest first; found as they are asked for. */
export function* pathsFromRoots(graph: Digraph, node: number): Generator<number[], void, undefined> {
  const { offsets, targets } = graph.dependants
  const towards = new Int32Array(graph.size).fill(-1)
  const queue = [node]
  towards[node] = node
  for (let head = 0; head < queue.length; head++) {
    const current = queue[head]!
    if (offsets[current] === offsets[current + 1]) yield walk(towards, current, node)
    for (let edge = offsets[current]!; edge < offsets[current + 1]!; edge++) {
      const dependant = targets[edge]!
      if (towards[dependant] !== -1) continue
      towards[dependant] = current
      queue.push(dependant)
    }
  }
}

function walk(towards: Int32Array, from: number, to: number): number[] {
  const path = [from]
  for (let at = from; at !== to;) {
    at = towards[at]!
    path.push(at)
  }
  return path
}
