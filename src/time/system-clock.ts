import { Clock, type TimerHandle } from './clock.js'

/** The longest delay that Node's `setTimeout` takes; it fires at once for anything longer. */
const LONGEST = 2 ** 31 - 1

/** Below this many milliseconds a fraction is floating-point noise, not a reason to wait one more. */
const NOISE = 1e-6

/** A delay beyond {@link LONGEST}, waited for piece by piece. */
class LongTimer {
  handle: ReturnType<typeof setTimeout> | undefined
  readonly #run: () => void
  #left: number

  constructor(run: () => void, delay: number) {
    this.#run = run
    this.#left = delay
    if (delay !== Infinity) this.#wait()
  }

  #wait(): void {
    // counts down instead of asking a clock: fake timers may fake setTimeout alone
    const piece = Math.min(this.#left, LONGEST)
    this.#left -= piece
    this.handle = globalThis.setTimeout(() => {
      if (this.#left > 0) this.#wait()
      else this.#run()
    }, piece)
  }
}

/**
 * The clock of the machine. It reads the globals whenever it is called, so that fake timers installed later
 * (vitest, sinon) drive it too; Node's `setTimeout` cuts fractions off, here they are rounded up.
 */
class SystemClock extends Clock {
  now(): number {
    return globalThis.Date.now()
  }

  monotonic(): number {
    return globalThis.performance.now()
  }

  setTimeout(run: () => void, delay: number): TimerHandle {
    const wait = delay > 0 ? Math.ceil(delay - NOISE) : 0
    return wait > LONGEST ? new LongTimer(run, wait) : globalThis.setTimeout(run, wait)
  }

  clearTimeout(handle: TimerHandle): void {
    const native = handle instanceof LongTimer ? handle.handle : handle
    if (native !== undefined) globalThis.clearTimeout(native as ReturnType<typeof setTimeout>)
  }
}

/**
 * Whom timers of this clock that may share one are kept for: the `setTimeout` that is global now, since what fake
 * timers put there rings for its own only. Undefined for a clock that orders all of its timers, such as a test's.
 */
export function bellOf(clock: Clock): object | undefined {
  return clock === systemClock ? globalThis.setTimeout : undefined
}

/** Whether timers of this clock may share one. */
export function sharesTimers(clock: Clock): boolean {
  return bellOf(clock) !== undefined
}

/** The clock of the machine: `Date.now`, `performance.now` and `setTimeout`, read at call time. */
export const systemClock: Clock = new SystemClock()
