import type { Subscriber } from 'rxjs'
import { type OnSubscriberError, report } from './isolated-observable.js'

/** A subscriber, and how many values had been sent when it joined: those are not for it. */
interface Listener<T> {
  readonly subscriber: Subscriber<T>
  readonly after: number
}

/**
 * Sends values to subscribers: each value to all of them before the next one to any, also when a subscriber
 * sends a further value while it is called. Who joins during a delivery gets what is sent from then on; who
 * leaves during one gets nothing more of it.
 */
export class Broadcast<T> {
  readonly #onError: OnSubscriberError
  // A Set stays in order and may be changed while it is walked, so no copy is made.
  readonly #listeners = new Set<Listener<T>>()
  readonly #queue: T[] = []
  #sent = 0
  #delivering = false
  #completed = false

  constructor(onError: OnSubscriberError) {
    this.#onError = onError
  }

  /** Whether anybody is subscribed. */
  get active(): boolean {
    return this.#listeners.size > 0
  }

  /** Subscribes, with `replay` as the first thing that the subscriber sees, when one is given. */
  join(subscriber: Subscriber<T>, replay?: { readonly value: T }): void {
    if (!this.#completed) {
      const listener: Listener<T> = { subscriber, after: this.#sent }
      this.#listeners.add(listener)
      subscriber.add(() => this.#listeners.delete(listener))
    }
    if (replay !== undefined) {
      if (this.#delivering) this.#next(subscriber, replay.value)
      else {
        // what this subscriber sends in answer comes after what it is shown
        this.#delivering = true
        this.#next(subscriber, replay.value)
        this.#finish()
      }
    }
    if (this.#completed) this.#end(subscriber)
  }

  /** Sends a value; does nothing once completed. */
  send(value: T): void {
    if (this.#completed) return
    this.#sent++
    if (this.#delivering) {
      this.#queue.push(value)
      return
    }
    this.#delivering = true
    this.#deliver(value, this.#sent)
    this.#finish()
  }

  /** Completes all subscribers, after what has been sent has reached them. */
  complete(): void {
    this.#completed = true
    if (!this.#delivering) this.#finish()
  }

  #finish(): void {
    const queue = this.#queue
    if (queue.length > 0) {
      const before = this.#sent - queue.length
      for (let index = 0; index < queue.length; index++) this.#deliver(queue[index] as T, before + index + 1)
      queue.length = 0
    }
    this.#delivering = false
    if (this.#completed) for (const { subscriber } of this.#listeners) this.#end(subscriber)
  }

  #deliver(value: T, number: number): void {
    for (const { subscriber, after } of this.#listeners) if (after < number) this.#next(subscriber, value)
  }

  #next(subscriber: Subscriber<T>, value: T): void {
    try {
      subscriber.next(value)
    } catch (error) {
      report(this.#onError, error)
    }
  }

  #end(subscriber: Subscriber<T>): void {
    try {
      subscriber.complete()
    } catch (error) {
      report(this.#onError, error)
    }
  }
}
