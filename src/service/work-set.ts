import { ConfigurationError, LifecycleError } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import {
  checkOptions,
  CRON_CHECKS,
  type CronOptions,
  type MethodFact,
  type Site,
  TASK_CHECKS,
  type TaskOptions,
  TIMER_CHECKS,
  type TimerOptions
} from '../metadata/index.js'
import { readCron, readTimer, type FireResult, type Tick } from '../schedule/index.js'
import { toMilliseconds, type Duration } from '../time/index.js'
import { AddedWork } from './added-work.js'
import type { Run } from './run.js'
import { disposedError } from './service-errors.js'
import { ScheduleEntry, type SchedulePlan } from './schedule-entry.js'
import type { ServiceContext, TaskHandle } from './service-context.js'
import type { TaskSnapshot } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'
import { TaskEntry, type TaskPlan } from './task-entry.js'
import type { WorkEntry } from './work-entry.js'

type Body = (context: ServiceContext, tick: Tick) => unknown
type MakeEntry = (forget: (entry: WorkEntry) => void) => WorkEntry
/** What may depend on the instance is read at each start. */
type AtStart<T> = T | ((self: never) => T)

/** The background work of one service: declared by decorators, or added at run time. */
export class WorkSet {
  readonly #runtime: ServiceRuntime
  /** Part of every run: what the class declares, and what was added before a start. */
  readonly #lasting: MakeEntry[] = []
  readonly #entries = new Set<WorkEntry>()
  readonly #names = new Map<string, number>()
  /** Of what was added before a start: they may be awaited although it never comes. */
  readonly #handles = new Set<AddedWork<never>>()
  #run: Run | undefined
  #prepared = false

  constructor(runtime: ServiceRuntime) {
    this.#runtime = runtime
    for (const fact of runtime.definition.methods) {
      const make = this.#declared(fact)
      if (make !== undefined) this.#lasting.push(make)
    }
  }

  /** Begins everything, in the order of definition. */
  begin(run: Run): void {
    this.#prepare()
    this.#run = run
    for (const entry of [...this.#entries]) {
      if (run.stopReason !== undefined) return
      entry.begin(run)
    }
  }

  /** No timer or cron begins a call any more. */
  quiesce(): void {
    for (const entry of this.#entries) entry.quiesce()
  }

  /** Everything is told to end, and nothing begins. */
  abort(reason: StopReason): void {
    this.#prepared = false
    for (const entry of this.#entries) entry.abort(reason)
  }

  /** Resolves when nothing runs any more; undefined when nothing does. */
  end(): Promise<unknown> | undefined {
    this.#run = undefined
    this.#prepared = false
    const ending: Promise<void>[] = []
    for (const entry of [...this.#entries]) ending.push(entry.end())
    return ending.length === 0 ? undefined : Promise.all(ending)
  }

  /** Whether the body of a timer or cron runs. */
  get isCalling(): boolean {
    for (const entry of this.#entries) if (entry instanceof ScheduleEntry && entry.isRunning) return true
    return false
  }

  /** What still runs, also after its time was up. */
  get open(): readonly WorkEntry[] {
    return [...this.#entries].filter((entry) => entry.isRunning)
  }

  /** {@link open}, in words. */
  describeOpen(): string {
    const names = this.open.map((entry) => entry.name)
    return names.length === 1 ? `task ${names[0]}` : `tasks ${names.join(', ')}`
  }

  snapshots(): TaskSnapshot[] {
    this.#prepareOnce()
    return [...this.#entries].filter((entry) => !entry.isSpent).map((entry) => entry.snapshot)
  }

  #prepareOnce(): void {
    if (this.#entries.size === 0) this.#prepare()
  }

  /** The work of this method or name. */
  find(name: string): WorkEntry | undefined {
    this.#prepareOnce()
    const entries = [...this.#entries]
    return entries.find((entry) => entry.method === name) ?? entries.find((entry) => entry.name === name)
  }

  /** Its timers and crons. */
  schedules(): ScheduleEntry[] {
    this.#prepareOnce()
    return [...this.#entries].filter((entry) => entry instanceof ScheduleEntry)
  }

  /**
   * Calls work now, under its own rules: a timer or cron beside its slots, a task once more. Skipped while a call is
   * under way that does not let another one begin.
   *
   * @returns undefined when the service, or this work, is not there to be called
   */
  fire(entry: WorkEntry): Promise<FireResult> | undefined {
    const run = this.#run
    if (run === undefined || run.isDraining) return undefined
    if (entry instanceof ScheduleEntry) return entry.fire()
    if (!(entry instanceof TaskEntry)) return undefined
    if (entry.isRunning) return Promise.resolve({ status: 'skipped' })
    return this.#fireTask(entry, run)
  }

  #fireTask(entry: TaskEntry, run: Run): Promise<FireResult> {
    return new Promise((resolve) => {
      const again = entry.again((outcome) =>
        resolve('error' in outcome ? { status: 'failed', error: outcome.error } : { status: 'done' })
      )
      this.#entries.add(again)
      again.begin(run)
    })
  }

  /** No run is to come: what waits for one is told. */
  dispose(): void {
    const error = disposedError(this.#runtime.name)
    for (const handle of this.#handles) handle.settle({ error })
    this.#handles.clear()
  }

  /** @param site where it is added, for whoever asks what there is */
  addTask<T>(work: (context: ServiceContext) => Promise<T>, given?: TaskOptions, site?: Site): TaskHandle<T> {
    const what = `addTask() of ${this.#runtime.name}`
    const body = callable(work, what)
    const options = checkOptions(given, TASK_CHECKS, what)
    const name = this.#unique(options.name ?? (work.name || 'task'))
    const { isLasting } = this
    const plan: TaskPlan = { name, kind: 'added', isLasting, site, ...readTask(options, what), body }
    return this.#add<T>(
      (settled) => (forget) => new TaskEntry(this.#runtime, { ...plan, settled }, forget),
      name
    )
  }

  /** Whether what is added now becomes part of every run; otherwise it lasts as long as the run under way. */
  get isLasting(): boolean {
    const { state } = this.#runtime
    return state === 'init' || state === 'stopped'
  }

  addTimer(every: AtStart<Duration>, work: Body, given?: TimerOptions, site?: Site): TaskHandle<void> {
    const what = `addTimer() of ${this.#runtime.name}`
    const body = callable(work, what)
    const options = checkOptions(given, TIMER_CHECKS, what)
    const settings = (value: unknown) => readTimer(value as Duration, options, what)
    settings(typeof every === 'function' ? 1 : every)
    const name = this.#unique(options.name ?? (work.name || 'timer'))
    const plan = {
      name,
      kind: 'added',
      settings: () => settings(valueFor(every, this.#runtime)),
      body,
      site
    } as const
    return this.#addSchedule(plan, options.enabled)
  }

  addCron(expression: AtStart<string>, work: Body, given?: CronOptions, site?: Site): TaskHandle<void> {
    const what = `addCron() of ${this.#runtime.name}`
    const body = callable(work, what)
    const options = checkOptions(given, CRON_CHECKS, what)
    const { timezone } = this.#runtime.host
    const settings = (value: unknown) => readCron(value as string, options, what, timezone)
    settings(typeof expression === 'function' ? '* * * * *' : expression)
    const name = this.#unique(options.name ?? (work.name || 'cron'))
    const plan = {
      name,
      kind: 'added',
      settings: () => settings(valueFor(expression, this.#runtime)),
      body,
      site
    } as const
    return this.#addSchedule(plan, options.enabled)
  }

  #addSchedule(plan: SchedulePlan, enabled: TimerOptions['enabled']): TaskHandle<void> {
    const make =
      (settled: NonNullable<SchedulePlan['settled']>): MakeEntry =>
      (forget) =>
        new ScheduleEntry(
          this.#runtime,
          { ...plan, settled },
          forget,
          enabled as boolean | ((self: object) => boolean) | undefined
        )
    return this.#add<void>(make, plan.name)
  }

  #add<T>(
    make: (
      settled: (outcome: { readonly value: unknown } | { readonly error: unknown }) => void
    ) => MakeEntry,
    name: string
  ): TaskHandle<T> {
    const { state, isDisposed } = this.#runtime
    if (isDisposed) throw disposedError(this.#runtime.name)
    if (state === 'stopping' || state === 'crashed' || state === 'backoff') {
      throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${this.#runtime.name} cannot take work: it is '${state}'`,
        service: this.#runtime.name,
        hint: 'add work before the service starts, or while it runs.'
      })
    }
    const handle = new AddedWork<T>(name, () => {
      this.#handles.delete(handle as AddedWork<never>)
      const place = this.#lasting.indexOf(makeEntry)
      if (place >= 0) this.#lasting.splice(place, 1)
    })
    const makeEntry: MakeEntry = (forget) => {
      const entry = make((outcome) => handle.settle(outcome))(forget)
      handle.follow(entry)
      return entry
    }
    this.#prepare()
    if (this.isLasting) {
      this.#lasting.push(makeEntry)
      this.#handles.add(handle as AddedWork<never>)
    }
    const entry = makeEntry((spent) => this.#forget(spent))
    this.#entries.add(entry)
    try {
      if (this.#run !== undefined) entry.begin(this.#run)
    } catch (error) {
      // What it is read from at the start gives nonsense.
      this.#entries.delete(entry)
      throw error
    }
    return handle
  }

  /** Makes the entries of the run to come, once; they are shown, and added to, before it begins. */
  #prepare(): void {
    if (this.#prepared) return
    this.#prepared = true
    this.#entries.clear()
    for (const make of this.#lasting) this.#entries.add(make((entry) => this.#forget(entry)))
  }

  #forget(entry: WorkEntry): void {
    if (entry.isSpent) this.#entries.delete(entry)
  }

  #declared(fact: MethodFact): MakeEntry | undefined {
    const runtime = this.#runtime
    const { key, site } = fact
    if (fact.kind !== 'task' && fact.kind !== 'timer' && fact.kind !== 'cron') return undefined
    const call = (...args: [ServiceContext, Tick?]): unknown => {
      const members = runtime.instance as Readonly<Record<string | symbol, (...args: unknown[]) => unknown>>
      return members[key]?.(...args)
    }
    const body: Body = (context, tick) => call(context, tick)
    const name = this.#unique(fact.options.name ?? String(key))
    const what = `${runtime.name}.${String(key)}`
    switch (fact.kind) {
      case 'task': {
        const read = readTask(fact.options, `task ${name} of ${runtime.name}`)
        const plan: TaskPlan = {
          name,
          kind: 'task',
          method: key,
          isLasting: true,
          site,
          ...read,
          body: (context) => call(context)
        }
        return (forget) => new TaskEntry(runtime, plan, forget)
      }
      case 'timer': {
        const options = fact.options as TimerOptions<object>
        const settings = () =>
          readTimer(valueFor(fact.every, runtime) as Duration, options, `@Timer of ${what}`)
        return this.#schedule({ name, kind: 'timer', method: key, site, settings, body }, options.enabled)
      }
      case 'cron': {
        const options = fact.options as CronOptions<object>
        const { timezone } = runtime.host
        const settings = () =>
          readCron(valueFor(fact.expression, runtime) as string, options, `@Cron of ${what}`, timezone)
        return this.#schedule({ name, kind: 'cron', method: key, site, settings, body }, options.enabled)
      }
    }
  }

  #schedule(plan: SchedulePlan, enabled: boolean | ((self: object) => boolean) | undefined): MakeEntry {
    return (forget) => new ScheduleEntry(this.#runtime, plan, forget, enabled)
  }

  #unique(name: string): string {
    const count = (this.#names.get(name) ?? 0) + 1
    this.#names.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  }
}

function readTask(
  { onError = 'crash', timeout }: TaskOptions,
  what: string
): Pick<TaskPlan, 'onError' | 'timeout'> {
  const limit =
    timeout === undefined ? Infinity : toMilliseconds(timeout, `timeout of ${what}`, { allowInfinity: true })
  return { onError, timeout: limit }
}

function callable<T>(work: T, what: string): T {
  if (typeof work === 'function') return work
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} takes a function, but was given ${work === null ? 'null' : typeof work}.`,
    hint: 'Give the function itself, (context) => …, not what a call of it returns.'
  })
}

function valueFor(value: unknown, runtime: ServiceRuntime): unknown {
  return typeof value === 'function' ? (value as (self: object) => unknown)(runtime.instance) : value
}
