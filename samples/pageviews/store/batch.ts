import type { Position } from '../ingest/position.js'

/** Requests of one page with one status in one minute. */
export interface PageCount {
  /** Seconds since 1970, UTC, at which the minute begins. */
  readonly minute: number
  readonly page: string
  readonly status: number
  requests: number
  views: number
  bytes: number
}

/** A line that is no log entry, and why. */
export interface BadLine {
  readonly source: string
  readonly reason: string
  readonly line: string
}

/** What lines led to, and how far they go: written together or not at all. */
export interface Batch {
  readonly counts: readonly PageCount[]
  readonly badLines: readonly BadLine[]
  readonly positions: readonly Position[]
}
