import { isAbortError } from '../errors/index.js'

/** Who wants to know how something ends. Called at most once, at one of the two. */
export interface Sink<T> {
  done(value: T): void
  failed(error: unknown): void
}

/** Who wants to know what a promise comes to that was given up: what is lost otherwise. */
export interface LateListener {
  /** It has rejected, and nobody waits for it; never told of an `AbortError`, which is how work ends that is told to. */
  failedLate(error: unknown): void
}

/** The one reaction on a promise, for all who watch it. */
class Watch {
  /** Almost always the only one; a set is made for the second. */
  only: Sink<unknown> | undefined
  more: Set<Sink<unknown>> | undefined
  settled = false
  /** Of the last who gave it up. */
  late: LateListener | undefined

  add(sink: Sink<unknown>): void {
    if (this.only === undefined) this.only = sink
    else (this.more ??= new Set()).add(sink)
  }

  delete(sink: Sink<unknown>): void {
    if (this.only === sink) this.only = undefined
    else this.more?.delete(sink)
  }

  settle(tell: (sink: Sink<unknown>) => void): void {
    this.settled = true
    if (this.only !== undefined) tell(this.only)
    if (this.more !== undefined) for (const sink of this.more) tell(sink)
    this.only = this.more = undefined
  }

  fail(error: unknown): void {
    const isGivenUp = this.only === undefined && (this.more === undefined || this.more.size === 0)
    this.settle((each) => each.failed(error))
    if (isGivenUp && this.late !== undefined && !isAbortError(error)) this.late.failedLate(error)
  }
}

const watches = new WeakMap<object, Watch>()

/**
 * Tells `sink` how a promise ends, until the function that is returned is called. A rejection counts as handled
 * either way.
 *
 * A reaction cannot be taken off a promise. So that a loop which waits with a time-out for something far off does
 * not pile them up, a promise that somebody gave up waiting for keeps its one reaction, and later waits share it.
 *
 * @param late told of a rejection that comes when it has been given up
 */
export function watchPromise<T>(promise: PromiseLike<T>, sink: Sink<T>, late?: LateListener): () => void {
  const listener = sink as Sink<unknown>
  const shared = watches.get(promise)
  if (shared !== undefined && !shared.settled) {
    shared.add(listener)
    return () => {
      shared.delete(listener)
      shared.late = late
    }
  }
  const watch = new Watch()
  watch.add(listener)
  // a thenable of another make may throw, or answer twice
  Promise.resolve(promise).then(
    (value) => watch.settle((each) => each.done(value)),
    (error: unknown) => watch.fail(error)
  )
  return () => {
    watch.delete(listener)
    watch.late = late
    if (!watch.settled && isObject(promise)) watches.set(promise, watch)
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
