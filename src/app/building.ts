import { isAbortError, LifecycleError, StopError, type StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { EventLog, type Logger } from '../logging/index.js'
import { type Clock, formatDuration, systemClock, type TimerHandle, setLimit } from '../time/index.js'
import type { Awaited, BuildWatch, Patience } from '../wiring/index.js'
import { patienceOf } from './disposal.js'

/** Something that is awaited while an application is built. */
export interface AwaitedPart {
  /** `'the factory of Pool'`, `'imports[0] of App'`. */
  readonly what: string
  readonly forMs: number
}

/**
 * An application while it is built: what that waits for, and how it is ended before its time. In place of the application
 * for whoever is to stop or describe it before there is one.
 */
export class Building implements BuildWatch {
  readonly #clock: Clock
  readonly #givenUp = new AbortController()
  readonly #abandoned = new AbortController()
  readonly #awaited = new Map<Awaited, number>()
  /** Since it was abandoned. */
  readonly #failures: StopFailure[] = []
  #log: Logger | undefined
  #timer: TimerHandle
  #deadline = Infinity

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  get signal(): AbortSignal {
    return this.#givenUp.signal
  }

  get abandoned(): AbortSignal {
    return this.#abandoned.signal
  }

  get patience(): Patience | undefined {
    return this.#deadline === Infinity
      ? undefined
      : patienceOf(this.#clock, this.#deadline - this.#clock.monotonic()).disposal
  }

  /** What it waits for now. */
  get awaited(): readonly AwaitedPart[] {
    const now = this.#clock.monotonic()
    return Array.from(this.#awaited, ([part, since]) => ({ what: wordsFor(part), forMs: now - since }))
  }

  awaits(part: Awaited): () => void {
    this.#awaited.set(part, this.#clock.monotonic())
    return () => void this.#awaited.delete(part)
  }

  failed(failure: StopFailure): void {
    // as with hooks: whatever ends by being cut short has ended in order
    if (!isAbortError(failure.error)) this.#failures.push(failure)
  }

  get log(): Logger | undefined {
    return this.#log
  }

  /** From now on there is a log. */
  set log(log: Logger) {
    this.#log = log
    if (this.#abandoned.signal.aborted) this.#tell()
  }

  /** It may take no longer than the start of the application. */
  limit(startTimeout: number, name: string): void {
    if (startTimeout === Infinity || this.#abandoned.signal.aborted) return
    this.#timer = setLimit(
      this.#clock,
      () => {
        const message = `${name} was not built within ${formatDuration(startTimeout)}`
        this.#givenUp.abort(new LifecycleError('KEEL_START_TIMEOUT', { message }))
      },
      startTimeout
    )
  }

  /** Begins nothing more. What is under way then may take as long as a stop. */
  abandon(reason: StopReason, shutdownTimeout: number): void {
    if (this.#abandoned.signal.aborted) return
    this.#abandoned.abort(reason)
    this.#tell()
    this.end()
    if (shutdownTimeout === Infinity) return
    this.#deadline = this.#clock.monotonic() + shutdownTimeout
    this.#timer = this.#clock.setTimeout(() => this.#giveUp(reason, shutdownTimeout), shutdownTimeout)
  }

  /** It is over: no limit is set any more. */
  end(): void {
    this.#clock.clearTimeout(this.#timer)
  }

  /** What the building of an application fails with that was abandoned; what went wrong meanwhile is its cause. */
  abandonedError(name: string): LifecycleError {
    const failures = this.#failures
    return new LifecycleError('KEEL_START_ABORTED', {
      message: `${name} was stopped while it was still being constructed`,
      ...(failures.length > 0 ? { cause: new StopError(failures, { service: name }) } : {})
    })
  }

  #giveUp(reason: StopReason, shutdownTimeout: number): void {
    const limit = `${formatDuration(shutdownTimeout)}, the shutdownTimeout of the application`
    const hint = 'Limit how long it may wait, or raise shutdownTimeout.'
    for (const part of this.#awaited.keys()) {
      const message = `${wordsFor(part)} did not settle within ${limit}`
      const error = new LifecycleError('KEEL_STOP_TIMEOUT', { message, service: part.service, hint })
      this.#failures.push({ ...part, error })
    }
    this.#givenUp.abort(reason)
  }

  #tell(): void {
    if (this.#log === undefined || this.#log.level === 'silent') return
    const reason: unknown = this.#abandoned.signal.reason
    new EventLog(this.#log).write({
      type: 'application.stopping',
      at: this.#clock.now(),
      reason: reason as StopReason
    })
  }
}

function wordsFor({ service, phase }: Awaited): string {
  return phase === 'factory' ? `the factory of ${service}` : phase
}
