// The real one, also under fake timers: what has stopped must not wait for somebody to move a clock.
const { setImmediate } = globalThis

/**
 * Calls `run` in the next turn of the event loop.
 *
 * For answers that are known at once, but are given to loops: one that ignores them, `while (true) await sleep(…)`,
 * would otherwise spin between promises for ever, and no time limit nor signal could end the process.
 */
export function nextTurn(run: () => void): void {
  setImmediate(run)
}
