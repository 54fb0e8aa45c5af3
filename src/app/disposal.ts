import { LifecycleError } from '../errors/index.js'
import { limited } from '../service/index.js'
import { type Clock, formatDuration } from '../time/index.js'
import type { Patience } from '../wiring/index.js'

/** What is left to each disposal, however many before it took all the time there was. Milliseconds. */
const LEAST_MS = 100

/** Gives all disposals together so many milliseconds; what is not over by then is given up, and named. */
export function patienceOf(clock: Clock, limit: number): Patience {
  const end = clock.monotonic() + limit
  return (disposing, factory) => {
    const left = Math.max(LEAST_MS, end - clock.monotonic())
    const overdue = (): unknown =>
      new LifecycleError('KEEL_STOP_TIMEOUT', {
        message: `what the factory of ${factory} made was not disposed within ${formatDuration(left)}`,
        service: factory
      })
    return limited(clock, left, disposing, overdue)
  }
}
