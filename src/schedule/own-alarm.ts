import { type Clock, type Moments, Sleeper } from '../time/index.js'
import type { Due, Plan } from './plan.js'
import type { FireResult } from './running-tick.js'

/** Whom it wakes. */
interface Owner {
  woken(moments?: Moments): void
}

/** A run that waits for the one before it to end. */
export interface HeldRun {
  due: Due
  /** Since when it waits; a reading of the monotonic clock. */
  since: number
  /** False: it was only fired by hand, no slot stands behind it. */
  isSlot: boolean
  readonly waiters: ((result: FireResult) => void)[]
}

/**
 * What a schedule needs that looks after itself: most timers do not, since they have a flock. Made when it is needed,
 * then kept; by itself it weighs as much as the rest of a timer.
 */
export class OwnAlarm extends Sleeper {
  /** Undefined before the start, and in a flock. */
  plan: Plan | undefined
  held: HeldRun | undefined
  protected readonly clock: Clock
  readonly #owner: Owner

  constructor(owner: Owner, clock: Clock) {
    super()
    this.clock = clock
    this.#owner = owner
  }

  override woken(moments?: Moments): void {
    this.#owner.woken(moments)
  }
}
