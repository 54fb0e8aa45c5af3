import { markAsOwn } from '../errors/index.js'

/** What `setTimeout` of a {@link Clock} gives back; only `clearTimeout` of the same clock understands it. */
export type TimerHandle = unknown

/** Sets the timer of a time limit. */
export function setLimit(clock: Clock, run: () => void, delay: number): TimerHandle {
  return clock.setLimit === undefined ? clock.setTimeout(run, delay) : clock.setLimit(run, delay)
}

/**
 * The only source of time in the framework: a port, so that tests can put a virtual clock behind it.
 *
 * Inject it to make your own code testable in the same way. A class and not an interface, so that it can
 * be a token.
 *
 * @example
 * ```ts
 * @Service()
 * class Cache {
 *   constructor(private readonly clock: Clock) {}
 *   isFresh(entry: { readAt: number }) { return this.clock.monotonic() - entry.readAt < 60_000 }
 * }
 * ```
 */
export abstract class Clock {
  static {
    markAsOwn(this)
  }

  /** Wall clock: milliseconds since the epoch. May jump in either direction. */
  abstract now(): number

  /** Milliseconds since some fixed moment, with fractions. Never goes back; the one to measure with. */
  abstract monotonic(): number

  /**
   * Calls `run` once, not before `delay` milliseconds have passed.
   *
   * Any length works: a delay above 2^31 - 1 does not overflow and `Infinity` never fires. A negative
   * delay counts as 0. `run` is never called from within `setTimeout` itself.
   */
  abstract setTimeout(run: () => void, delay: number): TimerHandle

  /**
   * Calls `run` once the wall clock reads `at`, and earlier when somebody sets the wall clock: look before you
   * act. Optional: without it, whoever follows the wall clock wakes up now and then to look at it.
   *
   * @param at milliseconds since the epoch
   */
  setAlarm?(run: () => void, at: number): TimerHandle

  /**
   * {@link setTimeout} for a time limit: of a hook, a factory, a call of a task or timer. Optional: for a clock that
   * moves by itself when nothing else can run, which is no reason for work to be given up that something real brings on.
   */
  setLimit?(run: () => void, delay: number): TimerHandle

  /** Forgets a timer or an alarm. One that has fired or has been cleared already, and `undefined`, are ignored. */
  abstract clearTimeout(handle: TimerHandle): void
}
