/** What a schedule has done since it started. */
export interface ScheduleSnapshot {
  /** `'done'`: no call will begin any more, and none runs. `'failed'`: so, and a failure crashed it. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** When the call under way, or else the last one, began; milliseconds since the epoch. */
  readonly startedAt: number | undefined
  /** Calls begun. */
  readonly runs: number
  /** Slots without a call, and slots that one call made up for. */
  readonly missed: number
  /** Calls that failed. */
  readonly errors: number
  readonly lastDurationMs?: number
  readonly lastLatenessMs?: number
  readonly worstLatenessMs?: number
  /** What the last call that ended threw, when it failed. */
  readonly lastError?: unknown
  /** The next slot, jitter included; milliseconds since the epoch. Absent when none is to come, or while a body covers it. */
  readonly nextDueAt?: number
}

/** What a schedule that goes as it should has none of. */
class Setbacks {
  missed = 0
  missedSinceCall = 0
  errors = 0
  failuresInARow = 0
  /** How the last call that ended failed. */
  lastFailure: { readonly error: unknown } | undefined
}

const NO_SETBACKS = new Setbacks()

/** The same, while it is counted. */
export class Counters {
  // NaN until known: a field that only ever holds numbers is written in place
  startedAt = NaN
  runs = 0
  lastDurationMs = NaN
  lastLatenessMs = NaN
  worstLatenessMs = NaN
  #setbacks: Setbacks | undefined

  began(at: number, latenessMs: number): void {
    this.startedAt = at
    this.runs++
    this.lastLatenessMs = latenessMs
    if (!(latenessMs <= this.worstLatenessMs)) this.worstLatenessMs = latenessMs
    if (this.#setbacks !== undefined) this.#setbacks.missedSinceCall = 0
  }

  /** Slots have gone by without a call. */
  passed(slots: number): void {
    const setbacks = (this.#setbacks ??= new Setbacks())
    setbacks.missed += slots
    setbacks.missedSinceCall += slots
  }

  /** Slots that have gone by since the call that began last. */
  get missedSinceCall(): number {
    return this.#setbacks === undefined ? 0 : this.#setbacks.missedSinceCall
  }

  succeeded(): void {
    if (this.#setbacks === undefined) return
    this.#setbacks.failuresInARow = 0
    this.#setbacks.lastFailure = undefined
  }

  /** @returns how many calls have failed one after the other */
  failed(error: unknown): number {
    const setbacks = (this.#setbacks ??= new Setbacks())
    setbacks.errors++
    setbacks.lastFailure = { error }
    return ++setbacks.failuresInARow
  }

  snapshot(state: ScheduleSnapshot['state'], nextDueAt: number | undefined): ScheduleSnapshot {
    const { startedAt, runs, lastDurationMs, lastLatenessMs, worstLatenessMs } = this
    const { missed, errors, lastFailure } = this.#setbacks ?? NO_SETBACKS
    return {
      state,
      startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
      runs,
      missed,
      errors,
      ...(Number.isNaN(lastDurationMs) ? {} : { lastDurationMs }),
      ...(Number.isNaN(lastLatenessMs) ? {} : { lastLatenessMs }),
      ...(Number.isNaN(worstLatenessMs) ? {} : { worstLatenessMs }),
      ...(lastFailure === undefined ? {} : { lastError: lastFailure.error }),
      ...(nextDueAt === undefined ? {} : { nextDueAt })
    }
  }
}
