import type { StopFailure } from '../errors/index.js'
import { Roster } from '../streams/index.js'

/** Waits for the start of a service. */
interface StartWaiter {
  resolve(): void
  reject(error: unknown): void
}

type RestWaiter = (failures: readonly StopFailure[]) => void

/**
 * Those who wait for a service: for its start, for its rest, for its end. Who is told is let go of first, so that
 * whoever begins to wait meanwhile waits for the next time.
 */
export class Waiters {
  #forStart: StartWaiter[] = []
  #forRest: RestWaiter[] = []
  /** Those who give up waiting leave in a time that does not grow with their number. */
  readonly #forEnd = new Roster<() => void>()

  /** Resolves once it has started, or rejects. */
  started(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#forStart.push({ resolve, reject })
    })
  }

  /** Resolves once it is at rest. */
  atRest(): Promise<readonly StopFailure[]> {
    return new Promise((resolve) => {
      this.#forRest.push(resolve)
    })
  }

  /** @param ended called once, when it has ended; what is given back takes it out again */
  onEnd(ended: () => void): () => void {
    this.#forEnd.add(ended)
    return () => void this.#forEnd.delete(ended)
  }

  get areForRest(): boolean {
    return this.#forRest.length > 0
  }

  get areForEnd(): boolean {
    return this.#forEnd.size > 0
  }

  tellStarted(): void {
    const told = this.#forStart
    this.#forStart = []
    for (const waiter of told) waiter.resolve()
  }

  /** @param why made when somebody waits */
  tellNotStarted(why: () => Error): void {
    if (this.#forStart.length === 0) return
    const told = this.#forStart
    this.#forStart = []
    const error = why()
    for (const waiter of told) waiter.reject(error)
  }

  tellAtRest(failures: readonly StopFailure[]): void {
    const told = this.#forRest
    this.#forRest = []
    for (const resolve of told) resolve(failures)
  }

  tellEnded(): void {
    const told = this.#forEnd.all()
    this.#forEnd.clear()
    for (const ended of told) ended()
  }
}
