import type { Clock } from './clock.js'
import { Sleeper } from './sleeper.js'
import type { Moments } from './moments.js'

/** Wakes somebody up; may be too early, never again until set again. */
export class Alarm extends Sleeper {
  protected readonly clock: Clock
  readonly #wake: (moments?: Moments) => void

  /** @param wake given the moments of those that are woken together, if it is */
  constructor(clock: Clock, wake: (moments?: Moments) => void) {
    super()
    this.clock = clock
    this.#wake = wake
  }

  override woken(moments?: Moments): void {
    this.#wake(moments)
  }
}
