/**
 * Dumps: what a program does now, as data and as text, and what its process holds open. It changes nothing, and
 * refuses to know who asks. Start reading at `snapshot.ts`, then `dump-text.ts`.
 */
export { dump, dumpBuilding } from './dump-text.js'
export { describeHandles, openHandles, staysOpenSince, type OpenHandles } from './open-handles.js'
export { runtimesOf, snapshot, taskDetails } from './snapshot.js'
export type { ApplicationSnapshot, ProcessSnapshot, ServiceDetails, TaskDetails } from './snapshot.js'
export { describeBuilding, describeUnrest } from './unrest.js'
