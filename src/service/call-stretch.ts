import type { StopReason } from '../lifecycle/index.js'
import { controllerForMany, offAbort, onAbort } from '../streams/index.js'
import { abortError } from '../waits/index.js'
import { outsideCalls } from './call.js'
import type { Run } from './run.js'
import { Stretch } from './stretch.js'

const OVER: StopReason = { kind: 'stop', detail: 'the call has ended' }

/** One call of a task, timer or cron body: ends with the call, at the latest with its run. */
export class CallStretch extends Stretch {
  readonly #run: Run
  readonly #outer: { readonly signal: AbortSignal } | undefined
  #follow: (() => void) | undefined
  #draining: AbortController | undefined
  #drain: (() => void) | undefined
  #stopRequested: Promise<void> | undefined

  /** @param outer its signal ends the call too, such as a tick; it is asked for when somebody listens */
  constructor(run: Run, outer?: { readonly signal: AbortSignal }) {
    super()
    this.#run = run
    this.#outer = outer
  }

  override get stopReason(): StopReason | undefined {
    return this.#run.stopReason ?? super.stopReason
  }

  override get signal(): AbortSignal {
    // One that is over already has nobody to follow.
    if (this.#follow === undefined && super.stopReason === undefined) {
      // Listeners only for those who ask, and off again when the call ends: a run may make millions of calls.
      const follow = (): void => this.abort(this.#run.stopReason ?? { kind: 'stop', detail: this.#why })
      this.#follow = follow
      for (const signal of this.#sources()) {
        if (signal.aborted) follow()
        else onAbort(signal, follow)
      }
    }
    return super.signal
  }

  get draining(): AbortSignal {
    if (this.#draining === undefined) {
      const draining = (this.#draining = controllerForMany())
      // asked for, it follows what ends this call alone
      const own = this.signal
      const ofRun = this.#run.draining
      if (ofRun.aborted) draining.abort(ofRun.reason)
      else if (own.aborted) draining.abort(own.reason)
      else {
        // by a name, see D36
        const drain = (): void => draining.abort(ofRun.reason)
        this.#drain = drain
        onAbort(ofRun, drain)
      }
    }
    return this.#draining.signal
  }

  /**
   * With its run, and before when this call alone is told to end. What it has left behind waits for the run, so that the run
   * keeps this promise: it is made outside of the call, and knows nothing that the call has had.
   */
  stopRequested(): Promise<void> {
    return (this.#stopRequested ??= outsideCalls(() => this.#untilRequested()))
  }

  #untilRequested(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#run.signal.aborted) resolve()
      else onAbort(this.#run.signal, resolve)
      const told = (): void => {
        if (super.stopReason === OVER) return
        offAbort(this.#run.signal, resolve)
        resolve()
      }
      const { signal } = this
      if (signal.aborted) told()
      else onAbort(signal, told)
    })
  }

  override abort(reason: StopReason): void {
    if (this.#drain !== undefined) {
      offAbort(this.#run.draining, this.#drain)
      this.#drain = undefined
      this.#draining?.abort(abortError(reason))
    }
    super.abort(reason)
  }

  /** The call is over: whatever still uses its context is told. */
  end(): void {
    if (this.#follow !== undefined) {
      for (const signal of this.#sources()) offAbort(signal, this.#follow)
    }
    this.abort(OVER)
  }

  /** Why this call alone is to end: its time is up, or the next one is due. */
  get #why(): unknown {
    const reason: unknown = this.#outer?.signal.reason
    return reason instanceof Error ? (reason.cause ?? reason.message) : reason
  }

  #sources(): readonly AbortSignal[] {
    return this.#outer === undefined ? [this.#run.signal] : [this.#run.signal, this.#outer.signal]
  }
}
