import type { StartInterruption } from './start-interruption.js'

/** One attempt to start an application: goes on until everything runs, or something cuts it short. */
export class StartAttempt {
  #interruption: StartInterruption | undefined
  #end!: () => void
  readonly #interrupted = new Promise<void>((resolve) => (this.#end = resolve))

  /** The roll-back, where it has begun in the moment of the interruption. */
  rollingBack: Promise<Error> | undefined
  /** Its services have begun to start. */
  hasBegun = false
  /** All of them run, and are told so: what starts from now on is told by whoever starts it. */
  isTelling = false

  /** What has cut it short: the first of several. */
  get interruption(): StartInterruption | undefined {
    return this.#interruption
  }

  interrupt(cause: StartInterruption): void {
    this.#interruption ??= cause
    this.#end()
  }

  /** Waits for a part of it, unless it is cut short. */
  orUntil(part: Promise<void>): Promise<void> {
    return Promise.race([part, this.#interrupted])
  }
}
