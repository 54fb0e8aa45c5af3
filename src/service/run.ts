import type { StopReason } from '../lifecycle/index.js'
import type { Logger } from '../logging/index.js'
import { onAbort } from '../streams/index.js'
import { abortError, ResourceStack } from '../waits/index.js'
import { Scope } from './scope.js'

/** Whose run it is. */
interface Logging {
  readonly log: Logger
}

/** One start-to-stop passage of a service: its signals, and what it holds. A restart begins a new one. */
export class Run extends Scope {
  readonly #service: Logging
  #resources: ResourceStack | undefined
  #isReleased = false
  /** One line for people. */
  statusText = ''
  #draining: AbortController | undefined
  #drainReason: StopReason | undefined
  #gate: { readonly promise: Promise<void>; open(): void } | undefined
  #gateOpen = false
  #stopRequested: Promise<void> | undefined

  /** @param service logs what fails when it is released after the end */
  constructor(service: Logging) {
    super()
    this.#service = service
  }

  /** Released, last in first out, when the run ends. */
  get resources(): ResourceStack {
    if (this.#resources === undefined) {
      this.#resources = new ResourceStack({
        onLateError: (error) => this.#service.log.error({ err: error }, 'a late release failed')
      })
      if (this.#isReleased) void this.#resources.release()
    }
    return this.#resources
  }

  /** The time has come to release what it holds: true when that is nothing. What comes now is released at once. */
  releasesNothing(): boolean {
    this.#isReleased = true
    if (this.#resources !== undefined && this.#resources.size > 0) return false
    void this.#resources?.release()
    return true
  }

  /** Whether it holds what was taken for it although it never began. */
  get isOwedARelease(): boolean {
    return !this.#isReleased && this.#resources !== undefined
  }

  /** The run after this one, which holds what this one was to hold if it never began. */
  next(): Run {
    const run = new Run(this.#service)
    if (this.isOwedARelease) run.#resources = this.#resources
    return run
  }

  get draining(): AbortSignal {
    if (this.#draining === undefined) {
      this.#draining = new AbortController()
      if (this.#drainReason !== undefined) this.#draining.abort(abortError(this.#drainReason))
    }
    return this.#draining.signal
  }

  /** Whether no new work is to be taken. */
  get isDraining(): boolean {
    return this.#drainReason !== undefined
  }

  /** Tells that no new work is to be taken. */
  drain(reason: StopReason): void {
    if (this.#drainReason !== undefined) return
    this.#drainReason = reason
    this.#draining?.abort(abortError(reason))
  }

  override abort(reason: StopReason): void {
    this.drain(reason)
    super.abort(reason)
  }

  /** Resolves when the run is to end. */
  stopRequested(): Promise<void> {
    this.#stopRequested ??= new Promise((resolve) => {
      if (this.signal.aborted) resolve()
      else onAbort(this.signal, resolve)
    })
    return this.#stopRequested
  }

  /** `setShutdown()`: the stop of this run need not wait any longer. */
  openShutdownGate(): void {
    this.#gateOpen = true
    this.#gate?.open()
  }

  /** Resolves once {@link openShutdownGate} was called; undefined when it was already. */
  shutdownGate(): Promise<void> | undefined {
    if (this.#gateOpen) return undefined
    if (this.#gate === undefined) {
      let open!: () => void
      const promise = new Promise<void>((resolve) => (open = resolve))
      this.#gate = { promise, open }
    }
    return this.#gate.promise
  }
}
