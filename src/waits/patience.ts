import type { Clock, TimerHandle } from '../time/index.js'

/** When somebody who watches begins to wonder, in milliseconds from the beginning. */
const TOLD_AFTER = [5000, 15_000, 30_000]

/**
 * Tells, after 5, 15 and 30 seconds, that something takes its time.
 *
 * @returns ends it
 */
export function whileItTakesLong(clock: Clock, tell: (elapsedMs: number) => void): () => void {
  let timer: TimerHandle
  const wait = (index: number): void => {
    const after = TOLD_AFTER[index]
    if (after === undefined) return
    timer = clock.setTimeout(
      () => {
        wait(index + 1)
        tell(after)
      },
      after - (TOLD_AFTER[index - 1] ?? 0)
    )
    // To wonder is no reason to stay.
    ;(timer as Partial<NodeJS.Timeout> | undefined)?.unref?.()
  }
  wait(0)
  return () => clock.clearTimeout(timer)
}
