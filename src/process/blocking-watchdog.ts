import type { LiveApplication } from '../app/index.js'
import { formatDuration, systemClock, type TimerHandle } from '../time/index.js'
import type { Worker } from 'node:worker_threads'
import { BLOCKING_WORKER, type BlockingReport, type BlockingWorkerData } from './blocking-worker.js'

/** So often within the timeout the loop shows that it turns, and the thread looks. */
const BEATS = 4
/** More often would take more than one per cent of a core, on a busy machine. */
const SHORTEST_PERIOD_MS = 100
const LONGEST_PERIOD_MS = 1000
/** How long a report may take from the thread to here, when its end waits for it. */
const REPORT_MS = 500

/** A block of the event loop that is over. */
export interface Block {
  readonly durationMs: number
  /** Lines of the stack of the code that blocked, innermost call first; empty when it could not be had. */
  readonly frames: readonly string[]
}

/**
 * Reports an event loop that is blocked for longer than `timeout`: the stack of the blocking code on stderr, from a
 * thread of its own, while the code still blocks; and the whole block, by `report`, when it is over.
 *
 * The stack is taken through the inspector, attached for that moment only; the rest of the time the loop counts up a
 * shared number and the thread looks at it. While the inspector is open for somebody else, nothing is reported: a
 * program that stands at a breakpoint is not blocked.
 */
export class BlockingWatchdog {
  readonly #report: (block: Block) => void
  readonly #data: BlockingWorkerData
  readonly #inspector = process.getBuiltinModule('node:inspector') as
    | { url(): string | undefined }
    | undefined
  #worker: Worker | undefined
  #ended: Promise<unknown> | undefined
  #timer: TimerHandle
  #last = 0
  #longestGap = 0

  /** @param timeout in milliseconds */
  constructor(timeout: number, report: (block: Block) => void) {
    this.#report = report
    const period = Math.min(Math.max(timeout / BEATS, SHORTEST_PERIOD_MS), LONGEST_PERIOD_MS)
    const shared = new Int32Array(new SharedArrayBuffer(8))
    this.#data = { shared, period, timeout, limit: formatDuration(timeout) }
  }

  /** @param failed told when there can be no such thread, or it has died */
  start(failed: (error: unknown) => void): void {
    try {
      // Loaded here, where one is to be watched: it is a tenth of the import of the package.
      const threads = process.getBuiltinModule('node:worker_threads')
      // Bare of what the program was started with: no loader has to run in it first.
      const bare = { eval: true, execArgv: [], env: {}, name: 'keelson: blocked event loop' }
      this.#worker = new threads.Worker(BLOCKING_WORKER, { ...bare, workerData: this.#data })
    } catch (error) {
      failed(error)
      return
    }
    this.#worker.on('error', failed)
    this.#worker.on('message', ({ frames }: BlockingReport) => this.#over(frames))
    this.#worker.unref()
    this.#last = systemClock.monotonic()
    this.#beat()
  }

  /**
   * Ends the thread, and with it what it has attached, for which Node.js would wait at the exit, and print that. A stop
   * often ends right after the code that has blocked it: then the thread reports that first.
   */
  stop(): void {
    systemClock.clearTimeout(this.#timer)
    const worker = this.#worker
    if (worker === undefined) return
    this.#worker = undefined
    this.#show()
    this.#ended = this.#isOwedAReport
      ? this.#reported(worker).then(() => worker.terminate())
      : worker.terminate()
  }

  get #isOwedAReport(): boolean {
    const { timeout, period } = this.#data
    return this.#longestGap - period >= timeout
  }

  /** The next look of the thread, and the way to here. */
  #reported(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      const timer = systemClock.setTimeout(resolve, this.#data.period + REPORT_MS)
      worker.once('message', () => {
        systemClock.clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Resolves when the last thread that was stopped has ended. */
  async ended(): Promise<void> {
    await this.#ended
  }

  #beat(): void {
    this.#show()
    this.#timer = systemClock.setTimeout(() => this.#beat(), this.#data.period)
    // Watching is no reason to stay.
    ;(this.#timer as Partial<NodeJS.Timeout>).unref?.()
  }

  /** The loop turns. */
  #show(): void {
    const { shared } = this.#data
    const now = systemClock.monotonic()
    this.#longestGap = Math.max(this.#longestGap, now - this.#last)
    this.#last = now
    Atomics.store(shared, 1, this.#inspector?.url() === undefined ? 0 : 1)
    Atomics.add(shared, 0, 1)
  }

  #over(frames: readonly string[]): void {
    const durationMs = Math.max(this.#longestGap - this.#data.period, this.#data.timeout)
    this.#longestGap = 0
    this.#report({ durationMs, frames })
  }
}

/**
 * Watches while an application starts, runs and stops; writes into its log.
 *
 * @returns resolves, once it has stopped, when nothing of the watch is left
 */
export function watchEventLoop(app: LiveApplication, timeout: number): () => Promise<void> {
  const watchdog = new BlockingWatchdog(timeout, (block) => {
    app.log.warn(
      { err: blockError(block), durationMs: Math.round(block.durationMs) },
      'the event loop was blocked'
    )
  })
  app.state$.subscribe((state) => {
    if (state === 'starting') {
      watchdog.start((error) =>
        app.log.warn({ err: error }, 'nothing watches the event loop: no thread for it')
      )
    } else if (state === 'stopped' || state === 'crashed') watchdog.stop()
  })
  return () => watchdog.ended()
}

/** An error is how a logger is given a stack. */
function blockError({ durationMs, frames }: Block): Error {
  const error = new Error(`the event loop was blocked for ${formatDuration(Math.round(durationMs))}`)
  error.name = 'BlockedEventLoop'
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n')
  return Object.assign(error, { code: 'KEEL_BLOCKED_EVENT_LOOP' })
}
