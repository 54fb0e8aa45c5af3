import { LifecycleError } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import {
  checkOptions,
  CRON_CHECKS,
  type CronOptions,
  type MethodFact,
  type MethodFactOf,
  type Site,
  TASK_CHECKS,
  type TaskOptions,
  TIMER_CHECKS,
  type TimerOptions
} from '../metadata/index.js'
import type { FireResult, Tick } from '../schedule/index.js'
import { Roster } from '../streams/index.js'
import { Moments, toMilliseconds, type Duration } from '../time/index.js'
import { AddedCron, type AddedRule, AddedSchedule, AddedTimer } from './added-schedule.js'
import { AddedWork, type Outcome } from './added-work.js'
import type { AtStart } from './at-start.js'
import { callable } from './callable.js'
import { DeclaredSchedule } from './declared-schedule.js'
import { Names } from './names.js'
import type { Run } from './run.js'
import { disposedError } from './service-errors.js'
import { ScheduleEntry } from './schedule-entry.js'
import type { ServiceContext, TaskHandle } from './service-context.js'
import type { TaskSnapshot } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'
import { Shift } from './shift.js'
import { TaskEntry, type TaskPlan } from './task-entry.js'
import type { WorkEntry } from './work-entry.js'

type Body = (context: ServiceContext, tick: Tick) => unknown

/** Work that is part of every run. */
interface LastingWork {
  entry(forget: (entry: WorkEntry) => void): WorkEntry
}

/** The background work of one service: declared by decorators, or added at run time. */
export class WorkSet {
  readonly #runtime: ServiceRuntime
  /** Part of every run: what the class declares, and what was added before a start. */
  readonly #lasting: LastingWork[] = []
  readonly #entries = new Roster<WorkEntry>()
  readonly #names = new Names()
  /** Of what was added before a start: they may be awaited although it never comes. */
  readonly #handles = new Set<AddedWork<never>>()
  /** The run that this work is at work in. */
  #shift: Shift | undefined
  #prepared = false

  constructor(runtime: ServiceRuntime) {
    this.#runtime = runtime
    for (const fact of runtime.described.methods) {
      const work = this.#declared(fact)
      if (work !== undefined) this.#lasting.push(work)
    }
  }

  /**
   * Begins everything, in the order of definition.
   *
   * @param now the monotonic clock, where it has just been read
   */
  begin(run: Run, now?: number): void {
    this.#prepare()
    const shift = (this.#shift = new Shift(this.#runtime, run))
    const moments = new Moments(this.#runtime.host.clock, now)
    for (const entry of this.#entries.all()) {
      if (run.stopReason !== undefined) return
      entry.begin(shift, moments)
    }
  }

  /** No timer or cron begins a call any more. */
  quiesce(): void {
    for (const entry of this.#entries.all()) entry.quiesce()
  }

  /** Everything is told to end, and nothing begins. */
  abort(reason: StopReason): void {
    this.#prepared = false
    for (const entry of this.#entries.all()) entry.abort(reason)
  }

  /** Ends everything. Resolves when nothing runs any more; undefined when nothing does. May be asked again. */
  end(): Promise<unknown> | undefined {
    this.#shift = undefined
    this.#prepared = false
    const ending: Promise<void>[] = []
    for (const entry of this.#entries.all()) {
      const ended = entry.end()
      if (ended !== undefined) ending.push(ended)
    }
    return ending.length === 0 ? undefined : Promise.all(ending)
  }

  /** Whether the body of a timer or cron runs. */
  get isCalling(): boolean {
    for (const entry of this.#entries.all())
      if (entry instanceof ScheduleEntry && entry.isRunning) return true
    return false
  }

  /** What still runs, also after its time was up. */
  get open(): readonly WorkEntry[] {
    return this.#entries.all().filter((entry) => entry.isRunning)
  }

  /** Its name, when a single one of {@link open} is left; else `'tasks'`. */
  get nameOfOpen(): string {
    const [only, ...others] = this.open
    return only === undefined || others.length > 0 ? 'tasks' : only.name
  }

  /** {@link open}, in words. */
  describeOpen(): string {
    const { open } = this
    const kinds = new Set(open.map(({ snapshot: { kind } }) => (kind === 'added' ? 'task' : kind)))
    const [kind = 'task', ...others] = kinds
    const what = others.length > 0 ? 'work' : open.length === 1 ? kind : `${kind}s`
    return `${what} ${open.map(({ name }) => name).join(', ')}`
  }

  snapshots(): TaskSnapshot[] {
    this.#prepareOnce()
    return this.#entries
      .all()
      .filter((entry) => !entry.isSpent)
      .map((entry) => entry.snapshot)
  }

  #prepareOnce(): void {
    if (this.#entries.size === 0) this.#prepare()
  }

  /** The work of this method or name. */
  find(name: string): WorkEntry | undefined {
    this.#prepareOnce()
    const entries = this.#entries.all()
    return entries.find((entry) => entry.method === name) ?? entries.find((entry) => entry.name === name)
  }

  /** Its timers and crons. */
  schedules(): ScheduleEntry[] {
    this.#prepareOnce()
    return this.#entries.all().filter((entry) => entry instanceof ScheduleEntry)
  }

  /**
   * Calls work now, under its own rules: a timer or cron beside its slots, a task once more. Skipped while a call is
   * under way that does not let another one begin.
   *
   * @param beside a task is called also while it runs
   * @returns undefined when the service, or this work, is not there to be called
   */
  fire(entry: WorkEntry, { beside = false } = {}): Promise<FireResult> | undefined {
    const shift = this.#shift
    if (shift === undefined || shift.run.isDraining) return undefined
    if (entry instanceof ScheduleEntry) return entry.fire()
    if (!(entry instanceof TaskEntry)) return undefined
    if (entry.isRunning && !beside) return Promise.resolve({ status: 'skipped' })
    return this.#fireTask(entry, shift)
  }

  #fireTask(entry: TaskEntry, shift: Shift): Promise<FireResult> {
    return new Promise((resolve) => {
      const again = entry.again((outcome) =>
        resolve('error' in outcome ? { status: 'failed', error: outcome.error } : { status: 'done' })
      )
      this.#entries.add(again)
      again.begin(shift, this.#momentsFromNow())
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
    const { isLasting } = this
    const { onError, timeout } = readTask(options, what)
    return this.#add<T>(
      options.name ?? (work.name || 'task'),
      (name, wanted, settled) => (forget) =>
        new TaskEntry(
          this.#runtime,
          // spelled out, see D36
          { kind: 'added', name, wanted, isLasting, site, onError, timeout, body, settled },
          forget
        )
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
    const rule = new AddedTimer(this.#runtime, every, options)
    return this.#addSchedule(options.name ?? (work.name || 'timer'), rule, body, site)
  }

  addCron(expression: AtStart<string>, work: Body, given?: CronOptions, site?: Site): TaskHandle<void> {
    const what = `addCron() of ${this.#runtime.name}`
    const body = callable(work, what)
    const options = checkOptions(given, CRON_CHECKS, what)
    const rule = new AddedCron(this.#runtime, expression, options)
    return this.#addSchedule(options.name ?? (work.name || 'cron'), rule, body, site)
  }

  #addSchedule(wanted: string, rule: AddedRule, body: Body, site: Site | undefined): TaskHandle<void> {
    return this.#add<void>(
      wanted,
      (name, passing, settled) => (forget) =>
        new ScheduleEntry(new AddedSchedule(name, passing, rule, body, site, settled), forget)
    )
  }

  #add<T>(
    wanted: string,
    make: (
      name: string,
      wanted: string | undefined,
      settled: (outcome: Outcome) => void
    ) => LastingWork['entry']
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
    this.#prepare()
    const name = this.#names.take(wanted)
    const handle = new AddedWork<T>(name, () => {
      this.#handles.delete(handle as AddedWork<never>)
      const place = this.#lasting.indexOf(work)
      if (place < 0) return
      this.#lasting.splice(place, 1)
      this.#names.free(wanted, name)
    })
    const { isLasting } = this
    const work: LastingWork = {
      entry: (forget) => {
        const settled = (outcome: Outcome): void => handle.settle(outcome)
        const entry = make(name, isLasting ? undefined : wanted, settled)(forget)
        handle.follow(entry)
        return entry
      }
    }
    if (isLasting) {
      this.#lasting.push(work)
      this.#handles.add(handle as AddedWork<never>)
    }
    const entry = work.entry(this.#forget)
    this.#entries.add(entry)
    try {
      if (this.#shift !== undefined) entry.begin(this.#shift, this.#momentsFromNow())
    } catch (error) {
      // What it is read from at the start gives nonsense.
      this.#drop(entry)
      throw error
    }
    return handle
  }

  /** Makes the entries of the run to come, once; they are shown, and added to, before it begins. */
  #prepare(): void {
    if (this.#prepared) return
    this.#prepared = true
    for (const entry of this.#entries.all()) this.#freeName(entry)
    this.#entries.clear()
    for (const work of this.#lasting) this.#entries.add(work.entry(this.#forget))
  }

  /** One for all entries. */
  readonly #forget = (entry: WorkEntry): void => {
    if (entry.isSpent) this.#drop(entry)
  }

  #drop(entry: WorkEntry): void {
    if (this.#entries.delete(entry)) this.#freeName(entry)
  }

  #freeName({ wanted, name }: WorkEntry): void {
    if (wanted !== undefined) this.#names.free(wanted, name)
  }

  #momentsFromNow(): Moments {
    return new Moments(this.#runtime.host.clock)
  }

  #declared(fact: MethodFact): LastingWork | undefined {
    const { kind } = fact
    if (kind !== 'task' && kind !== 'timer' && kind !== 'cron') return undefined
    const runtime = this.#runtime
    const name = this.#names.take(fact.options.name ?? String(fact.key))
    return kind === 'task' ? declaredTask(name, runtime, fact) : new DeclaredSchedule(name, runtime, fact)
  }
}

function declaredTask(name: string, runtime: ServiceRuntime, fact: MethodFactOf<'task'>): LastingWork {
  const { key, options, site } = fact
  const plan: TaskPlan = {
    name,
    kind: 'task',
    method: key,
    isLasting: true,
    site,
    ...readTask(options, `task ${name} of ${runtime.name}`),
    body: (context) => {
      const members = runtime.instance as Readonly<Record<string | symbol, TaskPlan['body'] | undefined>>
      return members[key]?.(context)
    }
  }
  return { entry: (forget) => new TaskEntry(runtime, plan, forget) }
}

function readTask(
  { onError = 'crash', timeout }: TaskOptions,
  what: string
): Pick<TaskPlan, 'onError' | 'timeout'> {
  const limit =
    timeout === undefined ? Infinity : toMilliseconds(timeout, `timeout of ${what}`, { allowInfinity: true })
  return { onError, timeout: limit }
}
