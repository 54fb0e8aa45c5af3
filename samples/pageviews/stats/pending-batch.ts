import type { LogEntry } from '../ingest/parse-line.js'
import type { Position } from '../ingest/position.js'
import type { BadLine, Batch, PageCount } from '../store/batch.js'

/** Counts in memory, until they are saved. */
export class PendingBatch implements Batch {
  readonly #counts = new Map<string, PageCount>()
  readonly #positions = new Map<string, Position>()
  readonly badLines: BadLine[] = []

  /** Rows that saving it will write. */
  get size(): number {
    return this.#counts.size + this.badLines.length + this.#positions.size
  }

  get counts(): PageCount[] {
    return [...this.#counts.values()]
  }

  get positions(): Position[] {
    return [...this.#positions.values()]
  }

  count(entry: LogEntry, view: boolean): void {
    const minute = Math.floor(entry.time / 60_000) * 60
    const key = `${minute} ${entry.status} ${entry.path}`
    let row = this.#counts.get(key)
    if (row === undefined) {
      row = { minute, page: entry.path, status: entry.status, requests: 0, views: 0, bytes: 0 }
      this.#counts.set(key, row)
    }
    row.requests++
    if (view) row.views++
    row.bytes += entry.bytes
  }

  reject(line: BadLine): void {
    this.badLines.push(line)
  }

  reached(position: Position): void {
    this.#positions.set(position.file, position)
  }
}
