import type { GraphEdge, GraphNode } from '../graph/index.js'
import type { AssembledService } from '../wiring/index.js'

/** Services, and what leads from one to another, as a graph shows them. */
export function graphOf(services: readonly AssembledService[]): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const nodes: GraphNode[] = []
  const edges: GraphEdge[] = []
  for (const { name, module, dependencies } of services) {
    nodes.push({ name, module: module.name })
    for (const { service, kind } of dependencies) edges.push({ from: name, to: service.name, kind })
  }
  return { nodes, edges }
}
