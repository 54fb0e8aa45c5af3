import type { Digraph } from '../graph/index.js'
import type { ProviderNode } from './provider-node.js'

/**
 * Names on the way from the root down to a node: modules, then nodes. One search for all, made when the first is
 * asked for; the shortest way wins.
 */
export class ProblemPaths {
  readonly #nodes: readonly ProviderNode[]
  readonly #graph: () => Digraph
  /** From a node to one that needs it, on the shortest way up; -1 for one that nothing needs, -2 for unknown. */
  #above: Int32Array | undefined

  constructor(nodes: readonly ProviderNode[], graph: () => Digraph) {
    this.#nodes = nodes
    this.#graph = graph
  }

  /** Names down to a node, which is the last. */
  to(node: ProviderNode): string[] {
    const chain: string[] = [node.label]
    let top = node
    for (;;) {
      const above = top.index < 0 ? -1 : this.#search()[top.index]!
      if (above < 0) break
      top = this.#nodes[above]!
      chain.push(top.label)
    }
    return [...top.view.path(), ...chain.toReversed()]
  }

  #search(): Int32Array {
    if (this.#above !== undefined) return this.#above
    const graph = this.#graph()
    const above = new Int32Array(graph.size).fill(-2)
    const queue: number[] = []
    for (let node = 0; node < graph.size; node++) {
      if (graph.neighbours(node, 'dependants').length > 0) continue
      above[node] = -1
      queue.push(node)
    }
    for (let head = 0; head < queue.length; head++) {
      for (const next of graph.neighbours(queue[head]!, 'dependencies')) {
        if (above[next] !== -2) continue
        above[next] = queue[head]!
        queue.push(next)
      }
    }
    return (this.#above = above)
  }
}
