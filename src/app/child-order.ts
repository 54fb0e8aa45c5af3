import type { ServiceRuntime } from '../service/index.js'
import { type Class, className } from '../tokens/index.js'
import type { ServicesBelow } from '../wiring/index.js'
import type { ServiceNodes } from './service-nodes.js'

/**
 * Children start and stop with their owner: what one of them needs is there in time where the owner is ordered after it.
 * Tells of those where it is not, once for each class of an owner.
 */
export class ChildOrder {
  readonly #nodes: ServiceNodes
  readonly #told = new WeakMap<ServiceRuntime, WeakSet<Class>>()

  constructor(nodes: ServiceNodes) {
    this.#nodes = nodes
  }

  /** @param made the child, which was made from this class */
  tell(owner: ServiceRuntime, child: Class, made: { below(): ServicesBelow }): void {
    const { top } = owner
    const index = this.#nodes.indexOf(top)
    const told = this.#told.get(top) ?? new WeakSet()
    if (index === undefined || told.has(child)) return
    this.#told.set(top, told.add(child))
    const { services, absent } = made.below()
    if (services.length > 0) this.#tellUnordered(owner, index, child, services)
    if (absent.length === 0) return
    const needs = absent.map((node) => node.name).join(', ')
    owner.log.warn(
      `the child ${className(child)} needs ${needs}, which is no service of this application, so that nobody starts it; list it in the providers of a module`
    )
  }

  #tellUnordered(
    owner: ServiceRuntime,
    index: number,
    child: Class,
    services: ServicesBelow['services']
  ): void {
    const before = new Set(this.#nodes.orderedBefore(index))
    const unordered = services.filter((service) => !before.has(service.index))
    if (unordered.length === 0) return
    const { name } = owner.top
    const needs = unordered.map((service) => service.name).join(', ')
    const after = new Set(this.#nodes.cannotDoWithout(index))
    const remedy = unordered.some((service) => after.has(service.index))
      ? `that needs ${name} itself, so inject it lazily`
      : `mark ${name} with @DependsOn(${needs})`
    owner.log.warn(
      `the child ${className(child)} needs ${needs}, which ${name} is not ordered after: it may start before that, and end after it; ${remedy}`
    )
  }
}
