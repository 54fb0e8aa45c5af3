import {
  ConfigurationError,
  describeThrown,
  isExit,
  LifecycleError,
  type StartError,
  type StopFailure
} from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import { isHookStep, type MachineEvent, type ServiceState, type StopReason } from '../lifecycle/index.js'
import type { Logger } from '../logging/index.js'
import { type LogLevel, refuse } from '../metadata/index.js'
import type { Observable } from '../streams/index.js'
import type { Class } from '../tokens/index.js'
import { isAbortError, type LateListener } from '../waits/index.js'
import { announce } from './announce.js'
import type { LiveContext } from './bound-context.js'
import { isLeftBehind, outsideCalls, runCall } from './call.js'
import { ChildSet } from './child-set.js'
import { climb } from './climb.js'
import { markAsHandle } from './handle-mark.js'
import type { HookInFlight } from './hook-in-flight.js'
import { limited } from './limited.js'
import { FAILED_BY_HAND, Orders } from './orders.js'
import { Run } from './run.js'
import { registerRuntime, runtimeOf } from './runtime-registry.js'
import type { AddChildOptions } from './service-context.js'
import { ServiceDrive, type PendingStep } from './service-drive.js'
import {
  disposedError,
  lacksContainer,
  leftBehindError,
  letGoError,
  noContainerError,
  notAtRestError,
  unreleasedError
} from './service-errors.js'
import type {
  ServiceHandle,
  ServiceSnapshot,
  TaskSnapshot,
  WaitUntilStoppedOptions
} from './service-handle.js'
import type { RestartPlanner, ServiceHost, Supervision } from './service-host.js'
import { settingsOf, type DescribedClass, type ServiceSettings } from './service-settings.js'
import type { OutsideHook } from './service-shape.js'
import { ServiceViews } from './service-views.js'
import { startErrorOf, type StartFailure } from './start-failure.js'
import { waitUntilStopped } from './wait-until-stopped.js'
import { Waiters } from './waiters.js'
import { WorkSet } from './work-set.js'

/**
 * Drives the machine of one service: gives it events, carries out its effects, and tells the host what happened.
 *
 * Knows the service, its children and its own work; who starts before whom is the host's matter. Levers that end in
 * `Alone` touch this service only.
 */
export class ServiceRuntime implements ServiceHandle, LateListener {
  static {
    markAsHandle(this)
  }

  declare host: ServiceHost
  /** What its class says of it. */
  declare readonly described: DescribedClass
  /** Its options, with what holds where there are none. */
  declare readonly settings: ServiceSettings
  declare owner: ServiceRuntime | undefined
  /** Who answers when it crashes; without one it climbs to the owner, then to the host. */
  supervision: Supervision | undefined
  /** Where it stands among those that an application orders; -1 for all others. */
  place = -1
  /** Made when there are children; until then {@link areChildrenOpen} says whether one would be started at once. */
  #children: ChildSet | undefined
  /** The children of the run under way have been started: a further one is started by itself. */
  areChildrenOpen = false
  #name: string
  #instance: object | undefined
  #drive: ServiceDrive | undefined
  #since: number
  #run: Run | undefined
  /** Made when there is work; until then {@link isWorking} says whether work would begin at once. */
  #work: WorkSet | undefined
  /** The work of the run under way has begun, and is to go on. */
  isWorking = false
  /** Made when somebody looks. */
  #views: ServiceViews | undefined
  /** Made when somebody waits. */
  #waiters: Waiters | undefined
  #orders: Orders | undefined
  /** Who is going to restart it. */
  #planner: RestartPlanner | undefined
  #disposed = false
  /** `Infinity` until it has run since it was started. */
  #runningSince = Infinity
  /** Undefined until a run is over, since a number is an object beside it. */
  #upForMs: number | undefined
  /** `onReady` or `onDrain`, which stand outside the machine; of both the one that was called last. */
  hookInFlight: HookInFlight | undefined

  /** @throws ConfigurationError for options of its class that cannot be read */
  constructor(name: string, described: DescribedClass, host: ServiceHost, owner?: ServiceRuntime) {
    this.#name = name
    this.described = described
    this.settings = settingsOf(name, described)
    this.host = host
    this.owner = owner
    this.#since = host.clock.now()
  }

  // ---- identity -------------------------------------------------------------------------------------------------

  /** Gives it the instance whose hooks it calls. */
  bind(instance: object): void {
    this.#instance = instance
    const { methods } = this.described
    if (methods.length === 0) return
    const activities = methods.filter((method) => method.kind === 'activity')
    if (activities.length > 0) this.#seen.wrapActivities(instance, activities)
  }

  /** Puts another object, of which nothing is known yet, in the place of its instance while it is at rest. */
  replaceInstance(instance: object): void {
    const own = runtimeOf(instance)
    // one that it had before may come back
    if (own !== undefined && own !== this) {
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `${this.#name} cannot be replaced by an object that is a service of its own already`,
        hint: 'replacement() gives a fresh object.',
        service: this.#name
      })
    }
    registerRuntime(instance, this)
    this.bind(instance)
    this.#drive?.reshape()
  }

  /** Moves a service that nobody drives, and that is at rest, into another host, under another name. */
  adopt(host: ServiceHost, name: string, owner?: ServiceRuntime): void {
    const before = this.#name
    if (this.#disposed) {
      this.#disposed = false
      this.#views?.renew()
    }
    this.host = host
    this.owner = owner
    this.#name = name
    for (const child of this.childRuntimes) child.adopt(host, name + child.name.slice(before.length), this)
    this.#views?.moved()
  }

  /** Whether another place may {@link adopt} it: it lives alone or has been let go of, and is at rest. */
  get isFree(): boolean {
    return this.owner === undefined && this.isAtRest && (this.host.rootName === '' || this.#disposed)
  }

  /** It was let go of, or its application is over: no run comes. */
  get isDisposed(): boolean {
    return this.#disposed
  }

  get instance(): object {
    if (this.#instance === undefined) throw new Error(`${this.#name} is not constructed yet`)
    return this.#instance
  }

  get name(): string {
    return this.#name
  }

  get path(): string {
    return this.host.rootName === '' ? this.#name : `${this.host.rootName}/${this.#name}`
  }

  /** How deep it stands in the tree of owners: the application 1, its services 2, their children 3. */
  get depth(): number {
    let depth = this.host.rootName === '' ? 1 : 2
    for (let owner = this.owner; owner !== undefined; owner = owner.owner) depth++
    return depth
  }

  get parent(): ServiceHandle | undefined {
    return this.owner
  }

  get children(): readonly ServiceRuntime[] {
    return this.childRuntimes
  }

  /** The services it owns; none is made to find that there are none. */
  get childRuntimes(): readonly ServiceRuntime[] {
    return this.#children?.runtimes ?? NO_CHILDREN
  }

  /** Those, to be added to and taken from. */
  get childSet(): ChildSet {
    return (this.#children ??= new ChildSet(this, makeRuntime))
  }

  /** Those, if there ever was one. */
  get childrenIfAny(): ChildSet | undefined {
    return this.#children
  }

  get #seen(): ServiceViews {
    return (this.#views ??= new ServiceViews(this))
  }

  /** The context that is injected: follows the service from run to run. */
  get liveContext(): LiveContext {
    return this.#seen.context
  }

  get log(): Logger {
    return this.#seen.log
  }

  /** Its logger follows, if there is one already. */
  logLevelChanged(level: LogLevel): void {
    this.#views?.logLevelChanged(level)
  }

  /** Level of the lines that tell of its starts and stops. */
  get lifecycleLogLevel(): LogLevel {
    return this.settings.lifecycleLogLevel
  }

  // ---- state ----------------------------------------------------------------------------------------------------

  get #driven(): ServiceDrive {
    return (this.#drive ??= new ServiceDrive(this))
  }

  get state(): ServiceState {
    return this.#drive?.machine.at.state ?? 'init'
  }

  get restartCount(): number {
    return this.#drive?.machine.restartCount ?? 0
  }

  get run(): number {
    return this.#drive?.machine.run ?? 0
  }

  get crashReason(): unknown {
    return this.#drive?.machine.crash?.reason
  }

  /** What threw when it last crashed, such as the name of a task; `'crash()'` when it was asked for. */
  get crashPhase(): string {
    return this.#drive?.troublesIfAny?.crashPhase ?? 'crash()'
  }

  /** Whether it has crashed; the reason itself may be undefined. */
  get hasCrashed(): boolean {
    return this.#drive?.machine.crash !== undefined
  }

  get stopReason(): StopReason | undefined {
    return this.#run?.stopReason
  }

  get activities(): ReadonlySet<string> {
    return this.#views?.activities ?? NO_NAMES
  }

  get statusText(): string {
    return this.#run === undefined || this.hasEndedRun ? '' : this.#run.statusText
  }

  get tasks(): readonly TaskSnapshot[] {
    return this.work.snapshots()
  }

  get snapshot(): ServiceSnapshot {
    // not of its drive, which looks at the hooks of an object that may still be under construction
    const { state, run, restartCount } = this
    const plain = { service: this.#name, state, run, since: this.#since, restartCount }
    return this.hasCrashed ? { ...plain, crashReason: this.crashReason } : plain
  }

  get state$(): Observable<ServiceSnapshot> {
    return this.#seen.states
  }

  /** The run under way; before the first start, the one to come. */
  get currentRun(): Run {
    return (this.#run ??= new Run(this))
  }

  /** Nothing of it runs, and nothing is owed. */
  get isAtRest(): boolean {
    if (this.#drive === undefined) return true
    const { state, begun } = this.#drive.machine.at
    return state === 'init' || state === 'stopped' || state === 'backoff' || (state === 'crashed' && !begun)
  }

  /** It ran, and nothing of that run is left. */
  get hasEndedRun(): boolean {
    return this.state !== 'init' && this.isAtRest
  }

  /** It stops, or has crashed and not released yet what it held. */
  get isGoingDown(): boolean {
    return this.state === 'stopping' || (this.state === 'crashed' && !this.isAtRest)
  }

  // ---- levers of this service alone, for those who order services --------------------------------------------------

  /**
   * Asks it to start: it waits for {@link proceed}.
   *
   * @param now the monotonic clock, where it has just been read
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` when it is not at rest; then nothing has changed
   */
  startAlone(restart = false, now?: number): void {
    if (!this.isAtRest) throw notAtRestError(this)
    // asked for by somebody who heard that it rests, before the others have
    if (this.isToStart) return
    this.#orders?.begun()
    if (!restart) this.#runningSince = Infinity
    if (this.#run?.stopReason !== undefined) this.#run = this.#run.next()
    this.#driven.dispatch(restart ? RESTART : START, now)
  }

  /**
   * What it depends on runs: it starts.
   *
   * @param now the monotonic clock, where it has just been read
   */
  proceed(now?: number): void {
    this.#driven.dispatch(PROCEED, now)
  }

  /**
   * Asks it to stop; a crashed one releases what it held.
   *
   * @param now the monotonic clock, where it has just been read
   */
  stopAlone(reason: StopReason, now?: number): void {
    this.#drive?.dispatch({ type: 'stop', reason }, now)
  }

  /** {@link stopAlone}; resolves with what went wrong once it has rested, be it started again in that very moment. */
  stopToRest(reason: StopReason): Promise<readonly StopFailure[]> {
    // asked for first: whoever hears that it has stopped may start it again before this goes on
    const rested =
      this.isAtRest && this.state !== 'backoff'
        ? Promise.resolve(this.failures)
        : (this.#waiters ??= new Waiters()).atRest()
    this.stopAlone(reason)
    return rested
  }

  /** It crashed with its owner: nobody is asked what to do about it. */
  crashWithOwner(reason: unknown): void {
    if (this.state === 'running') this.#driven.dispatch({ type: 'crash', reason })
  }

  /** It crashed, and its supervisor waits before it restarts it. One that did not crash just stays as it is. */
  backOff(): void {
    if (this.state === 'crashed') this.#driven.dispatch({ type: 'back-off' })
  }

  /** How long the run that ended had been up, in milliseconds; 0 when it never ran. */
  get upForMs(): number {
    return this.#upForMs ?? 0
  }

  get #byHand(): Orders {
    return (this.#orders ??= new Orders(this))
  }

  /**
   * Somebody is going to restart it, until it runs or the plan is dropped; {@link waitUntilStopped} waits as long.
   * There is one plan at a time: who had one before is told that it is dropped.
   */
  planRestart(planner: RestartPlanner): void {
    const before = this.#planner
    if (before === planner) return
    this.#planner = planner
    before?.dropped(this)
  }

  /** It is not restarted after all; given a planner, only if the plan is that one's. */
  dropRestart(planner = this.#planner): void {
    if (planner === undefined || planner !== this.#planner) return
    this.#planner = undefined
    planner.dropped(this)
    this.#tellEndedBelow()
    this.host.restartDropped(this)
  }

  /** It is stopped for good instead of being restarted: out of a backoff at once, since nothing of it runs. */
  endRestarts(reason: StopReason, planner = this.#planner): void {
    // Whoever hears that it is dropped may ask why.
    if (planner === this.#planner) this.#byHand.endReason = reason
    this.dropRestart(planner)
    if (this.state === 'backoff' && !this.isRestartPlanned) this.stopAlone(reason)
  }

  /** A start or restart by hand has failed: whoever asked for it is not going to try again. */
  failedByHand(): void {
    if (this.isRestartPlanned && !this.isOwedARestart) this.endRestarts(FAILED_BY_HAND)
  }

  /** So it has, and nothing has come since that would keep its supervisor from trying again. */
  get hasFailedByHand(): boolean {
    return this.#orders?.endReason === FAILED_BY_HAND
  }

  /** A supervisor has stopped it, nobody asked for that, and nobody is going to start it again. */
  get isLetGo(): boolean {
    if (this.state !== 'stopped' || this.isRestartPlanned) return false
    const kind = this.#whyStopped?.kind
    return kind === 'restart' || kind === 'crash'
  }

  /** It stops, or has stopped, since it or somebody wanted that, and nobody is going to start it again. */
  get isStoppedAtWill(): boolean {
    if ((this.state !== 'stopping' && this.state !== 'stopped') || this.isRestartPlanned) return false
    const kind = this.#whyStopped?.kind
    return kind === 'stop' || kind === 'signal'
  }

  get #whyStopped(): StopReason | undefined {
    return this.#orders?.endReason ?? this.stopReason
  }

  /** A stop by hand is under way, be it that its turn to stop has not come. */
  get isStoppedByHand(): boolean {
    return this.#orders?.isToStop === true
  }

  /** Whether somebody is going to restart it. */
  get isRestartPlanned(): boolean {
    return this.#planner !== undefined
  }

  /** Whether its supervisor is going to restart it, however often that fails. */
  get isOwedARestart(): boolean {
    return this.#planner !== undefined && this.#planner.isByHand !== true
  }

  /** It was asked to start by somebody who heard of a move, and does so once all have heard of that. */
  get isToStart(): boolean {
    return this.#drive?.isToStart === true
  }

  /** It starts, or waits for its turn to. */
  get isUnderWay(): boolean {
    const { state } = this
    return state === 'waiting' || state === 'starting'
  }

  /** It does not run, but is on its way, or about to be. */
  get isComing(): boolean {
    return this.state !== 'running' && (this.isRestartPlanned || this.isUnderWay)
  }

  /** It is on its way, or goes down and may come back: who needs it waits for that. What has ended may not come back. */
  get mayCome(): boolean {
    return this.isComing || this.isGoingDown
  }

  /** Whether it has run since it was started, or was restarted since it had. */
  get hasRun(): boolean {
    return this.#runningSince !== Infinity
  }

  isPlannedBy(planner: RestartPlanner): boolean {
    return this.#planner === planner
  }

  /** Who is going to restart it, to be {@link isStillPlanned asked about} later. */
  get planner(): RestartPlanner | undefined {
    return this.#planner
  }

  /** Whether what somebody planned before still holds: that was not called off, to be asked for once more. */
  isStillPlanned(planner: RestartPlanner | undefined): boolean {
    return this.isOwedARestart || (planner !== undefined && planner === this.#planner)
  }

  /** Resolves once it runs; rejects with a {@link StartError}, or `KEEL_START_ABORTED` when it was stopped. */
  whenStarted(): Promise<void> {
    const { state } = this
    if (state === 'running') return Promise.resolve()
    if (state !== 'waiting' && state !== 'starting' && !this.isToStart)
      return Promise.reject(this.#notStartedError())
    return (this.#waiters ??= new Waiters()).started()
  }

  /** Resolves with what went wrong in the last stop once nothing of it runs any more. */
  whenAtRest(): Promise<readonly StopFailure[]> {
    if (this.isAtRest) return Promise.resolve(this.failures)
    return (this.#waiters ??= new Waiters()).atRest()
  }

  /** What went wrong since the last start, beside the crash itself. */
  get failures(): readonly StopFailure[] {
    return this.#drive?.failures ?? NO_FAILURES
  }

  /** Why the last start failed. */
  startError(errors: readonly unknown[] = [], path?: readonly string[]): StartError {
    return startErrorOf(this, this.#startFailure, errors, path)
  }

  get #startFailure(): StartFailure {
    const failure = this.#drive?.troublesIfAny?.startFailure
    if (failure !== undefined) return failure
    if (this.hasCrashed) return { phase: this.crashPhase, error: this.crashReason }
    const letGo = letGoError(this.#name, this.#whyStopped)
    return { phase: 'supervision', error: letGo, hint: letGo.hint }
  }

  /** Tells that no new work is to be taken: `draining` aborts, no timer or cron begins a run. */
  beginDrain(reason: StopReason): void {
    if (!this.isAtRest) this.currentRun.drain(reason)
    this.#work?.quiesce()
  }

  /** What it waits for now: a hook, or another step of its start or stop. */
  get pendingStep(): PendingStep | undefined {
    return this.#drive?.pendingStep ?? this.hookInFlight
  }

  /** Whether it has this hook. */
  hasHook(hook: OutsideHook): boolean {
    return this.#driven.has(hook)
  }

  /** The error for a hook outside the machine that took too long. */
  overdue(hook: OutsideHook, limitMs: number): LifecycleError {
    return this.#driven.overdue(hook, limitMs)
  }

  // ---- the handle -----------------------------------------------------------------------------------------------

  start(): Promise<void> {
    return this.#byHand.start()
  }

  /** Why it cannot start, whatever its state. */
  get startRefusal(): Error | undefined {
    if (lacksContainer(this)) return noContainerError(this)
    if (this.#disposed) return disposedError(this.#name)
    if (this.host.isStopped && isLeftBehind(this.host)) return leftBehindError(this.#name)
    const { owner } = this
    if (owner === undefined || owner.state === 'running' || owner.state === 'starting') return undefined
    return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `${this.#name} cannot start: its owner ${owner.name} is '${owner.state}'`,
      service: this.#name,
      hint: 'start the owner, which starts its children.'
    })
  }

  maybeStart(): Promise<boolean> {
    return this.#byHand.maybeStart()
  }

  stop(reason?: unknown): Promise<void> {
    return this.#byHand.stop(reason)
  }

  /** As from outside, with the reason spelt out. Called by work that is to end, it does not wait for that work. */
  stopFor(reason: StopReason): Promise<void> {
    return this.#byHand.stopFor(reason)
  }

  /** `context.stop()`: it ends normally, and its supervisor is told. */
  endItself(reason?: unknown): Promise<void> {
    return this.#byHand.endItself(reason)
  }

  restart(): Promise<void> {
    return this.#byHand.restart()
  }

  /** Starts a service at rest as a restart: `onRestart` runs, {@link restartCount} grows. */
  async startAgain(): Promise<void> {
    this.startAlone(true)
    this.host.letProceed(this)
    try {
      await this.whenStarted()
    } catch (error) {
      await this.stopToRest({ kind: 'crash', detail: this.crashReason })
      throw error
    }
  }

  /**
   * @param phase what threw, where the crash was not simply asked for
   * @param now the monotonic clock, where it has just been read
   */
  crash(reason: unknown, phase?: string, now?: number): void {
    const { state } = this
    if (state === 'init' || state === 'stopped') {
      throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${this.#name} cannot crash: it is '${state}'`,
        service: this.#name,
        hint: 'crash() is for a service that is starting, running or waiting to.'
      })
    }
    if (state === 'crashed' && this.isAtRest && !isExit(reason)) {
      // the first reason wins, and no stop is left that this could be told with
      this.log.error({ err: reason }, 'crashes, but has crashed already')
      return
    }
    const isUp = state === 'starting' || state === 'running' || state === 'stopping'
    if (isExit(reason) && isUp && this.host.rootName !== '') {
      // to ask for the end of the program is nothing that goes wrong: it drains and stops with all others
      this.host.crashed(this, reason)
      return
    }
    const drive = this.#driven
    const isNoted = phase !== undefined || drive.troublesIfAny !== undefined
    if (isNoted && !this.hasCrashed) drive.troubles.crashPhase = phase
    drive.crash(reason, phase, now)
  }

  waitUntilStopped(options?: WaitUntilStoppedOptions): Promise<void> {
    const onEnd = (ended: () => void): (() => void) | undefined => {
      if (!this.#hasEnded) return (this.#waiters ??= new Waiters()).onEnd(ended)
      ended()
      return undefined
    }
    return waitUntilStopped(this, onEnd, options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /**
   * What it took for a run that never came is released; undefined when there is no such thing.
   *
   * @param left milliseconds for each release, asked anew for every one
   */
  releaseUnbegun(left: () => number): Promise<readonly StopFailure[]> | undefined {
    const run = this.#run
    if (run?.isOwedARelease !== true || !this.isAtRest) return undefined
    const { clock } = this.host
    const limit = (release: Promise<void>): Promise<void> => {
      const limitMs = left()
      return limited(clock, limitMs, release, () => unreleasedError(this, limitMs))
    }
    return runCall(this, () => run.resources.release({ limit })).then((errors) =>
      errors.map((error) => ({ service: this.#name, phase: 'release', error }))
    )
  }

  /** Holds what was taken for one that was made before its object, and in whose place it stands now. */
  inherit(from: ServiceRuntime): void {
    const run = from.#run
    if (run === undefined) return
    if (this.#run === undefined) this.#run = run
    else if (run.isOwedARelease)
      this.#run.resources.defer(async () => {
        const [error, ...others] = await run.resources.release()
        if (others.length > 0) throw new AggregateError([error, ...others])
        if (error !== undefined) throw error as Error
      })
  }

  /** Its streams complete; nobody waits for it any longer. */
  complete(): void {
    this.#disposed = true
    this.#views?.complete()
    this.#work?.dispose()
    this.#children?.complete()
    this.#waiters?.tellEnded()
  }

  /** Work that a wait of it had given up has failed: no failure of the service, but told where one looks for it. */
  failedLate(error: unknown): void {
    this.log.debug({ err: error }, 'work that wait() had given up failed: %s', describeThrown(error))
  }

  // ---- work -----------------------------------------------------------------------------------------------------

  /** Whether a hook is in flight, or the body of a timer or cron runs. */
  get isBusy(): boolean {
    const step = this.#drive?.machine.at.step
    return (step !== undefined && isHookStep(step)) || this.#work?.isCalling === true
  }

  /** Everything it has to do in the background; made when asked for. */
  get work(): WorkSet {
    if (this.#work === undefined) {
      this.#work = new WorkSet(this)
      if (this.isWorking) this.#work.begin(this.currentRun)
    }
    return this.#work
  }

  addChild(child: object | Class, options?: AddChildOptions): Promise<ServiceHandle> {
    return this.childSet.add(child, options)
  }

  async activity<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#seen.activity(name, work)
  }

  /** What {@link ServiceContext.setStatus} says of a run. */
  setStatus(run: Run, text: string): void {
    if (run.statusText === text) return
    if (typeof text !== 'string') throw refuse(`what setStatus() of ${this.#name} says`, text, 'a string')
    run.statusText = text
    if (run === this.#run && !this.hasEndedRun)
      this.publish(() => ({ type: 'service.status', at: this.host.clock.now(), service: this.#name, text }))
  }

  /** Calls one of its methods as its work: what it throws reaches the caller and, unless that answers for it, crashes it. */
  async invoke(method: string | symbol, args: readonly unknown[], crashes = true): Promise<unknown> {
    const members = this.instance as Readonly<Record<string | symbol, (...args: unknown[]) => unknown>>
    const run = this.currentRun
    try {
      const call = async (): Promise<unknown> => runCall(this, () => members[method]?.(...args))
      return await run.calls.during(String(method), call)
    } catch (error) {
      // one that a stop had given up on tells nothing about the run that came after
      const counts = (crashes || isExit(error)) && run === this.#run && !this.isAtRest
      if (counts && !(run.stopReason !== undefined && isAbortError(error))) this.crash(error, String(method))
      throw error
    }
  }

  /** Itself, or the owner above it that nobody owns. */
  get top(): ServiceRuntime {
    let top: ServiceRuntime = this
    while (top.owner !== undefined) top = top.owner
    return top
  }

  /** Whether `other` is its owner, or its owner's owner, … */
  isOwnedBy(other: ServiceRuntime): boolean {
    for (let owner = this.owner; owner !== undefined; owner = owner.owner) if (owner === other) return true
    return false
  }

  /** Tells the host, if anybody listens. */
  publish(build: () => LifecycleEvent): void {
    if (this.host.listens) this.host.publish(build(), this)
  }

  // ---- driving the machine ----------------------------------------------------------------------------------------

  /** Whether there is work, without making a set for it. */
  get workIfAny(): WorkSet | undefined {
    return this.#work
  }

  /** An event has been dealt with. */
  settled(): void {
    if (this.#waiters?.areForRest === true && this.isAtRest) this.#waiters.tellAtRest(this.failures)
  }

  /** The machine has moved, at this reading of the monotonic clock: one for all who note it. */
  moved(from: ServiceState, state: ServiceState, at: number): void {
    this.#since = this.host.clock.now()
    if (state === 'running') this.#runningSince = at
    else if (from === 'running') this.#upForMs = at - this.#runningSince
    else if (state === 'waiting') this.#upForMs = undefined
    // What was planned has come; who hears of it may plan anew.
    if (state === 'running') this.#planner = undefined
    // before anybody hears of it, who may begin to wait for the next start
    if (state === 'stopping' || (state === 'crashed' && from !== 'stopping')) this.#tellNotStarted()
    const { listens } = this.host
    if (listens) announce(this, this.#driven, from)
    this.#views?.tell()
    switch (state) {
      case 'running':
        this.#waiters?.tellStarted()
        break
      case 'crashed':
        this.#crashed(from)
        break
      case 'stopped':
        this.#tellEnded()
        break
      case 'init':
      case 'waiting':
      case 'starting':
      case 'stopping':
      case 'backoff':
        break
    }
    // what a crash brings about may run somebody's code, as subscribers may
    const isUnheard = !listens && this.#views?.areStatesSeen !== true && state !== 'crashed'
    this.host.transitioned(this, state, at, isUnheard ? at : undefined)
  }

  #crashed(from: ServiceState): void {
    if (from === 'stopping') {
      this.#tellEnded()
      return
    }
    const reason = this.crashReason
    this.#work?.quiesce()
    for (const child of this.childRuntimes) child.crashWithOwner(reason)
    // A start that fails is told to the one who asked for it; a child that crashes with its owner is its owner's matter.
    if (from === 'starting' || from === 'waiting') return
    if (this.owner !== undefined && this.owner.hasCrashed && this.owner.crashReason === reason) return
    // What follows is nobody's call, though it may have been `crash()` that brought it about.
    outsideCalls(() => climb(this, reason))
    // it is still about to be restarted, unless whoever heard of it starts it
    if (from === 'backoff' && this.isRestartPlanned && !this.isToStart) this.backOff()
  }

  // ---- telling those who wait ---------------------------------------------------------------------------------------

  get #hasEnded(): boolean {
    const { state } = this
    if (this.#disposed) return true
    return (state === 'stopped' || (state === 'crashed' && this.isAtRest)) && !this.#isOwedARun
  }

  /** Its restart is planned, or that of its owner, which takes it along. */
  get #isOwedARun(): boolean {
    if (this.#planner !== undefined) return true
    const { owner } = this
    return owner !== undefined && owner.childSet.keeps(this) && owner.#isOwedARun
  }

  #tellNotStarted(): void {
    if (this.#waiters !== undefined) this.#tellWaiters(this.#waiters)
  }

  #tellWaiters(waiters: Waiters): void {
    waiters.tellNotStarted(() => this.#notStartedError())
  }

  #notStartedError(): Error {
    return this.hasCrashed ? this.startError() : this.abortedError()
  }

  #tellEnded(): void {
    if (this.#waiters?.areForEnd === true && this.#hasEnded) this.#waiters.tellEnded()
  }

  #tellEndedBelow(): void {
    this.#tellEnded()
    for (const child of this.childRuntimes) child.#tellEndedBelow()
  }

  /**
   * Of a start that was awaited up to here. A crash after it had run is no failed start, and neither is an end of its own.
   *
   * @throws LifecycleError `KEEL_START_ABORTED` when it was stopped while somebody waited for its start
   */
  assertNotStopped(): void {
    if (this.hasCrashed || this.currentRun.hasEndedItself) return
    if (this.state === 'stopping' || this.state === 'stopped') throw this.abortedError()
  }

  /** It was stopped while somebody waited for its start. */
  abortedError(): LifecycleError {
    return new LifecycleError('KEEL_START_ABORTED', {
      message: `${this.#name} was stopped before it had started`,
      service: this.#name
    })
  }

  /** One line for `console.log`. */
  toString(): string {
    return `<${this.#name}: ${this.state}>`
  }

  toJSON(): ServiceSnapshot {
    return this.snapshot
  }
}

/** For children: they know the runtime by its type only. */
function makeRuntime(...parts: ConstructorParameters<typeof ServiceRuntime>): ServiceRuntime {
  return new ServiceRuntime(...parts)
}

const START: MachineEvent = { type: 'start', restart: false }
const RESTART: MachineEvent = { type: 'start', restart: true }
const PROCEED: MachineEvent = { type: 'dependencies-running' }
const NO_CHILDREN: readonly ServiceRuntime[] = []
const NO_NAMES: ReadonlySet<string> = new Set()
const NO_FAILURES: readonly StopFailure[] = []
