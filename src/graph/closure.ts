import type { Digraph, Direction } from './digraph.js'

/**
 * Everything that can be reached from `starts`, directly or not, the starts included, ascending.
 *
 * @param direction - `'dependencies'`: all that they need; `'dependants'`: all that needs them
 */
export function closure(graph: Digraph, starts: Iterable<number>, direction: Direction): number[] {
  const { offsets, targets } = graph[direction]
  const seen = new Uint8Array(graph.size)
  const stack: number[] = []
  const visit = (node: number): void => {
    if (seen[node] === 1) return
    seen[node] = 1
    stack.push(node)
  }

  for (const node of starts) visit(node)
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) visit(targets[edge]!)
  }

  const result: number[] = []
  for (let node = 0; node < seen.length; node++) if (seen[node] === 1) result.push(node)
  return result
}
