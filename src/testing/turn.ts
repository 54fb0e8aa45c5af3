import { realImmediate } from '../time/index.js'

/** Turns that the test kit waits for. */
let awaited = 0

/** One turn of the event loop. Who waits for it is no sign of work, see {@link isTurnComing}. */
export function turn(): Promise<void> {
  awaited++
  return new Promise((resolve) => {
    realImmediate(() => {
      awaited--
      resolve()
    })
  })
}

/** Whether somebody other than the test kit, of whatever clock or application, has asked for a turn with `setImmediate`. */
export function isTurnComing(): boolean {
  let pending = 0
  for (const kind of process.getActiveResourcesInfo()) if (kind === 'Immediate') pending++
  return pending > awaited
}
