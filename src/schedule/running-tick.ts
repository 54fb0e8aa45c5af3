import { isAbortError } from '../errors/index.js'
import { controllerForMany } from '../streams/index.js'
import { type Clock, type Moment, setLimit } from '../time/index.js'
import type { Due } from './plan.js'
import { Tick } from './tick.js'

/** What few calls have. */
class Seldom {
  controller: AbortController | undefined
  abort: { readonly reason: unknown } | undefined
  /** The timer of its time limit. */
  limit: unknown
  timedOut = false
  /** Those who fired it. */
  waiters: ((result: FireResult) => void)[] | undefined
}

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
  #seldom: Seldom | undefined

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
    const seldom = (this.#seldom ??= new Seldom())
    if (seldom.controller === undefined) {
      seldom.controller = controllerForMany()
      if (seldom.abort !== undefined) seldom.controller.abort(seldom.abort.reason)
    }
    return seldom.controller.signal
  }

  /** Tells the call to end. The first reason wins. */
  abort(reason: unknown): void {
    const seldom = (this.#seldom ??= new Seldom())
    if (seldom.abort !== undefined) return
    seldom.abort = { reason }
    seldom.controller?.abort(reason)
  }

  /** Whether something thrown only says that the call did as it was told. */
  endedByAbort(error: unknown): boolean {
    const abort = this.#seldom?.abort
    return abort !== undefined && (error === abort.reason || isAbortError(error))
  }

  /** Sets the timer of its time limit. */
  limitBy(clock: Clock, limit: number, expired: () => void): void {
    const seldom = (this.#seldom ??= new Seldom())
    seldom.limit = setLimit(
      clock,
      () => {
        seldom.limit = undefined
        seldom.timedOut = true
        expired()
      },
      limit
    )
  }

  /** It has settled in time. */
  endLimit(clock: Clock): void {
    if (this.#seldom?.limit !== undefined) clock.clearTimeout(this.#seldom.limit)
  }

  /** Its time was up. */
  get timedOut(): boolean {
    return this.#seldom?.timedOut === true
  }

  /** Somebody has fired it, and is to be answered once. */
  tellTo(waiters: ((result: FireResult) => void)[]): void {
    this.#seldom ??= new Seldom()
    this.#seldom.waiters = waiters
  }

  answer(result: FireResult): void {
    const waiters = this.#seldom?.waiters
    if (waiters === undefined) return
    this.#seldom!.waiters = undefined
    waiters.forEach((resolve) => resolve(result))
  }
}

/** What came of {@link ScheduledWork.fire}. */
export type FireResult =
  | { readonly status: 'done' }
  /** The body threw, or its time was up; reported and counted as any failure. */
  | { readonly status: 'failed'; readonly error: unknown }
  /** There was no call: another was running under `overlap: 'skip'`, or the schedule has ended. */
  | { readonly status: 'skipped' }
