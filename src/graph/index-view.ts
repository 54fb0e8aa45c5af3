import type { EdgeKind, GraphNode, GraphView } from './graph-view.js'

/** An edge by positions in {@link IndexedView.nodes}. */
export interface IndexedEdge {
  readonly from: number
  readonly to: number
  readonly kind: EdgeKind
}

/** A view made ready to draw. */
export interface IndexedView {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly IndexedEdge[]
}

/**
 * Replaces names by positions, drops what is said twice, and adds the nodes that only an edge mentions. Order is kept.
 */
export function indexView(view: GraphView): IndexedView {
  const nodes: GraphNode[] = []
  const positions = new Map<string, number>()
  const add = (node: GraphNode): number => {
    const position = nodes.push(node) - 1
    positions.set(node.name, position)
    return position
  }
  const at = (name: string): number => positions.get(name) ?? add({ name })

  for (const node of view.nodes) if (!positions.has(node.name)) add(node)

  const edges: IndexedEdge[] = []
  const said = new Map<EdgeKind, Set<string>>()
  for (const { from, to, kind } of view.edges) {
    const edge = { from: at(from), to: at(to), kind }
    const key = `${edge.from} ${edge.to}`
    const pairs = said.get(kind)
    if (pairs?.has(key)) continue
    if (pairs) pairs.add(key)
    else said.set(kind, new Set([key]))
    edges.push(edge)
  }
  return { nodes, edges }
}
