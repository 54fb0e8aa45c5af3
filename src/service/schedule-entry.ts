import type { StopReason } from '../lifecycle/index.js'
import type { Site } from '../metadata/index.js'
import {
  type CronPast,
  nextRuns,
  ScheduledWork,
  type CronSettings,
  type FireResult,
  type Tick,
  type TimerSettings
} from '../schedule/index.js'
import { abortError } from '../waits/index.js'
import type { Moments } from '../time/index.js'
import type { ServiceContext } from './service-context.js'
import type { TaskSnapshot } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'
import type { Shift } from './shift.js'
import type { WorkEntry } from './work-entry.js'

/** What a timer or cron is, whichever run it belongs to. */
export interface SchedulePlan {
  readonly name: string
  /** The name that was asked for, where the work lasts as long as its run. */
  readonly wanted?: string | undefined
  readonly kind: 'timer' | 'cron' | 'added'
  /** The method, of a declared one. */
  readonly method?: string | symbol
  /** Where it was declared or added. */
  readonly site?: Site | undefined
  /** Of a cron: what its runs have dealt with. */
  readonly past: CronPast
  /** Whether it is on, and when it is due: read at each start, since both may depend on the instance. */
  isEnabled(moments: Moments): boolean
  settings(moments: Moments): TimerSettings | CronSettings
  body(context: ServiceContext, tick: Tick): unknown
  /** Told when it has ended. */
  readonly settled?: (outcome: { readonly value: undefined } | { readonly error: unknown }) => void
}

/** A timer or cron in one run of its service. */
export class ScheduleEntry implements WorkEntry {
  readonly plan: SchedulePlan
  readonly #forget: (entry: WorkEntry) => void
  #work: ScheduledWork<ScheduleEntry> | undefined
  #over = false
  #isQuiet = false

  constructor(plan: SchedulePlan, forget: (entry: WorkEntry) => void) {
    this.plan = plan
    this.#forget = forget
  }

  get name(): string {
    return this.plan.name
  }

  get mark(): object {
    return this
  }

  get wanted(): string | undefined {
    return this.plan.wanted
  }

  get method(): string | symbol | undefined {
    return this.plan.method
  }

  get isRunning(): boolean {
    return this.#work !== undefined && this.#work.running > 0
  }

  get isSpent(): boolean {
    return this.#over && this.plan.kind === 'added' && !this.isRunning
  }

  get snapshot(): TaskSnapshot {
    const { name, kind, site } = this.plan
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

  begin({ run, port }: Shift, moments: Moments): void {
    const { plan } = this
    if (!plan.isEnabled(moments) || run.isDraining || this.#over) return
    const settings = plan.settings(moments)
    const past = settings.kind === 'cron' ? plan.past : undefined
    const work = new ScheduledWork<ScheduleEntry>(plan.name, settings, this, port, past)
    this.#work = work
    work.start(moments)
    if (settings.kind === 'cron') tellNextRuns(port.runtime, plan.name, settings)
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
    if (this.isRunning) this.#work?.abort(abortError(reason))
  }

  end(): Promise<void> | undefined {
    const finish = (): void => this.finish({ value: undefined })
    if (this.isRunning) return this.#work?.end().then(finish)
    this.quiesce()
    finish()
    return undefined
  }

  /** The first outcome counts. */
  finish(outcome: { readonly value: undefined } | { readonly error: unknown }): void {
    if (this.#over) return
    this.#over = true
    this.plan.settled?.(outcome)
    this.#forget(this)
  }
}

/** Whoever misread the expression, or the zone, sees it at the start and not in the night. */
function tellNextRuns(
  { log, host }: ServiceRuntime,
  name: string,
  { expression, timezone }: CronSettings
): void {
  if (!log.isLevelEnabled('debug')) return
  const next = nextRuns(expression, timezone, new Date(host.clock.now()), 3)
  const times = next.map((run) => run.toISOString().replace('.000Z', 'Z')).join(', ')
  log.debug('%s is next due %s (%s in %s)', name, times, expression, timezone)
}
