import { Digraph } from '../graph/index.js'
import type { ProviderNode } from './provider-node.js'

/** Nodes in order, or as far as a cycle lets them be. */
export interface NodeOrder {
  readonly order: ProviderNode[]
  readonly isCyclic: boolean
}

const OPEN = 1
const DONE = 2

/**
 * Lists the nodes so that each comes right after what it needs and did not come yet, in the order in which `first`
 * and then all others were given. Depth first, with a path of its own instead of recursion.
 */
export function orderNodes(first: readonly ProviderNode[], nodes: readonly ProviderNode[]): NodeOrder {
  // with room for all, since all are met
  const order = new Array<ProviderNode>(nodes.length)
  let met = 0
  const seen = new Uint8Array(nodes.length)
  const path: ProviderNode[] = []
  /** Of each node on the path, what it needs, and how many of these it has been through. */
  const needs: (readonly ProviderNode[])[] = []
  const through: number[] = []
  let depth = -1
  let isCyclic = false
  const enter = (node: ProviderNode): void => {
    seen[node.index] = OPEN
    depth++
    path[depth] = node
    needs[depth] = node.predecessors()
    through[depth] = 0
  }
  const visit = (start: ProviderNode): void => {
    enter(start)
    while (depth >= 0) {
      const next = needs[depth]![through[depth]!++]
      if (next === undefined) {
        const node = path[depth--]!
        seen[node.index] = DONE
        order[met++] = node
      } else if (seen[next.index] === 0) enter(next)
      else if (seen[next.index] === OPEN) isCyclic = true
    }
  }
  for (let n = 0; n < first.length; n++) if (seen[first[n]!.index] === 0) visit(first[n]!)
  for (let n = 0; n < nodes.length; n++) if (seen[nodes[n]!.index] === 0) visit(nodes[n]!)
  return { order, isCyclic }
}

/** The edges that decide the order, by the indexes of nodes. */
export function orderGraph(nodes: readonly ProviderNode[]): Digraph {
  let count = 0
  for (let n = 0; n < nodes.length; n++) count += nodes[n]!.predecessors().length
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  let at = 0
  for (let n = 0; n < nodes.length; n++) {
    const node = nodes[n]!
    const needs = node.predecessors()
    for (let need = 0; need < needs.length; need++) {
      from[at] = node.index
      to[at++] = needs[need]!.index
    }
  }
  return new Digraph(nodes.length, from, to)
}
