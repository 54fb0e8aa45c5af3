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

const NOTHING: readonly Stretch[] = []

/** What a cron has dealt with. Handed from run to run, so that a clock set back between two of them repeats nothing. */
export class CronPast {
  /** Whose slots these are; another expression has others. */
  rule: CronRule | undefined
  stretches: readonly Stretch[] = NOTHING
  /** Slots after this and before {@link slot} have been dealt with. */
  from = 0
  slot = Infinity
}

/**
 * Plans a cron; see {@link CronRule}.
 *
 * @param random gives numbers in [0, 1), as `Math.random` does
 * @param past of the runs before
 */
export function planCron(
  rule: CronRule,
  random: () => number = Math.random,
  past: CronPast = new CronPast()
): Plan {
  return new CronPlan(rule, random, past)
}

class CronPlan implements Plan {
  readonly #rule: CronRule
  readonly #random: () => number
  readonly #calendar: Calendar
  readonly #past: CronPast
  /** By how much it is put off. */
  #putOff = 0

  constructor(rule: CronRule, random: () => number, past: CronPast) {
    this.#rule = rule
    this.#random = random
    this.#past = past
    this.#calendar = sharedSlots(rule.expression, rule.timezone)
  }

  get follows(): 'wall' {
    return 'wall'
  }

  /** The slots themselves, which all have in common who ask for the same: no text needs to be put together. */
  get lane(): object | undefined {
    return this.#rule.jitter > 0 ? undefined : this.#calendar
  }

  get dueAt(): number {
    return this.#past.slot + this.#putOff
  }

  begin(now: Moment): void {
    const past = this.#past
    const isKnown =
      past.rule?.expression === this.#rule.expression && past.rule.timezone === this.#rule.timezone
    past.rule = this.#rule
    if (!isKnown) past.stretches = NOTHING
    else if (now.wall >= past.from && now.wall < past.slot) {
      // nothing came due since the run before, or the clock was set back to what it has lived through
      this.#expect(past.slot)
      return
    } else this.#remember()
    this.#expectAfter(now.wall)
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
    if (wall >= this.#past.from) return
    this.#remember()
    this.#expectAfter(wall)
  }

  #expectAfter(wall: number): void {
    this.#past.from = wall
    this.#expect(this.#next(wall))
  }

  #takeUpTo(last: number, wall: number, covered: boolean): Due {
    const first = this.#past.slot
    let slot = first
    let next = this.#next(slot)
    let missed = 0
    let missedAt = slot
    while (next <= last) {
      missed++
      missedAt = slot
      slot = missed < MOST_COUNTED ? next : Math.max(next, this.#previous(last + 1))
      next = this.#next(slot)
    }
    const lateness = wall - (slot === first ? this.dueAt : slot)
    const late = !covered && lateness > Math.min(TOLERANCE, (next - slot) / 2)
    if (wall - first >= LEAP) {
      this.#remember()
      this.#past.from = slot - 1
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
    this.#past.slot = slot
    const { jitter } = this.#rule
    if (jitter === 0) return
    const spread = slot < Infinity ? Math.min(jitter, this.#next(slot) - slot) : 0
    this.#putOff = Math.floor(this.#random() * spread)
  }

  /** The next slot that has not been dealt with. */
  #next(after: number): number {
    let slot = this.#calendar.next(after)
    const { stretches } = this.#past
    for (let index = 0; index < stretches.length; index++) {
      const stretch = stretches[index] as Stretch
      if (slot <= stretch.from || slot >= stretch.to) continue
      slot = this.#calendar.next(stretch.to - 1)
      index = -1
    }
    return slot
  }

  /** The last slot before that has not been dealt with. */
  #previous(before: number): number {
    let slot = this.#calendar.previous(before)
    const { stretches } = this.#past
    for (let index = 0; index < stretches.length; index++) {
      const stretch = stretches[index] as Stretch
      if (slot <= stretch.from || slot >= stretch.to) continue
      slot = this.#calendar.previous(stretch.from + 1)
      index = -1
    }
    return slot
  }

  #remember(): void {
    const past = this.#past
    const { from, slot: to } = past
    // no slot lies between: many starts in a row must not push out what matters
    if (this.#calendar.next(from) >= to) return
    past.stretches = [...past.stretches, { from, to }].slice(-MOST_REMEMBERED)
  }
}
