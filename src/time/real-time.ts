// Fakes replace the globals, and may have done so before this is loaded: by the setup of a test runner, say. What is
// imported may change afterwards as well (`syncBuiltinESMExports()`), and so is taken at once.
import { performance } from 'node:perf_hooks'
import { setImmediate, setTimeout } from 'node:timers'

export const realImmediate = setImmediate
export const realTimeout = setTimeout

/** Real time, in milliseconds. */
export const realNow = performance.now.bind(performance)
