import { offAbort, onAbort } from '../streams/index.js'
import { type Clock, type Duration, type TimerHandle, toMilliseconds } from '../time/index.js'
import { nextTurn } from './next-turn.js'

const FOREVER = { allowInfinity: true } as const

/**
 * Waits until the time has passed or the signal aborts.
 *
 * @param duration `Infinity` waits for the signal alone
 * @param what names the duration in errors
 * @returns true: elapsed; false: cut short, in the next turn of the event loop when the signal is aborted already
 * @throws ConfigurationError `KEEL_INVALID_DURATION`; as a rejection, as `wait()` has it
 */
export function sleep(
  clock: Clock,
  signal: AbortSignal,
  duration: Duration,
  what = 'the time of a sleep'
): Promise<boolean> {
  return new Promise((resolve) => {
    const ms = toMilliseconds(duration, what, FOREVER)
    if (signal.aborted) {
      nextTurn(() => resolve(false))
      return
    }
    let timer: TimerHandle
    const stopped = (): void => {
      clock.clearTimeout(timer)
      resolve(false)
    }
    timer = clock.setTimeout(() => {
      offAbort(signal, stopped)
      resolve(true)
    }, ms)
    onAbort(signal, stopped)
  })
}
