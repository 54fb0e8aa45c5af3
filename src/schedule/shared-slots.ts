import { cronSlots } from './cron-slots.js'
import type { Calendar } from './croner.js'

/** Expressions that are remembered; a program names few, but may make any number. */
const MOST_KEPT = 1000

const known = new Map<string, Calendar>()

/**
 * The slots of an expression and a zone that have been checked, computed once for all who ask for the same: 10,000
 * crons of each second take a second of computing for each second without it, and next to nothing with it.
 */
export function sharedSlots(expression: string, zone: string): Calendar {
  const key = `${expression} ${zone}`
  let calendar = known.get(key)
  if (calendar === undefined) {
    if (known.size >= MOST_KEPT) known.clear()
    known.set(key, (calendar = new LastAnswer(cronSlots(expression, zone))))
  }
  return calendar
}

/** Remembers the last gap between two slots, which all who wait together ask about. */
class LastAnswer implements Calendar {
  readonly #calendar: Calendar
  #from = Infinity
  #to = -Infinity

  constructor(calendar: Calendar) {
    this.#calendar = calendar
  }

  next(after: number): number {
    if (after < this.#from || after >= this.#to) {
      this.#to = this.#calendar.next(after)
      this.#from = after
    }
    return this.#to
  }

  previous(before: number): number {
    return this.#calendar.previous(before)
  }
}
