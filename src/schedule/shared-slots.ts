import { cronSlots } from './cron-slots.js'
import type { Calendar } from './croner.js'

/** Expressions that are remembered; a program names few, but may make any number. */
const MOST_KEPT = 1000

/** By expression, then by zone: a text put together for each who asks would take longer than the rest. */
const known = new Map<string, Map<string, Calendar>>()

/**
 * The slots of an expression and a zone that have been checked, computed once for all who ask for the same: 10,000
 * crons of each second take a second of computing for each second without it, and next to nothing with it.
 */
export function sharedSlots(expression: string, zone: string): Calendar {
  let zones = known.get(expression)
  if (zones === undefined) {
    if (known.size >= MOST_KEPT) known.clear()
    known.set(expression, (zones = new Map<string, Calendar>()))
  }
  let calendar = zones.get(zone)
  if (calendar === undefined) zones.set(zone, (calendar = new Remembering(cronSlots(expression, zone))))
  return calendar
}

/** Answers that are remembered: those who are behind ask about slots one after the other, each on its own. */
const MOST_ANSWERS = 64

/** Remembers the gap between slots that was asked about last, and what follows the slots of late. */
class Remembering implements Calendar {
  readonly #calendar: Calendar
  #from = Infinity
  #to = -Infinity
  readonly #following = new Map<number, number>()

  constructor(calendar: Calendar) {
    this.#calendar = calendar
  }

  next(after: number): number {
    if (after >= this.#from && after < this.#to) return this.#to
    let next = this.#following.get(after)
    if (next === undefined) {
      next = this.#calendar.next(after)
      if (this.#following.size >= MOST_ANSWERS) this.#following.clear()
      this.#following.set(after, next)
    }
    this.#from = after
    this.#to = next
    return next
  }

  previous(before: number): number {
    return this.#calendar.previous(before)
  }
}
