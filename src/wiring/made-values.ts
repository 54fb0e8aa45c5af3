import { describe } from '../metadata/index.js'
import type { Class } from '../tokens/index.js'
import type { FactorySpec } from './module-node.js'
import type { LinkedDependency, ProviderNode } from './provider-node.js'
import { isReleasable, isToRelease, type MadeValue } from './release.js'

/** Tells services by their instances. */
export interface ServiceTable {
  readonly nodes: readonly ProviderNode[]
  isService(value: unknown): value is object
  /** Is its disposal its stop? */
  isServiceByItself(value: object): boolean
}

/** What {@link MadeValues} asks of whoever makes them. */
export interface MadeValuesPort {
  /** The services that are there, by their instances. */
  instances(): Iterable<[instance: object, node: ProviderNode]>
  /** A factory has made a service, of which nothing was known. */
  record(node: ProviderNode, instance: object): void
}

/** Takes note of what factories make: which of it is a service, and what is to be released with the application. */
export class MadeValues {
  readonly #table: ServiceTable
  readonly #port: MadeValuesPort
  /** Services by their instances, once a factory has made something that may be one of them. */
  #services: Map<object, ProviderNode> | undefined
  #isSealed = false
  /** To be released, in the order in which they were made. */
  readonly list: MadeValue[] = []

  constructor(table: ServiceTable, port: MadeValuesPort) {
    this.#table = table
    this.#port = port
  }

  /** No service can be added any more. */
  seal(): void {
    this.#isSealed = true
    this.#services = undefined
  }

  /** A service has its instance. */
  constructed(instance: object, node: ProviderNode): void {
    const before = this.#services?.get(instance)
    // a factory has handed it out while its constructor ran, which therefore waits for itself
    if (before !== undefined && before !== node) before.addInjected(handedOut(node))
    this.#services?.set(instance, node)
  }

  /**
   * Takes note of a value that is shared.
   *
   * @param given what the factory was called with
   */
  add(node: ProviderNode, { dispose }: FactorySpec, value: unknown, given: readonly unknown[]): void {
    const isService = !this.#isSealed && this.#table.isService(value) && !given.includes(value)
    const known = isService ? this.#known(value) : undefined
    // whoever is given it comes after the service that it is
    if (known !== undefined && known !== node) node.addInjected(handedOut(known))
    const service = isService && known === undefined ? value : undefined
    if (service !== undefined) {
      node.description = describe(service.constructor as Class)
      node.isService = true
    }
    // what disposes of itself by its stop is not disposed of, unless the factory says how
    const isStopEnough =
      node.isService && dispose === undefined && this.#table.isServiceByItself(value as object)
    if (isToRelease({ node, value }, given) && !isStopEnough) this.list.push({ node, value })
    // last, since it fails where its class depends on what there is not: the value is released all the same
    if (service !== undefined) this.#port.record(node, service)
  }

  /** Is a value of a factory that makes another for each that asks to be released with whatever it is made for? */
  isToRelease(made: MadeValue, given: readonly unknown[]): boolean {
    if (!isReleasable(made) || !isToRelease(made, given)) return false
    const { source } = made.node
    const isSaid = source.kind === 'factory' && source.spec.dispose !== undefined
    return isSaid || !this.#table.isServiceByItself(made.value as object)
  }

  /** The service that an object is already, when a factory hands it out. */
  #known(value: object): ProviderNode | undefined {
    this.#services ??= new Map(this.#port.instances())
    return this.#services.get(value)
  }
}

/** A factory leads to this service, though it does not say so. */
function handedOut(service: ProviderNode): LinkedDependency {
  const { label: token, alone: targets } = service
  const request = { token, optional: false, all: false, lazy: false }
  return { request, kind: 'inject', at: 'value', token, targets, failure: undefined, transform: undefined }
}
