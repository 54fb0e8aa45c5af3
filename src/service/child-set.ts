import {
  ConfigurationError,
  isKeelsonError,
  isThenable,
  LifecycleError,
  show,
  StartError,
  StopError,
  type StopFailure
} from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { checkOptions, type Checks, describe, list, refuse, text } from '../metadata/index.js'
import { isClass, isOfPlatform, type Class } from '../tokens/index.js'
import { unlessFromWithin } from './call.js'
import { type ChildName, ChildNames } from './child-names.js'
import { FreshChild, releaseFresh } from './fresh-child.js'
import { givenNameOf } from './given-name.js'
import { isHandle } from './handle-mark.js'
import { logFailures } from './log-failures.js'
import { numbered } from './names.js'
import { refuseOtherCopy } from './refuse-other-copy.js'
import { drives, runtimeOf } from './runtime-registry.js'
import { disposedError, lacksContainer, noContainerError } from './service-errors.js'
import type { AddChildOptions } from './service-context.js'
import type { ConstructedChild } from './service-host.js'
import type { ServiceHandle } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'

const CHILD_CHECKS: Checks<AddChildOptions> = { name: text, providers: list }

/** Makes what drives a child. */
export type MakeRuntime = (...parts: ConstructorParameters<typeof ServiceRuntime>) => ServiceRuntime

/** The services that one service owns: they start after its `onStart`, and stop after its `onStop`, in reverse. */
export class ChildSet {
  readonly #owner: ServiceRuntime
  readonly #make: MakeRuntime
  #children: Map<object, ServiceRuntime> | undefined
  /** Added before a run, so part of every run. */
  #lasting: Set<ServiceRuntime> | undefined
  readonly #names = new ChildNames()
  /** Of those that were made from a class: what is to be released when they are let go of. */
  #releases: Map<ServiceRuntime, ConstructedChild> | undefined
  /** Their start, while it is under way. */
  #walk: { readonly runtimes: ServiceRuntime[]; next: number } | undefined

  constructor(owner: ServiceRuntime, make: MakeRuntime) {
    this.#owner = owner
    this.#make = make
  }

  get runtimes(): readonly ServiceRuntime[] {
    return this.#children === undefined ? NONE : [...this.#children.values()]
  }

  /** Adds a child; see `ServiceContext.addChild`. */
  async add(child: object | Class, given?: AddChildOptions): Promise<ServiceHandle> {
    const owner = this.#owner
    const { state } = owner
    const options = checkOptions(given, CHILD_CHECKS, `addChild() of ${owner.name}`)
    if (owner.isDisposed) throw disposedError(owner.name)
    if (state === 'stopping' || state === 'crashed' || state === 'backoff') {
      throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${owner.name} cannot take a child: it is '${state}'`,
        service: owner.name,
        hint: 'add children before the service starts, or while it runs.'
      })
    }
    const isNew = !this.has(child)
    const runtime = this.attach(child, options)
    try {
      await this.join(runtime)
    } catch (error) {
      // one that was there is no less a child since it cannot start now
      if (isNew || runtime.hasCrashed) await this.#release(runtime)
      throw error
    }
    return runtime
  }

  /** Starts a child that came late: waits for it while the owner runs, and leaves it to the owner's start before. */
  async join(runtime: ServiceRuntime): Promise<void> {
    const owner = this.#owner
    // another has taken its place before our turn came
    if (!this.#has(runtime)) throw runtime.abortedError()
    if (owner.state === 'running') {
      if (runtime.state !== 'running') await runtime.start()
    } else if (owner.state === 'starting' && owner.areChildrenOpen && this.#turnOf(runtime) < 0) {
      if (lacksContainer(runtime)) throw noContainerError(runtime)
      launch(runtime).catch((error: unknown) => {
        if (runtime.hasCrashed && !owner.isAtRest) owner.crash(error, 'children')
      })
    }
  }

  /** Registers a child without starting it. */
  attach(child: object | Class, options: AddChildOptions = {}): ServiceRuntime {
    return this.#children?.get(child) ?? this.#enter(this.#take(child, options))
  }

  /** Whether it is one already. */
  has(child: object): boolean {
    return this.#children?.has(child) === true
  }

  /** The owner does not come to be: those that it has taken are free again. */
  abandon(): void {
    for (const runtime of this.runtimes) void this.#letGo(runtime)
  }

  /** @throws ConfigurationError `KEEL_INVALID_OPTION` for what cannot be a child, whatever becomes of others */
  check(child: object | Class, options: AddChildOptions = {}): void {
    const owner = this.#owner
    if (!mayBeChild(child)) {
      const hint = 'give an instance, or a class to construct; await a promise first.'
      throw refuse(`a child of ${owner.name}`, child, 'an object or a class', hint)
    }
    if (!isClass(child) && isOfNobody(child)) {
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `a child of ${owner.name} must be an object of a class that may have hooks, but is ${show(child)}`,
        hint: 'give the service itself: an object of a class of yours, or a class to construct.'
      })
    }
    refuseOtherCopy(child)
    if (isHandle(child)) throw this.#isNone(child)
    if (isClass(child)) return
    if (options.providers !== undefined && options.providers.length > 0) {
      const hint = 'give the class instead of the object, or leave the providers out.'
      throw refuse(
        `what addChild() of ${owner.name} gives providers to`,
        child,
        'a class, which is constructed',
        hint
      )
    }
    const own = runtimeOf(child)
    if (own === undefined) return
    if (own === owner || owner.isOwnedBy(own)) throw this.#ownsOwner(own)
    if (!own.isFree) throw this.#notFree(own)
  }

  /** Makes a child, or takes over what is to be one, without a place among the others yet. */
  #take(child: object | Class, options: AddChildOptions): ServiceRuntime {
    this.check(child, options)
    return isClass(child) ? this.#construct(child, options) : this.#drive(child, options.name)
  }

  #enter(runtime: ServiceRuntime): ServiceRuntime {
    const owner = this.#owner
    ;(this.#children ??= new Map()).set(runtime.instance, runtime)
    if (owner.state === 'init' || owner.state === 'stopped') (this.#lasting ??= new Set()).add(runtime)
    owner.host.childrenChanged(owner)
    return runtime
  }

  /** Stops a child, given as the object or as its handle, and lets go of it. */
  remove(child: object): Promise<void> {
    const runtime = this.#isOwn(child) ? child : this.#children?.get(child)
    if (runtime === undefined || !this.#has(runtime)) return Promise.reject(this.#unknown())
    const release = async (): Promise<void> => {
      const failures = await this.#release(runtime)
      if (failures.length > 0) throw new StopError(failures, { service: runtime.name })
    }
    return this.unlessFromWithin(runtime, release, 'stop failed')
  }

  /**
   * Carries out what waits for the end of a child. Its own work, which has to end first, is not made to wait: then a failure is
   * logged, as `failed`.
   */
  unlessFromWithin(child: ServiceRuntime, code: () => Promise<void>, failed: string): Promise<void> {
    const { log } = this.#owner
    const endsWithIt = (other: ServiceRuntime): boolean => other === child || other.isOwnedBy(child)
    return unlessFromWithin(endsWithIt, code, (error) => log.error({ err: error }, failed))
  }

  #has(runtime: ServiceRuntime): boolean {
    return this.#children?.get(runtime.instance) === runtime
  }

  #unknown(): LifecycleError {
    return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
      message: `${this.#owner.name} has no such child`,
      service: this.#owner.name,
      hint: 'give the object that was added, or the handle that addChild() resolved with.'
    })
  }

  /**
   * Takes what is to come in place of a child: what cannot must not cost that one its run, nor the restart that it is owed.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no service, or is one of its own already
   */
  successor(old: ServiceRuntime, child: object): ServiceRuntime {
    return runtimeOf(child) === old ? old : this.#take(child, {})
  }

  /**
   * Stops a child, and puts its {@link successor}, not started yet, in its place.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when it was removed, or replaced by another, meanwhile
   */
  async replace(old: ServiceRuntime, fresh: ServiceRuntime): Promise<ServiceRuntime> {
    let failures: readonly StopFailure[] = []
    // who asks for it at the same time comes second
    if (old.isAtRest) await Promise.resolve()
    do {
      while (!old.isAtRest) failures = await bringDown(old, REPLACED)
      if (!this.#has(old)) {
        if (fresh !== old) await this.#release(fresh)
        throw this.#unknown()
      }
      // at rest, it only ceases to be about to restart; whoever hears that it does may start it
      void bringDown(old, REPLACED)
    } while (!old.isAtRest)
    logFailures(this.#owner.log, failures)
    if (fresh === old) return old
    const turn = this.#turnOf(old)
    const isLasting = this.keeps(old)
    const before = [...(this.#children ?? [])]
    this.#enter(fresh)
    if (isLasting) (this.#lasting ??= new Set()).add(fresh)
    if (turn >= 0) this.#walk!.runtimes[turn] = fresh
    this.#children = new Map(before.map((entry) => (entry[1] === old ? [fresh.instance, fresh] : entry)))
    // at last: who is told that the old one has gone may add another
    const releasing = this.#letGo(old)
    if (releasing !== undefined)
      for (const { error } of await releasing) old.log.error({ err: error }, 'disposal failed')
    return fresh
  }

  /** Whether it is part of every run of its owner. */
  keeps(runtime: ServiceRuntime): boolean {
    return this.#lasting?.has(runtime) === true
  }

  /**
   * Lets go of a child that is at rest, and releases what was made for it alone, what its constructor has taken for a run
   * that never came included; says what failed.
   */
  #letGo(runtime: ServiceRuntime): Promise<readonly StopFailure[]> | undefined {
    const made = this.#releases?.get(runtime)
    this.#releases?.delete(runtime)
    this.#detach(runtime)
    return made === undefined ? undefined : release(runtime, made)
  }

  /** Lets go of a child that is at rest: it may be added again, here or elsewhere. */
  #detach(runtime: ServiceRuntime): void {
    if (!this.#names.has(runtime)) return
    this.#children?.delete(runtime.instance)
    // asked for while it was brought down
    runtime.dropRestart()
    this.#lasting?.delete(runtime)
    this.#names.leave(runtime)
    runtime.owner = undefined
    runtime.supervision = undefined
    runtime.complete()
    this.#owner.host.childrenChanged(this.#owner)
  }

  /** Starts them in order, each when the one before it runs; nothing to wait for when there are none. */
  start(): Promise<void> | undefined {
    return this.#children === undefined || this.#children.size === 0 ? undefined : this.#startAll()
  }

  async #startAll(): Promise<void> {
    const run = this.#owner.currentRun
    const walk = (this.#walk = { runtimes: [...this.runtimes], next: 0 })
    try {
      while (walk.next < walk.runtimes.length && run.stopReason === undefined) {
        const runtime = walk.runtimes[walk.next++]!
        // It may have been removed while those before it started.
        if (this.#has(runtime)) await launchUnlessItEnds(runtime)
      }
    } finally {
      if (this.#walk === walk) this.#walk = undefined
    }
  }

  /** Where it stands among those that the owner, which starts, has still to start; -1 when it does not. */
  #turnOf(runtime: ServiceRuntime): number {
    return this.#walk === undefined ? -1 : this.#walk.runtimes.indexOf(runtime, this.#walk.next)
  }

  /** Stops them in reverse, and lets go of those that were added during the run. */
  stop(reason: StopReason): Promise<readonly StopFailure[]> | undefined {
    return this.#children === undefined || this.#children.size === 0 ? undefined : this.#stopAll(reason)
  }

  async #stopAll(reason: StopReason): Promise<readonly StopFailure[]> {
    const failures: StopFailure[] = []
    for (const runtime of this.runtimes.toReversed()) {
      runtime.dropRestart()
      // whoever stopped it before was told what went wrong
      const isTold = runtime.state === 'stopped'
      const found = await runtime.stopToRest(reason)
      if (!isTold) failures.push(...found)
      const releasing = this.keeps(runtime) ? undefined : this.#letGo(runtime)
      if (releasing !== undefined) failures.push(...(await releasing))
    }
    this.#names.renew()
    return failures
  }

  /** The owner is disposed. */
  complete(): void {
    for (const runtime of this.runtimes) runtime.complete()
  }

  async #release(runtime: ServiceRuntime): Promise<readonly StopFailure[]> {
    let failures: readonly StopFailure[]
    do failures = await bringDown(runtime, { kind: 'stop' })
    while (!runtime.isAtRest)
    const releasing = this.#letGo(runtime)
    return releasing === undefined ? failures : [...failures, ...(await releasing)]
  }

  #isOwn(child: object): child is ServiceRuntime {
    return this.#names.has(child as ServiceRuntime)
  }

  #construct(child: Class, { name, providers = [] }: AddChildOptions): ServiceRuntime {
    const owner = this.#owner
    const fresh = new FreshChild(() => this.#newRuntime(child, name))
    let made: ConstructedChild
    try {
      made = this.#makeOrTell(child, name, () => owner.host.construct(child, providers, owner, fresh))
    } catch (error) {
      if (fresh.runtimeIfAny !== undefined) this.#forget(fresh.runtimeIfAny)
      throw error
    }
    const { instance } = made
    const runtime = runtimeOf(instance) ?? drives(fresh.runtime, instance)
    if (runtime !== fresh.runtimeIfAny) fresh.giveWayTo(this.#adopt(runtime, name))
    ;(this.#releases ??= new Map()).set(runtime, made)
    return runtime
  }

  /** It has never been a child: its name is free, and nobody who has kept its object can start that. */
  #forget(runtime: ServiceRuntime): void {
    this.#names.takeBack(runtime)
    runtime.owner = undefined
    runtime.complete()
  }

  /** What its constructor throws is a start that fails, as that of any service. */
  #makeOrTell(child: Class, name: string | undefined, make: () => ConstructedChild): ConstructedChild {
    try {
      return make()
    } catch (cause) {
      if (isKeelsonError(cause)) throw cause
      const { service, name: className, location } = describe(child)
      const last = name ?? service?.name ?? className
      throw new StartError({ service: `${this.#owner.name}/${last}`, phase: 'constructor', cause, location })
    }
  }

  #drive(instance: object, givenName: string | undefined): ServiceRuntime {
    const own = runtimeOf(instance)
    if (own !== undefined) return this.#adopt(own, givenName)
    return drives(this.#newRuntime(instance.constructor as Class, givenName), instance)
  }

  #adopt(own: ServiceRuntime, givenName: string | undefined): ServiceRuntime {
    const owner = this.#owner
    const { service, name: className } = describe(own.instance.constructor as Class)
    const name = this.#names.take(givenName ?? givenNameOf(own.instance) ?? service?.name ?? className)
    own.adopt(owner.host, this.#fullName(name), owner)
    this.#names.keep(own, name)
    return own
  }

  #isNone({ name }: { readonly name: string }): ConfigurationError {
    return new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `${name} cannot become a child of ${this.#owner.name} by what only stands for it: a handle, a context or an application`,
      hint: 'give the service itself, the object that was added before, or a class to construct.'
    })
  }

  #notFree({ name }: ServiceRuntime): ConfigurationError {
    return new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `${name} cannot become a child of ${this.#owner.name}: it is a service of its own already`,
      hint: 'a child is an object that no other service owns and that does not run, or a class to construct.'
    })
  }

  #ownsOwner({ name }: ServiceRuntime): ConfigurationError {
    const owner = this.#owner
    const cause = owner.name === name ? 'it would own itself' : `it owns ${owner.name} already`
    return new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `${name} cannot become a child of ${owner.name}: ${cause}`,
      hint: 'a child is below its owner: add it to another service, or let go of one of the two.'
    })
  }

  #newRuntime(child: Class, givenName: string | undefined): ServiceRuntime {
    const owner = this.#owner
    const description = describe(child)
    const name = this.#names.take(givenName ?? description.service?.name ?? description.name)
    const runtime = this.#make(this.#fullName(name), description, owner.host, owner)
    this.#names.keep(runtime, name)
    return runtime
  }

  #fullName({ last, count }: ChildName): string {
    return `${this.#owner.name}/${numbered(last, count)}`
  }
}

const NONE: readonly ServiceRuntime[] = []
const REPLACED: StopReason = { kind: 'stop', detail: 'replaced' }

/** A promise is an object too, but hardly the one that is meant. */
function mayBeChild(child: unknown): boolean {
  return isClass(child) || (typeof child === 'object' && child !== null && !isThenable(child))
}

/** A list, a date or the like, which has no hooks; of what has no class nobody could tell. */
function isOfNobody({ constructor: cls }: object): boolean {
  return !isClass(cls) || (cls !== Object && isOfPlatform(cls))
}

function release(runtime: ServiceRuntime, made: ConstructedChild): Promise<readonly StopFailure[]> {
  const unbegun = releaseFresh(runtime)
  if (unbegun === undefined) return made.release()
  return unbegun.then(async (failures) => [...failures, ...(await made.release())])
}

/** To be asked for again when it is not at rest afterwards: its owner may have started it before our turn came. */
function bringDown(runtime: ServiceRuntime, reason: StopReason): Promise<readonly StopFailure[]> {
  runtime.dropRestart()
  return runtime.stopToRest(reason)
}

/** One that stops itself, or is stopped, has not failed. */
async function launchUnlessItEnds(runtime: ServiceRuntime): Promise<void> {
  if (lacksContainer(runtime)) throw noContainerError(runtime)
  try {
    await launch(runtime)
  } catch (error) {
    if (runtime.hasCrashed) throw error
  }
}

async function launch(runtime: ServiceRuntime): Promise<void> {
  if (runtime.state === 'running') return
  // somebody may have asked it to start before its turn came
  if (!runtime.isUnderWay) {
    runtime.startAlone()
    runtime.host.letProceed(runtime)
  }
  await runtime.whenStarted()
}
