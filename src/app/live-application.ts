import {
  ExitError,
  LifecycleError,
  StartError,
  StopError,
  type StopFailure
} from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import { createServiceGraph, type GraphEdge, type GraphNode, type ServiceGraph } from '../graph/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { Logger } from '../logging/index.js'
import {
  calledFrom,
  defineService,
  ServiceRuntime,
  type ServiceContext,
  type ServiceHandle
} from '../service/index.js'
import { EventStream, StateStream, type Observable } from '../streams/index.js'
import { formatDuration } from '../time/index.js'
import { tokenName, type Class, type Provider, type Token } from '../tokens/index.js'
import type { Assembly, Scope } from '../wiring/index.js'
import { ApplicationHost, type Conductor } from './application-host.js'
import type { ApplicationSettings } from './application-options.js'
import { Application, type ApplicationState, type GetOptions } from './application.js'
import { BootTimes, type BootReport } from './boot-report.js'
import { decoratedMethods, type DecoratedMethod, type MethodDecoratorFactory } from './decorated-methods.js'
import { drain, family } from './drain.js'
import { HealthChecks, type HealthReport } from './health.js'
import type { ServiceNodes } from './service-nodes.js'
import { StartSequence, StopSequence } from './start-sequence.js'
import { superviseServices, type SupervisedGroup } from './supervision.js'

/** What cuts a start short. */
type Interruption =
  | { readonly kind: 'failed'; readonly runtime: ServiceRuntime }
  | { readonly kind: 'not-ready'; readonly runtime: ServiceRuntime; readonly cause: unknown }
  | { readonly kind: 'crashed'; readonly runtime: ServiceRuntime; readonly reason: unknown }
  | { readonly kind: 'overdue' }
  | { readonly kind: 'stopped'; readonly reason: StopReason }

/** What the application is made of, once everything is constructed. */
export interface ApplicationParts {
  readonly assembly: Assembly
  readonly nodes: ServiceNodes
  readonly graph: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] }
  /** Supervisors that modules, or the application's options, declare. */
  readonly supervisors: readonly SupervisedGroup[]
}

/** The application: orders the starts and stops of its services among each other. */
export class LiveApplication extends Application implements Conductor {
  readonly name: string
  readonly host: ApplicationHost
  readonly settings: ApplicationSettings
  readonly #events: EventStream<LifecycleEvent>
  readonly #state: StateStream<ApplicationState>
  readonly #health: HealthChecks
  #parts: ApplicationParts | undefined
  #own: ServiceRuntime | undefined
  #graph: ServiceGraph | undefined
  #boot: BootTimes | undefined
  #current: ApplicationState = 'created'
  #since = 0
  #deadline = Infinity
  #openTasks = 0
  #crash: { readonly reason: unknown } | undefined
  #exit: ExitError | undefined
  #hasStarted = false
  #interrupt: ((cause: Interruption) => void) | undefined
  readonly #sequences = new Set<StartSequence | StopSequence>()
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #lastStop: Promise<void> = Promise.resolve()
  #disposing: Promise<void> | undefined
  #disposed = false
  #lateFailures: StopFailure[] = []
  #endWaiters: (() => void)[] = []
  #tasksWaiters: (() => void)[] = []

  constructor(name: string, settings: ApplicationSettings, log: Logger) {
    super()
    this.name = name
    this.settings = settings
    const failed = (error: unknown): void => log.error({ err: error }, 'a subscriber failed')
    this.#events = new EventStream(failed)
    this.#state = new StateStream<ApplicationState>('created', failed)
    const { clock, timezone } = settings
    this.host = new ApplicationHost(this, { clock, timezone, log, events: this.#events })
    this.#health = new HealthChecks(clock)
  }

  /** Gives it what it is made of. The application itself can be injected, so it is there before. */
  complete(parts: ApplicationParts): void {
    this.#parts = parts
    this.#boot = new BootTimes(parts.nodes)
    superviseServices(parts.supervisors, {
      clock: this.settings.clock,
      nodes: parts.nodes,
      stopTogether: (runtimes) => this.#stopTogether(runtimes),
      startTogether: (runtimes) => this.#startTogether(runtimes),
      crashWith: (reason) => this.crashWith(reason),
      report: (error, what) => this.log.error({ err: error }, '%s failed', what),
      publish: (event) => this.host.publish(event)
    })
  }

  /** The context of the application itself, for what belongs to no service. */
  get ownContext(): ServiceContext {
    if (this.#own === undefined) {
      this.#own = new ServiceRuntime(this.name, defineService(this.name, { lifecycleLogLevel: 'debug' }), this.host)
      this.#own.bind({})
    }
    return this.#own.liveContext
  }

  get #made(): ApplicationParts {
    if (this.#parts === undefined) {
      throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${this.name} is still being constructed`,
        hint: 'use the application in a hook, not in a constructor.'
      })
    }
    return this.#parts
  }

  // ---- what it looks like -------------------------------------------------------------------------------------------

  get log(): Logger {
    return this.host.log
  }

  get state(): ApplicationState {
    return this.#current
  }

  get state$(): Observable<ApplicationState> {
    return this.#state.observable
  }

  get events$(): Observable<LifecycleEvent> {
    return this.#events.observable
  }

  get services(): readonly ServiceHandle[] {
    return this.#made.nodes.runtimes
  }

  get graph(): ServiceGraph {
    const { graph, nodes } = this.#made
    let byName: Map<string, ServiceRuntime> | undefined
    this.#graph ??= createServiceGraph({
      name: this.name,
      nodes: graph.nodes,
      edges: graph.edges,
      weights: () => this.#boot?.weights(),
      children: () => childrenOf(nodes.runtimes),
      state: (name) => {
        byName ??= new Map(nodes.runtimes.map((runtime) => [runtime.name, runtime]))
        return byName.get(name)?.state
      }
    })
    return this.#graph
  }

  get isDraining(): boolean {
    return this.#current === 'draining' || this.#current === 'stopping'
  }

  /** Why it crashed, if it did. */
  get crashRecord(): { readonly reason: unknown } | undefined {
    return this.#crash
  }

  /** The `ExitError` that asked for the process to end. */
  get exitRequest(): ExitError | undefined {
    return this.#exit
  }

  get<T>(token: Token<T>, options?: GetOptions): T {
    this.#mustLive('get()')
    return this.#made.assembly.get(token, options)
  }

  create<T>(class_: Class<T>): T {
    this.#mustLive('create()')
    return this.#made.assembly.create(class_)
  }

  createScope(providers?: readonly Provider[]): Scope {
    this.#mustLive('createScope()')
    return this.#made.assembly.createScope(providers)
  }

  service(token: Token): ServiceHandle {
    const { assembly, nodes } = this.#made
    const index = assembly.serviceIndex(token)
    const runtime = index === undefined ? undefined : nodes.runtimes[index]
    if (runtime !== undefined) return runtime
    throw new LifecycleError('KEEL_UNKNOWN_TOKEN', {
      message: `${tokenName(token)} is no service of ${this.name}`,
      hint: 'a service is a class marked @Service() that some module lists, or that something needs.'
    })
  }

  methodsWith<Options>(decorator: MethodDecoratorFactory<Options>): DecoratedMethod<Options>[] {
    return decoratedMethods(this.#made.nodes.runtimes, decorator)
  }

  health(): HealthReport {
    const services = this.#made.nodes.runtimes.map((runtime) => this.#health.of(runtime))
    const ready = this.#current === 'running' && services.every((service) => service.ready || !service.critical)
    return { live: this.#crash === undefined, ready, started: this.#hasStarted, services }
  }

  async checkHealth(): Promise<HealthReport> {
    await this.#health.ask(this.#made.nodes.runtimes)
    return this.health()
  }

  bootReport(): BootReport {
    const boot = this.#boot ?? new BootTimes(this.#made.nodes)
    return boot.report(this.graph.criticalPath(), this.settings.clock.monotonic())
  }

  // ---- start ----------------------------------------------------------------------------------------------------------

  start(): Promise<void> {
    if (this.#starting !== undefined) return this.#starting
    const refusal = this.#cannotStart()
    if (refusal !== undefined) return Promise.reject(refusal)
    const starting = this.#start().finally(() => (this.#starting = undefined))
    this.#starting = starting
    return starting
  }

  #cannotStart(): LifecycleError | undefined {
    switch (this.#current) {
      case 'created':
      case 'starting':
        return this.#disposed ? this.#disposedError('start()') : undefined
      case 'stopped':
        return this.#disposed ? this.#disposedError('start()') : undefined
      case 'running':
        return new LifecycleError('KEEL_ALREADY_STARTED', { message: `${this.name} is already running` })
      case 'draining':
      case 'stopping':
        return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
          message: `${this.name} cannot start: it is '${this.#current}'`,
          hint: 'await stop() before you start it again.'
        })
      case 'crashed':
        return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
          message: `${this.name} cannot start again: it has crashed`,
          hint: 'create a new application.'
        })
    }
  }

  async #start(): Promise<void> {
    const { nodes } = this.#made
    const { clock, startTimeout } = this.settings
    const begun = clock.monotonic()
    this.#crash = undefined
    this.#exit = undefined
    this.#deadline = Infinity
    this.#lateFailures = []
    this.#boot?.begin(begun)
    let interruption: Interruption | undefined
    const interrupted = new Promise<void>((resolve) => {
      this.#interrupt = (cause) => {
        interruption ??= cause
        resolve()
      }
    })
    this.#enter('starting')
    this.#publish((at) => ({ type: 'application.starting', at }))
    const limit =
      startTimeout === Infinity ? undefined : clock.setTimeout(() => this.#interrupt?.({ kind: 'overdue' }), startTimeout)
    const sequence = new StartSequence(nodes, allOf(nodes), this.settings.concurrency)
    this.#sequences.add(sequence)
    this.#own?.startAlone()
    this.#own?.proceed()
    await Promise.race([sequence.run(), interrupted])
    if (sequence.failed !== undefined) this.#interrupt?.({ kind: 'failed', runtime: sequence.failed })
    if (interruption === undefined) await Promise.race([this.#tellReady(), interrupted])
    clock.clearTimeout(limit)
    sequence.halt()
    this.#sequences.delete(sequence)
    this.#interrupt = undefined
    const durationMs = clock.monotonic() - begun
    if (interruption !== undefined) {
      const error = await this.#rollBack(interruption)
      this.#publish((at) => ({ type: 'application.started', at, durationMs, error }))
      throw error
    }
    this.#boot?.end(clock.monotonic())
    this.#hasStarted = true
    this.#enter('running')
    this.#publish((at) => ({ type: 'application.started', at, durationMs }))
    this.#checkTasks()
  }

  /** Calls every `onReady`, all at once. */
  async #tellReady(): Promise<void> {
    const calls: Promise<void>[] = []
    for (const runtime of this.#made.nodes.runtimes) {
      if (runtime.state !== 'running') continue
      for (const one of family(runtime)) {
        if (one.state !== 'running' || !one.hasHook('onReady')) continue
        calls.push(
          one.callHook('onReady', one.definition.startTimeout).catch((cause: unknown) => {
            this.#interrupt?.({ kind: 'not-ready', runtime: one, cause })
          })
        )
      }
    }
    await Promise.all(calls)
  }

  async #rollBack(interruption: Interruption): Promise<Error> {
    const late = interruption.kind === 'overdue' ? this.#slowest() : undefined
    this.#deadline = this.settings.clock.monotonic() + this.settings.shutdownTimeout
    this.#enter('stopping')
    const reason: StopReason =
      interruption.kind === 'stopped' ? interruption.reason : { kind: 'stop', detail: 'the start failed' }
    const failures = await this.#stopAll(reason)
    const error = this.#startErrorFor(interruption, failures, late)
    this.#enter('stopped')
    this.#tellEnded()
    return error
  }

  #startErrorFor(
    interruption: Interruption,
    failures: readonly StopFailure[],
    late: ServiceRuntime | undefined
  ): Error {
    const errors = failures.map((failure) => failure.error)
    switch (interruption.kind) {
      case 'failed':
        return interruption.runtime.startError(errors, this.#pathTo(interruption.runtime))
      case 'crashed':
      case 'not-ready': {
        const { runtime } = interruption
        const { name: service, definition } = runtime
        const path = this.#pathTo(runtime)
        const { location } = definition
        return interruption.kind === 'crashed'
          ? new StartError({ service, path, location, errors, phase: 'task', cause: interruption.reason })
          : new StartError({ service, path, location, errors, phase: 'onReady', cause: interruption.cause })
      }
      case 'overdue': {
        const service = late?.name ?? this.name
        const path = late === undefined ? [service] : this.#pathTo(late)
        const limit = formatDuration(this.settings.startTimeout)
        const message = `${this.name} did not start within ${limit}; it waited for ${service}`
        const cause = new LifecycleError('KEEL_START_TIMEOUT', { message, service })
        return new StartError({ service, path, phase: 'start', cause, errors })
      }
      case 'stopped':
        return new LifecycleError('KEEL_START_ABORTED', {
          message: `${this.name} was stopped before it had started`,
          ...(failures.length > 0 ? { cause: new StopError(failures, { service: this.name }) } : {})
        })
    }
  }

  #slowest(): ServiceRuntime | undefined {
    const { runtimes } = this.#made.nodes
    return runtimes.find((one) => one.state === 'starting') ?? runtimes.find((one) => one.state === 'waiting')
  }

  /** Names from one that nothing depends on down to the service. */
  #pathTo(runtime: ServiceRuntime): string[] {
    const { nodes } = this.#made
    let top = runtime
    const path: string[] = []
    for (; top.owner !== undefined; top = top.owner) path.unshift(top.name)
    for (let index = nodes.indexOf(top); index !== undefined; index = nodes.dependantsOf(index)[0]) {
      path.unshift(nodes.runtimes[index]!.name)
    }
    return path
  }

  // ---- stop -----------------------------------------------------------------------------------------------------------

  stop(reason?: string): Promise<void> {
    return this.stopFor({ kind: 'stop', detail: reason }, 0)
  }

  /** {@link stop} with the reason spelt out; between "not ready" and draining it waits `drainDelay` ms. */
  stopFor(reason: StopReason, drainDelay: number): Promise<void> {
    if (this.#stopping === undefined) {
      if (this.#current !== 'running' && this.#starting === undefined) return Promise.resolve()
      const stopping = this.#stop(reason, drainDelay).finally(() => (this.#stopping = undefined))
      this.#stopping = stopping
      this.#lastStop = stopping
    }
    if (!calledFrom((runtime) => runtime.host === this.host)) return this.#stopping
    // The caller is among what is to end: it is not made to wait for itself.
    this.#stopping.catch((error: unknown) => this.log.error({ err: error }, 'stop failed'))
    return Promise.resolve()
  }

  async #stop(reason: StopReason, drainDelay: number): Promise<void> {
    if (this.#starting !== undefined && this.#interrupt !== undefined) {
      this.#interrupt({ kind: 'stopped', reason })
      const outcome: unknown = await this.#starting.then(
        () => undefined,
        (error: unknown) => error
      )
      if (outcome instanceof LifecycleError && outcome.cause instanceof StopError) throw outcome.cause
      return
    }
    // A start that is rolled back already is over soon.
    if (this.#starting !== undefined) {
      await this.#starting.catch(() => undefined)
      return
    }
    const { clock, shutdownTimeout } = this.settings
    const begun = clock.monotonic()
    this.#deadline = begun + shutdownTimeout
    this.#enter('draining')
    this.#publish((at) => ({ type: 'application.draining', at, reason }))
    if (drainDelay > 0) await this.#pause(Math.min(drainDelay, shutdownTimeout))
    const drained = await this.#drain(reason)
    this.#enter('stopping')
    this.#publish((at) => ({ type: 'application.stopping', at, reason }))
    const failures = [...drained, ...(await this.#stopAll(reason)), ...this.#lateFailures]
    const error = failures.length > 0 ? new StopError(failures, { service: this.name }) : undefined
    const durationMs = clock.monotonic() - begun
    this.#enter(this.#crash === undefined ? 'stopped' : 'crashed')
    const plain = { type: 'application.stopped', durationMs } as const
    this.#publish((at) => (error === undefined ? { ...plain, at } : { ...plain, at, error }))
    this.#tellEnded()
    if (error !== undefined) throw error
  }

  #drain(reason: StopReason): Promise<readonly StopFailure[]> {
    const { clock, drainTimeout } = this.settings
    const budget = Math.min(drainTimeout, this.shutdownBudget() / 2)
    const end = clock.monotonic() + budget
    return drain(this.#made.nodes, reason, () => end - clock.monotonic())
  }

  async #stopAll(reason: StopReason): Promise<readonly StopFailure[]> {
    const { nodes } = this.#made
    for (const runtime of nodes.runtimes) if (runtime.isRestartPlanned) runtime.expectRestart(false)
    const sequence = new StopSequence(nodes, allOf(nodes), reason)
    this.#sequences.add(sequence)
    this.#own?.beginDrain(reason)
    try {
      return await sequence.run()
    } finally {
      this.#sequences.delete(sequence)
      this.#own?.stopAlone(reason)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.settings.clock.setTimeout(resolve, ms)
    })
  }

  /** How the last stop went, or goes. */
  lastStop(): Promise<void> {
    return this.#lastStop
  }

  waitUntilStopped(): Promise<void> {
    if (calledFrom((runtime) => runtime.host === this.host)) {
      return Promise.reject(
        new LifecycleError('KEEL_SELF_WAIT', {
          message: `a service of ${this.name} waits in its own work for the application to end, which would never come`
        })
      )
    }
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        if (this.#crash === undefined) resolve()
        else reject(this.#crash.reason)
      }
      if (this.#current === 'stopped' || this.#current === 'crashed' || this.#disposed) ended()
      else this.#endWaiters.push(ended)
    })
  }

  /** Resolves once the application runs and every task has ended. */
  whenTasksDone(): Promise<void> {
    return new Promise((resolve) => {
      this.#tasksWaiters.push(resolve)
      this.#checkTasks()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposing ??= this.#dispose()
    return this.#disposing
  }

  async #dispose(): Promise<void> {
    const failures: StopFailure[] = []
    let failed: unknown
    try {
      await this.stop()
    } catch (error) {
      failed = error
      if (error instanceof StopError) failures.push(...error.failures)
    }
    this.#disposed = true
    const parts = this.#parts
    if (parts !== undefined) {
      failures.push(...(await parts.assembly.dispose()))
      for (const runtime of parts.nodes.runtimes) runtime.complete()
    }
    this.#state.complete()
    this.#events.complete()
    this.#tellEnded()
    if (failures.length > 0) throw new StopError(failures, { service: this.name })
    if (failed !== undefined) throw failed
  }

  // ---- what its services tell -----------------------------------------------------------------------------------------

  transitioned(runtime: ServiceRuntime, _from: ServiceState): void {
    const nodes = this.#parts?.nodes
    const index = nodes?.indexOf(runtime)
    if (index === undefined) return
    const { state } = runtime
    this.#boot?.moved(index, state, this.settings.clock.monotonic())
    for (const sequence of this.#sequences) sequence.moved(index, state)
  }

  tasksChanged(change: 1 | -1): void {
    this.#openTasks += change
    if (change < 0) this.#checkTasks()
  }

  #checkTasks(): void {
    if (this.#tasksWaiters.length === 0 || this.#openTasks > 0 || this.#current !== 'running') return
    if (this.#made.nodes.runtimes.some((runtime) => runtime.isRestartPlanned)) return
    const waiters = this.#tasksWaiters
    this.#tasksWaiters = []
    for (const resolve of waiters) resolve()
  }

  crashed(runtime: ServiceRuntime, reason: unknown): void {
    const index = this.#parts?.nodes.indexOf(runtime)
    if (index !== undefined && this.#made.nodes.mayFail(index)) {
      runtime.stopAlone({ kind: 'crash', detail: reason })
      return
    }
    if (this.#interrupt !== undefined) {
      this.#interrupt({ kind: 'crashed', runtime, reason })
    } else if (this.#current === 'running') {
      this.#end(reason)
    } else {
      this.#lateFailures.push({ service: runtime.name, phase: 'task', error: reason })
    }
  }

  #end(reason: unknown): void {
    if (reason instanceof ExitError) {
      this.#exit = reason
    } else {
      this.#crash = { reason }
      this.#publish((at) => ({ type: 'application.crashed', at, error: reason }))
    }
    const kind = reason instanceof ExitError ? 'stop' : 'crash'
    this.stopFor({ kind, detail: reason }, 0)
      .catch((error: unknown) => this.log.error({ err: error }, 'stop failed'))
      .then(() => (kind === 'crash' ? this[Symbol.asyncDispose]() : undefined))
      .catch((error: unknown) => this.log.error({ err: error }, 'disposal failed'))
  }

  /** Nobody else answers for what went wrong: the application crashes, if it runs or starts. */
  crashWith(reason: unknown): boolean {
    const [first] = this.#made.nodes.runtimes
    if (this.#interrupt !== undefined && first !== undefined) {
      this.#interrupt({ kind: 'crashed', runtime: first, reason })
      return true
    }
    if (this.#current !== 'running') return false
    this.#end(reason)
    return true
  }

  async startService(runtime: ServiceRuntime): Promise<void> {
    const { nodes } = this.#made
    this.#mustLive('start()')
    const index = nodes.indexOf(runtime)
    if (index === undefined) {
      runtime.startAlone()
      runtime.proceed()
      return runtime.whenStarted()
    }
    const members = nodes.closure([index], 'dependencies').filter((one) => nodes.runtimes[one]!.isAtRest)
    const sequence = new StartSequence(nodes, members, this.settings.concurrency)
    this.#sequences.add(sequence)
    const started = runtime.isAtRest ? undefined : runtime.whenStarted()
    try {
      await sequence.run()
      await started
    } finally {
      this.#sequences.delete(sequence)
    }
    if (sequence.failed !== undefined) {
      const failures = await this.#stopThese(members, { kind: 'stop', detail: 'the start failed' })
      throw sequence.failed.startError(failures.map((failure) => failure.error), this.#pathTo(sequence.failed))
    }
    if (this.#current !== 'running') return
    for (const member of members) {
      const one = nodes.runtimes[member]!
      await one.callHook('onReady', one.definition.startTimeout)
    }
  }

  async stopService(
    runtime: ServiceRuntime,
    reason: StopReason,
    ended?: (along: readonly ServiceRuntime[]) => void
  ): Promise<void> {
    const { nodes } = this.#made
    const index = nodes.indexOf(runtime)
    let failures: readonly StopFailure[]
    let along: ServiceRuntime[] = []
    if (index === undefined) {
      runtime.stopAlone(reason)
      failures = await runtime.whenAtRest()
    } else {
      const members = nodes.closure([index], 'dependants')
      along = members.map((member) => nodes.runtimes[member]!).filter((one) => one !== runtime && !one.isAtRest)
      if (ended === undefined) for (const other of along) other.expectRestart(false)
      failures = await this.#stopThese(members, reason)
    }
    ended?.(along)
    if (failures.length > 0) throw new StopError(failures, { service: runtime.name })
  }

  async #stopThese(members: readonly number[], reason: StopReason): Promise<readonly StopFailure[]> {
    const { runtimes } = this.#made.nodes
    const open = members.filter((index) => !runtimes[index]!.isAtRest || runtimes[index]!.state === 'backoff')
    const sequence = new StopSequence(this.#made.nodes, open, reason)
    this.#sequences.add(sequence)
    try {
      return await sequence.run()
    } finally {
      this.#sequences.delete(sequence)
    }
  }

  async #stopTogether(runtimes: readonly ServiceRuntime[]): Promise<void> {
    const { nodes } = this.#made
    const inGraph = runtimes.map((runtime) => nodes.indexOf(runtime)).filter((index) => index !== undefined)
    for (const failure of await this.#stopThese(inGraph.toSorted((a, b) => a - b), { kind: 'restart' })) {
      const { service, phase, error } = failure
      this.log.error({ err: error }, '%s failed in %s while stopping to restart', service, phase)
    }
  }

  async #startTogether(
    runtimes: readonly ServiceRuntime[]
  ): Promise<{ readonly runtime: ServiceRuntime; readonly error: unknown } | undefined> {
    const { nodes } = this.#made
    const members = runtimes
      .filter((runtime) => runtime.isAtRest)
      .map((runtime) => nodes.indexOf(runtime))
      .filter((index) => index !== undefined)
      .toSorted((a, b) => a - b)
    const sequence = new StartSequence(nodes, members, this.settings.concurrency, true)
    this.#sequences.add(sequence)
    try {
      await sequence.run()
    } finally {
      this.#sequences.delete(sequence)
    }
    const { failed } = sequence
    if (failed === undefined) return undefined
    // Those that had not begun wait for the next attempt at rest.
    for (const index of members) {
      const one = nodes.runtimes[index]!
      if (one.state === 'waiting' || one === failed) one.stopAlone({ kind: 'restart' })
    }
    await Promise.all(members.map((index) => nodes.runtimes[index]!).map((one) => settled(one)))
    return { runtime: failed, error: failed.startError() }
  }

  shutdownBudget(): number {
    return this.#deadline === Infinity ? Infinity : Math.max(0, this.#deadline - this.settings.clock.monotonic())
  }

  constructChild(child: Class, providers: readonly Provider[]): object {
    return this.#made.assembly.create(child, providers) as object
  }

  // ---- small things -----------------------------------------------------------------------------------------------------

  #enter(state: ApplicationState): void {
    this.#current = state
    this.#since = this.settings.clock.now()
    this.#state.set(state)
  }

  #publish(build: (at: number) => LifecycleEvent): void {
    if (this.host.listens) this.host.publish(build(this.settings.clock.now()))
  }

  #tellEnded(): void {
    const waiters = this.#endWaiters
    this.#endWaiters = []
    for (const ended of waiters) ended()
  }

  #mustLive(what: string): void {
    if (this.#disposed) throw this.#disposedError(what)
  }

  #disposedError(what: string): LifecycleError {
    return new LifecycleError('KEEL_DISPOSED', { message: `${what} of ${this.name}, which has been disposed` })
  }

  /** One line for `console.log`. */
  override toString(): string {
    return `<${this.name}: ${this.#current}>`
  }

  /** The application at this moment. */
  toJSON(): { readonly name: string; readonly state: ApplicationState; readonly since: number } {
    return { name: this.name, state: this.#current, since: this.#since }
  }
}

/** Resolves when a service runs or rests: when nothing of a start is under way any more. */
async function settled(runtime: ServiceRuntime): Promise<void> {
  if (runtime.state === 'starting') await runtime.whenStarted().catch(() => undefined)
  if (runtime.state !== 'running') await runtime.whenAtRest()
}

function allOf(nodes: ServiceNodes): readonly number[] {
  return nodes.runtimes.map((_, index) => index)
}

function childrenOf(runtimes: readonly ServiceRuntime[]): {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
} {
  const nodes: GraphNode[] = []
  const edges: GraphEdge[] = []
  for (const runtime of runtimes) {
    for (const one of family(runtime)) {
      if (one.owner === undefined) continue
      nodes.push({ name: one.name, state: one.state, kind: 'child' })
      edges.push({ from: one.owner.name, to: one.name, kind: 'child' })
    }
  }
  return { nodes, edges }
}
