import type { StopReason } from '../lifecycle/index.js'
import { controllerForMany, keepListening } from '../streams/index.js'
import { abortError } from '../waits/index.js'

/** A stretch of time that user code belongs to: a run, or one call within it. Its signal is made when asked for. */
export abstract class Stretch {
  #controller: AbortController | undefined
  #reason: StopReason | undefined

  /** Why it ends; undefined while it is to go on. */
  get stopReason(): StopReason | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = controllerForMany()
      if (this.#reason === undefined) keepListening(this.#controller.signal)
      else this.#controller.abort(abortError(this.#reason))
    }
    return this.#controller.signal
  }

  /** Aborts when the application drains, at the latest with {@link signal}. */
  abstract get draining(): AbortSignal

  /** Resolves when it is to end, which is not to have ended by itself. */
  abstract stopRequested(): Promise<void>

  /** Ends it. The first reason wins. */
  abort(reason: StopReason): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(abortError(reason))
  }
}
