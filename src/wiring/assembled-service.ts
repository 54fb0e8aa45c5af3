import type { EdgeKind } from '../graph/index.js'
import type { ClassDescription } from '../metadata/index.js'
import type { ModuleNode } from './module-node.js'
import type { ProviderNode } from './provider-node.js'

/** One service of an assembly. It is there before its instance is, for what its constructor asks for. */
export interface AssembledService {
  /** Position in the start order. */
  readonly index: number
  /** Unique in the application. */
  readonly name: string
  /** The object itself; there once the assembly is done. */
  readonly instance: object
  readonly description: ClassDescription
  /** In whose view it was linked: the first module that lists it, else the root. */
  readonly module: ModuleNode
  /** The services that it needs, directly or by way of what is no service; the strongest kind of each. */
  readonly dependencies: readonly ServiceDependency[]
}

/** One service that another needs. */
export interface ServiceDependency {
  readonly service: AssembledService
  readonly kind: EdgeKind
}

const NO_DEPENDENCIES: readonly ServiceDependency[] = Object.freeze([])

/** Knows which nodes are services. */
export interface Records {
  find(node: ProviderNode): ServiceRecord | undefined
}

/** {@link AssembledService} while it is being put together. */
export class ServiceRecord implements AssembledService, ServiceDependency {
  index = -1
  declare readonly node: ProviderNode
  #dependencies: readonly ServiceDependency[] | readonly ProviderNode[] = NO_DEPENDENCIES
  /** Finds the services of these nodes, where {@link dependencies} are kept as such. */
  #records: Records | undefined
  #instance: object | undefined
  /** As a dependency it is one by injection, which nearly all are. */
  declare readonly kind: 'inject'

  static {
    Object.assign(this.prototype, { kind: 'inject' })
  }

  constructor(node: ProviderNode) {
    this.node = node
  }

  get description(): ClassDescription {
    return this.node.description!
  }

  /** A new list for each who asks, as a graph that is drawn does: kept, it would be 70 bytes for each service. */
  get dependencies(): readonly ServiceDependency[] {
    const records = this.#records
    if (records === undefined) return this.#dependencies as readonly ServiceDependency[]
    return (this.#dependencies as readonly ProviderNode[]).map((node) => records.find(node)!.stepBy('inject'))
  }

  set dependencies(dependencies: readonly ServiceDependency[]) {
    this.#dependencies = dependencies
    this.#records = undefined
  }

  /** How many {@link dependencies} it has. */
  get dependencyCount(): number {
    return this.#dependencies.length
  }

  /** The nodes of {@link dependencies}, where it is given services and nothing else. */
  get direct(): readonly ProviderNode[] | undefined {
    return this.#records === undefined ? undefined : (this.#dependencies as readonly ProviderNode[])
  }

  /** It is given services and nothing else. */
  takeDirect(nodes: readonly ProviderNode[], records: Records): void {
    this.#dependencies = nodes
    this.#records = records
  }

  /** A step to it: by injection it is that itself. */
  stepBy(kind: EdgeKind): ServiceDependency {
    return kind === 'inject' ? this : { service: this, kind }
  }

  get service(): AssembledService {
    return this
  }

  get name(): string {
    return this.node.name
  }

  get module(): ModuleNode {
    return this.node.view
  }

  get instance(): object {
    if (this.#instance === undefined) throw new TypeError(`${this.name} is not constructed yet`)
    return this.#instance
  }

  set instance(instance: object) {
    this.#instance = instance
  }
}
