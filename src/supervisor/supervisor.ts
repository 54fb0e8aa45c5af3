import { ConfigurationError, show } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { refuse, type SupervisorOptions } from '../metadata/index.js'
import {
  driveService,
  logFailures,
  runtimeOf,
  ServiceBase,
  type ServiceRuntime,
  type Supervision
} from '../service/index.js'
import { onAbort } from '../streams/index.js'
import { isClass, tokenName } from '../tokens/index.js'
import type { FailedRestart, RestarterPort } from './restarter-port.js'
import { Restarter } from './restarter.js'
import { supervisorSettings } from './supervisor-options.js'
import { serviceOf, ServiceUnit } from './unit.js'

/**
 * A service whose children are restarted when they crash, as its strategy says.
 *
 * It starts them in order and stops them in reverse. When they crash more often than it may restart them, it stops
 * them and crashes itself, and whoever supervises it decides.
 *
 * @example
 * ```ts
 * const workers = new Supervisor([new Worker(1), new Worker(2)], { strategy: 'one-for-one', maxRestarts: 10 })
 * await workers.start()
 * await workers.add(new Worker(3))
 * ```
 *
 * @typeParam S the type of the services that it is made with, and that `replacement` is given; {@link add} and
 * {@link replace} take any service
 */
export class Supervisor<S extends object = object> extends ServiceBase {
  readonly #restarter: Restarter
  // of any services: with `S` in its members, one of workers would be no `Supervisor`
  readonly #options: SupervisorOptions<never>
  /** What its children are told; hooks are left to whoever extends this class. */
  readonly #supervision: Supervision
  #run: object | undefined

  /** Without services: {@link add} adds them later. Throws what the other constructor throws. */
  constructor(services: readonly [], options?: SupervisorOptions<S>)
  /** @throws ConfigurationError `KEEL_INVALID_OPTION` for options, or services, that make no sense */
  constructor(services?: readonly S[], options?: SupervisorOptions<S>)
  constructor(services: readonly S[] = [], options: SupervisorOptions<S> = {}) {
    super()
    const settings = supervisorSettings(options, 'the Supervisor')
    const given: unknown = services
    if (!Array.isArray(given))
      throw refuse('services of the Supervisor', given, 'an array', 'new Supervisor([a, b], options)')
    this.#options = options
    const restarter = (this.#restarter = new Restarter(this.#port(), settings))
    this.#supervision = {
      passesOn: restarter.passesOn,
      crashed: (runtime, reason) => this.#ofThisRun().crashed(runtime, reason),
      ending: (runtime, along) => this.#ofThisRun().ending(runtime, along)
    }
    this.#takeIn(services)
  }

  /**
   * Adds services, given as objects or as classes to be constructed, after those that it has. While it runs, resolves once
   * they run. Throws what `addChild()` throws.
   */
  async add(...services: readonly object[]): Promise<void> {
    const { childSet } = driveService(this)
    // one that cannot be among them keeps the others out too
    for (const service of services) if (!childSet.has(service)) childSet.check(service)
    for (const service of services) {
      // what is constructed from a class stands last
      const before = isClass(service) ? childSet.runtimes.at(-1) : undefined
      const adding = this.addChild(service)
      const last = isClass(service) ? childSet.runtimes.at(-1) : undefined
      // Before it can crash. One that is refused, since this one stops, is none of its own.
      if (last !== before) this.#supervise(last)
      else if (childSet.has(service)) this.#supervise(runtimeOf(service))
      await adding
    }
  }

  /**
   * Stops a service and lets go of it.
   *
   * @throws StopError when its stop failed; it is let go of all the same
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when the supervisor does not have it
   */
  async remove(service: object): Promise<void> {
    await driveService(this).childSet.remove(service)
  }

  /**
   * Stops the service at `index`, counted from 0, and starts another in its place. Its own work, which ends with it, is not
   * made to wait for that; what fails is logged then.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` when there is none at `index`, or the other cannot be there
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when it was removed, or replaced by another, meanwhile
   * @throws StartError when the other fails to start: it stays in that place
   */
  async replace(index: number, service: object): Promise<void> {
    const { childSet } = driveService(this)
    const old = Number.isInteger(index) ? childSet.runtimes[index] : undefined
    if (old === undefined) {
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `${this.name} has no service at index ${show(index)}`,
        hint: `it has ${childSet.runtimes.length}, counted from 0.`
      })
    }
    const fresh = childSet.successor(old, service)
    const replace = async (): Promise<void> => {
      this.#superviseIfThere(await childSet.replace(old, fresh))
      await childSet.join(fresh)
    }
    await childSet.unlessFromWithin(old, replace, 'replacement failed')
  }

  /**
   * In a new run the budget is whole again. When the run is to end, nothing is restarted any more: what waits for that
   * has stopped, whenever its turn to stop would come.
   */
  #ofThisRun(): Restarter {
    const run = driveService(this).currentRun
    if (run !== this.#run) {
      this.#run = run
      this.#restarter.reset()
      const close = (): void => this.#restarter.close(run.stopReason)
      if (run.signal.aborted) close()
      else onAbort(run.signal, close)
    }
    return this.#restarter
  }

  /** All of them or none: who is refused a supervisor has his services back. */
  #takeIn(services: readonly object[]): void {
    const { childSet } = driveService(this)
    const known = new Set<object>()
    for (const service of services) {
      childSet.check(service)
      if (isClass(service) || known.size < known.add(service).size) continue
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `the services of the Supervisor have the same ${tokenName(service.constructor)} twice`,
        hint: 'give each object once; for several of one class make several objects, or name the class several times.'
      })
    }
    try {
      for (const service of services) this.#supervise(childSet.attach(service))
    } catch (error) {
      childSet.abandon()
      throw error
    }
  }

  #supervise(runtime: ServiceRuntime | undefined): void {
    if (runtime !== undefined) runtime.supervision = this.#supervision
  }

  /** Another may have taken its place before our turn came. */
  #superviseIfThere(fresh: ServiceRuntime): boolean {
    const isThere = driveService(this).childSet.has(fresh.instance)
    if (isThere) this.#supervise(fresh)
    return isThere
  }

  #port(): RestarterPort {
    const own = (): ServiceRuntime => driveService(this)
    return {
      get name() {
        return own().name
      },
      get clock() {
        return own().host.clock
      },
      candidates: () =>
        own().childRuntimes.map((runtime) => ({ unit: new ServiceUnit(runtime), isDependent: false })),
      unitOf: (runtime) => new ServiceUnit(runtime),
      stop: (runtimes, reason) => this.#stop(runtimes, reason),
      startable: (runtimes) => this.#startable(runtimes),
      changed: () => new Promise(() => {}),
      start: (runtimes) => this.#start(runtimes),
      crash: (error) => this.#giveUp(error),
      report: (error, unit) => own().log.error({ err: error }, 'restarting %s failed', unit.name),
      publish: (build, about) => {
        const { host } = own()
        if (host.listens) host.publish(build(host.clock.now()), serviceOf(about) ?? own())
      },
      random: Math.random,
      ...(this.#options.replacement === undefined
        ? {}
        : { replace: (runtime: ServiceRuntime) => this.#replaceWith(runtime) })
    }
  }

  /** In the order in which they are started. */
  #inOrder(runtimes: readonly ServiceRuntime[]): readonly ServiceRuntime[] {
    if (runtimes.length < 2) return runtimes
    const chosen = new Set(runtimes)
    return driveService(this).childRuntimes.filter((runtime) => chosen.has(runtime))
  }

  /** None while it crashes or stops: that ends the restarts too. */
  #startable(runtimes: readonly ServiceRuntime[]): readonly ServiceRuntime[] {
    if (driveService(this).stopReason !== undefined) return []
    return this.#inOrder(runtimes).filter((runtime) => runtime.isAtRest)
  }

  async #stop(runtimes: readonly ServiceRuntime[], reason: StopReason): Promise<void> {
    for (const runtime of this.#inOrder(runtimes).toReversed())
      logFailures(driveService(this).log, await runtime.stopToRest(reason))
  }

  async #start(runtimes: readonly ServiceRuntime[]): Promise<FailedRestart | undefined> {
    for (const runtime of runtimes) {
      if (driveService(this).stopReason !== undefined) return undefined
      if (!runtime.isAtRest || !runtime.isRestartPlanned) continue
      try {
        await (runtime.run === 0 ? launch(runtime) : runtime.startAgain())
      } catch (error) {
        return { runtime, error }
      }
    }
    return undefined
  }

  async #giveUp(error: unknown): Promise<void> {
    const own = driveService(this)
    await this.#stop(own.childRuntimes, { kind: 'crash', detail: error })
    if (!own.isAtRest) own.crash(error, 'children')
  }

  /** The instance that is to run in place of one that crashed, and is at rest. */
  async #replaceWith(runtime: ServiceRuntime): Promise<ServiceRuntime> {
    const { childSet } = driveService(this)
    const index = childSet.runtimes.indexOf(runtime)
    const service = await this.#options.replacement?.(runtime.instance as never, index)
    if (service === undefined || service === runtime.instance || !runtime.isRestartPlanned) return runtime
    const fresh = await childSet.replace(runtime, childSet.successor(runtime, service))
    return this.#superviseIfThere(fresh) ? fresh : runtime
  }
}

async function launch(runtime: ServiceRuntime): Promise<void> {
  runtime.startAlone()
  runtime.host.letProceed(runtime)
  await runtime.whenStarted()
}
