import type { Clock, TimerHandle } from '../time/index.js'
import type { Moment, Plan } from './plan.js'

/** A wall clock that is set, and a machine that was suspended, are noticed within this time. Milliseconds. */
const LONGEST_SLEEP = 30_000

/** Reads both clocks. */
export function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() }
}

/**
 * Wakes somebody up when a plan wants to be asked again; may be too early, never again until set again.
 *
 * The only place where schedules touch timers, so that schedules of one interval may share one.
 */
export class SlotAlarm {
  readonly #clock: Clock
  readonly #wake: () => void
  #handle: TimerHandle
  #isSet = false

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = () => {
      this.#isSet = false
      wake()
    }
  }

  get isSet(): boolean {
    return this.#isSet
  }

  /** Sets it for what is due next; for nothing when nothing is. */
  set({ follows, dueAt }: Plan): void {
    this.clear()
    if (dueAt === Infinity) return
    this.#isSet = true
    const clock = this.#clock
    if (follows === 'monotonic') {
      this.#handle = clock.setTimeout(this.#wake, Math.max(0, dueAt - clock.monotonic()))
    } else if (clock.setAlarm !== undefined) {
      this.#handle = clock.setAlarm(this.#wake, dueAt)
    } else {
      this.#handle = clock.setTimeout(this.#wake, Math.min(LONGEST_SLEEP, Math.max(0, dueAt - clock.now())))
    }
  }

  /** Sets it for the next turn of the event loop. */
  setSoon(): void {
    this.clear()
    this.#isSet = true
    this.#handle = this.#clock.setTimeout(this.#wake, 0)
  }

  clear(): void {
    if (!this.#isSet) return
    this.#isSet = false
    this.#clock.clearTimeout(this.#handle)
  }
}
