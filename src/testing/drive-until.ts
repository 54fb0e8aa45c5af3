import { realNow } from '../time/index.js'
import { isTimeDriven, settlementOf } from './drive-time.js'
import type { Forbearance } from './forbearance.js'
import { aMillisecond, isAnswerDue, nothingRealSince, realWork, type OpenHandles } from './real-work.js'
import type { TestClock } from './test-clock.js'

/** Looks in a row that must find no hope: a test may ask first, and act a little later. */
const HOPELESS_LOOKS = 100

/** How much virtual time is moved when no limit is given: enough for what comes once a month. */
const VIRTUAL_LIMIT_MS = 31 * 86_400_000
/** How much real time is spent then, and on the test once time is not moved any more: test runners give 5 s. */
const REAL_LIMIT_MS = 4000

/** What is to be known of what one waits for that may never come. */
export interface Prospect {
  /** Whether no passing of time can bring it. */
  isOver(): boolean
  /** Whether, beside what is due on the clock, nothing can bring it but the test. */
  isStill(): boolean
  /** How much virtual time may pass, and real time be spent; undefined for what is usual. */
  readonly limit: number | undefined
  /** Settles the work that is waited for. */
  giveUp(tried: Tried): void
}

/** What has not brought it. */
export interface Tried {
  /** Virtual time that has passed, in milliseconds. */
  readonly virtual: number
  /** Real time that was spent, in milliseconds, where that was too much. */
  readonly real: number | undefined
  /** What is due next is due beyond this limit, in milliseconds. */
  readonly beyond: number | undefined
}

/**
 * Moves virtual time to the next due item whenever nothing else can run, until `work` has settled, or is given up: there
 * is no hope, or the limits are reached.
 */
export async function driveUntil(
  clock: TestClock,
  before: OpenHandles,
  forbearance: Forbearance,
  work: Promise<void>,
  prospect: Prospect
): Promise<void> {
  const isSettled = settlementOf(work)
  forbearance.begin()
  const virtualLimit = prospect.limit ?? VIRTUAL_LIMIT_MS
  const realLimit = prospect.limit ?? REAL_LIMIT_MS
  const began = clock.monotonic()
  let spent = 0
  let hopeless = 0
  let lastSeen = began
  for (;;) {
    const from = realNow()
    await clock.settle()
    const isOver = prospect.isOver()
    let wasAnswered = false
    if (!isSettled() && !isOver) {
      const waits = isAnswerDue(before)
      await realWork(before, isSettled)
      wasAnswered = waits && !isAnswerDue(before)
    }
    if (isSettled()) return work
    const passed = clock.monotonic() - began
    const isExpired = isDueAfter(clock, virtualLimit - passed)
    const isTired = spent > (isExpired ? Math.min(realLimit, REAL_LIMIT_MS) : realLimit)
    if (isTired || hopeless > HOPELESS_LOOKS) {
      prospect.giveUp({
        virtual: passed,
        real: isTired ? spent : undefined,
        beyond: isExpired ? virtualLimit : undefined
      })
    } else if (isOver || isExpired || forbearance.holds(clock) || !(await clock.runNext())) {
      const isHopeless = isOver || prospect.isStill() || (isExpired && nothingRealSince(before))
      // Somebody moves time: it is not only we who drive it.
      const isAlone = !isTimeDriven() && clock.monotonic() === lastSeen
      hopeless = isHopeless && isAlone ? hopeless + 1 : 0
      // Nothing is due: only something real can bring it on.
      if (hopeless <= HOPELESS_LOOKS) await aMillisecond()
    } else hopeless = 0
    lastSeen = clock.monotonic()
    if (!wasAnswered && !isTimeDriven()) spent += realNow() - from
  }
}

/** Whether something is due, and not within so many milliseconds. */
function isDueAfter(clock: TestClock, length: number): boolean {
  const { next } = clock.pending
  return next !== undefined && next.getTime() - clock.now() > length
}
