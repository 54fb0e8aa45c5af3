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
 * share the promise. Made with the first such thing: of most services, which their application drives, nobody asks
 * anything.
 */
export class Orders {
  readonly #runtime: ServiceRuntime
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #restarting: Promise<void> | undefined
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
    // A child that its owner starts; those that an application orders are its matter.
    if (runtime.place < 0 && runtime.isUnderWay) return runtime.whenStarted()
    if (runtime.state === 'running') {
      return Promise.reject(
        new LifecycleError('KEEL_ALREADY_STARTED', {
          message: `${runtime.name} is already running`,
          service: runtime.name
        })
      )
    }
    const { startRefusal } = runtime
    if (startRefusal !== undefined) return Promise.reject(startRefusal)
    const endPlan = this.#plan()
    const begin = (): Promise<void> =>
      (before === undefined ? runtime.host.start(runtime) : this.#startAfter(before)).finally(endPlan)
    return announced(
      begin,
      (starting) => {
        this.#starting = starting
      },
      (starting) => {
        if (this.#starting === starting) this.#starting = undefined
      }
    )
  }

  /** Whether the start under way is one that was stopped, of which those are yet to be told who asked for it. */
  get #isCalledOff(): boolean {
    const { isRestartPlanned, hasCrashed, isAtRest, state } = this.#runtime
    return !isRestartPlanned && !hasCrashed && (isAtRest || state === 'stopping')
  }

  /** Starts it once a start that was called off is over. */
  async #startAfter(before: Promise<void>): Promise<void> {
    const runtime = this.#runtime
    const { planner } = runtime
    // by the time that its turn comes all may have stopped, and nobody would stop it
    if (runtime.host.isDraining) throw drainingError(runtime, 'start')
    await before.catch(() => undefined)
    if (runtime.isGoingDown) await runtime.whenAtRest()
    // it may have been stopped once more, or let go of, since
    const { startRefusal } = runtime
    if (startRefusal !== undefined) throw startRefusal
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
    if (runtime.state === 'running') return false
    const starting = (this.#isCalledOff ? undefined : this.#starting) ?? this.#restarting
    if (starting === undefined && runtime.state !== 'waiting' && runtime.state !== 'starting') {
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
    if (supervision === undefined || runtime.isAtRest) return this.stopFor({ kind: 'stop', detail: reason })
    const isAlong = (other: ServiceRuntime): boolean => runtime.host.stopsAlong(runtime, other)
    // Its run ends already, be it to restart: there is nothing more to it.
    if (this.#stopping !== undefined || runtime.stopReason !== undefined)
      return this.#unlessFromWithin(isAlong, async () => this.#stopping ?? void (await runtime.whenAtRest()))
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
        this.#restarting ??
        announced(
          () => this.#restart(),
          (restarting) => {
            this.#restarting = restarting
          },
          () => {
            this.#restarting = undefined
          }
        )
    )
  }

  async #restart(): Promise<void> {
    const runtime = this.#runtime
    const { host } = runtime
    const { stops } = host
    if (this.#starting !== undefined) {
      await this.#starting.catch(() => undefined)
      // its owner may have let go of it since
      const { startRefusal } = runtime
      if (startRefusal !== undefined) throw startRefusal
    }
    if (host.stops !== stops) throw runtime.abortedError()
    const wasUp = runtime.state === 'running'
    let isToStart = false
    const endPlan = this.#plan()
    try {
      for (const { service, phase, error } of await runtime.stopToRest({ kind: 'restart' })) {
        runtime.log.error({ err: error }, '%s failed in %s while stopping to restart', service, phase)
      }
      // Whoever heard that it had stopped has started it.
      if (runtime.state === 'running') return
      if (runtime.isUnderWay) {
        await runtime.whenStarted()
        return
      }
      // Somebody stopped it meanwhile, or its owner, which has yet to come to it: that is not undone.
      if (!runtime.isRestartPlanned || runtime.startRefusal !== undefined) throw runtime.abortedError()
      isToStart = true
      await runtime.host.start(runtime, true)
      isToStart = false
    } finally {
      // not when what it needs has ended for good meanwhile, or somebody has stopped it
      const isStillWanted = runtime.isRestartPlanned || runtime.hasFailedByHand
      endPlan()
      // What ran until then is not to be down for good because of that: it counts as another crash.
      const isDown = runtime.hasCrashed && runtime.isAtRest && !runtime.isRestartPlanned
      if (isToStart && wasUp && isStillWanted && isDown && host.stops === stops)
        runtime.supervision?.crashed(runtime, runtime.crashReason)
    }
  }

  /**
   * Somebody asked for a start or restart, and waits for it. A plan that its supervisor has stays: it tries again if
   * that fails. Gives back what ends the plan.
   */
  #plan(): () => void {
    const runtime = this.#runtime
    if (runtime.isRestartPlanned) return () => {}
    const plan: RestartPlanner = { isByHand: true, dropped: () => {} }
    runtime.planRestart(plan)
    return () => runtime.endRestarts({ kind: 'stop' }, plan)
  }

  /** Does not make a call wait for what waits for that call. */
  #unlessFromWithin(waitsFor: (other: ServiceRuntime) => boolean, code: () => Promise<void>): Promise<void> {
    return unlessFromWithin(waitsFor, code, (error) => this.#runtime.log.error({ err: error }, 'stop failed'))
  }
}
