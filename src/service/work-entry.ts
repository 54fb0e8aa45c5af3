import type { StopReason } from '../lifecycle/index.js'
import type { Moments } from '../time/index.js'
import type { Shift } from './shift.js'
import type { TaskSnapshot } from './service-handle.js'

/** One piece of background work in one run of its service. */
export interface WorkEntry {
  readonly name: string
  /** The name that was asked for, of work that lasts as long as its run: others may have asked for it too. */
  readonly wanted: string | undefined
  /** The method, of declared work. */
  readonly method: string | symbol | undefined
  /** What its calls are known by. Whatever they have left behind keeps it, see D36. */
  readonly mark: object
  /** Whether it is over, and was added at run time: then nobody needs to see it any more. */
  readonly isSpent: boolean
  /** Whether a body of it runs. */
  readonly isRunning: boolean
  readonly snapshot: TaskSnapshot
  /** @param moments of those that begin one right after the other; told when somebody's code has run */
  begin(shift: Shift, moments: Moments): void
  /** No call begins any more; the calls under way go on. */
  quiesce(): void
  /** The calls under way are told to end, and none begins. */
  abort(reason: StopReason): void
  /** Resolves when no call is under way, undefined when none is; never rejects. */
  end(): Promise<void> | undefined
}
