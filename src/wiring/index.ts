/**
 * Wiring: reads modules, links what classes state to what modules provide, checks all of it, constructs it in
 * order. Each phase makes data for the next: a tree, a plan, an assembly. It refuses to know lifecycles: a service
 * is to it something that has an instance, a name, and needs others.
 * Start reading at `collect.ts`, then `link.ts` and `assembly.ts`; what goes wrong is found in `check.ts`.
 */
export type { AssembledService, ServiceDependency } from './assembled-service.js'
export { assemble, Assembly } from './assembly.js'
export type { AssemblyPort } from './assembly.js'
export type { Awaited, BuildWatch } from './build-watch.js'
export { collect, collectNothing } from './collect.js'
export type { CollectOptions, ModuleTree, Root } from './collect.js'
export { kindOfRoot } from './kind-of-root.js'
export { link } from './link.js'
export type { WiringPlan } from './link.js'
export type { ModuleNode } from './module-node.js'
export { noClassError } from './no-class.js'
export { plannedServices, tokensOfServices } from './planned-services.js'
export type { Patience } from './release.js'
export { type GetOptions, Scope } from './scope.js'
export type { ServicesBelow } from './services-below.js'
export type { StartEdges } from './start-edges.js'
