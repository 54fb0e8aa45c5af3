import type { StopReason } from '../lifecycle/index.js'

/** Why what is yet to be restarted is stopped. */
export const RESTART: StopReason = { kind: 'restart' }

/** Why what a failed start had begun is stopped again. */
export const START_FAILED: StopReason = { kind: 'stop', detail: 'the start failed' }
