import { realImmediate } from '../time/index.js'

/**
 * Calls `run` in the next turn of the event loop.
 *
 * For answers that are known at once, but are given to loops: one that ignores them, `while (true) await sleep(…)`,
 * would otherwise spin between promises for ever, and no time limit nor signal could end the process. It is a real turn, also
 * under fake timers: what has stopped must not wait for somebody to move a clock.
 */
export function nextTurn(run: () => void): void {
  realImmediate(run)
}
