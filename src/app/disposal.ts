import { LifecycleError, StopError, type StopFailure } from '../errors/index.js'
import type { Logger } from '../logging/index.js'
import { announced, limited, releaseUnbegun, type ServiceRuntime } from '../service/index.js'
import { type Clock, formatDuration } from '../time/index.js'
import type { Assembly, Patience } from '../wiring/index.js'

/** What is left to each disposal at least. Milliseconds. */
const LEAST_MS = 100

/** So long whoever stops an application waits for its disposal. Milliseconds. */
const WAITED_FOR_MS = 1000

/** How long what is disposed of may take yet. */
export interface DisposalTime {
  /** Milliseconds; never less than a hundred, however many before have taken all the time there was. */
  readonly left: () => number
  /** What is not over by then is given up, and named. */
  readonly disposal: Patience
}

/** Gives all disposals together so many milliseconds. */
export function patienceOf(clock: Clock, limit: number): DisposalTime {
  const end = clock.monotonic() + limit
  const left = (): number => Math.max(LEAST_MS, end - clock.monotonic())
  const disposal: Patience = (disposing, factory) => {
    const limitMs = left()
    const overdue = (): unknown =>
      new LifecycleError('KEEL_STOP_TIMEOUT', {
        message: `what the factory of ${factory} made was not disposed within ${formatDuration(limitMs)}`,
        service: factory
      })
    return limited(clock, limitMs, disposing, overdue)
  }
  return { left, disposal }
}

/** The application that is disposed of. */
export interface Disposable {
  readonly name: string
  readonly log: Logger
  readonly clock: Clock
  /** Milliseconds. */
  readonly shutdownTimeout: number
  /** What that has left after the last stop. */
  readonly leftOfStop: number
  /** In the order in which they are stopped. Undefined before it is constructed. */
  readonly made: { readonly runtimes: readonly ServiceRuntime[]; readonly assembly: Assembly } | undefined
  /** Stops what runs; undefined when nothing does. */
  stopRest(): Promise<void> | undefined
  /** All is over. */
  completed(): void
}

/** The disposal of an application: one, whoever asks for it. */
export class Disposal {
  readonly #of: Disposable
  #promise: Promise<void> | undefined
  #limitMs: number | undefined
  #told: unknown
  #hasStopped = false
  #isOver = false
  readonly #whenOver: (() => void)[] = []
  /** A stop, and what whoever asked for it waits for. */
  #stop: { readonly stopping: Promise<void>; readonly disposed: Promise<void> } | undefined

  constructor(of: Disposable) {
    this.#of = of
  }

  get hasBegun(): boolean {
    return this.#promise !== undefined
  }

  /** Whether everything has stopped: nothing is given out any more. */
  get hasStopped(): boolean {
    return this.#hasStopped
  }

  /**
   * How a stop goes, told once this disposal, which somebody begins after it, is over, or takes long: it may wait for whoever
   * waits here, as a server does for the request that asked for the stop. What asks meanwhile may be asked by what is disposed
   * of, and is told of the stop alone.
   */
  after(stopping: Promise<void>): Promise<void> {
    if (this.hasBegun && !this.#isOver) return stopping
    if (this.#stop?.stopping !== stopping) {
      if (this.#isOver) return stopping
      const told = (): Promise<void> => this.#untilOver().then(() => stopping)
      this.#stop = { stopping, disposed: stopping.then(told, told) }
    }
    return this.#stop.disposed
  }

  #untilOver(): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#of
      const timer = clock.setTimeout(resolve, WAITED_FOR_MS)
      this.#whenOver.push(() => {
        clock.clearTimeout(timer)
        resolve()
      })
    })
  }

  /** For whoever knows how long it may take, in milliseconds. Default: what the last stop has left of `shutdownTimeout`. */
  limit(ms: number): void {
    this.#limitMs = ms
  }

  once(): Promise<void> {
    return (
      this.#promise ??
      announced(
        () => this.#dispose().finally(() => this.#end()),
        (promise) => {
          this.#promise = promise
        }
      )
    )
  }

  /** Logs what went wrong in it; false when that was told already. */
  tell(error: unknown): boolean {
    if (error === this.#told) return false
    this.#told = error
    this.#of.log.error({ err: error }, 'disposal failed')
    return true
  }

  #end(): void {
    this.#isOver = true
    for (const over of this.#whenOver) over()
  }

  async #dispose(): Promise<void> {
    const of = this.#of
    const failures: StopFailure[] = []
    let failed: unknown
    let limit = of.shutdownTimeout
    // What went wrong in a stop that is over was told to whoever stopped it.
    const stopping = of.stopRest()
    if (stopping !== undefined) {
      try {
        await stopping
      } catch (error) {
        if (error instanceof StopError) failures.push(...error.failures)
        else failed = error
      }
      limit = Math.min(limit, of.leftOfStop)
    }
    this.#hasStopped = true
    const { made } = of
    if (made !== undefined) {
      const { runtimes, assembly } = made
      const patience = patienceOf(of.clock, this.#limitMs ?? limit)
      for (const runtime of runtimes) {
        const releasing = releaseUnbegun(runtime, patience.left)
        if (releasing !== undefined) failures.push(...(await releasing))
      }
      failures.push(...(await assembly.dispose(patience.disposal)))
      for (const runtime of runtimes.toReversed()) runtime.complete()
    }
    of.completed()
    if (failures.length > 0) throw new StopError(failures, { service: of.name })
    if (failed !== undefined) throw failed as Error
  }
}
