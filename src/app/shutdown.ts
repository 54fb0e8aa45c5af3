import { Roster } from '../streams/index.js'
import type { Clock } from '../time/index.js'

/** How long a stop of all, or the roll-back of a start, may take yet; milliseconds. */
export class Shutdown {
  readonly #clock: Clock
  #deadline = Infinity
  /** What stops already when all is to stop: to be told of it. */
  readonly #stopsUnderWay = new Roster<() => void>()
  /** What the last one has left of its time. */
  leftOver = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(limitMs: number): void {
    this.#deadline = this.#clock.monotonic() + limitMs
    for (const tell of this.#stopsUnderWay.all()) tell()
  }

  end(): void {
    this.leftOver = this.left()
    this.#deadline = Infinity
  }

  /**
   * `Infinity` while none is under way.
   *
   * @param now what the clock says, where that is known
   */
  left(now?: number): number {
    return this.#deadline === Infinity
      ? Infinity
      : Math.max(0, this.#deadline - (now ?? this.#clock.monotonic()))
  }

  /** @returns ends it */
  onBegin(tell: () => void): () => void {
    this.#stopsUnderWay.add(tell)
    return () => void this.#stopsUnderWay.delete(tell)
  }
}
