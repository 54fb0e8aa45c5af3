/**
 * One call of a timer or cron: the second argument of the method. A class, so that emitted metadata loads;
 * never constructed by users.
 *
 * @example
 * ```ts
 * @Timer('1m') poll(context: ServiceContext, tick: Tick) {
 *   if (tick.missed > 0) context.log.warn('%d polls missed', tick.missed)
 * }
 * ```
 */
export abstract class Tick {
  /** The slot: when it was to begin, before jitter. */
  abstract readonly scheduledAt: Date
  /** When it began. */
  abstract readonly startedAt: Date
  /** The number of this call, counted from 1 since the schedule started. */
  abstract readonly iteration: number
  /** Slots that have gone by without a call since the call before; of a cron, at most 1000 of one gap are counted. */
  abstract readonly missed: number
  /** Aborts when the call is to end: its service stops, its time is up, or `overlap: 'cancel'` starts another. */
  abstract readonly signal: AbortSignal
}
