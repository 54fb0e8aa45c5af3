import type { TimerOptions } from '../metadata/index.js'
import { offAbort, onAbort } from '../streams/index.js'
import { Alarm, momentOf, type Clock, type Duration } from '../time/index.js'
import type { Due } from './plan.js'
import { readTimer } from './settings.js'
import { Tick } from './tick.js'
import { planTimer } from './timer-plan.js'

/** Options of `context.interval()`. */
export type IntervalOptions = Pick<TimerOptions, 'immediate' | 'mode' | 'jitter' | 'name'>

/**
 * Ticks at the slots of a timer, for `for await`; ends when the signal aborts. Slots that the loop's body covers
 * are missed, as with `overlap: 'skip'`. The slots count from the first time it is asked for a tick.
 *
 * @throws ConfigurationError `KEEL_INVALID_DURATION`, `KEEL_INVALID_OPTION`; at once, not in the loop
 */
export function interval(
  clock: Clock,
  signal: AbortSignal,
  every: Duration,
  options: IntervalOptions = {}
): AsyncIterable<Tick> {
  const settings = readTimer(every, options, options.name ?? 'interval()')

  async function* ticks(): AsyncGenerator<Tick, void, undefined> {
    if (signal.aborted) return
    const plan = planTimer(settings)
    const start = momentOf(clock)
    plan.begin(start)
    let iteration = 0
    let missed = 0
    if (settings.immediate) {
      yield new IntervalTick(start.wall, start.wall, ++iteration, 0, signal)
      endBody()
    }
    while (await untilDue()) {
      const now = momentOf(clock)
      const due = plan.take(now)
      if (due === undefined) continue
      yield new IntervalTick(due.scheduledAt, now.wall, ++iteration, missed + due.missed, signal)
      missed = 0
      endBody()
    }

    function endBody(): void {
      const now = momentOf(clock)
      plan.ended(now)
      const covered: Due | undefined = plan.takeCovered(now)
      if (covered !== undefined) missed = covered.missed + 1
    }

    function untilDue(): Promise<boolean> {
      if (signal.aborted) return Promise.resolve(false)
      return new Promise((resolve) => {
        const alarm = new Alarm(clock, () => {
          offAbort(signal, stop)
          resolve(true)
        })
        const stop = (): void => {
          alarm.clear()
          resolve(false)
        }
        onAbort(signal, stop)
        alarm.set(plan)
      })
    }
  }

  return { [Symbol.asyncIterator]: ticks }
}

class IntervalTick extends Tick {
  readonly #scheduled: number
  readonly #started: number
  readonly iteration: number
  readonly missed: number
  readonly signal: AbortSignal

  constructor(scheduled: number, started: number, iteration: number, missed: number, signal: AbortSignal) {
    super()
    this.#scheduled = scheduled
    this.#started = started
    this.iteration = iteration
    this.missed = missed
    this.signal = signal
  }

  get scheduledAt(): Date {
    return new Date(this.#scheduled)
  }

  get startedAt(): Date {
    return new Date(this.#started)
  }
}
