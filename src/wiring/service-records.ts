import { ServiceRecord } from './assembled-service.js'
import type { WiringPlan } from './link.js'
import { nameServices } from './name-services.js'
import type { Binding, ModuleNode } from './module-node.js'
import type { ProviderNode } from './provider-node.js'
import { connectServices } from './service-graph.js'

const NONE: readonly Binding[] = []

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
    this.#noteLists()
    return services
  }

  #name(node: ProviderNode, instance: object | undefined): void {
    const { names, linker } = this.#plan
    const given = instance === undefined ? node.givenName : linker.table.nameOf(instance)
    const [name] = nameServices(
      [{ module: node.module, label: node.description!.name, givenName: given }],
      names
    )
    node.name = name!
  }

  /** An alias lists nothing: what it leads to belongs to whoever lists that. */
  #noteLists(): void {
    const { tree, linker } = this.#plan
    const { visibility } = linker
    for (const module of tree.modules) {
      const { bindings, alone } = module
      for (let n = 0; n < bindings.length; n++) {
        const binding = bindings[n]!
        const replacing = visibility.isOverridden ? visibility.overriding(binding.token) : NONE
        if (replacing.length === 0) this.#noteList(binding, alone)
        else for (const each of replacing) this.#noteList(each, alone)
      }
    }
  }

  /** @param lister the module, in a list that all that it alone lists share */
  #noteList(binding: Binding, lister: readonly [ModuleNode]): void {
    const node = this.#plan.linker.lookup.knownBinding(binding)
    const record = node === undefined ? undefined : this.find(node)
    if (record === undefined || record.listedIn.includes(lister[0])) return
    record.listedIn = record.listedIn.length === 0 ? lister : [...record.listedIn, ...lister]
  }
}
