import { Service, Timer } from 'keelson'
import type { LogEntry } from '../ingest/parse-line.js'
import type { Position } from '../ingest/position.js'
import type { BadLine } from '../store/batch.js'
import { Reports } from '../store/reports.js'
import { StatsStore } from '../store/stats-store.js'
import { isPageView } from './page-view.js'
import { PendingBatch } from './pending-batch.js'

const LARGEST_BATCH = 10_000

/** Counts entries per page and minute in memory, and saves them every second and at the end. */
@Service()
export class Aggregator {
  /** What has been counted by this run and all before it, saved or not. */
  readonly totals = { requests: 0, views: 0, badLines: 0 }
  #pending = new PendingBatch()

  constructor(
    private readonly store: StatsStore,
    private readonly reports: Reports
  ) {}

  onStart(): void {
    const { requests, views, badLines } = this.reports.totals()
    Object.assign(this.totals, { requests, views, badLines })
  }

  count(entry: LogEntry): void {
    const view = isPageView(entry)
    this.#pending.count(entry, view)
    this.totals.requests++
    if (view) this.totals.views++
  }

  reject(line: BadLine): void {
    this.#pending.reject(line)
    this.totals.badLines++
  }

  /**
   * All lines up to here are counted, and none after it: only now they may be saved. Whoever counts lines comes
   * here before anything else can run, that is, without an `await` in between.
   */
  reached(position: Position | undefined): void {
    if (position !== undefined) this.#pending.reached(position)
    if (this.#pending.size >= LARGEST_BATCH) this.flush()
  }

  /** When saving fails, the next try saves what came since, too; after ten the program ends. */
  @Timer('1s', { failAfter: 10 })
  flush(): void {
    if (this.#pending.size === 0) return
    this.store.save(this.#pending)
    this.#pending = new PendingBatch()
  }

  /** Everything that feeds it has stopped before, so this really is the last. */
  onShutdown(): void {
    this.flush()
  }
}
