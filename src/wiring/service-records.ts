import { ServiceRecord } from './assembled-service.js'
import type { WiringPlan } from './link.js'
import { nameServices } from './name-services.js'
import type { ModuleNode } from './module-node.js'
import type { ProviderNode } from './provider-node.js'
import { connectServices } from './service-graph.js'

/** The services of an assembly, from when they are first heard of until they are connected. */
export class ServiceRecords {
  readonly #plan: WiringPlan
  /** By index of the node: a map of 20,000 nodes takes 50 bytes for each, and an eighth of what connecting them takes. */
  readonly #records: (ServiceRecord | undefined)[]
  /** By index of the node: whether the plan has named it as a service. */
  readonly #named: Uint8Array

  constructor(plan: WiringPlan) {
    this.#plan = plan
    this.#records = new Array<ServiceRecord | undefined>(plan.order.length).fill(undefined)
    this.#named = new Uint8Array(plan.order.length)
    for (let n = 0; n < plan.services.length; n++) this.#named[plan.services[n]!.index] = 1
  }

  /**
   * The record of a service; made and named when it was not planned.
   *
   * @param instance of a service that a factory made: nothing was known of it before
   */
  of(node: ProviderNode, instance?: object): ServiceRecord {
    const { index } = node
    let record = this.#records[index]
    if (record === undefined) {
      if (this.#named[index] !== 1) this.#name(node, instance)
      record = new ServiceRecord(node)
      while (this.#records.length < index) this.#records.push(undefined)
      this.#records[index] = record
    }
    return record
  }

  /** The record of a service, if that is what the node is. */
  find(node: ProviderNode): ServiceRecord | undefined {
    return this.#records[node.index]
  }

  /**
   * Everything is constructed: connects the services.
   *
   * @param order every node, each after what it needs
   * @returns the services in start order
   */
  finish(order: readonly ProviderNode[]): ServiceRecord[] {
    connectServices(order, this)
    const services: ServiceRecord[] = []
    for (let n = 0; n < order.length; n++) {
      const record = this.find(order[n]!)
      if (record === undefined) continue
      record.index = services.length
      services.push(record)
    }
    return services
  }

  #name(node: ProviderNode, instance: object | undefined): void {
    const { names, linker } = this.#plan
    const own = instance === undefined ? node.givenName : linker.table.nameOf(instance)
    const given = own ?? node.description!.service?.name
    const [name] = nameServices(
      [{ module: node.module, label: node.description!.name, givenName: given }],
      names
    )
    node.name = name!
  }

  /** The services that the `providers` of a module lead to, each once. An alias lists nothing: what it leads to belongs to whoever lists that. */
  listedBy({ bindings }: ModuleNode): ReadonlySet<ServiceRecord> {
    const { visibility, lookup } = this.#plan.linker
    const listed = new Set<ServiceRecord>()
    for (const binding of bindings) {
      const replacing = visibility.overriding(binding.token)
      for (const each of replacing.length === 0 ? [binding] : replacing) {
        const node = lookup.knownBinding(each)
        const record = node === undefined ? undefined : this.find(node)
        if (record !== undefined) listed.add(record)
      }
    }
    return listed
  }
}
