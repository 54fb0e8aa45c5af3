import { nextTurn } from '../waits/index.js'

/** Restarts in one turn of the event loop: about 10 ms. */
const MOST_IN_A_TURN = 500

let restarts = 0

/**
 * Counts a restart, of whichever supervisor. Where they are not delayed, one follows the other without the event loop
 * ever turning, so that no timer and no signal would come through: after so many the next waits for a turn.
 *
 * @returns undefined when there is nothing to wait for
 */
export function restartInBurst(): Promise<void> | undefined {
  if (restarts === 0) {
    nextTurn(() => {
      restarts = 0
    })
  }
  return ++restarts > MOST_IN_A_TURN ? new Promise(nextTurn) : undefined
}
