/**
 * Waits: sleeping, and waiting for work, over a `Clock` and an `AbortSignal`; the error that says "end now"; and
 * the stack of what is to be released at the end. It refuses to know services, runs and why something is to stop.
 * Start reading at `wait.ts`.
 */
export { isAbortError } from '../errors/index.js'
export { abortError } from './abort-error.js'
export { nextTurn } from './next-turn.js'
export { whileItTakesLong } from './patience.js'
export { watchPromise, type LateListener } from './promise-watch.js'
export { ResourceStack, type ReleaseOptions, type ResourceStackOptions } from './resource-stack.js'
export { sleep } from './sleep.js'
export { timeoutOf } from './timeout.js'
export { wait, waitAll, waitFirst, type WaitOptions, type WaitResult } from './wait.js'
export type { Work, Worked } from './work.js'
