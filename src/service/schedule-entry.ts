import type { StopReason } from '../lifecycle/index.js'
import type { Site } from '../metadata/index.js'
import {
  nextRuns,
  ScheduledWork,
  type CronSettings,
  type FireResult,
  type Tick,
  type TimerSettings
} from '../schedule/index.js'
import { abortError } from '../waits/index.js'
import { EntryPort } from './entry-port.js'
import type { Run } from './run.js'
import type { ServiceContext } from './service-context.js'
import type { TaskSnapshot } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'
import type { WorkEntry } from './work-entry.js'

/** What a timer or cron is, whichever run it belongs to. */
export interface SchedulePlan {
  readonly name: string
  readonly kind: 'timer' | 'cron' | 'added'
  /** The method, of a declared one. */
  readonly method?: string | symbol
  /** Where it was declared or added. */
  readonly site?: Site | undefined
  /** Read at each start, since it may depend on the instance. */
  readonly settings: () => TimerSettings | CronSettings
  readonly body: (context: ServiceContext, tick: Tick) => unknown
  /** Told when it has ended. */
  readonly settled?: (outcome: { readonly value: undefined } | { readonly error: unknown }) => void
}

/** A timer or cron in one run of its service. */
export class ScheduleEntry implements WorkEntry {
  readonly #runtime: ServiceRuntime
  readonly #plan: SchedulePlan
  readonly #forget: (entry: WorkEntry) => void
  #work: ScheduledWork | undefined
  readonly #enabled: boolean | ((self: object) => boolean)
  #over = false
  #isQuiet = false

  constructor(
    runtime: ServiceRuntime,
    plan: SchedulePlan,
    forget: (entry: WorkEntry) => void,
    enabled: boolean | ((self: object) => boolean) = true
  ) {
    this.#runtime = runtime
    this.#plan = plan
    this.#forget = forget
    this.#enabled = enabled
  }

  get name(): string {
    return this.#plan.name
  }

  get method(): string | symbol | undefined {
    return this.#plan.method
  }

  get isRunning(): boolean {
    return this.#work !== undefined && this.#work.running > 0
  }

  get isSpent(): boolean {
    return this.#over && this.#plan.kind === 'added' && !this.isRunning
  }

  get snapshot(): TaskSnapshot {
    const { name, kind, site } = this.#plan
    const location = site?.location
    const counts = this.#work?.snapshot() ?? {
      state: 'waiting',
      startedAt: undefined,
      runs: 0,
      missed: 0,
      errors: 0
    }
    return { name, kind, ...counts, ...(location === undefined ? {} : { location }) }
  }

  /** Of the run under way; undefined before it, and while it is disabled. */
  get settings(): TimerSettings | CronSettings | undefined {
    return this.#work?.settings
  }

  begin(run: Run): void {
    const { name, body } = this.#plan
    const enabled =
      typeof this.#enabled === 'function' ? this.#enabled(this.#runtime.instance) : this.#enabled
    if (!enabled || run.isDraining || this.#over) return
    const port = new EntryPort(this.#runtime, run, body, this)
    const settings = this.#plan.settings()
    const work = new ScheduledWork(name, settings, (tick) => port.call(tick), port)
    this.#work = work
    work.start()
    if (settings.kind === 'cron') this.#tellNextRuns(settings)
  }

  /** Whoever misread the expression, or the zone, sees it at the start and not in the night. */
  #tellNextRuns({ expression, timezone }: CronSettings): void {
    const { log, host } = this.#runtime
    if (!log.isLevelEnabled('debug')) return
    const next = nextRuns(expression, timezone, new Date(host.clock.now()), 3)
    const times = next.map((run) => run.toISOString().replace('.000Z', 'Z')).join(', ')
    log.debug('%s is next due %s (%s in %s)', this.name, times, expression, timezone)
  }

  /** Calls the body now, beside its slots; undefined when it is not at work, or disabled. */
  fire(): Promise<FireResult> | undefined {
    return this.#isQuiet ? undefined : this.#work?.fire()
  }

  quiesce(): void {
    this.#isQuiet = true
    this.#work?.quiesce()
  }

  abort(reason: StopReason): void {
    this.quiesce()
    this.#work?.abort(abortError(reason))
  }

  async end(): Promise<void> {
    await this.#work?.end()
    this.finish({ value: undefined })
  }

  /** The first outcome counts. */
  finish(outcome: { readonly value: undefined } | { readonly error: unknown }): void {
    if (this.#over) return
    this.#over = true
    this.#plan.settled?.(outcome)
    this.#forget(this)
  }
}
