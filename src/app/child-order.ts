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
  readonly #told = new Map<ServiceRuntime, Set<Class>>()

  constructor(nodes: ServiceNodes) {
    this.#nodes = nodes
  }

  /** @param below what the child, which was made from this class, needs */
  tell(owner: ServiceRuntime, child: Class, { services, absent }: ServicesBelow): void {
    if (services.length + absent.length === 0) return
    const { top } = owner
    const told = this.#told.get(top) ?? new Set()
    const index = this.#nodes.indexOf(top)
    if (index === undefined || told.has(child)) return
    this.#told.set(top, told.add(child))
    const before = new Set(this.#nodes.orderedBefore(index))
    const unordered = services.filter((service) => !before.has(service.index)).map(({ name }) => name)
    const name = className(child)
    if (unordered.length > 0) {
      const needs = unordered.join(', ')
      owner.log.warn(
        `the child ${name} needs ${needs}, which ${top.name} is not ordered after: it may start before that, and end after it; mark ${top.name} with @DependsOn(${needs})`
      )
    }
    if (absent.length > 0) {
      const needs = absent.map((node) => node.name).join(', ')
      owner.log.warn(
        `the child ${name} needs ${needs}, which is no service of this application, so that nobody starts it; list it in the providers of a module`
      )
    }
  }
}
