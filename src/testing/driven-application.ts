import { LiveApplication } from '../app/index.js'
import { LifecycleError, refuseUnknownOptions } from '../errors/index.js'
import { TRANSITIONS, type ServiceState } from '../lifecycle/index.js'
import { refuse } from '../metadata/index.js'
import { calledFrom, type ServiceRuntime } from '../service/index.js'
import { formatDuration, toMilliseconds } from '../time/index.js'
import type { Class, Provider, Token } from '../tokens/index.js'
import type { GetOptions, Scope } from '../wiring/index.js'
import { driveTime } from './drive-time.js'
import { driveUntil, type Tried } from './drive-until.js'
import { Forbearance } from './forbearance.js'
import { noSuchWork, notCalled } from './fire-refusals.js'
import { Construction, type Owner } from './owners.js'
import { handlesOf } from './real-handles.js'
import { jobsOf } from './real-jobs.js'
import { aMillisecond, nothingRealSince, realWork, type OpenHandles } from './real-work.js'
import { openTimersOf, realTimersOf } from './real-timers.js'
import { RecordedEvents } from './recorded-events.js'
import type { LogRecord, TestApplication, UntilOptions } from './test-application.js'
import { virtualTimersOf, type TestClock } from './test-clock.js'

/** The {@link TestApplication} itself: drives virtual time, and looks for what is left behind. */
export class DrivenApplication extends LiveApplication implements TestApplication {
  readonly events: RecordedEvents
  /** What was logged, in order. */
  readonly logs: readonly LogRecord[]
  readonly #before: OpenHandles
  readonly #forbearance: Forbearance
  readonly #driven = new WeakMap<Promise<void>, Promise<void>>()
  readonly #construction: Construction

  /** @internal made by `createTestApplication` */
  constructor(
    base: ConstructorParameters<typeof LiveApplication>,
    parts: {
      readonly logs: readonly LogRecord[]
      readonly before: OpenHandles
      readonly construction: Construction
    }
  ) {
    super(...base)
    this.logs = parts.logs
    this.#before = parts.before
    this.#forbearance = new Forbearance(parts.before)
    this.#construction = parts.construction
    this.events = new RecordedEvents(this.events$)
  }

  /** Virtual time. */
  get clock(): TestClock {
    return this.settings.clock as TestClock
  }

  override get<T>(token: Token<T>, options?: GetOptions): T {
    return this.#construction.run(() => super.get(token, options))
  }

  override create<T>(class_: Class<T>): T {
    return this.#construction.run(() => super.create(class_))
  }

  override createScope(providers?: readonly Provider[]): Scope {
    const scope = super.createScope(providers)
    const get: Scope['get'] = scope.get.bind(scope)
    scope.get = (token, options) => this.#construction.run(() => get(token, options))
    return scope
  }

  override start(): Promise<void> {
    return this.#drive(super.start())
  }

  override stop(reason?: string): Promise<void> {
    return this.#drive(super.stop(reason))
  }

  /**
   * Waits until a service is in a state, moving time on when nothing else can run.
   *
   * @throws Error when it can never come, or has not come in time
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no state; `KEEL_INVALID_DURATION`
   */
  async until(token: Token, state: ServiceState, options: UntilOptions = {}): Promise<void> {
    const runtime = this.#runtime(token)
    // a list of one would be looked up as what is in it
    if (typeof state !== 'string' || !Object.hasOwn(TRANSITIONS, state))
      throw refuse('state of until()', state, `one of ${Object.keys(TRANSITIONS).join(', ')}`)
    refuseUnknownOptions(options, ['timeout'], 'until()')
    const { timeout } = options
    const limit =
      timeout === undefined
        ? undefined
        : toMilliseconds(timeout, 'timeout of until()', { allowInfinity: true })
    let fail: ((error: Error) => void) | undefined
    const come = new Promise<void>((resolve, reject) => {
      fail = reject
      runtime.state$.subscribe({
        next: (snapshot) => {
          if (snapshot.state === state) resolve()
        },
        complete: () => reject(neverComes(runtime, state, `${this.name} was disposed`))
      })
    })
    await driveUntil(this.clock, this.#before, this.#forbearance, come, {
      isOver: () => this.#isOver,
      isStill: () => this.#isStill,
      limit,
      giveUp: (tried) => fail?.(neverComes(runtime, state, this.#inVain(tried)))
    })
  }

  /** Why more of the same is not tried. */
  #inVain(tried: Tried): string {
    if (this.#isOver) return `${this.name} has ended, it is '${this.state}'`
    return this.state === 'created' ? `${this.name} was not started` : inVain(tried)
  }

  /** It has ended, and nothing of it goes on: only who starts it again changes that. */
  get #isOver(): boolean {
    if (this.state !== 'stopped' && this.state !== 'crashed') return false
    return this.#runtimes().every((runtime) => runtime.isAtRest && !runtime.isRestartPlanned)
  }

  /** Nothing of it is under way, and nothing real can come to it. A task that waits for a promise is under way. */
  get #isStill(): boolean {
    if (this.state === 'starting' || this.state === 'draining' || this.state === 'stopping') return false
    return (
      this.#runtimes().every(isStill) &&
      openTimersOf(this.#construction).length === 0 &&
      nothingRealSince(this.#before)
    )
  }

  /**
   * Calls a timer, cron or task method of a service now, as its own work, beside its slots; a task also beside its call
   * under way.
   *
   * @throws what the method throws; the rules of the service hold as well, so that it may crash
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` when it is not called: a timer or cron has a call under way beside
   * which its `overlap` allows no other, it is disabled, or the service does not run; `KEEL_UNKNOWN_TOKEN` when there is no
   * such work
   */
  async fire(token: Token, method: string): Promise<void> {
    const runtime = this.#runtime(token)
    const entry = runtime.work.find(method)
    if (entry === undefined) throw noSuchWork(runtime, method)
    const result = await runtime.work.fire(entry, { beside: true })
    if (result?.status === 'done') return
    if (result?.status === 'failed') throw result.error
    throw notCalled(entry, runtime, this.isDraining ? this : runtime.isGoingDown ? runtime : undefined)
  }

  /** Makes a service crash. */
  crash(token: Token, reason: unknown): void {
    this.#runtime(token).crash(reason)
  }

  /** Resolves when no hook, timer or cron body runs, and no real input or output is under way. */
  async idle(): Promise<void> {
    for (;;) {
      await this.clock.settle()
      await realWork(this.#before, () => false)
      await this.clock.settle()
      if (!this.#runtimes().some((runtime) => runtime.isBusy)) return
      await aMillisecond()
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    const failure: { error?: unknown } = {}
    try {
      await this.#drive(super[Symbol.asyncDispose]())
    } catch (error) {
      failure.error = error
    }
    const left = await this.#leftBehind()
    if (left.length > 0) {
      throw new LifecycleError('KEEL_LEFT_BEHIND', {
        message: `${this.name} left behind: ${left.join(', ')}`,
        hint: 'End them in onStop or onShutdown, heed the signal of the context, or hand them to context.use().',
        ...('error' in failure ? { cause: failure.error } : {})
      })
    }
    if ('error' in failure) throw failure.error
  }

  async #leftBehind(): Promise<string[]> {
    const left: string[] = []
    for (const runtime of this.#runtimes()) {
      for (const { snapshot } of runtime.workIfAny?.open ?? [])
        left.push(`${snapshot.kind} ${snapshot.name} of ${runtime.name}`)
    }
    const count = virtualTimersOf(this.clock, this.#owns)
    if (count > 0) left.push(count === 1 ? 'a timer on the clock' : `${count} timers on the clock`)
    // What closes needs a turn or two of the real loop.
    await realWork(this.#before, () => this.#realThings().length === 0)
    // That a timer has rung, or a request was answered, is told a turn later.
    if (this.#realThings().length > 0) await aMillisecond()
    return [...left, ...this.#realThings()]
  }

  /** What is real and its own, and holds the process up. */
  #realThings(): string[] {
    const left: string[] = []
    const note = (count: number, whose: string): void => {
      if (count > 0) left.push(`${count === 1 ? 'a real timer' : `${count} real timers`} ${whose}`)
    }
    for (const runtime of this.#runtimes()) note(realTimersOf(runtime), `of ${runtime.name}`)
    note(realTimersOf(this.#construction), 'set by a constructor or factory')
    const counts = new Map<string, number>()
    for (const { kind, owner } of [...handlesOf(this.#owns), ...jobsOf(this.#owns)]) {
      const what = `${kind} of ${owner instanceof Construction ? 'a constructor or factory' : owner.name}`
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
    for (const [what, count] of counts) left.push(count === 1 ? what : `${count} ${what}`)
    return left
  }

  /** Children are its own, too, also those that were let go of. */
  readonly #owns = (owner: Owner): boolean =>
    owner instanceof Construction ? owner === this.#construction : owner.host === this.host

  #drive(work: Promise<void>): Promise<void> {
    // Asked for by work of its own, it is not waited for, and whoever drives that work drives this.
    if (calledFrom((runtime) => runtime.host === this.host)) return work
    // Whoever asks again while it is under way gets the same promise, as from any application.
    let driven = this.#driven.get(work)
    if (driven === undefined)
      this.#driven.set(work, (driven = driveTime(this.clock, this.#before, this.#forbearance, work)))
    return driven
  }

  /** All services, children too. */
  #runtimes(): readonly ServiceRuntime[] {
    const all = [...this.services]
    // The array grows while it is walked.
    for (const one of all) all.push(...one.children)
    return all
  }

  #runtime(token: Token): ServiceRuntime {
    return this.service(token) as ServiceRuntime
  }
}

function neverComes(
  { name, state: now, crashReason }: ServiceRuntime,
  state: ServiceState,
  why: string
): Error {
  const message = `${name} will never be '${state}': it is '${now}', and ${why}`
  return crashReason === undefined ? new Error(message) : new Error(message, { cause: crashReason })
}

function inVain({ virtual, real, beyond }: Tried): string {
  const longer = 'if it takes longer, give until() a longer { timeout }'
  if (beyond !== undefined) return `nothing due within ${formatDuration(beyond)} has changed that; ${longer}`
  if (real === undefined) return 'nothing is due, open or under way that could change it'
  const moved = virtual > 0 ? `${formatDuration(virtual)} of virtual time, for which it took ` : ''
  return `${moved}${formatDuration(Math.round(real))} of real time have not changed that; ${longer}`
}

/** Nothing of this service is under way, or planned. */
function isStill(one: ServiceRuntime): boolean {
  return (
    (one.isAtRest || one.state === 'running') &&
    !(one.isRestartPlanned || one.isBusy) &&
    (one.workIfAny?.open ?? []).length === 0 &&
    openTimersOf(one).length === 0
  )
}
