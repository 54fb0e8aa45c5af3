import { realNow } from '../time/index.js'
import { isRealWorkOpen, type OpenHandles } from './real-work.js'
import { isLimitNext, type TestClock } from './test-clock.js'

/** How much real time is given to what is real, before limits expire all the same; test runners give 5 s. */
const LIMIT_MS = 4000

/**
 * Keeps time limits from expiring while a socket, a pipe, a child process or a real timer is open that may yet bring what
 * is waited for. It may be open for ever, as a pool of connections is, so that there is an end to that: once for each
 * application, as long as something is open.
 */
export class Forbearance {
  readonly #before: OpenHandles
  #spent = 0
  /** When it held time back last, in the wait under way. */
  #heldAt: number | undefined

  constructor(before: OpenHandles) {
    this.#before = before
  }

  /** Another wait begins. */
  begin(): void {
    this.#heldAt = undefined
  }

  /** Whether time is not to be moved to what falls due next. */
  holds(clock: TestClock): boolean {
    if (!isLimitNext(clock)) return false
    if (!isRealWorkOpen(this.#before)) {
      this.#spent = 0
      this.#heldAt = undefined
      return false
    }
    const now = realNow()
    this.#spent += now - (this.#heldAt ?? now)
    this.#heldAt = now
    return this.#spent < LIMIT_MS
  }
}
