import type { StopReason } from '../lifecycle/index.js'
import type { Logger } from '../logging/index.js'
import { controllerForMany, onAbort } from '../streams/index.js'
import { abortError, ResourceStack } from '../waits/index.js'
import { CallsInFlight } from './calls-in-flight.js'
import { Stretch } from './stretch.js'

/** Whose run it is. */
interface Logging {
  readonly log: Logger
}

/** One start-to-stop passage of a service: its signals, and what it holds. A restart begins a new one. */
export class Run extends Stretch {
  readonly #service: Logging
  #resources: ResourceStack | undefined
  #isReleased = false
  /** Whether its `onReady` was called. */
  isToldReady = false
  #drainReason: StopReason | undefined
  /** Made when something of it is asked for. */
  #asked: Asked | undefined

  /** @param service logs what fails when it is released after the end */
  constructor(service: Logging) {
    super()
    this.#service = service
  }

  get #made(): Asked {
    return (this.#asked ??= new Asked())
  }

  /** One line for people. */
  get statusText(): string {
    return this.#asked === undefined ? '' : this.#asked.statusText
  }

  /** Whether it ran, and ended by its own will. */
  get hasEndedItself(): boolean {
    return this.#asked?.hasEndedItself === true
  }

  set hasEndedItself(hasSo: boolean) {
    this.#made.hasEndedItself = hasSo
  }

  /** Calls of its methods from outside. */
  get calls(): CallsInFlight {
    return (this.#made.calls ??= new CallsInFlight())
  }

  /** Those, if there were any. */
  get callsIfAny(): CallsInFlight | undefined {
    return this.#asked?.calls
  }

  set statusText(text: string) {
    this.#made.statusText = text
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
    const known = this.#made
    if (known.draining === undefined) {
      known.draining = controllerForMany()
      if (this.#drainReason !== undefined) known.draining.abort(abortError(this.#drainReason))
    }
    return known.draining.signal
  }

  /** Whether no new work is to be taken. */
  get isDraining(): boolean {
    return this.#drainReason !== undefined
  }

  /** Tells that no new work is to be taken. */
  drain(reason: StopReason): void {
    if (this.#drainReason !== undefined) return
    this.#drainReason = reason
    this.#asked?.draining?.abort(abortError(reason))
  }

  override abort(reason: StopReason): void {
    this.drain(reason)
    super.abort(reason)
  }

  /** One promise for all who ask: a run may be long. */
  stopRequested(): Promise<void> {
    return (this.#made.stopRequested ??= new Promise((resolve) => {
      if (this.signal.aborted) resolve()
      else onAbort(this.signal, resolve)
    }))
  }

  /** `setShutdown()`: the stop of this run need not wait any longer. */
  openShutdownGate(): void {
    this.#made.isGateOpen = true
    this.#made.gate?.open()
  }

  /** Resolves once {@link openShutdownGate} was called; undefined when it was already. */
  shutdownGate(): Promise<void> | undefined {
    const known = this.#made
    if (known.isGateOpen) return undefined
    if (known.gate === undefined) {
      let open!: () => void
      const promise = new Promise<void>((resolve) => (open = resolve))
      known.gate = { promise, open }
    }
    return known.gate.promise
  }
}

/** What few runs are asked for, each made at that time. */
class Asked {
  statusText = ''
  hasEndedItself = false
  draining: AbortController | undefined
  gate: { readonly promise: Promise<void>; open(): void } | undefined
  isGateOpen = false
  stopRequested: Promise<void> | undefined
  calls: CallsInFlight | undefined
}
