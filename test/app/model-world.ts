import {
  createApplication,
  DependsOn,
  inject,
  Module,
  Service,
  ServiceContext,
  Supervisor,
  wanted,
  type Application,
  type Class,
  type LifecycleEvent,
  type ModuleClass,
  type ServiceHandle,
  type ServiceState,
  type StopReason,
  type SupervisorOptions
} from 'keelson'
import { TestClock } from 'keelson/testing'
import { TRANSITIONS } from '../../src/lifecycle/index.js'
import {
  HOOKS,
  type Command,
  type Hook,
  type Outcome,
  type Scenario,
  type SupervisorSpec
} from './model-scenario.js'

/** One run of one service, as its hooks saw it. */
interface RunLog {
  readonly service: string
  readonly calls: string[]
  begun: boolean
  startResolved: boolean
}

/** Of a service: what is behind its handle, that no user sees. */
interface Insight {
  readonly isComing: boolean
  readonly isAtRest: boolean
  readonly hasCrashed: boolean
  readonly isRestartPlanned: boolean
}

const limits = { startTimeout: '1s', stopTimeout: '500ms' } as const
/** Longer than any wait for something else to start or stop may be, delays of restarts included. */
const STUCK_MS = 120_000

/** Makes a scenario real, carries it out on a virtual clock, and complains of what no application may do. */
export class ModelWorld {
  readonly clock = new TestClock()
  readonly complaints: string[] = []
  readonly #scenario: Scenario
  readonly #classes: Class<object>[] = []
  readonly #needs: readonly (readonly number[])[]
  readonly #contexts: (ServiceContext | undefined)[]
  readonly #children: object[][]
  readonly #pools = new Map<string, SupervisorSpec>()
  readonly #poolOf: { readonly pool: Supervisor; readonly members: object[] }[] = []
  readonly #runs = new Map<string, RunLog[]>()
  readonly #states = new WeakMap<object, ServiceState>()
  readonly #followed = new WeakSet<object>()
  /** Since when each is in its state. */
  readonly #since = new WeakMap<object, number>()
  #hasCrashed = false
  /** They were stopped last because a start failed. */
  readonly #rolledBack = new Set<string>()
  readonly #stopKinds = new Map<string, StopReason['kind']>()
  /** They have run since they were started, restarts aside. */
  readonly #haveRun = new Set<number>()
  /** What comes next is a restart. */
  readonly #restarting = new Set<string>()
  /** Stopped by a supervisor: they may end although others that need them run on. */
  readonly #letGo = new Set<number>()
  /** They had been, and ran again since somebody else was to start. */
  readonly #letGoBefore = new Set<number>()
  readonly #restarts = new Map<string, number[]>()
  readonly #open = new Set<string>()
  readonly #trace: ((line: string) => void) | undefined
  #app!: Application
  #commands = 0

  private constructor(scenario: Scenario, trace: ((line: string) => void) | undefined) {
    this.#trace = trace
    this.#scenario = scenario
    this.#contexts = scenario.services.map(() => undefined)
    this.#children = scenario.services.map(() => [])
    this.#needs = scenario.services.map(({ needs }, index) =>
      needs
        .filter(({ wanted: isWanted }) => !isWanted)
        .map(({ back }) => index - back)
        .filter((other) => other >= 0)
    )
  }

  /** Carries out a scenario; gives the complaints. */
  static async play(scenario: Scenario, trace?: (line: string) => void): Promise<readonly string[]> {
    const world = new ModelWorld(scenario, trace)
    await world.#build()
    await world.#do({ type: 'start-app', target: 0, wait: 0 })
    for (const command of scenario.commands) {
      const passed = world.#do(command)
      if (passed !== undefined) await passed
      if (world.complaints.length > 0) return world.complaints
    }
    await world.#end()
    return world.complaints
  }

  async #build(): Promise<void> {
    const { services, supervisors, concurrency } = this.#scenario
    services.forEach((_, index) => this.#classes.push(this.#service(index)))
    const [own, ...ofModules] = supervisors
    const modules = ofModules.map((spec, index) => this.#module(`M${index + 1}`, index + 1, spec))
    const providers = this.#members(0)
    const root = this.#moduleClass('Root', { imports: modules, providers, exports: providers, global: true })
    this.#app = await createApplication(root, {
      clock: this.clock,
      logger: false,
      shutdownTimeout: '5s',
      drainTimeout: '1s',
      name: 'App',
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(own === undefined ? {} : { supervisor: optionsOf(own) })
    })
    this.#app.events$.subscribe((event) => this.#heard(event))
    for (const handle of this.#app.services) this.#follow(handle)
  }

  // ---- what it is made of -------------------------------------------------------------------------------------------

  #members(module: number): Class<object>[] {
    return this.#classes.filter((_, index) => this.#scenario.services[index]!.module === module)
  }

  #module(name: string, module: number, supervisor: SupervisorSpec | undefined): ModuleClass {
    const providers = this.#members(module)
    return this.#moduleClass(name, {
      providers,
      exports: providers,
      global: true,
      ...(supervisor === undefined ? {} : { supervisor: optionsOf(supervisor) })
    })
  }

  #moduleClass(name: string, options: Parameters<typeof Module>[0]): ModuleClass {
    const module = { [name]: class {} }[name]!
    ;(Module(options) as ClassDecorator)(module)
    return module
  }

  #service(index: number): Class<object> {
    const { needs, restart, hooks, task, child } = this.#scenario.services[index]!
    const name = `S${index}`
    const world = this
    const service = {
      [name]: class {
        constructor() {
          const context = inject(ServiceContext)
          if (child !== undefined) void context.addChild(world.firstChild(index, child), { name: 'first' })
          if (task === undefined) return
          let calls = 0
          context.addTask((given) => world.work(given, task[calls++ % task.length]!), { name: 'task' })
        }
      }
    }[name] as Class<object>
    ;(Service({ restart, ...limits }) as ClassDecorator)(service)
    const tokens = needs
      .filter(({ back }) => back <= index)
      .map(({ back, wanted: isWanted }) =>
        isWanted ? wanted(this.#classes[index - back]!) : this.#classes[index - back]!
      )
    ;(DependsOn(...tokens) as ClassDecorator)(service)
    for (const hook of HOOKS)
      this.#addHook(service.prototype as object, hook, hooks[hook] ?? [{ kind: 'sync' }], index)
    return service
  }

  firstChild(owner: number, spec: 'plain' | SupervisorSpec): object {
    if (spec === 'plain') return this.#child(owner, 'first')
    this.#pools.set(`S${owner}/first`, spec)
    const members = [this.#child(owner, 'one'), this.#child(owner, 'two')]
    const pool = new Supervisor(members, optionsOf(spec))
    this.#poolOf[owner] = { pool, members }
    return pool
  }

  #child(owner: number, name: string): object {
    const { hooks } = this.#scenario.services[owner]!
    const child = { [name]: class {} }[name] as new () => object
    ;(Service(limits) as ClassDecorator)(child)
    for (const hook of HOOKS)
      this.#addHook(child.prototype as object, hook, hooks[hook]?.slice(1) ?? [], undefined)
    const instance = new child()
    this.#children[owner]!.push(instance)
    return instance
  }

  #addHook(prototype: object, hook: Hook, outcomes: readonly Outcome[], index: number | undefined): void {
    const world = this
    let calls = 0
    Object.defineProperty(prototype, hook, {
      value(context: ServiceContext): unknown {
        if (index !== undefined) world.#contexts[index] = context
        const outcome: Outcome =
          outcomes.length === 0 ? { kind: 'sync' } : outcomes[calls++ % outcomes.length]!
        return world.#call(context, hook, outcome)
      }
    })
  }

  // ---- what its code does -------------------------------------------------------------------------------------------

  #call(context: ServiceContext, hook: Hook, outcome: Outcome): unknown {
    const log = this.#runOf(context.name)
    log.calls.push(hook)
    const resolved = (): void => {
      if (hook === 'onStart') log.startResolved = true
    }
    const result = this.#comesTo(outcome, resolved)
    if (outcome.kind === 'sync') resolved()
    return result
  }

  #comesTo(outcome: Outcome, resolved: () => void): unknown {
    switch (outcome.kind) {
      case 'sync':
        return undefined
      case 'micro':
        return Promise.resolve().then(resolved)
      case 'takes':
        return this.#after(outcome.ms).then(resolved)
      case 'throws':
        throw new Error('thrown')
      case 'rejects':
        return this.#after(outcome.ms).then(() => Promise.reject(new Error('rejected')))
      case 'never':
        return new Promise(() => {})
    }
  }

  async work({ stopRequested, clock }: ServiceContext, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'never') return stopRequested()
    if (outcome.kind !== 'rejects') return undefined
    let timer: unknown
    await Promise.race([
      new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, outcome.ms))),
      stopRequested()
    ])
    clock.clearTimeout(timer)
    throw new Error('the task failed')
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimeout(resolve, ms))
  }

  // ---- what is done to it -------------------------------------------------------------------------------------------

  #do({ type, target, wait }: Command): Promise<void> | undefined {
    const index = target % this.#classes.length
    const name = `${++this.#commands} ${type} S${index}`
    this.#trace?.(`--- ${name}`)
    try {
      this.#settles(name, this.#command(type, index))
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
    return wait === undefined ? undefined : this.#pass(wait, name)
  }

  async #pass(wait: number, name: string): Promise<void> {
    await this.clock.advance(wait)
    this.#check(name)
  }

  #command(type: Command['type'], index: number): Promise<unknown> | undefined {
    const app = this.#app
    const handle = app.service(this.#classes[index]!)
    const context = this.#contexts[index]
    const child = this.#children[index]!.at(-1)
    const { pool, members = [] } = this.#poolOf[index] ?? {}
    switch (type) {
      case 'start-app':
        return app.start()
      case 'stop-app':
        return app.stop()
      case 'start':
        return handle.maybeStart()
      case 'stop':
        return handle.stop()
      case 'restart':
        return handle.restart()
      case 'crash':
        handle.crash(new Error(`crash of ${handle.name}`))
        return undefined
      case 'end-itself':
        return context?.stop()
      case 'add-child':
        return context?.addChild(this.#child(index, 'later'), { name: 'later' })
      case 'remove-child':
        this.#children[index]!.pop()
        return child === undefined ? undefined : context?.removeChild(child)
      case 'crash-child':
        youngest(handle)?.crash(new Error(`crash of a child of ${handle.name}`))
        return undefined
      case 'add-to-pool':
        return pool?.add(this.#member(members, index))
      case 'remove-from-pool':
        return members.length === 0 ? undefined : pool?.remove(members.pop()!)
      case 'replace-in-pool':
        return members.length === 0 ? undefined : pool?.replace(0, this.#member(members, index))
      case 'nothing':
        return undefined
    }
  }

  #member(members: object[], owner: number): object {
    const member = this.#child(owner, 'more')
    this.#children[owner]!.pop()
    members.push(member)
    return member
  }

  /** Whatever is promised must come to something. */
  #settles(name: string, promise: Promise<unknown> | undefined): void {
    if (promise === undefined) return
    this.#open.add(name)
    const settled = (): void => void this.#open.delete(name)
    promise.then(settled, (error: unknown) => {
      settled()
      if (!isExpected(error))
        this.complaints.push(`${name} failed with ${String((error as Error)?.stack ?? error)}`)
    })
  }

  async #end(): Promise<void> {
    // In every other scenario whatever waits for something has the time for it; the others stop in the midst of it.
    if (this.#scenario.commands.length % 2 === 0) {
      await this.clock.advance(STUCK_MS + 1)
      this.#check('a while')
    }
    this.#settles('the last stop', this.#app.stop())
    await this.clock.advance('1h')
    this.#settles('disposal', this.#app[Symbol.asyncDispose]())
    await this.clock.advance('1h')
    this.#check('the end')
    for (const name of this.#open) this.complaints.push(`${name} has not settled`)
    if (this.clock.pending.count > 0) this.complaints.push(`${this.clock.pending.count} timers are left`)
    for (const handle of this.#app.services) {
      const { name, state } = handle
      if (!['init', 'stopped', 'crashed'].includes(state)) this.complaints.push(`${name} ends '${state}'`)
      if (insightOf(handle).isComing) this.complaints.push(`${name} is still to be restarted`)
    }
    for (const runs of this.#runs.values()) for (const run of runs) this.#checkRun(run)
  }

  // ---- what it may not do -------------------------------------------------------------------------------------------

  #follow(handle: ServiceHandle): void {
    if (this.#followed.has(handle)) return
    this.#followed.add(handle)
    handle.state$.subscribe(({ service, state }) => this.#moved(handle, service, state))
  }

  #moved(handle: ServiceHandle, name: string, to: ServiceState): void {
    const from = this.#states.get(handle)
    this.#states.set(handle, to)
    this.#since.set(handle, this.clock.monotonic())
    if (from !== undefined && from !== to && !TRANSITIONS[from].includes(to)) {
      this.complaints.push(`${name} went from '${from}' to '${to}'`)
    }
    const index = this.#indexOf(handle)
    if (index !== undefined) {
      if (to === 'running') {
        if (this.#wasLetGo(index)) this.#letGoBefore.add(index)
        this.#letGo.delete(index)
        this.#haveRun.add(index)
      }
      if (to === 'starting') this.#checkStart(index)
      if (to === 'stopping') this.#checkStop(index)
    }
    this.#followChildren(handle)
  }

  #followChildren(handle: ServiceHandle): void {
    for (const child of handle.children) {
      this.#follow(child)
      this.#followChildren(child)
    }
  }

  #newRun(name: string): RunLog {
    const runs = this.#runs.get(name) ?? []
    this.#runs.set(name, runs)
    const before = runs.at(-1)
    if (before !== undefined) this.#checkRun(before)
    const log: RunLog = { service: name, calls: [], begun: false, startResolved: false }
    runs.push(log)
    return log
  }

  #runOf(name: string): RunLog {
    return this.#runs.get(name)?.at(-1) ?? this.#newRun(name)
  }

  #indexOf(handle: ServiceHandle): number | undefined {
    const index = this.#app.services.indexOf(handle)
    return index < 0 ? undefined : Number(handle.name.slice(1))
  }

  #handle(index: number): ServiceHandle {
    return this.#app.service(this.#classes[index]!)
  }

  /** A service starts when all it needs runs. One that has run does not wait for what was let go and is not to come. */
  #checkStart(index: number): void {
    for (const other of this.#needs[index]!) {
      const { state } = this.#handle(other)
      if (state === 'running') continue
      const isGone = this.#wasLetGo(other) && !insightOf(this.#handle(other)).isComing
      if (isGone && this.#haveRun.has(index)) continue
      this.complaints.push(`S${index} starts while S${other} is '${state}'`)
    }
  }

  /** A service stops when all that need it have stopped, unless it restarts or is let go. */
  #checkStop(index: number): void {
    const { isComing, hasCrashed } = insightOf(this.#handle(index))
    const kind = this.#stopKinds.get(this.#handle(index).name)
    if (kind === 'restart' || (kind === 'crash' && !this.#hasCrashed)) this.#letGo.add(index)
    // the start that had brought it back is taken back
    if (this.#letGoBefore.delete(index) && this.#rolledBack.has(this.#handle(index).name))
      this.#letGo.add(index)
    if (isComing || hasCrashed || this.#letGo.has(index)) return
    this.#needs.forEach((needs, other) => {
      const { state, name } = this.#handle(other)
      const isUp = this.#runOf(name).begun && !insightOf(this.#handle(other)).isAtRest
      if (!isUp || !needs.includes(index)) return
      this.complaints.push(`S${index} stops while S${other} is '${state}'`)
    })
  }

  #check(when: string): void {
    for (const handle of this.#app.services) {
      this.#followChildren(handle)
      for (const one of familyOf(handle)) this.#checkAlone(one, when)
      if (handle.state !== 'running') continue
      for (const other of this.#needs[this.#indexOf(handle)!]!) {
        const needed = this.#handle(other)
        if (needed.state !== 'running' && !insightOf(needed).isComing && !this.#wasLetGo(other)) {
          this.complaints.push(`after ${when}: ${handle.name} runs, ${needed.name} is '${needed.state}'`)
        }
      }
    }
  }

  /** What a service must keep to whatever becomes of the others. */
  #checkAlone(handle: ServiceHandle, when: string): void {
    const { name, state } = handle
    const { isAtRest, isRestartPlanned } = insightOf(handle)
    const complain = (what: string): void => void this.complaints.push(`after ${when}: ${name} ${what}`)
    if (state === 'backoff' && !isRestartPlanned && this.#app.state === 'running')
      complain('waits for a restart that nobody plans')
    if (isAtRest) {
      const open = handle.tasks.filter((task) => task.state === 'running')
      if (open.length > 0) complain(`is '${state}', but runs ${open.map((task) => task.name).join(', ')}`)
      const last = this.#runs.get(name)?.at(-1)
      if (last?.begun === true) this.#checkRun(last)
    }
    if (PASSING.has(state) && this.#restsFor(handle) > STUCK_MS && !this.#waitsForUnrest(handle))
      complain(`has been '${state}' for ${this.#restsFor(handle)} ms`)
  }

  /** How long it has been in its state. */
  #restsFor(handle: ServiceHandle): number {
    return this.clock.monotonic() - (this.#since.get(handle) ?? this.clock.monotonic())
  }

  /** It waits, as long as that takes, for what is started again and again, and always fails. */
  #waitsForUnrest(handle: ServiceHandle): boolean {
    const index = this.#indexOf(handle)
    if (index === undefined || handle.state !== 'waiting') return false
    return this.#scenario.services[index]!.needs.some(({ back }) => {
      if (back > index) return false
      const other = this.#handle(index - back)
      return other.state !== 'running' && (this.#restsFor(other) <= STUCK_MS || this.#waitsForUnrest(other))
    })
  }

  /** It crashed, or its supervisor stopped it together with others, and it ended. */
  #wasLetGo(index: number): boolean {
    const { restart } = this.#scenario.services[index]!
    return insightOf(this.#handle(index)).hasCrashed || this.#letGo.has(index) || restart === 'temporary'
  }

  #checkRun({ service, calls, begun, startResolved }: RunLog): void {
    // A pool has hooks of its own, which tell nothing.
    if (this.#pools.has(service)) return
    const count = (hook: Hook): number => calls.filter((call) => call === hook).length
    const complain = (what: string): void => {
      this.complaints.push(`a run of ${service} ${what}: ${calls.join(' ')}`)
    }
    if (count('onStop') !== (startResolved ? 1 : 0))
      complain(`has onStart ${startResolved ? 'resolved' : 'unresolved'}`)
    if (count('onShutdown') !== (begun ? 1 : 0)) complain(begun ? 'has begun' : 'has not begun')
    if (begun && calls.at(-1) !== 'onShutdown') complain('goes on after onShutdown')
    const order = calls.filter((call) => call !== 'onReady' && call !== 'onDrain')
    const expected = ['onFirstStart', 'onRestart', 'onStart', 'onStarted', 'onStop', 'onShutdown']
    if (order.some((call, at) => at > 0 && expected.indexOf(call) <= expected.indexOf(order[at - 1]!))) {
      complain('is out of order')
    }
  }

  #heard(event: LifecycleEvent): void {
    this.#trace?.(`${this.clock.monotonic()} ${event.type} ${'service' in event ? event.service : ''}`)
    if (event.type === 'service.stopping') {
      const { kind, detail } = event.reason as StopReason
      this.#stopKinds.set(event.service, kind)
      if (detail === 'the start failed') this.#rolledBack.add(event.service)
      else this.#rolledBack.delete(event.service)
    }
    if (event.type === 'application.crashed') this.#hasCrashed = true
    if (event.type === 'service.restarting') this.#restarting.add(event.service)
    if (event.type === 'service.waiting') {
      this.#newRun(event.service)
      if (!this.#restarting.delete(event.service)) this.#haveRun.delete(Number(event.service.slice(1)))
    }
    if (event.type === 'service.starting') {
      this.#runOf(event.service).begun = true
      this.#restarts.delete(event.service)
    }
    if (event.type === 'application.starting') this.#restarts.clear()
    if (event.type !== 'supervisor.restarting') return
    const spec = this.#supervisorOf(event.supervisor)
    // A supervisor that is restarted itself begins anew.
    if (event.supervisor === 'App') {
      for (const name of event.services)
        this.#restarts.delete(`M${this.#scenario.services[Number(name.slice(1))]!.module}`)
    }
    const times = this.#restarts.get(event.supervisor) ?? []
    this.#restarts.set(event.supervisor, times)
    times.push(event.at)
    const earlier = times.at(-1 - spec.maxRestarts)
    if (spec.maxRestarts === 0 || (times.length > spec.maxRestarts && event.at - earlier! < windowOf(spec))) {
      this.complaints.push(`${event.supervisor} restarts too often: ${times.join(' ')}`)
    }
  }

  #supervisorOf(name: string): SupervisorSpec {
    const pool = this.#pools.get(name)
    if (pool !== undefined) return pool
    const index = name === 'App' ? 0 : Number(name.slice(1))
    return this.#scenario.supervisors[index]!
  }
}

function optionsOf({ strategy, maxRestarts, within, backoff }: SupervisorSpec): SupervisorOptions {
  return {
    strategy,
    maxRestarts,
    within,
    backoff: backoff === undefined ? false : { initial: backoff, jitter: 0 }
  }
}

/** The window of the restart budget: twice the first delays, when that is more. */
function windowOf({ maxRestarts, within, backoff = 0 }: SupervisorSpec): number {
  let delays = 0
  for (let nth = 0; nth < maxRestarts; nth++) delays += Math.min(backoff * 2 ** nth, 30_000)
  return Math.max(within, 2 * delays)
}

/** A service, its children, and theirs. */
function familyOf(handle: ServiceHandle): ServiceHandle[] {
  return [handle, ...handle.children.flatMap((child) => familyOf(child))]
}

const PASSING: ReadonlySet<ServiceState> = new Set(['waiting', 'starting', 'stopping'])

function youngest(handle: ServiceHandle): ServiceHandle | undefined {
  const child = handle.children.at(-1)
  return child === undefined ? undefined : (youngest(child) ?? child)
}

function insightOf(handle: ServiceHandle): Insight {
  return handle as unknown as Insight
}

/** What a lever says that cannot be used now. */
function isRefusal(error: unknown): boolean {
  const code = (error as { readonly code?: string }).code
  return code === 'KEEL_ILLEGAL_TRANSITION' || code === 'KEEL_DISPOSED'
}

/** What hooks, tasks and crashes of this test throw, and what the framework makes of it. */
function isExpected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code = '', message } = error as { readonly code?: string; readonly message: string }
  return code.startsWith('KEEL_') || /^(thrown|rejected|the task failed|crash of)/.test(message)
}
