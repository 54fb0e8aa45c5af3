import type { Calendar } from './croner.js'
import { sharedSlots } from './shared-slots.js'
import type { Moment } from '../time/index.js'
import type { Due, Plan } from './plan.js'

/** Where the slots of a cron lie. */
export interface CronRule {
  /** Checked by {@link checkCron}. */
  readonly expression: string
  /** Checked by {@link checkZone}. */
  readonly timezone: string
  /** What happens when slots were missed: one run for all of them, or none. */
  readonly misfire: 'once' | 'skip'
  /** Each run is put off by a random time below this, and never past the next slot. Milliseconds. */
  readonly jitter: number
}

/** A slot seen later than this is missed, however far away the next one is. */
const TOLERANCE = 60_000

/** Slots of one gap that are counted one by one; a gap of years must not take hours. */
const MOST_COUNTED = 1000

/** A gap this long may come from a clock set forward by mistake, which will be set back. */
const LEAP = 3_600_000

/** Stretches of the past that are remembered, for clocks that are set back. */
const MOST_REMEMBERED = 8

/** Slots between the two, both exclusive, have been dealt with. */
interface Stretch {
  readonly from: number
  readonly to: number
}

/** Plans a cron; see {@link CronRule}. `random` gives numbers in [0, 1), as `Math.random` does. */
export function planCron(rule: CronRule, random: () => number = Math.random): Plan {
  return new CronPlan(rule, random)
}

class CronPlan implements Plan {
  readonly follows = 'wall'
  readonly lane: string | undefined
  dueAt = Infinity
  readonly #rule: CronRule
  readonly #random: () => number
  readonly #calendar: Calendar
  #past: Stretch[] = []
  /** Slots after this and before {@link #slot} have been dealt with. */
  #from = 0
  #slot = Infinity

  constructor(rule: CronRule, random: () => number) {
    this.lane = rule.jitter > 0 ? undefined : `${rule.expression} ${rule.timezone}`
    this.#rule = rule
    this.#random = random
    this.#calendar = sharedSlots(rule.expression, rule.timezone)
  }

  begin(now: Moment): void {
    this.#past = []
    this.#from = now.wall
    this.#expect(this.#next(now.wall))
  }

  take(now: Moment): Due | undefined {
    this.#lookBack(now.wall)
    if (now.wall < this.dueAt) return undefined
    return this.#takeUpTo(now.wall, now.wall, false)
  }

  takeCovered(now: Moment): Due | undefined {
    this.#lookBack(now.wall)
    if (now.wall <= this.dueAt) return undefined
    return this.#takeUpTo(now.wall - 1, now.wall, true)
  }

  ended(): void {}

  /** The clock was set back to before everything known: what lies between is new. What was lived through is not. */
  #lookBack(wall: number): void {
    if (wall >= this.#from) return
    this.#remember()
    this.#from = wall
    this.#expect(this.#next(wall))
  }

  #takeUpTo(last: number, wall: number, covered: boolean): Due {
    const first = this.#slot
    let slot = first
    let next = this.#next(slot)
    let missed = 0
    let missedAt = slot
    while (next <= last) {
      missed++
      missedAt = slot
      slot = missed < MOST_COUNTED ? next : Math.max(next, this.#calendar.previous(last + 1))
      next = this.#next(slot)
    }
    const lateness = wall - (slot === first ? this.dueAt : slot)
    const late = !covered && lateness > Math.min(TOLERANCE, (next - slot) / 2)
    if (wall - first >= LEAP) {
      this.#remember()
      this.#from = slot - 1
    }
    this.#expect(next)
    return {
      scheduledAt: slot,
      missed: late ? missed + 1 : missed,
      missedAt: late ? slot : missedAt,
      lateness,
      run: !late || this.#rule.misfire === 'once'
    }
  }

  #expect(slot: number): void {
    this.#slot = slot
    const { jitter } = this.#rule
    const spread = jitter > 0 && slot < Infinity ? Math.min(jitter, this.#next(slot) - slot) : 0
    this.dueAt = slot + Math.floor(this.#random() * spread)
  }

  /** The next slot that has not been dealt with. */
  #next(after: number): number {
    let slot = this.#calendar.next(after)
    for (let index = 0; index < this.#past.length; index++) {
      const stretch = this.#past[index] as Stretch
      if (slot <= stretch.from || slot >= stretch.to) continue
      slot = this.#calendar.next(stretch.to - 1)
      index = -1
    }
    return slot
  }

  #remember(): void {
    this.#past.push({ from: this.#from, to: this.#slot })
    if (this.#past.length > MOST_REMEMBERED) this.#past.shift()
  }
}
