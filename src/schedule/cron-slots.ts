import { calendarOf, localTime, type Calendar } from './croner.js'

/**
 * The slots of an expression and a zone that have been checked.
 *
 * - A time that a spring-forward gap swallows comes right after the gap, when the expression names its hours, be it as
 *   each second one. One of every hour follows real time and loses nothing anyway.
 * - A time that a fall-back hour repeats comes once, when neither second, minute nor hour has a wildcard or a
 *   step; otherwise the expression follows real time and comes in both hours.
 */
export function cronSlots(expression: string, zone: string): Calendar {
  const calendar = calendarOf(expression, zone)
  // a nickname has no such field, and means whole days but for one
  const hour = expression.split(' ').at(-4) ?? ''
  const namesHours = expression !== '@hourly' && !EVERY_HOUR.test(hour)
  return namesHours && zone !== 'UTC'
    ? new GapCalendar(calendar, calendarOf(expression, 'UTC'), zone)
    : calendar
}

/** Among other hours, too. A step of one is none. */
const EVERY_HOUR = /[*?](?!\/0*(?:[2-9]|1\d))/

const SECOND = 1000
const DAY = 86_400_000

/** Farther than any zone is from UTC. */
const FARTHEST = 15 * 3_600_000

/**
 * Looks after what croner leaves out, for whole days: steps and wildcards within an hour that a gap swallows, and
 * whatever is in a gap that ends with the day, as Greenland's does.
 */
class GapCalendar implements Calendar {
  readonly #calendar: Calendar
  readonly #onTheWall: Calendar
  readonly #zone: string

  constructor(calendar: Calendar, onTheWall: Calendar, zone: string) {
    this.#calendar = calendar
    this.#onTheWall = onTheWall
    this.#zone = zone
  }

  next(after: number): number {
    const next = this.#calendar.next(after)
    if (next === Infinity) return next
    const shownAfter = localTime(after, this.#zone)
    const shownNext = localTime(next, this.#zone)
    // clocks change no more than once a day
    if (next - after < DAY && shownNext - next === shownAfter - Math.floor(after / SECOND) * SECOND)
      return next
    const shown = this.#onTheWall.next(shownAfter)
    if (shownNext === shown) return next
    return Math.min(next, this.#endOfGap(shown) ?? Infinity)
  }

  /** Where the gap ends that swallows what a wall would show; undefined when there is a time at which it shows that. */
  #endOfGap(shown: number): number | undefined {
    let before = shown - FARTHEST
    let after = shown + FARTHEST
    while (after - before > SECOND) {
      const middle = Math.floor((before + after) / 2 / SECOND) * SECOND
      if (localTime(middle, this.#zone) <= shown) before = middle
      else after = middle
    }
    return localTime(before, this.#zone) === shown ? undefined : after
  }

  previous(before: number): number {
    return this.#calendar.previous(before)
  }
}
