import { DependsOn, Service } from 'keelson'
import type { Position } from '../ingest/position.js'
import type { BadLine, Batch } from './batch.js'
import { Database } from './database.js'
import { Migrations } from './migrations.js'

/** Bad lines that are kept, the newest; all of them are counted. */
export const BAD_LINES_KEPT = 1000

const LONGEST_BAD_LINE = 2000
const DAY = 86_400

// all rows go over as one JSON text: three times as fast as a call for each
const add = (table: string, time: string) => `
  INSERT INTO ${table} (${time}, page, status, requests, views, bytes)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, views = views + excluded.views, bytes = bytes + excluded.bytes`
const ADD_MINUTES = add('page_minutes', 'minute')
const ADD_DAYS = add('page_days', 'day')

const ADD_BAD_LINES = `
  INSERT INTO bad_lines (source, reason, line)
  SELECT value->>0, value->>1, value->>2 FROM json_each(?)`

const FORGET_BAD_LINES = `DELETE FROM bad_lines WHERE id <= (SELECT MAX(id) FROM bad_lines) - ${BAD_LINES_KEPT}`

const SET_POSITION = `
  INSERT OR REPLACE INTO positions (file, path, offset, headLength, headHash) VALUES (?, ?, ?, ?, ?)`

const ROLL_UP = `
  INSERT INTO page_days (day, page, status, requests, views, bytes)
  SELECT minute - minute % 86400 AS day, page, status, SUM(requests), SUM(views), SUM(bytes)
  FROM page_minutes WHERE minute < ? GROUP BY 1, 2, 3`

/** Everything that is written. What is read for people is in {@link Reports}. */
@Service()
@DependsOn(Migrations)
export class StatsStore {
  constructor(private readonly database: Database) {}

  /** Adds a batch, whole or not at all. */
  save({ counts, badLines, positions }: Batch): void {
    this.database.transaction(() => {
      const minutes: unknown[] = []
      const days: unknown[] = [] // late lines of days whose minutes are gone
      const expired = this.#expiredBefore()
      for (const { minute, page, status, requests, views, bytes } of counts) {
        if (minute >= expired) minutes.push([minute, page, status, requests, views, bytes])
        else days.push([minute - (minute % DAY), page, status, requests, views, bytes])
      }
      if (minutes.length > 0) this.database.run(ADD_MINUTES, JSON.stringify(minutes))
      if (days.length > 0) this.database.run(ADD_DAYS, JSON.stringify(days))
      if (badLines.length > 0) this.#keepBadLines(badLines)
      for (const { file, path, offset, headLength, headHash } of positions) {
        this.database.run(SET_POSITION, file, path, offset, headLength, headHash)
      }
    })
  }

  positions(): Position[] {
    return this.database.all('SELECT file, path, offset, headLength, headHash FROM positions')
  }

  /** The newest minute that has been counted; minutes after `now` (a wrong clock wrote them) do not count. */
  newestMinute(now: number): number | undefined {
    const [row] = this.database.all<{ minute: number | null }>(
      'SELECT MAX(minute) AS minute FROM page_minutes WHERE minute <= ?',
      now
    )
    return row?.minute ?? undefined
  }

  /** Sums up the days that end at `day` or before. Done twice, it gives the same. */
  rollUp(day: number): void {
    this.database.transaction(() => this.#rollUp(day))
  }

  /** Forgets the minutes before `day`, rows of which it returns the number; their days remain. */
  expire(day: number): number {
    let forgotten = 0
    this.database.transaction(() => {
      this.#rollUp(day)
      forgotten = this.database.run('DELETE FROM page_minutes WHERE minute < ?', day)
      this.database.run('UPDATE expiry SET day = MAX(day, ?)', day)
    })
    return forgotten
  }

  #keepBadLines(badLines: readonly BadLine[]): void {
    const rows = badLines.map(({ source, reason, line }) => {
      return [source, reason, line.slice(0, LONGEST_BAD_LINE).replaceAll('\0', '\ufffd')] // SQL texts end at NUL
    })
    this.database.run(ADD_BAD_LINES, JSON.stringify(rows))
    this.database.run(FORGET_BAD_LINES)
  }

  #expiredBefore(): number {
    return this.database.all<{ day: number }>('SELECT day FROM expiry')[0]!.day
  }

  #rollUp(day: number): void {
    // days whose minutes are gone keep their sums: they cannot be made again
    this.database.run('DELETE FROM page_days WHERE day >= (SELECT day FROM expiry) AND day < ?', day)
    this.database.run(ROLL_UP, day)
  }
}
