import { controllerForMany, isObservable, type Observable, type Subscription } from '../streams/index.js'
import { type LateListener, type Sink, watchPromise } from './promise-watch.js'

/**
 * What can be waited for.
 *
 * - a promise, or anything with `then`: waited for, but it cannot be told to end;
 * - an Observable: its first value, `undefined` when it completes without one; unsubscribed from afterwards;
 * - a function: called with a signal that is aborted when nobody waits for its result any more.
 */
export type Work<T> = PromiseLike<T> | Observable<T> | ((signal: AbortSignal) => PromiseLike<T>)

/** What work comes to; of several kinds of work, either. */
export type Worked<W> = W extends (signal: AbortSignal) => PromiseLike<infer T>
  ? T
  : W extends PromiseLike<infer T> | Observable<infer T>
    ? T
    : never

/** Tells work that nobody waits for it any more, and why; does nothing when it has settled. */
export type End = (why: () => unknown) => void

/** Begins work. Its outcome goes to `sink`, nothing does after the end; then `late` is told when it fails. */
export function begin<T>(work: Work<T>, sink: Sink<T>, signal?: AbortSignal, late?: LateListener): End {
  if (typeof work === 'function') return call(work, sink, signal, late)
  if (isObservable(work)) return subscribe(work, sink)
  return watchPromise(work, sink, late)
}

/** Takes work that will not be begun: a promise's rejection must not count as unhandled for that. */
export function decline(work: Work<unknown>, late?: LateListener): void {
  if (typeof work !== 'function' && !isObservable(work)) watchPromise(work, NOBODY, late)()
}

const NOBODY: Sink<unknown> = { done() {}, failed() {} }

function call<T>(
  work: (signal: AbortSignal) => PromiseLike<T>,
  sink: Sink<T>,
  given: AbortSignal | undefined,
  late: LateListener | undefined
): End {
  const controller = given === undefined ? controllerForMany() : undefined
  let settled = false
  let promise: PromiseLike<T>
  try {
    promise = work(given ?? controller!.signal)
  } catch (error) {
    sink.failed(error)
    return () => {}
  }
  const watch: Sink<T> = {
    done(value) {
      settled = true
      sink.done(value)
    },
    failed(error) {
      settled = true
      sink.failed(error)
    }
  }
  const forget = watchPromise(promise, watch, late)
  return (why) => {
    if (settled) return
    forget()
    controller?.abort(why())
  }
}

function subscribe<T>(work: Observable<T>, sink: Sink<T>): End {
  let settled = false
  let subscription: Subscription | undefined
  const settle = (tell: () => void): void => {
    if (settled) return
    settled = true
    subscription?.unsubscribe()
    tell()
  }
  try {
    subscription = work.subscribe({
      next: (value) => settle(() => sink.done(value)),
      error: (error: unknown) => settle(() => sink.failed(error)),
      complete: () => settle(() => sink.done(undefined as T))
    })
  } catch (error) {
    settle(() => sink.failed(error))
  }
  // it answered while it was being subscribed to
  if (settled) subscription?.unsubscribe()
  return () => settle(() => {})
}
