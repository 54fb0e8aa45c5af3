import { type ExitError, isExit, LifecycleError, StopError, type StopFailure } from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { Logger } from '../logging/index.js'
import {
  announced,
  type ConstructedChild,
  family,
  isAnsweredFor,
  ServiceContext,
  type ServiceRuntime,
  tellReady,
  type UnfinishedChild,
  unlessFromWithin
} from '../service/index.js'
import { EventStream, type Observable, StateStream } from '../streams/index.js'
import { formatDuration, setLimit } from '../time/index.js'
import type { Class, Provider, Token } from '../tokens/index.js'
import { whileItTakesLong } from '../waits/index.js'
import { ApplicationHost, type Conductor } from './application-host.js'
import type { ApplicationSettings } from './application-options.js'
import type { ApplicationParts } from './application-parts.js'
import type { ApplicationState } from './application.js'
import { askedToExit } from './asked-to-exit.js'
import { BootTimes } from './boot-report.js'
import { ChildOrder } from './child-order.js'
import { type Disposable, Disposal } from './disposal.js'
import { drain } from './drain.js'
import { everyService } from './find-service.js'
import { OpenTasks } from './open-tasks.js'
import { OwnService } from './own-service.js'
import { Passages } from './passages.js'
import { RestartGate } from './restart-gate.js'
import { isOwnEndingWork, isOwnStartHook, isOwnWork, applicationWaitError } from './self-wait.js'
import { ServiceLevers } from './service-levers.js'
import { Shutdown } from './shutdown.js'
import { describeSlowStart } from './slow-start.js'
import { StartAttempt } from './start-attempt.js'
import { culpritOf, interruptionError, latecomerAmong, type StartInterruption } from './start-interruption.js'
import { refusedForLost, refusedFrom } from './start-refusal.js'
import { StartSequence } from './start-sequence.js'
import { START_FAILED } from './stop-reasons.js'
import { StopSequence } from './stop-sequence.js'
import { Supervisors } from './supervision.js'

/**
 * The life of an application, from its first start to its disposal: orders the starts and stops of its services among
 * each other, and decides what becomes of all when one of them crashes.
 */
export class ApplicationLife implements Conductor {
  readonly name: string
  readonly host: ApplicationHost
  readonly settings: ApplicationSettings
  readonly #events: EventStream<LifecycleEvent>
  readonly #state: StateStream<ApplicationState>
  #parts: ApplicationParts | undefined
  readonly #own: OwnService
  #boot: BootTimes | undefined
  /** The same, while a start is under way: only that is noted. */
  #noting: BootTimes | undefined
  #levers: ServiceLevers | undefined
  #gate: RestartGate | undefined
  #supervisors: Supervisors | undefined
  #childOrder: ChildOrder | undefined
  #current: ApplicationState = 'created'
  #since: number
  readonly #shutdown: Shutdown
  #crash: { readonly reason: unknown } | undefined
  #exit: ExitError | undefined
  #hasStarted = false
  /** Somebody disposes of it after its first stop. */
  runsOnce = false
  #stops = 0
  /** Until it runs, or its roll-back begins. */
  #attempt: StartAttempt | undefined
  readonly #passages = new Passages()
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #lastStop: Promise<void> = Promise.resolve()
  #whenQuiet: (() => void) | undefined
  readonly #disposal: Disposal
  #lateFailures: StopFailure[] = []
  #endPause: (() => void) | undefined
  #endWaiters: (() => void)[] = []
  readonly #tasks = new OpenTasks(() => {
    if (this.#current !== 'running') return false
    return !this.every.some((runtime) => runtime.isRestartPlanned)
  })

  constructor(name: string, settings: ApplicationSettings, log: Logger) {
    this.name = name
    this.settings = settings
    const failed = (error: unknown): void => log.error({ err: error }, 'a subscriber failed')
    this.#events = new EventStream(failed)
    this.#state = new StateStream<ApplicationState>('created', failed)
    const { clock, timezone } = settings
    this.#since = clock.now()
    this.host = new ApplicationHost(this, { clock, timezone, log, events: this.#events })
    this.#own = new OwnService(name, this.host)
    this.#shutdown = new Shutdown(clock)
    this.#disposal = new Disposal(this.#disposable())
  }

  /** Gives it what it is made of: it can start. */
  begin(parts: ApplicationParts): void {
    this.#parts = parts
    this.#boot = new BootTimes(parts.nodes)
    const life = this
    const levers = new ServiceLevers({
      name: this.name,
      get state() {
        return life.state
      },
      get isUp() {
        return life.state === 'running' || life.#attempt?.isTelling === true
      },
      get isOver() {
        return life.#disposal.hasBegun
      },
      nodes: parts.nodes,
      concurrency: this.settings.concurrency,
      log: this.log,
      passages: this.#passages
    })
    this.#levers = levers
    this.#gate = new RestartGate(parts.nodes)
    this.#supervisors = new Supervisors(parts.supervisors, {
      clock: this.settings.clock,
      nodes: parts.nodes,
      gate: this.#gate,
      stopTogether: (runtimes, reason) => levers.stopTogether(runtimes, reason),
      startTogether: (runtimes) => levers.startTogether(runtimes),
      crashed: (runtime, reason) => this.#crashed(runtime, reason),
      report: (error, what) => this.log.error({ err: error }, '%s failed', what),
      publish: (build, about) => this.#publish(build, about)
    })
  }

  /** The context of the application itself, for what belongs to no service. */
  get ownContext(): ServiceContext {
    const isUp = this.#current === 'starting' || this.#current === 'running' || this.isDraining
    return this.#own.context(isUp)
  }

  /** What stands behind {@link ownContext}, if anybody has asked for that. */
  get own(): readonly ServiceRuntime[] {
    return this.#own.runtimes
  }

  /** @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` while it is still being constructed */
  get made(): ApplicationParts {
    return this.#parts ?? this.#stillBeingMade()
  }

  /** Every service in start order, each with the children that it has now right behind it; first those of {@link own}. */
  get every(): readonly ServiceRuntime[] {
    const every = everyService(this.made.nodes)
    const [own] = this.own
    return own === undefined ? every : [...family(own).slice(1), ...every]
  }

  /** Starts and stops services one by one. */
  get levers(): ServiceLevers {
    return this.#levers ?? this.#stillBeingMade()
  }

  #stillBeingMade(): never {
    throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `the application ${this.name} is still being constructed`,
      hint: 'use the application in a hook, not in a constructor; what construct() makes has none, unless you give it one.'
    })
  }

  // ---- where it is --------------------------------------------------------------------------------------------------

  get log(): Logger {
    return this.host.log
  }

  get state(): ApplicationState {
    return this.#current
  }

  /** When it came there: epoch milliseconds. */
  get since(): number {
    return this.#since
  }

  get state$(): Observable<ApplicationState> {
    return this.#state.observable
  }

  get events$(): Observable<LifecycleEvent> {
    return this.#events.observable
  }

  get isDraining(): boolean {
    return this.#current === 'draining' || this.#current === 'stopping'
  }

  /** How often it has begun to stop, or to roll a start back. */
  get stops(): number {
    return this.#stops
  }

  get isStopped(): boolean {
    return this.#current === 'stopped'
  }

  /** Whether it once ran, as a whole. */
  get hasStarted(): boolean {
    return this.#hasStarted
  }

  /** Why it crashed, if it did. */
  get crashRecord(): { readonly reason: unknown } | undefined {
    return this.#crash
  }

  /** The `ExitError` that asked for the process to end. */
  get exitRequest(): ExitError | undefined {
    return this.#exit
  }

  /** The moments of its last start; undefined before it is constructed. */
  get boot(): BootTimes | undefined {
    return this.#boot
  }

  // ---- start ----------------------------------------------------------------------------------------------------------

  start(): Promise<void> {
    if (this.#starting !== undefined && !this.#hasJustStopped) {
      const isRolledBack = this.#attempt === undefined && this.#current !== 'running'
      // a roll-back waits for all work
      const waitsForCaller = isRolledBack ? isOwnWork(this.host) : isOwnStartHook(this.host)
      return waitsForCaller ? Promise.reject(applicationWaitError(this.name, 'start')) : this.#starting
    }
    const refusal = this.#startRefusal
    if (refusal !== undefined) return Promise.reject(refusal)
    // a service that somebody starts, or stops, by itself is waited for
    if (isOwnStartHook(this.host) || isOwnEndingWork(this.host))
      return Promise.reject(applicationWaitError(this.name, 'start'))
    const before = this.#starting ?? this.#stopping
    return announced(
      () => this.#start(before),
      (starting) => {
        this.#starting = starting
      },
      (starting) => {
        if (this.#starting === starting) this.#starting = undefined
      }
    )
  }

  /** It has stopped: of a start or stop that is still known only those have not heard yet who asked for it. */
  get #hasJustStopped(): boolean {
    return this.#attempt === undefined && this.#current === 'stopped'
  }

  get #startRefusal(): LifecycleError | undefined {
    const refused = refusedFrom(this.#current, this.name)
    if (refused !== undefined) return refused
    const isOver = this.#disposal.hasBegun || (this.runsOnce && this.#hasStarted)
    return isOver ? this.#disposedError('start()') : refusedForLost(this.made, this.host)
  }

  /** @param before a start or stop that is over, of which others are still being told */
  async #start(before: Promise<void> | undefined): Promise<void> {
    const { clock, startTimeout } = this.settings
    const attempt = (this.#attempt = new StartAttempt())
    // what is stopped from now on is this start
    this.#stopping = undefined
    this.#lastStop = Promise.resolve()
    if (before !== undefined) await before.catch(() => undefined)
    const begun = clock.monotonic()
    this.#crash = undefined
    this.#exit = undefined
    this.#lateFailures = []
    this.#noting = this.#boot
    this.#noting?.begin(begun)
    this.#enter('starting')
    this.#publish((at) => ({ type: 'application.starting', at }))
    const limit =
      startTimeout === Infinity ? undefined : setLimit(clock, () => this.#overdue(attempt), startTimeout)
    const patient = whileItTakesLong(clock, (elapsedMs) => this.#tellSlow(elapsedMs))
    const own = this.#own.start()?.catch(() => this.#ownFailed(attempt))
    this.#ownFailed(attempt)
    if (attempt.interruption === undefined) await this.#startServices(attempt, own)
    clock.clearTimeout(limit)
    patient()
    this.#attempt = undefined
    this.#noting = undefined
    const { interruption } = attempt
    if (interruption !== undefined) {
      const error = await (attempt.rollingBack ?? this.#rollBack(interruption))
      const durationMs = clock.monotonic() - begun
      this.#publish((at) => ({ type: 'application.started', at, durationMs, error }))
      throw error
    }
    const durationMs = clock.monotonic() - begun
    this.#boot?.end(clock.monotonic())
    this.#hasStarted = true
    this.#enter('running')
    this.#publish((at) => ({ type: 'application.started', at, durationMs }))
    this.#tasks.check()
  }

  async #startServices(attempt: StartAttempt, own: Promise<void> | undefined): Promise<void> {
    const { nodes } = this.made
    const stopped = this.levers.untilNoneStops(nodes.all)
    if (stopped !== undefined) await attempt.orUntil(stopped)
    if (attempt.interruption === undefined) await attempt.orUntil(this.#startAll(attempt))
    if (own !== undefined && attempt.interruption === undefined) await attempt.orUntil(own)
    if (attempt.interruption === undefined) {
      attempt.isTelling = true
      const isOver = (): boolean => attempt.interruption !== undefined
      const ready = tellReady([...this.own, ...nodes.runtimes], isOver).then((notReady) => {
        if (notReady !== undefined) attempt.interrupt({ kind: 'not-ready', ...notReady })
      })
      await attempt.orUntil(ready)
    }
  }

  #ownFailed(attempt: StartAttempt): void {
    const { failed } = this.#own
    if (failed !== undefined) attempt.interrupt({ kind: 'failed', runtime: failed, path: [failed.name] })
  }

  #tellSlow(elapsedMs: number): void {
    const waited = describeSlowStart(this.made.nodes, this.settings.clock.monotonic())
    this.log.warn('application still starting after %s%s', formatDuration(elapsedMs), waited)
  }

  #overdue(attempt: StartAttempt): void {
    const late = latecomerAmong([...this.own, ...this.made.nodes.runtimes])
    attempt.interrupt({ kind: 'overdue', late, limit: this.settings.startTimeout })
  }

  /** Nothing more begins from this moment on, and what is under way is told. */
  #abandonStart(attempt: StartAttempt, cause: StartInterruption): void {
    const isFirst = attempt.interruption === undefined
    const interruption = this.#failureUnderWay() ?? cause
    attempt.interrupt(interruption)
    if (!isFirst || !attempt.hasBegun) return
    this.#attempt = undefined
    this.#noting = undefined
    attempt.rollingBack = this.#rollBack(interruption)
  }

  /** A service that has failed to start, of which somebody is told first, and stops all. */
  #failureUnderWay(): StartInterruption | undefined {
    const { nodes } = this.made
    for (const { started } of this.#passages.starts.all) {
      for (const index of started) {
        const runtime = nodes.runtimes[index]!
        if (runtime.hasCrashed && !runtime.hasRun && !nodes.mayFail(index))
          return { kind: 'failed', runtime, path: nodes.pathTo(index) }
      }
    }
    return undefined
  }

  async #startAll(attempt: StartAttempt): Promise<void> {
    const { nodes } = this.made
    const { concurrency } = this.settings
    const mayFail = (index: number): boolean => nodes.mayFail(index)
    const sequence = new StartSequence(nodes, { members: nodes.all, concurrency, mayFail })
    attempt.hasBegun = true
    await this.#passages.starts.run(sequence)
    if (sequence.failed !== undefined) attempt.interrupt({ kind: 'failed', ...sequence.failed })
  }

  async #rollBack(interruption: StartInterruption): Promise<Error> {
    const { clock, shutdownTimeout } = this.settings
    // Said before the stop, in which owners let go of children.
    const path = this.#pathOf(interruption)
    for (const start of this.#passages.starts.all) start.halt()
    const begun = clock.monotonic()
    this.#shutdown.begin(shutdownTimeout)
    const reason = interruption.kind === 'stopped' ? interruption.reason : START_FAILED
    this.#enter('stopping')
    this.#publish((at) => ({ type: 'application.stopping', at, reason }))
    const failures = this.#failures(await this.#stopAll(reason))
    const error = interruptionError(interruption, this.name, path, failures)
    this.#enter('stopped')
    this.#publishStopped(begun, failures)
    this.#tellEnded()
    return error
  }

  #pathOf(interruption: StartInterruption): readonly string[] {
    if (interruption.kind === 'failed') return interruption.path
    const culprit = culpritOf(interruption)
    return culprit === undefined ? [this.name] : this.levers.pathTo(culprit)
  }

  // ---- stop -----------------------------------------------------------------------------------------------------------

  /** @param drainDelay how long to wait between "not ready" and draining, in milliseconds */
  stopFor(reason: StopReason, drainDelay = 0): Promise<void> {
    const stop = (): Promise<void> => {
      const stopping = this.#stopOnce(reason, drainDelay)
      return this.runsOnce ? this.#disposal.after(stopping) : stopping
    }
    return this.#unlessFromWithin(stop, 'stop failed')
  }

  /** How the stop under way goes, or how the last one went; begins one when something runs. */
  #stopOnce(reason: StopReason, drainDelay: number): Promise<void> {
    const told = this.#stopping ?? this.#starting
    // others are being told that it has stopped, while a service that somebody has started since runs
    if (told !== undefined && this.#hasJustStopped && this.#isUp)
      return told.catch(() => undefined).then(() => this.#stopOnce(reason, drainDelay))
    if (this.#stopping !== undefined) return this.#stopping
    if (!this.#isUp) return this.#lastStop
    return announced(
      () => this.#stop(reason, drainDelay),
      (stopping) => {
        this.#stopping = this.#lastStop = stopping
      },
      (stopping) => {
        // it may have been started, and stopped, again since
        if (this.#stopping === stopping) this.#stopping = undefined
      }
    )
  }

  /** Whether there is anything to stop: a service may have been started by itself. */
  get #isUp(): boolean {
    if (this.#attempt !== undefined) return true
    if (this.#current !== 'created' && this.#current !== 'stopped' && this.#current !== 'crashed') return true
    return (
      this.#parts?.nodes.runtimes.some((runtime) => !runtime.isAtRest || runtime.isRestartPlanned) ?? false
    )
  }

  /** Does not make work of its services wait for what waits for that work. */
  #unlessFromWithin(code: () => Promise<void>, failed: string): Promise<void> {
    const isOwn = (runtime: ServiceRuntime): boolean => runtime.host === this.host
    return unlessFromWithin(isOwn, code, (error) => this.log.error({ err: error }, failed))
  }

  async #stop(reason: StopReason, drainDelay: number): Promise<void> {
    if (this.#attempt !== undefined) {
      this.#abandonStart(this.#attempt, { kind: 'stopped', reason })
      const outcome: unknown = await this.#starting?.then(
        () => undefined,
        (error: unknown) => error
      )
      if (outcome instanceof LifecycleError && outcome.cause instanceof StopError) throw outcome.cause
      return
    }
    // A start that is rolled back already is over soon.
    if (this.#starting !== undefined && this.#current !== 'running') {
      await this.#starting.catch(() => undefined)
      return
    }
    // Asked for by a subscriber who is told that it runs: the others are told first.
    if (this.#starting !== undefined) await Promise.resolve()
    const { clock, shutdownTimeout } = this.settings
    const begun = clock.monotonic()
    this.#shutdown.begin(shutdownTimeout)
    this.#enter('draining')
    this.#publish((at) => ({ type: 'application.draining', at, reason }))
    if (drainDelay > 0 && this.#crash === undefined) await this.#pause(Math.min(drainDelay, shutdownTimeout))
    const drained = await this.#drain(reason)
    this.#enter('stopping')
    this.#publish((at) => ({ type: 'application.stopping', at, reason }))
    const failures = this.#failures([...drained, ...(await this.#stopAll(reason))])
    this.#enter(this.#crash === undefined ? 'stopped' : 'crashed')
    const error = this.#publishStopped(begun, failures)
    this.#tellEnded()
    if (!this.made.assembly.hasToDispose) this.#whenQuiet?.()
    if (error !== undefined) throw error
  }

  #failures(thrown: readonly StopFailure[]): readonly StopFailure[] {
    const { exit, failures } = askedToExit([...thrown, ...this.#lateFailures])
    this.#exit ??= exit
    return failures
  }

  #publishStopped(begun: number, failures: readonly StopFailure[]): StopError | undefined {
    this.#shutdown.end()
    const error = failures.length > 0 ? new StopError(failures, { service: this.name }) : undefined
    const plain = {
      type: 'application.stopped',
      durationMs: this.settings.clock.monotonic() - begun
    } as const
    this.#publish((at) => (error === undefined ? { ...plain, at } : { ...plain, at, error }))
    return error
  }

  #drain(reason: StopReason): Promise<readonly StopFailure[]> {
    const { clock, drainTimeout } = this.settings
    const budget = Math.min(drainTimeout, this.shutdownBudget() / 2)
    const end = clock.monotonic() + budget
    const left = (): number => end - clock.monotonic()
    this.#own.beginDrain(reason)
    const drained = drain(this.made.nodes, reason, left)
    if (this.own.length === 0) return drained
    return drained.then(async (failures) => [...failures, ...(await this.#own.drain(left))])
  }

  async #stopAll(reason: StopReason): Promise<readonly StopFailure[]> {
    const { nodes } = this.made
    for (let n = 0; n < nodes.size; n++)
      if (nodes.runtimes[n]!.isRestartPlanned) nodes.runtimes[n]!.dropRestart()
    const sequence = new StopSequence(nodes, nodes.all, reason)
    this.#own.beginDrain(reason)
    const failures = await this.#passages.stops.run(sequence)
    // services may have used till the end what belongs to none of them
    const own = this.#own.stop(reason)
    return own === undefined ? failures : [...failures, ...(await own)]
  }

  /** Waits before the drain, unless a crash cuts that short. */
  #pause(ms: number): Promise<void> {
    const { clock } = this.settings
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, ms)
      this.#endPause = () => {
        clock.clearTimeout(timer)
        resolve()
      }
    })
  }

  /** `tell` is called in the very moment in which a stop is over and nothing is left to dispose of. */
  onQuiet(tell: () => void): void {
    this.#whenQuiet = tell
  }

  /** How the last stop went, or goes. */
  lastStop(): Promise<void> {
    return this.#lastStop
  }

  waitUntilStopped(): Promise<void> {
    if (isOwnWork(this.host)) return Promise.reject(applicationWaitError(this.name, 'end'))
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        if (this.#crash === undefined) resolve()
        else reject(this.#crash.reason)
      }
      if (this.#current === 'stopped' || this.#current === 'crashed' || this.#disposal.hasStopped) ended()
      else this.#endWaiters.push(ended)
    })
  }

  /** Resolves once the application runs and every task has ended. */
  whenTasksDone(): Promise<void> {
    return this.#tasks.done()
  }

  // ---- disposal -------------------------------------------------------------------------------------------------------

  dispose(): Promise<void> {
    return this.#unlessFromWithin(() => this.#disposal.once(), 'disposal failed')
  }

  /** The same, for whoever knows how long disposal may take, in milliseconds. */
  disposeWithin(limit: number): Promise<void> {
    this.#disposal.limit(limit)
    return this.dispose()
  }

  /** Logs what went wrong in its disposal; false when that was told already. */
  tellOfDisposal(error: unknown): boolean {
    return this.#disposal.tell(error)
  }

  /** What the last stop has left of its `shutdownTimeout`, in milliseconds: its disposal is part of the same shutdown. */
  get leftOfStop(): number {
    return this.#shutdown.leftOver
  }

  #disposable(): Disposable {
    const life = this
    const { clock, shutdownTimeout } = this.settings
    return {
      name: this.name,
      log: this.log,
      clock,
      shutdownTimeout,
      get leftOfStop() {
        return life.leftOfStop
      },
      get made() {
        if (life.#parts === undefined) return undefined
        const { nodes, assembly } = life.#parts
        // what belongs to none of them last, as in a stop
        return { runtimes: [...nodes.runtimes.toReversed(), ...life.own], assembly }
      },
      stopRest() {
        const isUp = life.#stopping !== undefined || life.#isUp
        return isUp ? life.#stopOnce({ kind: 'stop' }, 0) : undefined
      },
      completed() {
        life.#state.complete()
        life.#events.complete()
        life.#tellEnded()
        life.#whenQuiet?.()
      }
    }
  }

  // ---- what its services tell -----------------------------------------------------------------------------------------

  transitioned(runtime: ServiceRuntime, state: ServiceState, at: number, now: number | undefined): void {
    const nodes = this.#parts?.nodes
    const index = nodes?.indexOf(runtime)
    if (index === undefined) {
      if (state === 'running') this.#tasks.check()
      return
    }
    this.#noting?.moved(index, state, at)
    this.#passages.moved(index, state, now)
    if (this.#gate?.isAwaited === true) this.#gate.tell()
    if (this.#childOrder?.isAwaited === true && !this.isDraining) this.#childOrder.moved()
    if (state === 'running') this.#tasks.check()
  }

  restartDropped(runtime: ServiceRuntime): void {
    const index = this.#parts?.nodes.indexOf(runtime)
    if (index !== undefined) for (const start of this.#passages.starts.at(index)) start.changed(index)
    if (this.#gate?.isAwaited === true) this.#gate.tell()
    if (this.#childOrder?.isAwaited === true && !this.isDraining) this.#childOrder.moved()
    this.#tasks.check()
  }

  tasksChanged(change: 1 | -1): void {
    this.#tasks.changed(change)
  }

  crashed(runtime: ServiceRuntime, reason: unknown): void {
    const index = this.#parts?.nodes.indexOf(runtime)
    if (index !== undefined && this.made.nodes.mayFail(index) && !isExit(reason)) {
      runtime.stopAlone({ kind: 'crash', detail: reason })
    } else this.#crashed(runtime, reason)
  }

  /** The application crashes because of a service, unless it is ending already. */
  #crashed(runtime: ServiceRuntime, reason: unknown): void {
    if (this.#attempt !== undefined)
      this.#crashInStart(this.#attempt, { kind: 'crashed', runtime, phase: runtime.crashPhase, reason })
    else if (!this.isDraining) this.#end(reason)
    else if (isExit(reason)) this.#exit ??= reason
    else {
      this.#lateFailures.push({ service: runtime.name, phase: runtime.crashPhase, error: reason })
      if (this.#current === 'draining' && !isAnsweredFor(runtime)) this.#crashInDrain(reason)
    }
  }

  /** To ask for the end of the program is a stop, and no failure of the start. */
  #crashInStart(attempt: StartAttempt, crash: StartInterruption & { readonly kind: 'crashed' }): void {
    const { reason } = crash
    if (!isExit(reason)) {
      attempt.interrupt(crash)
      return
    }
    this.#exit ??= reason
    this.#abandonStart(attempt, { kind: 'stopped', reason: { kind: 'stop', detail: reason } })
  }

  /** Everything is still up: the stop under way becomes that of a crash. */
  #crashInDrain(reason: unknown): void {
    if (this.#crash !== undefined || this.#exit !== undefined) return
    this.#noteCrash(reason)
    this.#endPause?.()
    // whoever asked for the stop is told how it goes
    this.#disposeAfter(this.#lastStop.catch(() => undefined))
  }

  /** What has crashed is disposed of by itself. */
  #disposeAfter(stopped: Promise<unknown>): void {
    stopped.then(() => this.#disposal.once()).catch((error: unknown) => this.tellOfDisposal(error))
  }

  #noteCrash(reason: unknown): void {
    this.#crash = { reason }
    this.#publish((at) => ({ type: 'application.crashed', at, error: reason }))
  }

  #end(reason: unknown): void {
    if (isExit(reason)) this.#exit = reason
    else this.#noteCrash(reason)
    const kind = isExit(reason) ? 'stop' : 'crash'
    const stopped = this.#stopOnce({ kind, detail: reason }, 0).catch((error: unknown) => {
      // what went wrong in it, `application.stopped` has told
      if (!(error instanceof StopError)) this.log.error({ err: error }, 'stop failed')
    })
    if (kind === 'crash') this.#disposeAfter(stopped)
  }

  /**
   * Nobody else answers for what went wrong: the application crashes, if it runs or starts.
   *
   * @param phase what it was, for the error of a start
   */
  crashWith(reason: unknown, phase: string): boolean {
    if (this.#attempt !== undefined) {
      this.#crashInStart(this.#attempt, { kind: 'crashed', phase, reason })
      return true
    }
    if (this.#current !== 'running') return false
    this.#end(reason)
    return true
  }

  shutdownBudget(now?: number): number {
    return this.#shutdown.left(now)
  }

  onShutdown(tell: () => void): () => void {
    return this.#shutdown.onBegin(tell)
  }

  constructChild(
    child: Class,
    providers: readonly Provider[],
    owner: ServiceRuntime,
    fresh: UnfinishedChild
  ): ConstructedChild {
    if (this.#parts === undefined) {
      throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${owner.name} cannot have ${child.name} constructed as a child: ${this.name} itself is still being constructed`,
        service: owner.name,
        hint: 'add it in onStart, or give an object.'
      })
    }
    const ambient = (token: Token): unknown => (token === ServiceContext ? fresh.context() : undefined)
    const made = this.made.assembly.createOwned(child, providers, ambient, fresh)
    try {
      this.#orderOfChildren.note(child, made, providers.length === 0)
    } catch (error) {
      void made.abandon()
      throw error
    }
    return made
  }

  letProceed(child: ServiceRuntime): void {
    this.#orderOfChildren.letProceed(child)
  }

  get #orderOfChildren(): ChildOrder {
    return (this.#childOrder ??= new ChildOrder(this.made, this.settings.concurrency !== Infinity))
  }

  // ---- small things -----------------------------------------------------------------------------------------------------

  #enter(state: ApplicationState): void {
    if (state === 'starting') this.#supervisors?.reset()
    // Its services may be started one by one before it is.
    else if (state === 'stopped') this.#supervisors?.reopen()
    else if (state === 'draining' || state === 'stopping') {
      this.#stops++
      for (const start of this.#passages.starts.all) start.close()
      this.#childOrder?.abandon()
      this.#supervisors?.close()
    }
    this.#current = state
    this.#since = this.settings.clock.now()
    this.#state.set(state)
  }

  #publish(build: (at: number) => LifecycleEvent, about?: ServiceRuntime): void {
    if (this.host.listens) this.host.publish(build(this.settings.clock.now()), about)
  }

  #tellEnded(): void {
    const waiters = this.#endWaiters
    this.#endWaiters = []
    for (const ended of waiters) ended()
  }

  /** @throws LifecycleError `KEEL_DISPOSED` once it has been disposed */
  mustLive(what: string): void {
    if (this.#disposal.hasStopped) throw this.#disposedError(what)
  }

  #disposedError(what: string): LifecycleError {
    return new LifecycleError('KEEL_DISPOSED', {
      message: `${what} of ${this.name}, which has been disposed`,
      hint: 'Get what you need before it is disposed, or create a new application.'
    })
  }
}
