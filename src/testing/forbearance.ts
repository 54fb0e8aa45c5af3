import { isRealWorkOpen, type OpenHandles, realNow } from './real-work.js'
import { isLimitNext, type TestClock } from './test-clock.js'

/** How much real time is given to what is real, before limits expire all the same; test runners give 5 s. */
const LIMIT_MS = 4000

/**
 * Keeps time limits from expiring while a socket, a pipe, a child process or a real timer is open that may yet bring what
 * is waited for. It may be open for ever, as a pool of connections is, so that there is an end to that.
 */
export class Forbearance {
  readonly #before: OpenHandles
  #since: number | undefined

  constructor(before: OpenHandles) {
    this.#before = before
  }

  /** Whether time is not to be moved to what falls due next. */
  holds(clock: TestClock): boolean {
    if (!isLimitNext(clock) || !isRealWorkOpen(this.#before)) return false
    this.#since ??= realNow()
    return realNow() - this.#since < LIMIT_MS
  }
}
