import { describe } from '../metadata/index.js'
import type { Class } from '../tokens/index.js'
import { type AssembledService, ServiceRecord } from './assembled-service.js'
import type { WiringPlan } from './link.js'
import { nameServices } from './name-services.js'
import type { ProviderNode } from './provider-node.js'
import { connectServices } from './service-graph.js'

/** The services of an assembly, from when they are first heard of until they are connected. */
export class ServiceRecords {
  readonly #plan: WiringPlan
  readonly #records = new Map<ProviderNode, ServiceRecord>()
  readonly #named: ReadonlySet<ProviderNode>

  constructor(plan: WiringPlan) {
    this.#plan = plan
    this.#named = new Set(plan.services)
  }

  /**
   * The record of a service; made and named when it was not planned.
   *
   * @param instance of a service that a factory made: nothing was known of it before
   */
  of(node: ProviderNode, instance?: object): ServiceRecord {
    let record = this.#records.get(node)
    if (record === undefined) {
      const description = instance === undefined ? node.description! : describe(instance.constructor as Class)
      if (!this.#named.has(node)) this.#name(node, description.name, instance)
      this.#records.set(node, (record = new ServiceRecord(node, description)))
    }
    return record
  }

  /** The record of a service, if that is what the node is. */
  find(node: ProviderNode): ServiceRecord | undefined {
    return this.#records.get(node)
  }

  /**
   * Everything is constructed: connects the services.
   *
   * @param order every node, each after what it needs
   * @returns the services in start order
   */
  finish(order: readonly ProviderNode[]): AssembledService[] {
    connectServices(order, this.#records)
    const services: ServiceRecord[] = []
    for (const node of order) {
      const record = this.#records.get(node)
      if (record === undefined) continue
      record.index = services.length
      services.push(record)
    }
    this.#noteLists()
    return services
  }

  #name(node: ProviderNode, className: string, instance: object | undefined): void {
    const { names, linker } = this.#plan
    const given = instance === undefined ? node.givenName : linker.table.nameOf(instance)
    const [name] = nameServices([{ module: node.module, label: className, givenName: given }], names)
    node.name = name!
  }

  /** An alias lists nothing: what it leads to belongs to whoever lists that. */
  #noteLists(): void {
    const { tree, linker } = this.#plan
    for (const module of tree.modules) {
      for (const binding of module.bindings) {
        const replacing = linker.visibility.overriding(binding.token)
        for (const each of replacing.length > 0 ? replacing : [binding]) {
          const node = linker.table.known(each)
          const record = node === undefined ? undefined : this.#records.get(node)
          if (record === undefined || record.listedIn.includes(module)) continue
          record.listedIn = record.listedIn.length === 0 ? [module] : [...record.listedIn, module]
        }
      }
    }
  }
}
