// Graph: a directed graph over indexes, in typed arrays, and pictures of one that has names.
// It refuses to know what the nodes are: no service, no container, no clock. Nothing in it recurses over edges.
// Start reading at digraph.ts, then start-order.ts; for the pictures at graph-view.ts; service-graph.ts joins the two.

export { closure } from './closure.js'
export { criticalPath } from './critical-path.js'
export { type Adjacency, Digraph, type Direction, type IndexEdge } from './digraph.js'
export { findCycles } from './find-cycles.js'
export type { EdgeKind, GraphEdge, GraphNode, GraphView } from './graph-view.js'
export { IndexHeap } from './index-heap.js'
export { levels } from './levels.js'
export { pathFromRoot, pathsFromRoots } from './path-from-root.js'
export { printable } from './printable.js'
export { createServiceGraph, type ServiceGraph, type ServiceGraphSource } from './service-graph.js'
export { startOrder, type StartOrder } from './start-order.js'
export { toDot } from './to-dot.js'
export { type GraphJSON, toJSON } from './to-json.js'
export { toMermaid } from './to-mermaid.js'
export { toText } from './to-text.js'
