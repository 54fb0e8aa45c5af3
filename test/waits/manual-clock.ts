import { Clock, type TimerHandle } from '../../src/time/index.js'

interface Timer {
  readonly run: () => void
  readonly due: number
}

/** A clock that moves when it is told to, and knows how many timers are left. */
export class ManualClock extends Clock {
  #now = 0
  readonly #timers = new Set<Timer>()

  /** Timers that have neither fired nor been cleared. */
  get pending(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  setTimeout(run: () => void, delay: number): TimerHandle {
    const timer: Timer = { run, due: this.#now + Math.max(0, delay) }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(handle: TimerHandle): void {
    this.#timers.delete(handle as Timer)
  }

  /** Moves on and fires what has become due, in order of the moments. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      let next: Timer | undefined
      for (const timer of this.#timers)
        if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = next.due
      next.run()
    }
    this.#now = end
  }
}
