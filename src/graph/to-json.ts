import type { GraphEdge, GraphNode, GraphView } from './graph-view.js'

/** A graph as JSON, for other tools. */
export interface GraphJSON {
  /** Raised when a reader of the last version would misunderstand the new one; more fields alone do not raise it. */
  readonly version: 1
  readonly name?: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** The graph as a plain object of its own, ready for `JSON.stringify`. */
export function toJSON(view: GraphView): GraphJSON {
  return {
    version: 1,
    ...(view.name === undefined ? {} : { name: view.name }),
    nodes: view.nodes.map(({ name, state, kind, module }) => ({
      name,
      ...(state === undefined ? {} : { state }),
      ...(kind === undefined ? {} : { kind }),
      ...(module === undefined ? {} : { module })
    })),
    edges: view.edges.map(({ from, to, kind }) => ({ from, to, kind }))
  }
}
