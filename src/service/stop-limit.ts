import { Alarm } from '../time/index.js'
import { limitedBy, type WaitLimit } from './limited.js'
import type { ServiceHost } from './service-host.js'
import { LEAST_MS } from './step-limits.js'

/**
 * Limits a wait in a stop.
 *
 * @param ms how long, as far as is known when it begins; `Infinity`: for ever
 * @param begun when it began: a reading of the monotonic clock
 * @param expired told how long it was to be in the end
 */
export function limitStop(
  host: ServiceHost,
  ms: number,
  begun: number,
  expired: (ms: number) => void
): WaitLimit {
  if (host.shutdownBudget(begun) === Infinity) return new StopByItself(host, ms, begun, expired)
  const alarm = new Alarm(host.clock, () => expired(ms))
  alarm.setIn(ms, begun)
  return alarm
}

/** The same for work: what {@link limitedBy} makes of it. */
export function limitedInStop<T>(
  host: ServiceHost,
  ms: number,
  work: PromiseLike<T>,
  overdue: (ms: number) => unknown
): Promise<T> {
  return limitedBy(work, (tell) =>
    limitStop(host, ms, host.clock.monotonic(), (inTheEnd) => tell(overdue(inTheEnd)))
  )
}

/** A stop that its own service asked for: should all be stopped meanwhile, it has no longer than that. */
class StopByItself implements WaitLimit {
  readonly #host: ServiceHost
  readonly #begun: number
  readonly #alarm: Alarm
  readonly #forget: () => void
  #ms: number

  constructor(host: ServiceHost, ms: number, begun: number, expired: (ms: number) => void) {
    this.#host = host
    this.#begun = begun
    this.#ms = ms
    this.#alarm = new Alarm(host.clock, () => {
      this.#forget()
      expired(this.#ms)
    })
    if (ms !== Infinity) this.#alarm.setIn(ms, begun)
    this.#forget = host.onShutdown(() => this.#shorten())
  }

  clear(): void {
    this.#alarm.clear()
    this.#forget()
  }

  #shorten(): void {
    const host = this.#host
    const now = host.clock.monotonic()
    const left = Math.max(LEAST_MS, host.shutdownBudget(now))
    const ms = now - this.#begun + left
    if (ms >= this.#ms) return
    this.#ms = ms
    this.#alarm.setIn(left, now)
  }
}
