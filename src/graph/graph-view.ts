/**
 * Why one node of a graph leads to another.
 *
 * | kind | `from` | `to` | decides the order |
 * |---|---|---|---|
 * | `inject` | dependant | what it is given | yes |
 * | `depends-on` | dependant | what it only waits for | yes |
 * | `wanted` | dependant | what it uses when present | yes |
 * | `lazy` | dependant | what it looks up later | no |
 * | `child` | owner | what it owns | no |
 */
export type EdgeKind = 'inject' | 'depends-on' | 'wanted' | 'lazy' | 'child'

/** One node of a {@link GraphView}. */
export interface GraphNode {
  /** Unique in its graph. */
  readonly name: string
  /** What it is doing now, such as `'running'`. */
  readonly state?: string
  /** What it is, when it is not a plain service, such as `'supervisor'`. */
  readonly kind?: string
  /** The module that lists it. */
  readonly module?: string
}

/** One edge of a {@link GraphView}, by node names. */
export interface GraphEdge {
  /** Who depends on the other, or owns it. */
  readonly from: string
  /** What it depends on, or owns. */
  readonly to: string
  readonly kind: EdgeKind
}

/** A graph as plain data: what the renderers draw. A name that only an edge mentions is a node too. */
export interface GraphView {
  /** Title of the picture. */
  readonly name?: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** Whether an edge of this kind makes its `to` start before its `from`. */
export function decidesOrder(kind: EdgeKind): boolean {
  return kind === 'inject' || kind === 'depends-on' || kind === 'wanted'
}
