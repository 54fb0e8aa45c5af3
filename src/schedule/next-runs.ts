import { checkCron, checkZone } from './cron-expression.js'
import { cronSlots } from './cron-slots.js'
import type { CronSettings, TimerSettings } from './settings.js'

/**
 * The next slots of a cron expression, for looking at an expression before it is used.
 *
 * @param expression five fields, or six with seconds first
 * @param zone IANA name of a time zone
 * @param from the slots are later than this
 * @param count how many at most; there are fewer at the end of croner's calendar, with the year 2999
 * @throws ConfigurationError `KEEL_INVALID_CRON`
 *
 * @example
 * ```ts
 * nextRuns('30 2 * * *', 'America/New_York', new Date('2026-03-08T00:00Z'), 1)   // 07:00Z: 03:00, after the gap
 * ```
 */
export function nextRuns(expression: string, zone: string, from: Date, count: number): Date[] {
  const slots = cronSlots(checkCron(expression, 'the expression'), checkZone(zone, 'the expression'))
  const runs: Date[] = []
  let slot = slots.next(from.getTime())
  while (runs.length < count && slot !== Infinity) {
    runs.push(new Date(slot))
    slot = slots.next(slot)
  }
  return runs
}

/**
 * When a timer or cron is due from now on, in milliseconds since the epoch: at most `count` slots. Of a timer that
 * counts from the end of a run only the next one is known; the jitter of later slots is not.
 *
 * @param nextDueAt the slot that it waits for, if it waits for one
 */
export function upcomingRuns(
  settings: TimerSettings | CronSettings,
  nextDueAt: number | undefined,
  now: number,
  count: number
): number[] {
  if (settings.kind === 'cron') {
    return nextRuns(settings.expression, settings.timezone, new Date(now), count).map((date) =>
      date.getTime()
    )
  }
  if (nextDueAt === undefined) return []
  if (settings.mode === 'delay') return [nextDueAt]
  return Array.from({ length: count }, (_, index) => Math.round(nextDueAt + index * settings.every))
}
