import { NO_TIME } from '../time/index.js'
import type { WaitLimit } from './limited.js'

/**
 * What a start or stop under way has taken of its time, and what watches over it. Gone when that is over: of a service that
 * runs it would be a hundred bytes.
 */
export class Pace {
  /** A reading of the monotonic clock, as all here. */
  declare readonly startedAt: number
  /** When the step in flight began. */
  stepSince = NO_TIME
  /** How much of the limit its steps have taken, in milliseconds. */
  spent = NO_TIME
  /** Of the step in flight, if its time is limited. */
  stepTimer: WaitLimit | undefined
  /** A stop waits for the start step in flight. */
  isSettling = false
  /** For how long, if not for ever. */
  settleTimer: WaitLimit | undefined

  constructor(startedAt: number) {
    this.startedAt = startedAt
  }
}
