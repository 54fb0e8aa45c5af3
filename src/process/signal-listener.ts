import { outsideCalls } from '../service/index.js'
import { systemClock } from '../time/index.js'
import { constants } from 'node:os'
import { exitAtOnce } from './early-exit.js'
import type { ProcessOptions } from './process-options.js'

/** A signal this soon after the first is the same one: a terminal and a wrapper such as npm both send it. */
const SAME_SIGNAL_MS = 200

/** What signals ask for. */
export interface SignalHandlers {
  /** The first one. */
  stop(signal: NodeJS.Signals): void
  /** What is done now, for people. */
  describe(): string
  /** What has not ended yet, in a few words. */
  describeUnrest(): string
}

/** Hears the signals of the process for one application. */
export class SignalListener {
  readonly #handlers: SignalHandlers
  /** One table, walked twice: what is put on comes off. */
  readonly #listeners = new Map<NodeJS.Signals, () => void>()
  #first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined

  constructor(
    { signals, dumpSignal }: Pick<ProcessOptions, 'signals' | 'dumpSignal'>,
    handlers: SignalHandlers
  ) {
    this.#handlers = handlers
    for (const signal of signals) this.#listeners.set(signal, () => outsideCalls(() => this.#heard(signal)))
    if (dumpSignal !== undefined) this.#listeners.set(dumpSignal, () => this.#dump())
    for (const [signal, listener] of this.#listeners) process.on(signal, listener)
  }

  off(): void {
    for (const [signal, listener] of this.#listeners) process.off(signal, listener)
    this.#listeners.clear()
  }

  #heard(signal: NodeJS.Signals): void {
    const now = systemClock.monotonic()
    const first = this.#first
    if (first === undefined) {
      this.#first = { signal, at: now }
      this.#handlers.stop(signal)
      return
    }
    if (now - first.at < SAME_SIGNAL_MS) return
    const which = signal === first.signal ? `${signal} again` : `${signal} after ${first.signal}`
    const unrest = this.#handlers.describeUnrest()
    process.stderr.write(`${which}: exits at once${unrest === '' ? '' : `; not stopped: ${unrest}`}\n`)
    exitAtOnce(128 + constants.signals[signal])
  }

  #dump(): void {
    let text: string
    try {
      text = this.#handlers.describe()
    } catch (error) {
      text = `what the program does cannot be told: ${String(error)}`
    }
    process.stderr.write(`${text}\n`)
  }
}
