import type { Forbearance } from './forbearance.js'
import { aMillisecond, realWork, type OpenHandles } from './real-work.js'
import type { TestClock } from './test-clock.js'

/** Work under way, of whatever application, that is going to end: whoever waits for it may act then. */
let underWay = 0

/** Whether time is driven for work that is going to end. */
export function isTimeDriven(): boolean {
  return underWay > 0
}

/** Moves virtual time to the next due item whenever nothing else can run, until `work` has settled. */
export async function driveTime<T>(
  clock: TestClock,
  before: OpenHandles,
  forbearance: Forbearance,
  work: Promise<T>
): Promise<T> {
  const isSettled = settlementOf(work)
  forbearance.begin()
  underWay++
  try {
    for (;;) {
      await clock.settle()
      if (!isSettled()) await realWork(before, isSettled)
      if (isSettled()) return await work
      // Nothing is due: only something real can bring it on.
      if (forbearance.holds(clock) || !(await clock.runNext())) await aMillisecond()
    }
  } finally {
    underWay--
  }
}

/** Tells from now on whether `work` has settled. */
export function settlementOf(work: Promise<unknown>): () => boolean {
  let settled = false
  const note = (): void => {
    settled = true
  }
  work.then(note, note)
  return () => settled
}
