import type { LiveApplication } from '../app/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { LogRing } from './log-ring.js'

/** What the server needs of the program that it is in. */
export interface ControlledProgram {
  readonly app: LiveApplication
  /** The last lines of its log. */
  readonly logs: LogRing
  /** Stops it, and ends the process if that is the application's. */
  stop(reason: StopReason): void
}
