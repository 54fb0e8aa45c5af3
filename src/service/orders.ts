import { LifecycleError } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { announced } from './announced.js'
import { calledFrom, calledFromHook, currentCall, unlessFromWithin } from './call.js'
import { drainingError, INSTEAD_OF_A_START, selfWaitError } from './service-errors.js'
import type { RestartPlanner, ServiceHost } from './service-host.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Why a service is not restarted whose start by hand has failed. */
export const FAILED_BY_HAND: StopReason = { kind: 'stop' }

/**
 * What somebody asks of a service by hand: `start()`, `stop()`, `restart()`. Those who ask again while it is under way
 * share the promise, and what is asked for last is what comes of it. Made with the first such thing: of most services,
 * which their application drives, nobody asks anything.
 */
export class Orders {
  readonly #runtime: ServiceRuntime
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #restarting: Promise<void> | undefined
  /** How often it was stopped: what was asked for before is off. */
  #stops = 0
  /** That, when {@link #starting} and {@link #restarting} were asked for. */
  #stopsBeforeStart = 0
  #stopsBeforeRestart = 0
  /** What holds as long as it is to be restarted; undefined until it goes down for that. */
  #restartPlan: RestartPlanner | undefined
  /** Why the restart that it was owed was called off, or why it was stopped by hand, since its last start. */
  endReason: StopReason | undefined

  constructor(runtime: ServiceRuntime) {
    this.#runtime = runtime
  }

  /** A new run begins: what it is asked for from now on concerns that one. */
  begun(): void {
    this.endReason = undefined
    this.#stopping = undefined
  }

  start(): Promise<void> {
    const runtime = this.#runtime
    const isUnderWay = this.#starting !== undefined || runtime.state === 'starting'
    if (isUnderWay && this.#isAwaited) {
      return Promise.reject(selfWaitError(runtime.name, 'its own start', INSTEAD_OF_A_START))
    }
    const before = this.#starting
    if (before !== undefined && !this.#isCalledOff) return before
    const isFromWithin = calledFrom((caller) => caller === runtime)
    const restarting = isFromWithin ? undefined : this.#restartUnderWay
    const isStopped = this.isToStop && !isFromWithin && !runtime.isAtRest && !this.#isRefused
    try {
      if (restarting !== undefined || isStopped) runtime.host.assertNoSelfWait(runtime)
    } catch (error) {
      return Promise.reject(error)
    }
    if (restarting !== undefined) return restarting
    // A child that its owner starts; those that an application orders are its matter.
    if (runtime.place < 0 && runtime.isUnderWay && !this.isToStop) return runtime.whenStarted()
    if (runtime.state === 'running' && !this.isToStop) {
      return Promise.reject(
        new LifecycleError('KEEL_ALREADY_STARTED', {
          message: `${runtime.name} is already running`,
          service: runtime.name
        })
      )
    }
    const { startRefusal } = runtime
    if (startRefusal !== undefined) return Promise.reject(startRefusal)
    const plan = this.#plan()
    const begin = (): Promise<void> =>
      (before === undefined && !isStopped
        ? runtime.host.start(runtime)
        : this.#startAfter(before, plan)
      ).finally(() => plan?.end(runtime))
    return announced(
      begin,
      (starting) => {
        this.#starting = starting
        this.#stopsBeforeStart = this.#stops
      },
      (starting) => {
        if (this.#starting === starting) this.#starting = undefined
      }
    )
  }

  /** Whether the start under way is one that was stopped, of which those are yet to be told who asked for it. */
  get #isCalledOff(): boolean {
    if (this.#stopsBeforeStart !== this.#stops) return true
    const { isRestartPlanned, hasCrashed, isAtRest, state } = this.#runtime
    return !isRestartPlanned && !hasCrashed && (isAtRest || state === 'stopping')
  }

  /** The restart under way, unless that was stopped. */
  get #restartUnderWay(): Promise<void> | undefined {
    const plan = this.#restartPlan
    const isOff = plan !== undefined && !this.#runtime.isStillPlanned(plan)
    return isOff || this.#stopsBeforeRestart !== this.#stops ? undefined : this.#restarting
  }

  /** A stop by hand is under way, though what it stops may run yet: it drains, or those that need it stop first. */
  get isToStop(): boolean {
    return this.#stopping !== undefined
  }

  /** What no application orders cannot be started while it is `stopping`, see D56. */
  get #isRefused(): boolean {
    return this.#runtime.place < 0 && this.#runtime.state === 'stopping'
  }

  /** Starts it once it has stopped, and a start that was called off is over. */
  async #startAfter(before: Promise<void> | undefined, plan: Plan | undefined): Promise<void> {
    const runtime = this.#runtime
    const { planner } = runtime
    // by the time that its turn comes all may have stopped, and nobody would stop it
    if (runtime.host.isDraining) throw drainingError(runtime, 'start')
    await before?.catch(() => undefined)
    if (runtime.isGoingDown || this.isToStop) await runtime.whenAtRest()
    // it may have been stopped once more, or let go of, since
    const { startRefusal } = runtime
    if (startRefusal !== undefined) throw startRefusal
    // it may have come to run before its turn to stop came, which is no end of this plan
    if (plan?.isDropped === false) runtime.planRestart(plan)
    if (!runtime.isStillPlanned(planner)) throw runtime.abortedError()
    await runtime.host.start(runtime)
  }

  /** Whether its next start comes only after the work that the code now running belongs to. */
  get #isAwaited(): boolean {
    const runtime = this.#runtime
    if (calledFromHook((caller) => caller === runtime)) return true
    return runtime.isGoingDown && calledFrom((caller) => caller === runtime)
  }

  /** Starts it if it does not run and is not about to; waits for it in any case. Says whether it was this call. */
  async maybeStart(): Promise<boolean> {
    const runtime = this.#runtime
    if (runtime.state === 'running' && !this.isToStop) return false
    const starting = (this.#isCalledOff ? undefined : this.#starting) ?? this.#restartUnderWay
    if (starting === undefined && (this.isToStop || !runtime.isUnderWay)) {
      await this.start()
      return true
    }
    if (this.#isAwaited) throw selfWaitError(runtime.name, 'its own start', INSTEAD_OF_A_START)
    runtime.host.assertNoSelfWait(runtime)
    await (starting ?? runtime.whenStarted())
    return false
  }

  /** What its own work stops ends by its own will. */
  stop(reason: unknown): Promise<void> {
    if (currentCall()?.runtime === this.#runtime) return this.endItself(reason)
    return this.stopFor({ kind: 'stop', detail: reason })
  }

  /** Stops it. Called by work that is to end, it does not wait for that work. */
  stopFor(reason: StopReason): Promise<void> {
    const runtime = this.#runtime
    // Those that were stopped with it are owed a restart too, and cannot do without it.
    const isIdle = runtime.isAtRest && runtime.state !== 'backoff' && !runtime.isRestartPlanned
    this.#stops++
    runtime.endRestarts(reason)
    if (isIdle && this.#starting === undefined && this.#restarting === undefined) return Promise.resolve()
    return this.#unlessFromWithin(
      (other) => runtime.host.stopsAlong(runtime, other),
      () => this.#stopOnce(reason)
    )
  }

  #stopOnce(reason: StopReason, ending?: Parameters<ServiceHost['stop']>[2]): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping
    return announced(
      () => this.#runtime.host.stop(this.#runtime, reason, ending),
      (stopping) => {
        this.#stopping = stopping
      },
      (stopping) => {
        if (this.#stopping === stopping) this.#stopping = undefined
      }
    )
  }

  /** It ends by its own will, and its supervisor is told. */
  endItself(reason?: unknown): Promise<void> {
    const runtime = this.#runtime
    const { supervision } = runtime
    if (runtime.state === 'running') runtime.currentRun.hasEndedItself = true
    const isAlong = (other: ServiceRuntime): boolean => runtime.host.stopsAlong(runtime, other)
    // Its run ends already, be it to restart: there is nothing more to it.
    if (!runtime.isAtRest && (this.#stopping !== undefined || runtime.stopReason !== undefined))
      return this.#unlessFromWithin(isAlong, async () => this.#stopping ?? void (await runtime.whenAtRest()))
    if (supervision === undefined || runtime.isAtRest) return this.stopFor({ kind: 'stop', detail: reason })
    runtime.dropRestart()
    const stop = (): Promise<void> =>
      this.#stopOnce({ kind: 'stop', detail: reason }, (along) => supervision.ending(runtime, along))
    return this.#unlessFromWithin(isAlong, stop)
  }

  restart(): Promise<void> {
    const runtime = this.#runtime
    if (runtime.state === 'init') return this.start()
    const refusal = runtime.host.isDraining ? drainingError(runtime, 'restart') : runtime.startRefusal
    if (refusal !== undefined) return Promise.reject(refusal)
    const isWithin = (other: ServiceRuntime): boolean => other === runtime || other.isOwnedBy(runtime)
    try {
      // before it is stopped, which would be for good; its own call is not made to wait
      if (!calledFrom(isWithin)) runtime.host.assertNoSelfWait(runtime)
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#unlessFromWithin(
      isWithin,
      () =>
        this.#restartUnderWay ??
        announced(
          () => this.#restart(),
          (restarting) => {
            this.#restarting = restarting
            this.#stopsBeforeRestart = this.#stops
            this.#restartPlan = undefined
          },
          (restarting) => {
            if (this.#restarting === restarting) this.#restarting = undefined
          }
        )
    )
  }

  async #restart(): Promise<void> {
    const runtime = this.#runtime
    const { host } = runtime
    const before = { all: host.stops, own: this.#stops }
    const isOff = (): boolean => host.stops !== before.all || this.#stops !== before.own
    if (this.#stopping !== undefined || this.#starting !== undefined) {
      await Promise.allSettled([this.#stopping, this.#starting])
      // its owner may have let go of it since
      const { startRefusal } = runtime
      if (startRefusal !== undefined) throw startRefusal
    }
    if (isOff()) throw runtime.abortedError()
    const wasUp = runtime.state === 'running'
    let isToStart = false
    const plan = this.#plan()
    const { planner } = runtime
    this.#restartPlan = planner
    try {
      for (const { service, phase, error } of await runtime.stopToRest({ kind: 'restart' })) {
        runtime.log.error({ err: error }, '%s failed in %s while stopping to restart', service, phase)
      }
      if (isOff()) throw runtime.abortedError()
      // Whoever heard that it had stopped has started it.
      if (runtime.state === 'running') return
      if (runtime.isUnderWay) {
        await runtime.whenStarted()
        return
      }
      // What it needs has ended, or its owner is to stop, which has yet to come to it: that is not undone.
      if (!runtime.isStillPlanned(planner) || runtime.startRefusal !== undefined) throw runtime.abortedError()
      isToStart = true
      await runtime.host.start(runtime, true)
      isToStart = false
    } finally {
      // not when what it needs has ended for good meanwhile, or somebody has stopped it
      const isStillWanted = runtime.isRestartPlanned || runtime.hasFailedByHand
      plan?.end(runtime)
      // What ran until then is not to be down for good because of that: it counts as another crash.
      const isDown = runtime.hasCrashed && runtime.isAtRest && !runtime.isRestartPlanned
      if (isToStart && wasUp && isStillWanted && isDown && host.stops === before.all)
        runtime.supervision?.crashed(runtime, runtime.crashReason)
    }
  }

  /**
   * Somebody asked for a start or restart, and waits for it. Undefined where somebody has a plan: that of its supervisor stays,
   * which tries again if this fails.
   */
  #plan(): Plan | undefined {
    const runtime = this.#runtime
    if (runtime.isRestartPlanned) return undefined
    const plan = new Plan()
    runtime.planRestart(plan)
    return plan
  }

  /** Does not make a call wait for what waits for that call. */
  #unlessFromWithin(waitsFor: (other: ServiceRuntime) => boolean, code: () => Promise<void>): Promise<void> {
    return unlessFromWithin(waitsFor, code, (error) => this.#runtime.log.error({ err: error }, 'stop failed'))
  }
}

/** Somebody waits for a start or restart by hand. */
class Plan implements RestartPlanner {
  readonly isByHand = true
  isDropped = false

  dropped(): void {
    this.isDropped = true
  }

  end(runtime: ServiceRuntime): void {
    runtime.endRestarts({ kind: 'stop' }, this)
  }
}
