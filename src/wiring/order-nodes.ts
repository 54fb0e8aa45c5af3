import { decidesOrder, Digraph } from '../graph/index.js'
import type { LinkedDependency, ProviderNode } from './provider-node.js'

/** Calls `visit` for each node that one must be constructed after. */
export function eachPredecessor(
  node: ProviderNode,
  visit: (target: ProviderNode, dependency: LinkedDependency) => void
): void {
  for (const dependency of node.dependencies()) {
    if (dependency.transform !== undefined) visit(dependency.transform.by, dependency)
    if (!decidesOrder(dependency.request.kind)) continue
    for (const target of dependency.targets) visit(target, dependency)
  }
}

/**
 * Lists the nodes so that each comes right after what it needs and did not come yet, in the order in which `first`
 * and then all others were given. Within a cycle the order is that in which it was entered.
 */
export function orderNodes(first: Iterable<ProviderNode>, nodes: readonly ProviderNode[]): ProviderNode[] {
  const order: ProviderNode[] = []
  const seen = new Uint8Array(nodes.length)
  const path: { readonly node: ProviderNode; readonly needs: readonly ProviderNode[]; next: number }[] = []
  const enter = (node: ProviderNode): void => {
    if (seen[node.index] === 1) return
    seen[node.index] = 1
    path.push({ node, needs: predecessors(node), next: 0 })
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = top.needs[top.next++]
      if (need === undefined) {
        order.push(top.node)
        path.pop()
      } else if (seen[need.index] === 0) {
        seen[need.index] = 1
        path.push({ node: need, needs: predecessors(need), next: 0 })
      }
    }
  }
  for (const node of first) enter(node)
  for (const node of nodes) enter(node)
  return order
}

/** The edges that decide the order, by the indexes of nodes. */
export function orderGraph(nodes: readonly ProviderNode[]): Digraph {
  const from: number[] = []
  const to: number[] = []
  for (const node of nodes) {
    eachPredecessor(node, (target) => {
      from.push(node.index)
      to.push(target.index)
    })
  }
  return new Digraph(nodes.length, from, to)
}

const NONE: readonly ProviderNode[] = []

function predecessors(node: ProviderNode): readonly ProviderNode[] {
  let found: ProviderNode[] | undefined
  eachPredecessor(node, (target) => (found ??= []).push(target))
  return found ?? NONE
}
