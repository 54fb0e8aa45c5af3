import type { Observable, Observer, Operator, Subscriber, Subscription, TeardownLogic } from 'rxjs'
import { loadObservable } from './load-rxjs.js'

/** Told of what a subscriber threw, or of an error that reached a subscriber with no `error` callback. */
export type OnSubscriberError = (error: unknown) => void

/** What people hand to `subscribe`, its callbacks gathered in one object. */
type Consumer<T> = Partial<Observer<T>>

/** What an Observable does when somebody subscribes. */
type Subscribe<T> = (subscriber: Subscriber<T>) => TeardownLogic

type IsolatedObservableClass = new <T>(onError: OnSubscriberError, subscribe?: Subscribe<T>) => Observable<T>

let IsolatedObservable: IsolatedObservableClass | undefined

/**
 * An Observable whose subscribers are on their own: what a callback throws, or rejects with when it is async,
 * goes to `onError` and to nobody else. What `pipe` makes of it is isolated in the same way, as long as the
 * operators lift their source, as those of rxjs do.
 */
export function isolatedObservable<T>(onError: OnSubscriberError, subscribe: Subscribe<T>): Observable<T> {
  IsolatedObservable ??= makeClass()
  return new IsolatedObservable(onError, subscribe)
}

/** The class cannot be there before the class of rxjs that it extends. */
function makeClass(): IsolatedObservableClass {
  const Base = loadObservable()
  return class Isolated<T> extends Base<T> {
    readonly #onError: OnSubscriberError

    constructor(onError: OnSubscriberError, subscribe?: Subscribe<T>) {
      super(subscribe)
      this.#onError = onError
    }

    override lift<R>(operator?: Operator<T, R>): Observable<R> {
      const lifted = new Isolated<R>(this.#onError)
      lifted.source = this
      lifted.operator = operator
      return lifted
    }

    override subscribe(
      observerOrNext?: Consumer<T> | ((value: T) => void) | null,
      error?: ((error: unknown) => void) | null,
      complete?: (() => void) | null
    ): Subscription {
      // The subscribers of operators pass: the consumer behind them was wrapped where it subscribed.
      if (isSubscription(observerOrNext)) return super.subscribe(observerOrNext)
      return super.subscribe(new IsolatedObserver(consumerOf(observerOrNext, error, complete), this.#onError))
    }
  }
}

/** As rxjs itself tells it, of any copy. */
function isSubscription(value: object | null | undefined): value is Subscription {
  if (value === null || value === undefined || !('closed' in value)) return false
  const { add, remove, unsubscribe } = value as Partial<Subscription>
  return [add, remove, unsubscribe].every((method) => typeof method === 'function')
}

function consumerOf<T>(
  observerOrNext: Consumer<T> | ((value: T) => void) | null | undefined,
  error: ((error: unknown) => void) | null | undefined,
  complete: (() => void) | null | undefined
): Consumer<T> {
  if (typeof observerOrNext === 'object' && observerOrNext !== null) return observerOrNext
  const consumer: Consumer<T> = {}
  if (observerOrNext) consumer.next = observerOrNext
  if (error) consumer.error = error
  if (complete) consumer.complete = complete
  return consumer
}

class IsolatedObserver<T> implements Observer<T> {
  readonly #consumer: Consumer<T>
  readonly #onError: OnSubscriberError

  constructor(consumer: Consumer<T>, onError: OnSubscriberError) {
    this.#consumer = consumer
    this.#onError = onError
  }

  next(value: T): void {
    try {
      this.#watch(this.#consumer.next?.(value))
    } catch (thrown) {
      report(this.#onError, thrown)
    }
  }

  error(error: unknown): void {
    try {
      if (this.#consumer.error) this.#watch(this.#consumer.error(error))
      else report(this.#onError, error)
    } catch (thrown) {
      report(this.#onError, thrown)
    }
  }

  complete(): void {
    try {
      this.#watch(this.#consumer.complete?.())
    } catch (thrown) {
      report(this.#onError, thrown)
    }
  }

  /** An async callback is assignable to one that returns nothing; its rejection must not end the process. */
  #watch(result: unknown): void {
    if (typeof result !== 'object' || result === null || !('then' in result)) return
    Promise.resolve(result).catch((error: unknown) => report(this.#onError, error))
  }
}

/** Hands an error to its owner. An owner that throws has a bug of its own: the process hears of it, no stream does. */
export function report(onError: OnSubscriberError, error: unknown): void {
  try {
    onError(error)
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown
    })
  }
}

/** Whether this can be subscribed to: an Observable of any copy of rxjs, or one that looks like it. */
export function isObservable(value: unknown): value is Observable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'subscribe' in value &&
    typeof value.subscribe === 'function'
  )
}
