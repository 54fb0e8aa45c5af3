import type { GraphEdge, GraphNode } from '../graph/index.js'
import type { Assembly } from '../wiring/index.js'
import type { ServiceNodes } from './service-nodes.js'
import type { SupervisedGroup } from './supervision.js'

/** What the graph of an application is drawn from. */
export interface GraphParts {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** What the application is made of, once everything is constructed. */
export interface ApplicationParts {
  readonly assembly: Assembly
  readonly nodes: ServiceNodes
  readonly graph: () => GraphParts
  /** Supervisors that modules, or the application's options, declare. */
  readonly supervisors: readonly SupervisedGroup[]
}
