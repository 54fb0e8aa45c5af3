import { calendarOf, localTime, type Calendar } from './croner.js'

/**
 * The slots of an expression and a zone that have been checked.
 *
 * - A time that a spring-forward gap swallows comes right after the gap, when the expression names its hours.
 *   One whose hour is `*` or a step of it follows real time and loses nothing anyway.
 * - A time that a fall-back hour repeats comes once, when neither second, minute nor hour has a wildcard or a
 *   step; otherwise the expression follows real time and comes in both hours.
 */
export function cronSlots(expression: string, zone: string): Calendar {
  const calendar = calendarOf(expression, zone)
  const fields = expression.split(' ')
  const [second = '', minute = '', hour = ''] = fields.length === 6 ? fields : ['0', ...fields]
  const namesHours = !/[*?]/.test(hour)
  const isFixed = !/[*?/]/.test(second + minute + hour)
  // croner itself looks after the rest; it leaves out such as `*/10 2 * * *`, for whole days
  return namesHours && !isFixed ? new GapCalendar(calendar, calendarOf(expression, 'UTC'), zone) : calendar
}

const DAY = 86_400_000

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
    if (next - after < DAY && shownNext - next === shownAfter - Math.floor(after / 1000) * 1000) return next
    const shown = this.#onTheWall.next(shownAfter)
    if (shownNext === shown) return next
    // the wall shows that time later than `next`, or never: then it is in a gap, and `once` is where the gap ends
    const date = new Date(shown)
    const time = `${date.getUTCSeconds()} ${date.getUTCMinutes()} ${date.getUTCHours()}`
    const once = calendarOf(`${time} ${date.getUTCDate()} ${date.getUTCMonth() + 1} *`, this.#zone).next(
      after
    )
    return Math.min(next, once)
  }

  previous(before: number): number {
    return this.#calendar.previous(before)
  }
}
