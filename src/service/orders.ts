import type { StopReason } from '../lifecycle/index.js'

/**
 * What somebody has asked of a service and is not over. Made with the first such thing: of most, which are driven by their
 * application and never crash, nobody asks anything.
 */
export class Orders {
  /** By `start()`, `stop()`, `restart()`: those who ask again share the promise. */
  starting: Promise<void> | undefined
  stopping: Promise<void> | undefined
  restarting: Promise<void> | undefined
  /** Why the restart that it was owed was called off, or why it was stopped by hand, since its last start. */
  endReason: StopReason | undefined
}
