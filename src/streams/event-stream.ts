import type { Observable } from 'rxjs'
import { Broadcast } from './broadcast.js'
import { isolatedObservable, type OnSubscriberError } from './isolated-observable.js'

/**
 * A flow of events, and an Observable of it that is made when somebody asks for it. Nothing is replayed. Each
 * event reaches all subscribers before the next one, also when a subscriber causes further events.
 */
export class EventStream<T> {
  readonly #onError: OnSubscriberError
  /** Whether anybody is subscribed: when not, a publisher need not build its event. A field, since each move of a service asks. */
  active = false
  #completed = false
  #broadcast: Broadcast<T> | undefined
  #observable: Observable<T> | undefined

  /** @param onSubscriberError told of what subscribers throw */
  constructor(onSubscriberError: OnSubscriberError) {
    this.#onError = onSubscriberError
  }

  /** The events from the subscription on. After `complete()` a subscriber gets completion at once. */
  get observable(): Observable<T> {
    return (this.#observable ??= isolatedObservable<T>(this.#onError, (subscriber) => {
      const broadcast = (this.#broadcast ??= this.#newBroadcast())
      const look = (): void => {
        this.active = broadcast.active
      }
      broadcast.join(subscriber)
      look()
      // whoever leaves is out of it by then
      subscriber.add(look)
    }))
  }

  /** Tells subscribers. Does nothing after `complete()`. Never throws. */
  publish(event: T): void {
    this.#broadcast?.send(event)
  }

  /** Ends the stream, after the events published so far have reached everybody. */
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
