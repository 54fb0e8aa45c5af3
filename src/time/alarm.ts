import type { Clock, TimerHandle } from './clock.js'
import { type AlarmTime, type Lane, laneFor, type LaneMember, LONGEST_SLEEP } from './lane.js'
import type { Moments } from './moments.js'

/**
 * Wakes somebody up; may be too early, never again until set again. Those of one lane share a timer, where the clock
 * allows it: joining and leaving take a tenth of what `setTimeout` and `clearTimeout` take.
 */
export class Alarm implements LaneMember {
  due = Infinity
  lane: Lane | undefined
  before: LaneMember | undefined
  after: LaneMember | undefined
  readonly #clock: Clock
  /** Where it waited last. */
  #home: Lane | undefined
  readonly #wake: (moments?: Moments) => void
  /** The timer, outside of lanes. */
  #handle: TimerHandle
  #isSet = false

  /** @param wake given the moments of those that are woken together, if it is */
  constructor(clock: Clock, wake: (moments?: Moments) => void) {
    this.#clock = clock
    this.#wake = wake
  }

  get isSet(): boolean {
    return this.#isSet
  }

  /** Sets it for nothing when that is never. */
  set(time: AlarmTime): void {
    this.clear()
    const { follows, dueAt } = time
    if (dueAt === Infinity) return
    this.#isSet = true
    this.due = dueAt
    const clock = this.#clock
    if (this.#home?.serves(time) !== true) this.#home = laneFor(clock, time)
    if (this.#home !== undefined) this.#home.add(this)
    else if (follows === 'monotonic') this.#setTimer(Math.max(0, dueAt - clock.monotonic()))
    else if (clock.setAlarm !== undefined) this.#handle = clock.setAlarm(() => this.ring(), dueAt)
    else this.#setTimer(Math.min(LONGEST_SLEEP, Math.max(0, dueAt - clock.now())))
  }

  /** Sets it for `delay` milliseconds after `now`, a reading of the monotonic clock, together with all that wait as long. */
  setIn(delay: number, now: number): void {
    this.clear()
    this.#isSet = true
    this.due = now + delay
    this.#home = laneFor(this.#clock, {
      follows: 'monotonic',
      dueAt: this.due,
      lane: Number.isInteger(delay) ? delay : undefined
    })
    if (this.#home !== undefined) this.#home.add(this)
    else this.#setTimer(delay)
  }

  /** Sets it for the next turn of the event loop. */
  setSoon(): void {
    this.clear()
    this.#isSet = true
    this.#setTimer(0)
  }

  clear(): void {
    if (!this.#isSet) return
    this.#isSet = false
    if (this.lane !== undefined) this.lane.remove(this)
    else this.#clock.clearTimeout(this.#handle)
  }

  ring(moments?: Moments): void {
    this.#isSet = false
    this.#wake(moments)
  }

  #setTimer(delay: number): void {
    this.#handle = this.#clock.setTimeout(() => this.ring(), delay)
  }
}
