import { checkCron, checkZone } from './cron-expression.js'
import { cronSlots } from './cron-slots.js'

/**
 * The next slots of a cron expression, for looking at an expression before it is used.
 *
 * @param expression five fields, or six with seconds first
 * @param zone IANA name of a time zone
 * @param from the slots are later than this
 * @param count how many at most; there are fewer at the end of the calendar, in the year 9999
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
