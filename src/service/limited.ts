import { type Clock, setLimit } from '../time/index.js'
import { watchPromise } from '../waits/index.js'

/** What watches over a wait, until it is cleared. */
export interface WaitLimit {
  clear(): void
}

/**
 * Waits for work until its limit tells that it is overdue: then it rejects with what that says, and what the work comes
 * to is no longer heard. Nothing of the wait stays with the work, however often one waits for the same.
 *
 * @param begin begins the limit
 */
export function limitedBy<T>(
  work: PromiseLike<T>,
  begin: (overdue: (error: unknown) => void) => WaitLimit
): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = begin((error) => {
      giveUp()
      reject(error)
    })
    const giveUp = watchPromise(work, {
      done(value) {
        limit.clear()
        resolve(value)
      },
      failed(error) {
        limit.clear()
        reject(error)
      }
    })
  })
}

/** The same, no longer than `limitMs`; `overdue` makes what it rejects with then. */
export function limited<T>(
  clock: Clock,
  limitMs: number,
  work: PromiseLike<T>,
  overdue: () => unknown
): Promise<T> {
  return limitedBy(work, (tell) => {
    const timer = limitMs === Infinity ? undefined : setLimit(clock, () => tell(overdue()), limitMs)
    return { clear: () => clock.clearTimeout(timer) }
  })
}
