import {
  addMethodFact,
  captureSite,
  checkOptions,
  CRON_CHECKS,
  type CronOptions,
  TIMER_CHECKS,
  type TimerOptions
} from '../metadata/index.js'
import { readCron, readTimer, type Tick } from '../schedule/index.js'
import type { ServiceContext } from '../service/index.js'
import type { Duration } from '../time/index.js'
import { type DualMethodDecorator, workDecorator, refuseBare } from './dialect.js'

/** A method that is called with the context of its service and with what is to be known of the call. */
export type ScheduledMethod = (context: ServiceContext, tick: Tick) => unknown

/**
 * Calls a method periodically while its service runs, at start + n × `every`. A method may have several. Once the
 * application drains, or the service stops, no call begins. One that throws is logged, and the next one comes.
 *
 * @param every a duration, longer than 0, or a function of the instance that gives one at each start
 * @throws ConfigurationError `KEEL_INVALID_DURATION` or `KEEL_INVALID_OPTION`, when the class is defined
 *
 * @example
 * ```ts
 * @Timer('1m') async poll({ log }: ServiceContext, tick: Tick) { … }
 * @Timer((self: Feed) => self.config.interval, { overlap: 'queue' }) async pull() { … }
 * ```
 */
// oxlint-disable-next-line typescript/no-explicit-any -- only then may a function leave out the type of its parameter
export function Timer<Self = any>(
  every: Duration | ((self: Self) => Duration),
  options?: TimerOptions<Self>
): DualMethodDecorator<ScheduledMethod, NoInfer<Self>> {
  refuseBare('Timer', every, options)
  const site = captureSite(Timer)
  return workDecorator('Timer', site, ({ facts, key, what }) => {
    const checked = checkOptions(options, TIMER_CHECKS, what)
    readTimer(typeof every === 'function' ? 1 : every, checked, what)
    addMethodFact(facts, { kind: 'timer', key, every, options: checked, site })
  })
}

/**
 * Calls a method on a calendar schedule while its service runs. A method may have several. As with timers, no call begins
 * once the application drains or the service stops, and one that throws is logged.
 *
 * A time that the clocks skip in spring is due right after the gap; a fixed time that comes twice in autumn is due once. A
 * clock that is set back repeats no slot.
 *
 * @param expression five fields, or six with seconds first; or a function of the instance that gives them at each
 * start. Names of months and days, `L`, `15W`, `MON#2`, and `@daily` and its kin are read as well. Where the day of the month
 * and that of the week both say something, either is enough; with `+FRI` both are needed
 * @throws ConfigurationError `KEEL_INVALID_CRON`, `KEEL_INVALID_DURATION` or `KEEL_INVALID_OPTION`, when the class
 * is defined
 *
 * @example
 * ```ts
 * @Cron('0 3 * * *', { timezone: 'Europe/Berlin' }) async nightly({ log }: ServiceContext) { … }
 * ```
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export function Cron<Self = any>(
  expression: string | ((self: Self) => string),
  options?: CronOptions<Self>
): DualMethodDecorator<ScheduledMethod, NoInfer<Self>> {
  refuseBare('Cron', expression, options)
  const site = captureSite(Cron)
  return workDecorator('Cron', site, ({ facts, key, what }) => {
    const checked = checkOptions(options, CRON_CHECKS, what)
    readCron(typeof expression === 'function' ? '* * * * *' : expression, checked, what)
    addMethodFact(facts, { kind: 'cron', key, expression, options: checked, site })
  })
}
