import { isAbortError } from '../errors/index.js'
import type { Moment } from '../time/index.js'
import type { Due } from './plan.js'
import { Tick } from './tick.js'

/** A tick and what the runner knows of its call. Dates and the signal are made when somebody asks for them. */
export class RunningTick extends Tick {
  readonly iteration: number
  readonly missed: number
  readonly due: Due
  /** How late it began, in milliseconds. */
  readonly latenessMs: number
  /** When it began. */
  readonly began: Moment
  /** What the port has put around the call; told when that is over, however it ended. */
  context: { end(): void } | undefined
  /** The timer of its time limit. */
  limit: unknown
  timedOut = false
  /** Those who fired it. */
  waiters: ((result: FireResult) => void)[] | undefined
  #controller: AbortController | undefined
  #abort: { readonly reason: unknown } | undefined

  constructor(due: Due, latenessMs: number, began: Moment, iteration: number, missed: number) {
    super()
    this.iteration = iteration
    this.missed = missed
    // not its numbers, each of which would be an object more
    this.due = due
    this.latenessMs = latenessMs
    this.began = began
  }

  get scheduledAt(): Date {
    return new Date(this.due.scheduledAt)
  }

  get startedAt(): Date {
    return new Date(this.began.wall)
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abort !== undefined) this.#controller.abort(this.#abort.reason)
    }
    return this.#controller.signal
  }

  /** Tells the call to end. The first reason wins. */
  abort(reason: unknown): void {
    if (this.#abort !== undefined) return
    this.#abort = { reason }
    this.#controller?.abort(reason)
  }

  /** Whether something thrown only says that the call did as it was told. */
  endedByAbort(error: unknown): boolean {
    return this.#abort !== undefined && (error === this.#abort.reason || isAbortError(error))
  }
}

/** What came of {@link ScheduledWork.fire}. */
export type FireResult =
  | { readonly status: 'done' }
  /** The body threw, or its time was up; reported and counted as any failure. */
  | { readonly status: 'failed'; readonly error: unknown }
  /** There was no call: another was running under `overlap: 'skip'`, or the schedule has ended. */
  | { readonly status: 'skipped' }
