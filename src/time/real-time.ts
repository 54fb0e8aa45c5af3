// Fakes replace the globals, and may have done so before this is loaded: by the setup of a test runner, say.
import { performance } from 'node:perf_hooks'

export { setImmediate as realImmediate, setTimeout as realTimeout } from 'node:timers'

/** Real time, in milliseconds. */
export const realNow = performance.now.bind(performance)
