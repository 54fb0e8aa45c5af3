import { type Clock, setLimit } from '../time/index.js'

/**
 * Waits for work, but no longer than `limitMs`: then it rejects with what `overdue` makes, and what the work comes
 * to is no longer heard. Work that is no promise is over already.
 */
export function limited<T>(
  clock: Clock,
  limitMs: number,
  work: PromiseLike<T>,
  overdue: () => unknown
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = limitMs === Infinity ? undefined : setLimit(clock, () => reject(overdue()), limitMs)
    work.then(
      (value) => {
        clock.clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clock.clearTimeout(timer)
        reject(error)
      }
    )
  })
}
