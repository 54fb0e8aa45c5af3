import { aMillisecond, realWork, type OpenHandles } from './real-work.js'
import type { TestClock } from './test-clock.js'

/** Moves virtual time to the next due item whenever nothing else can run, until `work` has settled. */
export async function driveTime<T>(clock: TestClock, before: OpenHandles, work: Promise<T>): Promise<T> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  work.then(note, note)
  for (;;) {
    await clock.settle()
    if (!settled) await realWork(before, () => settled)
    if (settled) return work
    // Nothing is due: only something real can bring it on.
    if (!(await clock.runNext())) await aMillisecond()
  }
}
