import type { MethodFactOf, Site } from '../metadata/index.js'
import {
  CronPast,
  type CronSettings,
  knownCron,
  knownTimer,
  readCron,
  readTimer,
  type Tick,
  type TimerSettings
} from '../schedule/index.js'
import type { Moments } from '../time/index.js'
import { enabledAtStart, valueAtStart } from './at-start.js'
import { ScheduleEntry, type SchedulePlan } from './schedule-entry.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'
import type { WorkEntry } from './work-entry.js'

type ScheduledMethod = ((context: ServiceContext, tick: Tick) => unknown) | undefined

/** A timer or cron that a class declares. All that it says is read from there: a class may declare thousands. */
export class DeclaredSchedule implements SchedulePlan {
  readonly name: string
  readonly #runtime: ServiceRuntime
  readonly #fact: MethodFactOf<'timer'> | MethodFactOf<'cron'>
  #past: CronPast | undefined

  constructor(name: string, runtime: ServiceRuntime, fact: MethodFactOf<'timer'> | MethodFactOf<'cron'>) {
    this.name = name
    this.#runtime = runtime
    this.#fact = fact
  }

  get kind(): 'timer' | 'cron' {
    return this.#fact.kind
  }

  get method(): string | symbol {
    return this.#fact.key
  }

  get site(): Site | undefined {
    return this.#fact.site
  }

  get past(): CronPast {
    return (this.#past ??= new CronPast())
  }

  entry(forget: (entry: WorkEntry) => void): ScheduleEntry {
    return new ScheduleEntry(this, forget)
  }

  isEnabled(moments: Moments): boolean {
    const { enabled = true } = this.#fact.options
    return enabled === true || enabledAtStart(enabled, this.#runtime, moments, this.#what)
  }

  settings(moments: Moments): TimerSettings | CronSettings {
    const runtime = this.#runtime
    const fact = this.#fact
    if (fact.kind === 'timer') {
      const every = valueAtStart(fact.every, runtime, moments)
      return knownTimer(every, fact.options) ?? readTimer(every, fact.options, this.#what)
    }
    const expression = valueAtStart(fact.expression, runtime, moments)
    const { timezone } = runtime.host
    return (
      knownCron(expression, fact.options, timezone) ??
      readCron(expression, fact.options, this.#what, timezone)
    )
  }

  /** Names it in errors. */
  get #what(): string {
    const { kind, key } = this.#fact
    return `@${kind === 'timer' ? 'Timer' : 'Cron'} of ${this.#runtime.name}.${String(key)}`
  }

  body(context: ServiceContext, tick: Tick): unknown {
    const { instance, described } = this.#runtime
    // looked up for each call, since a test may have put a spy there
    const method = memberOf(instance, this.#fact.key, described.methods.length) as ScheduledMethod
    return method?.call(instance, context, tick)
  }
}

/** More names than this, and the engine has no room for all of them in its cache. */
const MANY = 1000

/** A member: where there are 10,000 of them, `instance[key]` takes 900 ns and this 200; of few, 15 ns and 150. */
function memberOf(instance: object, key: string | symbol, among: number): unknown {
  return among > MANY ? Reflect.get(instance, key) : (instance as Record<string | symbol, unknown>)[key]
}
