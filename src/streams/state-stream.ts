import type { Observable } from 'rxjs'
import { Broadcast } from './broadcast.js'
import { isolatedObservable, type OnSubscriberError } from './isolated-observable.js'

/**
 * A value that changes, and an Observable of its changes that is made when somebody asks for it.
 *
 * Subscribers see the current value at once, then each change once and in order, also when one of them causes
 * a further change while it is told of one. The stream never errors; it may complete.
 */
export class StateStream<T> {
  readonly #onError: OnSubscriberError
  #value: T
  #completed = false
  #broadcast: Broadcast<T> | undefined
  #observable: Observable<T> | undefined

  /**
   * @param initial the value before the first `set`
   * @param onSubscriberError told of what subscribers throw
   */
  constructor(initial: T, onSubscriberError: OnSubscriberError) {
    this.#value = initial
    this.#onError = onSubscriberError
  }

  /** The current value: already the new one when subscribers hear of a change. */
  get value(): T {
    return this.#value
  }

  /**
   * The changes, with the current value first. A subscriber that joins during an emission gets the value that
   * is current then, and later ones. After `complete()` a subscriber gets the last value, then completion.
   */
  get observable(): Observable<T> {
    return (this.#observable ??= isolatedObservable<T>(this.#onError, (subscriber) => {
      this.#broadcast ??= this.#newBroadcast()
      this.#broadcast.join(subscriber, { value: this.#value })
    }))
  }

  /** Changes the value and tells subscribers. The same value (`Object.is`) is no change. Never throws. */
  set(next: T): void {
    if (Object.is(next, this.#value)) return
    this.#value = next
    this.#broadcast?.send(next)
  }

  /** Ends the stream. The value can still be read and set; nobody is told of changes any more. */
  complete(): void {
    this.#completed = true
    this.#broadcast?.complete()
  }

  #newBroadcast(): Broadcast<T> {
    const broadcast = new Broadcast<T>(this.#onError)
    if (this.#completed) broadcast.complete()
    return broadcast
  }
}
