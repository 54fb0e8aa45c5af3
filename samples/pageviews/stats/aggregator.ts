import { Service, Timer } from 'keelson'
import type { LogEntry } from '../ingest/parse-line.js'
import type { Position } from '../ingest/position.js'
import type { BadLine } from '../store/batch.js'
import { StatsStore } from '../store/stats-store.js'
import { PendingBatch } from './pending-batch.js'

const LARGEST_BATCH = 10_000

/** Counts entries per page and minute in memory, and saves them every second and at the end. */
@Service()
export class Aggregator {
  #pending = new PendingBatch()

  constructor(private readonly store: StatsStore) {}

  count(entry: LogEntry): void {
    this.#pending.count(entry)
  }

  reject(line: BadLine): void {
    this.#pending.reject(line)
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

  /** What is counted, and not saved yet. */
  get unsaved(): { requests: number; views: number; badLines: number } {
    const { requests, views, badLines } = this.#pending
    return { requests, views, badLines: badLines.length }
  }
}
