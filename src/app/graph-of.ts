import type { GraphEdge, GraphNode } from '../graph/index.js'
import { family, type ServiceRuntime } from '../service/index.js'
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

/** The children that services have now, and who owns them. */
export function childrenOf(runtimes: readonly ServiceRuntime[]): {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
} {
  const nodes: GraphNode[] = []
  const edges: GraphEdge[] = []
  for (const runtime of runtimes) {
    for (const one of family(runtime)) {
      if (one.owner === undefined) continue
      nodes.push({ name: one.name, state: one.state, kind: 'child' })
      edges.push({ from: one.owner.name, to: one.name, kind: 'child' })
    }
  }
  return { nodes, edges }
}
