import type { Moment } from '../time/index.js'
import type { Due, Plan } from './plan.js'

/** Where the slots of a timer lie. */
export interface TimerRule {
  /** Milliseconds, more than 0. */
  readonly every: number
  /** `'rate'`: slots at start + n × every. `'delay'`: `every` after the end of the run before. */
  readonly mode: 'rate' | 'delay'
  /** Each run is put off by a random time below this, and never past the next slot. Milliseconds. */
  readonly jitter: number
}

/** A microsecond: clocks that count in floating point come out a hair too early. */
const NOISE = 1e-3

/** Plans a timer; see {@link TimerRule}. `random` gives numbers in [0, 1), as `Math.random` does. */
export function planTimer(rule: TimerRule, random: () => number = Math.random): Plan {
  return rule.mode === 'delay' ? new DelayPlan(rule, random) : new RatePlan(rule, random)
}

class RatePlan implements Plan {
  readonly follows = 'monotonic'
  readonly lane: number | undefined
  dueAt = Infinity
  readonly #every: number
  readonly #spread: number
  readonly #random: () => number
  readonly #wallTime = new WallTime()
  #start = 0
  /** The first slot that has not been dealt with. */
  #next = 1

  constructor(rule: TimerRule, random: () => number) {
    this.lane = laneOf(rule)
    this.#every = rule.every
    // not quite up to the next slot, or what is put off so far would count as late
    this.#spread = Math.max(0, Math.min(rule.jitter, rule.every - 2 * NOISE))
    this.#random = random
  }

  begin(now: Moment): void {
    this.#start = now.monotonic
    this.#wallTime.of(0, now)
    this.#expect(1)
  }

  take(now: Moment): Due | undefined {
    if (now.monotonic + NOISE < this.dueAt) return undefined
    const passed = Math.floor((now.monotonic - this.#start + NOISE) / this.#every)
    return this.#takeUpTo(Math.max(passed, this.#next), now)
  }

  takeCovered(now: Moment): Due | undefined {
    if (now.monotonic - NOISE <= this.dueAt) return undefined
    const passed = Math.ceil((now.monotonic - this.#start - NOISE) / this.#every) - 1
    return this.#takeUpTo(Math.max(passed, this.#next), now)
  }

  ended(): void {}

  #takeUpTo(slot: number, now: Moment): Due {
    const at = this.#start + slot * this.#every
    const due: Due = {
      scheduledAt: this.#wallTime.of(at, now),
      missed: slot - this.#next,
      missedAt: slot === this.#next ? 0 : this.#wallTime.of(at - this.#every, now),
      lateness: Math.max(0, now.monotonic - (slot === this.#next ? this.dueAt : at)),
      run: true
    }
    this.#expect(slot + 1)
    return due
  }

  #expect(slot: number): void {
    this.#next = slot
    // multiplied, not added up: no error builds up however long it runs
    this.dueAt = this.#start + slot * this.#every + putOff(this.#spread, this.#random)
  }
}

class DelayPlan implements Plan {
  readonly follows = 'monotonic'
  readonly lane: number | undefined
  dueAt = Infinity
  readonly #rule: TimerRule
  readonly #random: () => number
  readonly #wallTime = new WallTime()
  #slot = 0

  constructor(rule: TimerRule, random: () => number) {
    this.lane = laneOf(rule)
    this.#rule = rule
    this.#random = random
  }

  begin(now: Moment): void {
    this.ended(now)
  }

  take(now: Moment): Due | undefined {
    if (now.monotonic + NOISE < this.dueAt) return undefined
    const lateness = Math.max(0, now.monotonic - this.dueAt)
    this.dueAt = Infinity
    return { scheduledAt: this.#wallTime.of(this.#slot, now), missed: 0, missedAt: 0, lateness, run: true }
  }

  takeCovered(): undefined {}

  ended(now: Moment): void {
    this.#slot = now.monotonic + this.#rule.every
    this.dueAt = this.#slot + putOff(Math.min(this.#rule.jitter, this.#rule.every), this.#random)
  }
}

/** How far the clocks may drift apart before slots are said anew on the wall clock, which has whole ms only. */
const SLACK = 2

/** Says monotonic times on the wall clock: slots of whole milliseconds stay exactly that far apart. */
class WallTime {
  #offset = NaN

  of(monotonic: number, now: Moment): number {
    const offset = now.wall - now.monotonic
    if (!(Math.abs(offset - this.#offset) <= SLACK)) this.#offset = offset
    return Math.round(this.#offset + monotonic)
  }
}

/** What is put off by chance is due in no order. */
function laneOf({ every, jitter }: TimerRule): number | undefined {
  return jitter > 0 ? undefined : every
}

function putOff(spread: number, random: () => number): number {
  return spread > 0 ? random() * spread : 0
}
