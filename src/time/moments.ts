import type { Clock } from './clock.js'

/** One instant, read from both clocks. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly wall: number
  /** Milliseconds of the monotonic clock. */
  readonly monotonic: number
}

/**
 * Reads both clocks.
 *
 * @param monotonic what the monotonic clock shows, where it has just been read
 */
export function momentOf(clock: Clock, monotonic = clock.monotonic()): Moment {
  return { wall: clock.now(), monotonic }
}

/**
 * The moments of calls that are made one right after the other: the end of one is the beginning of the next, and the
 * wall clock is read once for all. One reading for a call instead of four, at 40 to 150 ns each.
 */
export class Moments {
  readonly #clock: Clock
  readonly #first: Moment
  #last: Moment
  #isFresh = true

  /** @param now the monotonic clock, where it has just been read */
  constructor(clock: Clock, now?: number) {
    this.#clock = clock
    this.#first = this.#last = momentOf(clock, now)
  }

  /** The moment that was read last, unless somebody's code has run since. */
  get current(): Moment {
    return this.#isFresh ? this.#last : this.read()
  }

  /** Somebody's code is about to run: {@link current} is of no use until the next {@link read}. */
  pass(): void {
    this.#isFresh = false
  }

  /** Reads the clock. */
  read(): Moment {
    const monotonic = this.#clock.monotonic()
    const { wall, monotonic: begun } = this.#first
    this.#isFresh = true
    // the difference first: added to the wall clock, a reading loses digits, and a slot would seem to be yet to come
    return (this.#last = { wall: Math.floor(wall + (monotonic - begun)), monotonic })
  }
}
