import type { AlarmTime, Moment } from '../time/index.js'

/** What has come due by a certain moment: any number of slots, and at most one run for them. */
export interface Due {
  /** The latest of the slots; milliseconds since the epoch. */
  readonly scheduledAt: number
  /** Slots that nothing runs for, or that one run makes up for. */
  readonly missed: number
  /** The latest of those; milliseconds since the epoch, and of no meaning when there are none. */
  readonly missedAt: number
  /** Milliseconds since the run was due. */
  readonly lateness: number
  /** False when the slots are only to be counted. */
  readonly run: boolean
}

/**
 * Where the slots of one schedule lie, and which of them have been dealt with.
 *
 * A plan reads no clock and sets no timer: it is told the time. No slot is ever given out twice.
 */
export interface Plan extends AlarmTime {
  /** The schedule begins. The first slot is later than `now`. */
  begin(now: Moment): void

  /** Takes what is due, as a run or as missed; undefined when it is too early. */
  take(now: Moment): Due | undefined

  /** Takes the slots that passed before `now` while a body ran, whatever their lateness. */
  takeCovered(now: Moment): Due | undefined

  /** A body has ended. */
  ended(now: Moment): void
}
