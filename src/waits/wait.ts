import { ConfigurationError, LifecycleError, show } from '../errors/index.js'
import { offAbort, onAbort } from '../streams/index.js'
import { type Clock, type Duration, formatDuration, type TimerHandle } from '../time/index.js'
import { abortError } from './abort-error.js'
import { nextTurn } from './next-turn.js'
import type { LateListener, Sink } from './promise-watch.js'
import { timeoutOf } from './timeout.js'
import { begin, decline, type End, type Work, type Worked } from './work.js'

/**
 * How a wait ended: the work was `done`; or the one who waits was `stopped`; or the time was up (`timeout`).
 * When the work settles and the stop comes in one turn, the stop wins.
 */
export type WaitResult<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'stopped' }
  | { readonly status: 'timeout' }

/** How to wait. */
export interface WaitOptions {
  /** How long to wait at most; default `Infinity`. A promise whose time is up is left alone, not ended. */
  readonly timeout?: Duration | undefined
}

/**
 * Waits for work, the signal, or the time-out, whichever is first. Work that lost is told by its own signal, or
 * unsubscribed from; what it comes to is not heard, nor counted as unhandled.
 *
 * @param late told when work that lost fails, which is told to nobody else
 * @throws what the work throws or rejects with
 * @throws ConfigurationError `KEEL_INVALID_DURATION`
 */
export function wait<T>(
  clock: Clock,
  signal: AbortSignal,
  work: Work<T>,
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<T>> {
  return contest(clock, signal, options, late, [work], (contestants) => {
    // without a time-out only the signal itself can end the work
    contestants.begin(0, contestants, options?.timeout === undefined ? signal : undefined)
  })
}

/**
 * Waits for the first of several to settle; the others are told to end. With none, waits for the signal or the
 * time-out.
 *
 * @throws what the first one throws or rejects with
 * @throws ConfigurationError `KEEL_INVALID_DURATION`
 */
export function waitFirst<T>(
  clock: Clock,
  signal: AbortSignal,
  work: readonly Work<T>[],
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<{ index: number; value: T }>>
export function waitFirst<W extends Work<unknown>>(
  clock: Clock,
  signal: AbortSignal,
  work: readonly W[],
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<{ index: number; value: Worked<W> }>>
export function waitFirst<T>(
  clock: Clock,
  signal: AbortSignal,
  work: readonly Work<T>[],
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<{ index: number; value: T }>> {
  return contest<T, { index: number; value: T }>(clock, signal, options, late, work, (contestants) => {
    for (let index = 0; index < work.length; index++) {
      contestants.begin(index, {
        done: (value) => contestants.done({ index, value }),
        failed: (error) => contestants.failed(error)
      })
    }
  })
}

/**
 * Waits until all have settled, in whatever way: as `Promise.allSettled`, a rejection is a result.
 *
 * @throws ConfigurationError `KEEL_INVALID_DURATION`
 */
export function waitAll<T>(
  clock: Clock,
  signal: AbortSignal,
  work: readonly Work<T>[],
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<PromiseSettledResult<T>[]>>
export function waitAll<W extends Work<unknown>>(
  clock: Clock,
  signal: AbortSignal,
  work: readonly W[],
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<PromiseSettledResult<Worked<W>>[]>>
export function waitAll<T>(
  clock: Clock,
  signal: AbortSignal,
  work: readonly Work<T>[],
  options?: WaitOptions,
  late?: LateListener
): Promise<WaitResult<PromiseSettledResult<T>[]>> {
  return contest<T, PromiseSettledResult<T>[]>(clock, signal, options, late, work, (contestants) => {
    const results: PromiseSettledResult<T>[] = []
    let open = work.length
    const settle = (index: number, result: PromiseSettledResult<T>): void => {
      results[index] = result
      if (--open === 0) contestants.done(results)
    }
    if (open === 0) contestants.done(results)
    for (let index = 0; index < work.length; index++) {
      contestants.begin(index, {
        done: (value) => settle(index, { status: 'fulfilled', value }),
        failed: (reason) => settle(index, { status: 'rejected', reason })
      })
    }
  })
}

const FIRST = (): unknown => abortError('another one was first')

function contest<T, R>(
  clock: Clock,
  signal: AbortSignal,
  options: WaitOptions | undefined,
  late: LateListener | undefined,
  work: readonly Work<T>[],
  run: (contestants: Contest<T, R>) => void
): Promise<WaitResult<R>> {
  return new Promise((resolve, reject) => {
    const limit = timeoutOf(options, 'a wait')
    if (!isList(work)) throw noListError(work)
    if (signal.aborted) {
      for (const one of work) decline(one, late)
      nextTurn(() => resolve({ status: 'stopped' }))
    } else run(new Contest<T, R>(clock, signal, limit, late, work, resolve, reject))
  })
}

/** One wait under way: work, signal and time-out, of which the first to come decides. */
class Contest<T, R> implements Sink<R> {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #late: LateListener | undefined
  readonly #work: readonly Work<T>[]
  readonly #resolve: (result: WaitResult<R>) => void
  readonly #reject: (error: unknown) => void
  /** How to end the work. The first by itself, since most waits have no other: a list in each would outlive it, see D36. */
  #end: End | undefined
  #furtherEnds: End[] | undefined
  readonly #stopped: () => void
  #timer: TimerHandle
  /** Set once it is decided: why the others are to end. */
  #why: (() => unknown) | undefined

  constructor(
    clock: Clock,
    signal: AbortSignal,
    limit: number,
    late: LateListener | undefined,
    work: readonly Work<T>[],
    resolve: (result: WaitResult<R>) => void,
    reject: (error: unknown) => void
  ) {
    this.#clock = clock
    this.#signal = signal
    this.#late = late
    this.#work = work
    this.#resolve = resolve
    this.#reject = reject
    // by a name, see D36
    const stopped = (): void => {
      if (this.#decide(() => signal.reason as unknown)) resolve({ status: 'stopped' })
    }
    this.#stopped = stopped
    onAbort(signal, stopped)
    if (limit !== Infinity) {
      this.#timer = clock.setTimeout(() => {
        if (this.#decide(() => abortError(timeoutError(limit)))) resolve({ status: 'timeout' })
      }, limit)
    }
  }

  /** Begins one of the work, unless it has been decided while the ones before were begun. */
  begin(index: number, sink: Sink<T>, signal?: AbortSignal): void {
    const work = this.#work[index] as Work<T>
    if (this.#why !== undefined) {
      decline(work, this.#late)
      return
    }
    const end = begin(work, sink, signal, this.#late)
    if (this.#why !== undefined) end(this.#why)
    else if (this.#end === undefined) this.#end = end
    else (this.#furtherEnds ??= []).push(end)
  }

  done(value: R): void {
    if (this.#decide(FIRST)) this.#resolve({ status: 'done', value })
  }

  failed(error: unknown): void {
    if (this.#decide(FIRST)) this.#reject(error)
  }

  #decide(why: () => unknown): boolean {
    if (this.#why !== undefined) return false
    this.#why = why
    this.#clock.clearTimeout(this.#timer)
    offAbort(this.#signal, this.#stopped)
    this.#end?.(why)
    if (this.#furtherEnds !== undefined) for (const end of this.#furtherEnds) end(why)
    return true
  }
}

/** The types say so, which JavaScript does not read. */
function isList(work: unknown): boolean {
  return Array.isArray(work)
}

function noListError(work: unknown): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `several things are waited for by a list of them, not by ${show(work)}`,
    hint: 'Write waitFirst([…]) or waitAll([…]).'
  })
}

function timeoutError(limit: number): LifecycleError {
  return new LifecycleError('KEEL_WAIT_TIMEOUT', {
    message: `the work took longer than ${formatDuration(limit)}`
  })
}
