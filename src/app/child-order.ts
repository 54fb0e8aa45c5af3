import { LifecycleError } from '../errors/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { type Class, className } from '../tokens/index.js'
import type { Assembly, ServicesBelow } from '../wiring/index.js'
import type { ApplicationParts } from './application-parts.js'
import type { ServiceNodes } from './service-nodes.js'

/** A service that a child needs. */
interface ChildNeed {
  readonly place: number
  /** It may be absent, and may fail. */
  readonly isWanted: boolean
}

const NOTHING: readonly ChildNeed[] = []

/**
 * A child starts with its owner, or while that runs; what it needs is there in time where the owner is ordered after it.
 * Where it is not, the child waits for it, and that stops after the child. Not in a circle, which is told.
 */
export class ChildOrder {
  readonly #nodes: ServiceNodes
  /** Under a limit who waits takes the place of what he waits for. */
  readonly #isLimited: boolean
  /** Of each class of an owner that has come, where it was not given providers of its own. */
  readonly #known = new WeakMap<ServiceRuntime, WeakMap<Class, readonly ChildNeed[]>>()
  /** By the object of the child. */
  readonly #needs = new WeakMap<object, readonly ChildNeed[]>()
  /** What services have come to be ordered after, each for a child of its own: places by place. */
  readonly #further = new Map<number, Set<number>>()
  readonly #waiting = new Set<ServiceRuntime>()

  readonly #assembly: Assembly

  constructor({ nodes, assembly }: ApplicationParts, isLimited: boolean) {
    this.#nodes = nodes
    this.#assembly = assembly
    this.#isLimited = isLimited
  }

  /** Whether children wait for what they need. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  /**
   * Takes note of a child that was made.
   *
   * @param isPlain whether it was given no providers of its own
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when it needs what is no service of the application
   */
  note(
    owner: ServiceRuntime,
    child: Class,
    made: { readonly instance: object; below(): ServicesBelow },
    isPlain: boolean
  ): void {
    const { top } = owner
    const place = this.#nodes.indexOf(top)
    if (place === undefined) return
    const known = this.#known.get(top) ?? new WeakMap<Class, readonly ChildNeed[]>()
    this.#known.set(top, known)
    let needs = isPlain ? known.get(child) : undefined
    if (needs === undefined) {
      needs = this.#find(owner, place, child, made.below(), known.has(child))
      if (isPlain || !known.has(child)) known.set(child, isPlain ? needs : NOTHING)
    }
    this.#needs.set(made.instance, needs)
  }

  /** A child is asked to start: it does once all runs that it needs. */
  letProceed(child: ServiceRuntime): void {
    let needs: readonly ChildNeed[]
    try {
      needs = this.#needs.get(child.instance) ?? this.#noteObject(child)
    } catch (error) {
      child.crash(error, 'start')
      return
    }
    if (needs.length === 0) {
      child.proceed()
      return
    }
    for (const { place } of needs) this.#nodes.needing.add(place, child)
    this.#consider(child, needs)
  }

  /** A service moved, or what is to become of it has changed. */
  moved(): void {
    for (const child of [...this.#waiting]) this.#consider(child, this.#needs.get(child.instance) ?? NOTHING)
  }

  #consider(child: ServiceRuntime, needs: readonly ChildNeed[]): void {
    this.#waiting.delete(child)
    if (child.state !== 'waiting') return
    for (const { place, isWanted } of needs) {
      const needed = this.#nodes.runtimes[place]!
      // what is about to stop is no more to be relied on than what stops
      const isToStop = needed.state === 'running' && needed.host.isToStop(needed)
      if (needed.state === 'running' && !isToStop) continue
      if (isToStop || needed.mayCome) {
        if (this.#isLimited && needed.state === 'waiting') continue
        this.#waiting.add(child)
        return
      }
      // one that has run goes on without, as a service that is restarted does
      if (isWanted || child.restartCount > 0) continue
      child.crash(missingError(child, needed), 'start')
      return
    }
    child.proceed()
  }

  /** Of one that was not made here it is known what its class says to depend on. */
  #noteObject(child: ServiceRuntime): readonly ChildNeed[] {
    const { owner, described, instance } = child
    const place = owner === undefined ? undefined : this.#nodes.indexOf(owner.top)
    const { class: cls, dependsOn = [] } = described
    let needs = NOTHING
    if (owner !== undefined && place !== undefined && cls !== undefined && dependsOn.length > 0) {
      const known = this.#known.get(owner.top) ?? new WeakMap<Class, readonly ChildNeed[]>()
      this.#known.set(owner.top, known)
      needs = known.get(cls) ?? this.#find(owner, place, cls, this.#assembly.servicesOf(dependsOn), false)
      known.set(cls, needs)
    }
    this.#needs.set(instance, needs)
    return needs
  }

  #find(
    owner: ServiceRuntime,
    place: number,
    child: Class,
    { services, wanted, absent }: ServicesBelow,
    isTold: boolean
  ): readonly ChildNeed[] {
    const before = new Set(this.#nodes.orderedBefore(place))
    const all = [...services, ...wanted]
    const circular = all.filter(({ index }) => !before.has(index) && this.#isBelow(place, index))
    if (absent.length > 0) throw absentError(child, absent)
    if (!isTold && circular.length > 0) tellCircle(owner, child, circular)
    const ordering = all.filter((service) => !circular.includes(service))
    const further = this.#further.get(place) ?? new Set()
    for (const { index } of ordering) if (!before.has(index)) this.#further.set(place, further.add(index))
    return ordering.map((service) => ({ place: service.index, isWanted: wanted.includes(service) }))
  }

  /** Whether `place` is among what `from` is ordered after, directly or not, for children too. */
  #isBelow(place: number, from: number): boolean {
    const found = new Set([from])
    // a Set can grow while it is walked
    for (const one of found) {
      if (one === place) return true
      for (const further of this.#nodes.dependenciesOf(one)) found.add(further)
      for (const further of this.#further.get(one) ?? []) found.add(further)
    }
    return false
  }
}

/** What a child cannot be ordered after, since that would close a circle. */
function tellCircle(owner: ServiceRuntime, child: Class, circular: ServicesBelow['services']): void {
  const { name } = owner.top
  const needs = circular.map((service) => service.name).join(', ')
  owner.log.warn(
    `the child ${className(child)} needs ${needs}, which needs ${name} itself: it may start before that, and end after it; inject it lazily`
  )
}

function absentError(child: Class, absent: ServicesBelow['absent']): LifecycleError {
  const needs = absent.map((one) => one.name).join(', ')
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `the child ${className(child)} needs ${needs}, which is no service of this application, so that nobody starts it`,
    hint: `List ${needs} in the providers of a module, or name it in @DependsOn of a service.`
  })
}

function missingError(child: ServiceRuntime, { name, state }: ServiceRuntime): LifecycleError {
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${child.name} cannot start: it needs ${name}, which is '${state}'`,
    service: child.name,
    hint: `start ${name} before the child is added, or mark what the child can do without as wanted(…).`
  })
}
