import { isExit, LifecycleError } from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { Site } from '../metadata/index.js'
import { formatDuration, NO_TIME, type Moments, type TimerHandle, setLimit } from '../time/index.js'
import { abortError, isAbortError } from '../waits/index.js'
import { ScopedContext } from './bound-context.js'
import { CallStretch } from './call-stretch.js'
import { runAlone } from './call.js'
import { promiseOf } from './promise-of.js'
import type { Run } from './run.js'
import type { ServiceContext } from './service-context.js'
import type { Shift } from './shift.js'
import type { TaskSnapshot } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'
import type { WorkEntry } from './work-entry.js'

/** What a task is, whichever run it belongs to. */
export interface TaskPlan {
  readonly name: string
  /** The name that was asked for, where the work lasts as long as its run. */
  readonly wanted?: string | undefined
  readonly kind: 'task' | 'added'
  /** The method, of declared work. */
  readonly method?: string | symbol
  /** Where it was declared or added. */
  readonly site?: Site | undefined
  /** Begun again in the next run, so that the end of a run it had no part in is not its end. */
  readonly isLasting: boolean
  readonly onError: 'crash' | 'log'
  /** In milliseconds; `Infinity`: none. */
  readonly timeout: number
  readonly body: (context: ServiceContext) => unknown
  /** Told how it ended; never for one that did not. */
  readonly settled?: (outcome: { readonly value: unknown } | { readonly error: unknown }) => void
}

/** A background task in one run: one call. */
export class TaskEntry implements WorkEntry {
  readonly #runtime: ServiceRuntime
  readonly #plan: TaskPlan
  readonly #forget: (entry: WorkEntry) => void
  #state: TaskSnapshot['state'] = 'waiting'
  #stretch: CallStretch | undefined
  #run: Run | undefined
  #startedAt: number | undefined
  #begunAt = NO_TIME
  #durationMs: number | undefined
  #failure: { readonly error: unknown } | undefined
  #limit: TimerHandle
  #overdue = false
  #isRunning = false
  #ended: Promise<void> | undefined
  #tellEnded: (() => void) | undefined
  /** An object of its own: a promise that waits for the end of the run would keep all that is here. */
  readonly mark = {}

  constructor(runtime: ServiceRuntime, plan: TaskPlan, forget: (entry: WorkEntry) => void) {
    this.#runtime = runtime
    this.#plan = plan
    this.#forget = forget
  }

  get name(): string {
    return this.#plan.name
  }

  get wanted(): string | undefined {
    return this.#plan.wanted
  }

  get method(): string | symbol | undefined {
    return this.#plan.method
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  get isSpent(): boolean {
    return this.#plan.kind === 'added' && !this.#isRunning && this.#state !== 'waiting'
  }

  get snapshot(): TaskSnapshot {
    const { name, kind, site } = this.#plan
    const location = site?.location
    return {
      name,
      kind,
      state: this.#state,
      startedAt: this.#startedAt,
      runs: this.#startedAt === undefined ? 0 : 1,
      missed: 0,
      errors: this.#state === 'failed' ? 1 : 0,
      ...(this.#durationMs === undefined ? {} : { lastDurationMs: this.#durationMs }),
      ...(this.#failure === undefined ? {} : { lastError: this.#failure.error }),
      ...(location === undefined ? {} : { location })
    }
  }

  /** The same once more, as added work. */
  again(settled: NonNullable<TaskPlan['settled']>): TaskEntry {
    const { method: _, wanted: __, ...plan } = this.#plan
    return new TaskEntry(this.#runtime, { ...plan, kind: 'added', isLasting: false, settled }, this.#forget)
  }

  begin({ run }: Shift, moments: Moments): void {
    if (this.#state !== 'waiting') return
    const { wall, monotonic } = moments.current
    moments.pass()
    const { host } = this.#runtime
    this.#run = run
    this.#stretch = new CallStretch(run)
    this.#state = 'running'
    this.#isRunning = true
    this.#startedAt = wall
    this.#begunAt = monotonic
    host.tasksChanged(1)
    if (host.listens)
      this.#publish({
        type: 'task.started',
        at: host.clock.now(),
        service: this.#runtime.name,
        task: this.name
      })
    const context = new ScopedContext(this.#runtime, run, this.#stretch)
    let result: unknown
    try {
      result = runAlone(this.#runtime, this.mark, () => this.#plan.body(context))
    } catch (error) {
      this.#settle({ error })
      return
    }
    const promise = promiseOf(result)
    if (promise === undefined) {
      this.#settle({ value: result })
      return
    }
    const { timeout } = this.#plan
    if (timeout !== Infinity) this.#limit = setLimit(host.clock, () => this.#timedOut(), timeout)
    promise.then(
      (value) => this.#settle({ value }),
      (error: unknown) => this.#settle({ error })
    )
  }

  quiesce(): void {}

  abort(reason: StopReason): void {
    this.#stretch?.abort(reason)
    if (this.#state !== 'waiting') return
    this.#state = 'done'
    if (!this.#plan.isLasting) this.#plan.settled?.({ error: abortError(reason) })
    this.#forget(this)
  }

  end(): Promise<void> | undefined {
    if (!this.#isRunning) return undefined
    return (this.#ended ??= new Promise((resolve) => (this.#tellEnded = resolve)))
  }

  #timedOut(): void {
    const error = new LifecycleError('KEEL_TASK_TIMEOUT', {
      message: `task ${this.name} of ${this.#runtime.name} took longer than ${formatDuration(this.#plan.timeout)}`,
      service: this.#runtime.name
    })
    this.#overdue = true
    this.#stretch?.abort({ kind: 'stop', detail: error })
    this.#fail(error)
  }

  #settle(outcome: { readonly value: unknown } | { readonly error: unknown }): void {
    const { host, name: service } = this.#runtime
    host.clock.clearTimeout(this.#limit)
    this.#isRunning = false
    const now = host.clock.monotonic()
    this.#durationMs = now - this.#begunAt
    const endedByRequest = this.#stretch?.stopReason !== undefined
    this.#stretch?.end()
    if (this.#overdue) {
      if ('error' in outcome && !isAbortError(outcome.error))
        this.#log(outcome.error, 'failed after its time was up')
    } else {
      if ('error' in outcome && !(endedByRequest && isAbortError(outcome.error)))
        this.#fail(outcome.error, now)
      else {
        this.#state = 'done'
        const durationMs = this.#durationMs
        if (host.listens)
          this.#publish({ type: 'task.finished', at: host.clock.now(), service, task: this.name, durationMs })
        this.#plan.settled?.(outcome)
      }
    }
    this.#forget(this)
    host.tasksChanged(-1)
    this.#tellEnded?.()
  }

  #fail(error: unknown, now = this.#runtime.host.clock.monotonic()): void {
    const runtime = this.#runtime
    // One whose time is up goes on.
    const durationMs = this.#durationMs ?? now - this.#begunAt
    this.#state = 'failed'
    this.#failure = { error }
    if (runtime.host.listens) {
      const at = runtime.host.clock.now()
      this.#publish({ type: 'task.failed', at, service: runtime.name, task: this.name, durationMs, error })
    }
    this.#plan.settled?.({ error })
    // One that a stop had given up on tells nothing about the service as it is now.
    const isCurrent = runtime.currentRun === this.#run && !runtime.isAtRest
    // An ExitError asks for the end of the program, which a line in the log is no answer to.
    const crashes = this.#plan.onError === 'crash' || isExit(error)
    if (crashes && isCurrent) runtime.crash(error, this.name, now)
    // Where somebody listens, the event has its line in the log.
    else if (!runtime.host.listens) this.#log(error, 'failed')
  }

  #log(error: unknown, what: string): void {
    this.#runtime.log.error({ err: error }, 'task %s %s', this.name, what)
  }

  #publish(event: LifecycleEvent): void {
    this.#runtime.host.publish(event, this.#runtime)
  }
}
