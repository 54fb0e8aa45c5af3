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

/** What both modes need. Readings of the clock are kept whole: their numbers by themselves would be objects of their own. */
abstract class TimerPlan {
  protected readonly rule: TimerRule
  protected readonly random: () => number
  /** Says what the wall clock shows at a monotonic time. */
  #wallTime: Moment | undefined

  constructor(rule: TimerRule, random: () => number) {
    this.rule = rule
    this.random = random
  }

  get follows(): 'monotonic' {
    return 'monotonic'
  }

  /** What is put off by chance is due in no order. */
  get lane(): number | undefined {
    const { jitter, every } = this.rule
    return jitter > 0 ? undefined : every
  }

  /** Says monotonic times on the wall clock: slots of whole milliseconds stay exactly that far apart. */
  protected onTheWall(monotonic: number, now: Moment): number {
    const offset = now.wall - now.monotonic
    let known = this.#wallTime
    if (known === undefined || !(Math.abs(offset - (known.wall - known.monotonic)) <= SLACK))
      this.#wallTime = known = now
    return Math.round(known.wall - known.monotonic + monotonic)
  }
}

const NEVER: Moment = { wall: Infinity, monotonic: Infinity }

/** Slots at start + n × every. */
export class RatePlan extends TimerPlan implements Plan {
  #start = NEVER
  /** The first slot that has not been dealt with. */
  #next = 1
  /** By how much it is put off. */
  #putOff = 0

  get next(): number {
    return this.#next
  }

  /** Another, at the same place, or some slots before it. */
  copy(slotsBefore: number): RatePlan {
    const copy = new RatePlan(this.rule, this.random)
    copy.begin(this.#start)
    copy.#next = this.#next - slotsBefore
    return copy
  }

  get dueAt(): number {
    // multiplied, not added up: no error builds up however long it runs
    return this.#start.monotonic + this.#next * this.rule.every + this.#putOff
  }

  begin(now: Moment): void {
    this.#start = now
    this.onTheWall(now.monotonic, now)
    this.#expect(1)
  }

  take(now: Moment): Due | undefined {
    const time = now.monotonic + NOISE
    if (time < this.dueAt) return undefined
    return this.#takeUpTo(Math.floor((time - this.#start.monotonic) / this.rule.every), now)
  }

  takeCovered(now: Moment): Due | undefined {
    const time = now.monotonic - NOISE
    if (time <= this.dueAt) return undefined
    return this.#takeUpTo(Math.ceil((time - this.#start.monotonic) / this.rule.every) - 1, now)
  }

  ended(): void {}

  #takeUpTo(passed: number, now: Moment): Due {
    const next = this.#next
    const slot = Math.max(passed, next)
    const { every } = this.rule
    const at = this.#start.monotonic + slot * every
    const due: Due = {
      scheduledAt: this.onTheWall(at, now),
      missed: slot - next,
      missedAt: slot === next ? 0 : this.onTheWall(at - every, now),
      lateness: Math.max(0, now.monotonic - (slot === next ? at + this.#putOff : at)),
      run: true
    }
    this.#expect(slot + 1)
    return due
  }

  #expect(slot: number): void {
    this.#next = slot
    const { jitter, every } = this.rule
    // not quite up to the next slot, or what is put off so far would count as late
    if (jitter > 0) this.#putOff = putOff(Math.max(0, Math.min(jitter, every - 2 * NOISE)), this.random)
  }
}

class DelayPlan extends TimerPlan implements Plan {
  dueAt = Infinity
  #slot = 0

  begin(now: Moment): void {
    this.onTheWall(now.monotonic, now)
    this.ended(now)
  }

  take(now: Moment): Due | undefined {
    if (now.monotonic + NOISE < this.dueAt) return undefined
    const lateness = Math.max(0, now.monotonic - this.dueAt)
    this.dueAt = Infinity
    return { scheduledAt: this.onTheWall(this.#slot, now), missed: 0, missedAt: 0, lateness, run: true }
  }

  takeCovered(): undefined {}

  ended(now: Moment): void {
    const { every, jitter } = this.rule
    this.#slot = now.monotonic + every
    this.dueAt = this.#slot + putOff(Math.min(jitter, every), this.random)
  }
}

/** How far the clocks may drift apart before slots are said anew on the wall clock, which has whole ms only. */
const SLACK = 2

function putOff(spread: number, random: () => number): number {
  return spread > 0 ? random() * spread : 0
}
