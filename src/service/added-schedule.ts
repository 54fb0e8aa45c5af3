import type { CronOptions, Site, TimerOptions } from '../metadata/index.js'
import {
  CronPast,
  type CronSettings,
  readCron,
  readTimer,
  type Tick,
  type TimerSettings
} from '../schedule/index.js'
import type { Duration, Moments } from '../time/index.js'
import type { Outcome } from './added-work.js'
import { type AtStart, enabledAtStart, valueAtStart } from './at-start.js'
import type { SchedulePlan } from './schedule-entry.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'

/** When something that is added is due. */
export abstract class AddedRule {
  protected readonly runtime: ServiceRuntime
  #past: CronPast | undefined

  constructor(runtime: ServiceRuntime) {
    this.runtime = runtime
  }

  protected abstract readonly options: TimerOptions | CronOptions
  /** Names it in errors. */
  protected abstract readonly what: string
  abstract settings(moments: Moments): TimerSettings | CronSettings

  /** Here, since each run makes its own {@link AddedSchedule}. */
  get past(): CronPast {
    return (this.#past ??= new CronPast())
  }

  isEnabled(moments: Moments): boolean {
    const { enabled = true } = this.options
    return enabledAtStart(enabled, this.runtime, moments, this.what)
  }
}

/** Every so often. */
export class AddedTimer extends AddedRule {
  protected readonly options: TimerOptions
  readonly #every: AtStart<Duration>

  /** @throws ConfigurationError for what makes no sense, as far as that can be said now */
  constructor(runtime: ServiceRuntime, every: AtStart<Duration>, options: TimerOptions) {
    super(runtime)
    this.#every = every
    this.options = options
    this.#read(typeof every === 'function' ? 1 : every)
  }

  protected get what(): string {
    return `addTimer() of ${this.runtime.name}`
  }

  settings(moments: Moments): TimerSettings {
    return this.#read(valueAtStart<Duration>(this.#every, this.runtime, moments))
  }

  #read(every: Duration): TimerSettings {
    return readTimer(every, this.options, this.what)
  }
}

/** When a clock on the wall shows a certain time. */
export class AddedCron extends AddedRule {
  protected readonly options: CronOptions
  readonly #expression: AtStart<string>

  /** @throws ConfigurationError for what makes no sense, as far as that can be said now */
  constructor(runtime: ServiceRuntime, expression: AtStart<string>, options: CronOptions) {
    super(runtime)
    this.#expression = expression
    this.options = options
    this.#read(typeof expression === 'function' ? '* * * * *' : expression)
  }

  protected get what(): string {
    return `addCron() of ${this.runtime.name}`
  }

  settings(moments: Moments): CronSettings {
    return this.#read(valueAtStart<string>(this.#expression, this.runtime, moments))
  }

  #read(expression: string): CronSettings {
    return readCron(expression, this.options, this.what, this.runtime.host.timezone)
  }
}

/** A timer or cron that is added at run time. */
export class AddedSchedule implements SchedulePlan {
  readonly name: string
  readonly wanted: string | undefined
  readonly body: SchedulePlan['body']
  readonly site: Site | undefined
  readonly settled: (outcome: Outcome) => void
  readonly #rule: AddedRule

  constructor(
    name: string,
    wanted: string | undefined,
    rule: AddedRule,
    body: (context: ServiceContext, tick: Tick) => unknown,
    site: Site | undefined,
    settled: (outcome: Outcome) => void
  ) {
    this.name = name
    this.wanted = wanted
    this.#rule = rule
    this.body = body
    this.site = site
    this.settled = settled
  }

  get kind(): 'added' {
    return 'added'
  }

  get past(): CronPast {
    return this.#rule.past
  }

  isEnabled(moments: Moments): boolean {
    return this.#rule.isEnabled(moments)
  }

  settings(moments: Moments): TimerSettings | CronSettings {
    return this.#rule.settings(moments)
  }
}
