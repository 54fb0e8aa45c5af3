import { type Clock, setLimit } from '../time/index.js'
import { watchPromise } from '../waits/index.js'

/**
 * Waits for work, but no longer than `limitMs`: then it rejects with what `overdue` makes, and what the work comes
 * to is no longer heard; nothing of the wait stays with it, however often one waits for the same work.
 */
export function limited<T>(
  clock: Clock,
  limitMs: number,
  work: PromiseLike<T>,
  overdue: () => unknown
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = limitMs === Infinity ? undefined : setLimit(clock, expired, limitMs)
    const giveUp = watchPromise(work, {
      done(value) {
        clock.clearTimeout(timer)
        resolve(value)
      },
      failed(error) {
        clock.clearTimeout(timer)
        reject(error)
      }
    })
    function expired(): void {
      giveUp()
      reject(overdue())
    }
  })
}
