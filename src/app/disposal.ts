import { LifecycleError } from '../errors/index.js'
import { limited } from '../service/index.js'
import { type Clock, formatDuration } from '../time/index.js'
import type { Patience } from '../wiring/index.js'

/** What is left to each disposal at least. Milliseconds. */
const LEAST_MS = 100

/** How long what is disposed of may take yet. */
export interface DisposalTime {
  /** Milliseconds; never less than a hundred, however many before have taken all the time there was. */
  readonly left: () => number
  /** What is not over by then is given up, and named. */
  readonly disposal: Patience
}

/** Gives all disposals together so many milliseconds. */
export function patienceOf(clock: Clock, limit: number): DisposalTime {
  const end = clock.monotonic() + limit
  const left = (): number => Math.max(LEAST_MS, end - clock.monotonic())
  const disposal: Patience = (disposing, factory) => {
    const limitMs = left()
    const overdue = (): unknown =>
      new LifecycleError('KEEL_STOP_TIMEOUT', {
        message: `what the factory of ${factory} made was not disposed within ${formatDuration(limitMs)}`,
        service: factory
      })
    return limited(clock, limitMs, disposing, overdue)
  }
  return { left, disposal }
}
