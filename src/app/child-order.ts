import { LifecycleError } from '../errors/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { type Class, className } from '../tokens/index.js'
import type { Assembly, ServicesBelow } from '../wiring/index.js'
import type { ApplicationParts } from './application-parts.js'
import type { ServiceNodes } from './service-nodes.js'

/** A service that a child needs, or merely wants. */
interface ChildNeed {
  readonly needed: ServiceRuntime
  readonly isWanted: boolean
}

/**
 * A child starts with its owner, or while that runs; what it needs is there in time where the owner is ordered after it.
 * Where it is not, the child waits for it, and that stops after the child. Not in a circle, which is told.
 */
export class ChildOrder {
  readonly #nodes: ServiceNodes
  readonly #assembly: Assembly
  /** Under a limit who waits takes the place of what he waits for. */
  readonly #isLimited: boolean
  /** Of children that were made here, by their object. */
  readonly #below = new WeakMap<object, ServicesBelow>()
  /** Of their classes, where they were given no providers of their own. */
  readonly #belowClass = new WeakMap<Class, ServicesBelow>()
  /** What of its circles was told, for each owner and child. */
  readonly #told = new WeakMap<ServiceRuntime, WeakMap<Class, Set<number>>>()
  readonly #waiting = new Map<ServiceRuntime, readonly ChildNeed[]>()

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
  note(child: Class, made: { readonly instance: object; below(): ServicesBelow }, isPlain: boolean): void {
    const below = (isPlain ? this.#belowClass.get(child) : undefined) ?? made.below()
    mustBeThere(child, below)
    if (isPlain) this.#belowClass.set(child, below)
    this.#below.set(made.instance, below)
  }

  /** A child is asked to start: it does once all runs that it needs. */
  letProceed(child: ServiceRuntime): void {
    let needs: readonly ChildNeed[]
    try {
      needs = this.#needsOf(child)
    } catch (error) {
      child.crash(error, 'start')
      return
    }
    for (const { needed, isWanted } of needs) this.#nodes.needing.add(needed.place, child, isWanted)
    this.#consider(child, needs)
  }

  /** All is to stop: who waits is stopped by its owner, and neither starts nor fails. */
  abandon(): void {
    this.#waiting.clear()
  }

  /** A service moved, or what is to become of it has changed. */
  moved(): void {
    for (const [child, needs] of [...this.#waiting]) this.#consider(child, needs)
  }

  #consider(child: ServiceRuntime, needs: readonly ChildNeed[]): void {
    this.#waiting.delete(child)
    if (child.state !== 'waiting' && !child.isToStart) return
    // its owner stops it in turn: it neither starts nor fails
    if (child.owner?.isGoingDown === true) return
    for (const { needed, isWanted } of needs) {
      // what is about to stop is no more to be relied on than what stops
      const isToStop = needed.state === 'running' && needed.host.isToStop(needed)
      if (needed.state === 'running' && !isToStop) continue
      if (isToStop || needed.mayCome) {
        if (this.#isLimited && needed.state === 'waiting') continue
        this.#waiting.set(child, needs)
        return
      }
      if (isWanted) continue
      if (!isRestarted(child)) {
        child.crash(missingError(child, needed), 'start')
        return
      }
      child.log.warn('starts without %s, which is %s', needed.name, needed.state)
    }
    child.proceed()
  }

  /** But those with which it would wait in a circle. */
  #needsOf(child: ServiceRuntime): readonly ChildNeed[] {
    const { owner, instance } = child
    const below = this.#below.get(instance) ?? this.#belowObject(child)
    if (owner === undefined || owner.top.place < 0 || below === undefined) return NOTHING
    const { place } = owner.top
    // its owner is there
    const all = [...below.services, ...below.wanted].filter(({ index }) => index !== place)
    const circular = all.filter(({ index }) => this.#isCircle(place, index))
    if (circular.length > 0) this.#tellCircle(owner, child, circular)
    const { runtimes } = this.#nodes
    return all
      .filter((service) => !circular.includes(service))
      .map((service) => ({ needed: runtimes[service.index]!, isWanted: below.wanted.includes(service) }))
  }

  /** Of one that was not made here it is known what its class says to depend on. */
  #belowObject({ described: { class: cls, dependsOn = [] } }: ServiceRuntime): ServicesBelow | undefined {
    if (cls === undefined || dependsOn.length === 0) return undefined
    const below = this.#assembly.servicesOf(dependsOn)
    mustBeThere(cls, below)
    return below
  }

  /** Whether what `from` is ordered after, directly or not, for children too, leads to the owner itself. */
  #isCircle(owner: number, from: number): boolean {
    const found = new Set([owner])
    // from below: a Set can grow while it is walked
    for (const one of found) {
      if (one === from) return true
      for (const dependant of this.#nodes.dependantsOf(one)) found.add(dependant)
      for (const { child } of this.#nodes.needing.of(one)) found.add(child.top.place)
    }
    return false
  }

  #tellCircle(owner: ServiceRuntime, child: ServiceRuntime, circular: ServicesBelow['services']): void {
    const { top } = owner
    const cls = child.instance.constructor as Class
    const ofOwner = this.#told.get(top) ?? new WeakMap<Class, Set<number>>()
    const told = ofOwner.get(cls) ?? new Set<number>()
    this.#told.set(top, ofOwner.set(cls, told))
    // which children are there, and so what is a circle, changes
    const untold = circular.filter(({ index }) => !told.has(index))
    if (untold.length === 0) return
    for (const { index } of untold) told.add(index)
    const needs = untold.map(({ name }) => name).join(', ')
    owner.log.warn(
      `the child ${className(cls)} needs ${needs}, which needs ${top.name} itself: it may start before that, and end after it; inject it lazily`
    )
  }
}

const NOTHING: readonly ChildNeed[] = []

/** What nobody starts is not to be waited for. */
function mustBeThere(child: Class, { absent }: ServicesBelow): void {
  if (absent.length === 0) return
  const needs = absent.map((one) => one.name).join(', ')
  throw new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `the child ${className(child)} needs ${needs}, which is no service of this application, so that nobody starts it`,
    hint: `List ${needs} in the providers of a module, or name it in @DependsOn of a service.`
  })
}

/** Whether it has run, or its owner has and starts again: it goes on without what has ended, as services do, see D33. */
function isRestarted(child: ServiceRuntime): boolean {
  if (child.hasRun) return true
  for (let { owner } = child; owner !== undefined; { owner } = owner)
    if (owner.hasRun && owner.state === 'starting') return true
  return false
}

function missingError(child: ServiceRuntime, { name, state }: ServiceRuntime): LifecycleError {
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${child.name} cannot start: it needs ${name}, which is '${state}'`,
    service: child.name,
    hint: `start ${name} before the child is added, or mark what the child can do without as wanted(…).`
  })
}
