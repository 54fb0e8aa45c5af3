import type { Clock } from '../time/index.js'
import type { RunningTick } from './running-tick.js'
import type { ScheduledWork } from './scheduled-work.js'
import type { Tick } from './tick.js'

/** What a schedule calls. May return a promise; until it settles, the body counts as running. */
export type ScheduledBody = (tick: Tick) => unknown

/**
 * What a schedule needs from whoever owns it. One port can serve any number of schedules.
 *
 * @typeParam Body what it calls: a function, or whatever it knows how to call
 */
export interface SchedulePort<Body = ScheduledBody> {
  readonly clock: Clock

  /** Calls the body, within whatever a call has around it. What it throws or rejects with is the body's failure. */
  begin(tick: RunningTick, body: Body, work: ScheduledWork<Body>): unknown

  /** The schedule has come to its end with this error: as thrown by the body, or a `KEEL_TASK_TIMEOUT`. */
  crash(error: unknown, work: ScheduledWork<Body>): void

  /** The service that it belongs to, for errors. */
  readonly service?: string

  /** Whether anybody wants to hear of calls that end well. Default: yes. */
  readonly listens?: boolean

  /** A call has ended well, or because its signal told it to. */
  ran?(call: EndedCall, work: ScheduledWork<Body>): void

  /** A call has failed: it threw, or its time was up. */
  failed?(error: unknown, call: EndedCall, work: ScheduledWork<Body>): void

  /** A call that had {@link failed} since its time was up has thrown something of its own. */
  failedLate?(error: unknown, work: ScheduledWork<Body>): void

  /** Slots have gone by without a call. */
  missed?(slots: MissedSlots, work: ScheduledWork<Body>): void

  /** Numbers in [0, 1), for jitter. Default `Math.random`. */
  random?(): number
}

/** A call that is over. */
export interface EndedCall {
  readonly tick: Tick
  /** How late it began, in milliseconds. */
  readonly latenessMs: number
  /** In milliseconds. */
  readonly durationMs: number
}

/** Slots without a call. */
export interface MissedSlots {
  readonly count: number
  /** The latest of them; milliseconds since the epoch. */
  readonly lastAt: number
  /** `'overlap'`: the body was running. `'late'`: nobody looked at the clock in time. */
  readonly cause: 'overlap' | 'late'
}
