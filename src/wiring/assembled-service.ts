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
  /** The modules whose `providers` lead to it, in order; none for a service that nobody lists. */
  readonly listedIn: readonly ModuleNode[]
  /** The services that it needs, directly or by way of what is no service; the strongest kind of each. */
  readonly dependencies: readonly ServiceDependency[]
}

/** One service that another needs. */
export interface ServiceDependency {
  readonly service: AssembledService
  readonly kind: EdgeKind
}

const NOWHERE: readonly ModuleNode[] = Object.freeze([])
const NO_DEPENDENCIES: readonly ServiceDependency[] = Object.freeze([])

/** {@link AssembledService} while it is being put together. */
export class ServiceRecord implements AssembledService, ServiceDependency {
  index = -1
  readonly node: ProviderNode
  readonly description: ClassDescription
  listedIn: readonly ModuleNode[] = NOWHERE
  dependencies: readonly ServiceDependency[] = NO_DEPENDENCIES
  #instance: object | undefined
  /** As a dependency it is one by injection, which nearly all are. */
  declare readonly kind: 'inject'

  static {
    Object.assign(this.prototype, { kind: 'inject' })
  }

  constructor(node: ProviderNode, description: ClassDescription) {
    this.node = node
    this.description = description
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
