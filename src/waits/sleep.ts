import { offAbort, onAbort } from '../streams/index.js'
import type { Clock, TimerHandle } from '../time/index.js'
import { nextTurn } from './next-turn.js'

/**
 * Waits until the time has passed or the signal aborts.
 *
 * @param ms milliseconds; `Infinity` waits for the signal alone
 * @returns true: elapsed; false: cut short, in the next turn of the event loop when the signal is aborted already
 */
export function sleep(clock: Clock, signal: AbortSignal, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
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
