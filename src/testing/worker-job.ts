import type { Job } from './real-jobs.js'

/** How long a worker may idle, at first and after it has worked, before it only waits for orders. */
const IDLE_MS = 250
/** How long it may take to come up. */
const STARTING_MS = 5000
/** How long it is looked at to see whether it works. */
const WINDOW_MS = 10
/** What was seen longer ago than that tells nothing of what it does now. */
const STALE_MS = 100

/** The part of the handle of a worker that we read. */
interface WorkerHandle {
  hasRef?(): boolean
  /** Negative before its event loop runs, and when it has ended. */
  loopIdleTime?(): number
}

/**
 * A worker: at work until it exits, but for one whose event loop idles. That one waits for orders, as a server does,
 * be it referenced or not, and until it gets any nothing need come of it.
 */
export class WorkerJob implements Job {
  readonly kind = 'Worker'
  readonly #handle: WeakRef<WorkerHandle>
  #ran = false
  /** When it came to be, or was last seen working. */
  #busyAt: number | undefined
  #lookedAt = -Infinity
  /** Since when it is measured, and how long it had idled until then. */
  #windowAt = 0
  #idleBefore = 0
  /** It was not looked at for long, and not yet for long enough. */
  #isUnclear = false

  constructor(handle: WorkerHandle) {
    this.#handle = new WeakRef(handle)
  }

  get isOpen(): boolean {
    return this.#handle.deref()?.hasRef?.() === true
  }

  isAtWork(now: number): boolean {
    this.#busyAt ??= now
    const idle = this.#handle.deref()?.loopIdleTime?.()
    if (idle === undefined) return false
    // It comes up, or ends.
    if (idle < 0) return this.#ran || now - this.#busyAt < STARTING_MS
    if (!this.#ran) this.#busyAt = now
    this.#ran = true
    this.#look(now, idle)
    return this.#isUnclear || now - this.#busyAt < IDLE_MS
  }

  #look(now: number, idle: number): void {
    const passed = now - this.#windowAt
    const isStale = now - this.#lookedAt > STALE_MS
    this.#lookedAt = now
    if (!isStale && passed < WINDOW_MS) return
    // Half of it, since also in one that idles a heart may beat.
    if (!isStale && idle - this.#idleBefore < passed / 2) this.#busyAt = now
    this.#isUnclear = isStale
    this.#windowAt = now
    this.#idleBefore = idle
  }
}
