import { DependsOn, Service } from 'keelson'
import type { Position } from '../ingest/position.js'
import type { Batch } from './batch.js'
import { Database } from './database.js'
import { Migrations } from './migrations.js'

/** Bad lines that are kept, the newest; all of them are counted. */
export const BAD_LINES_KEPT = 1000

const LONGEST_BAD_LINE = 2000

// a whole batch goes over as one JSON text: three times as fast as a call for each row
const ADD_MINUTES = `
  INSERT INTO page_minutes (minute, page, status, requests, views, bytes)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)
  WHERE value->>0 >= (SELECT day FROM expiry)
  ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, views = views + excluded.views, bytes = bytes + excluded.bytes`

// a late line of a day whose minutes are gone
const ADD_EXPIRED = `
  INSERT INTO page_days (day, page, status, requests, views, bytes)
  SELECT value->>0 - value->>0 % 86400, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)
  WHERE value->>0 < (SELECT day FROM expiry)
  ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, views = views + excluded.views, bytes = bytes + excluded.bytes`

const ADD_BAD_LINES = `
  INSERT INTO bad_lines (source, reason, line)
  SELECT value->>'source', value->>'reason', value->>'line' FROM json_each(?)`

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
    const rows = JSON.stringify(counts.map((c) => [c.minute, c.page, c.status, c.requests, c.views, c.bytes]))
    this.database.transaction(() => {
      this.database.run(ADD_MINUTES, rows)
      this.database.run(ADD_EXPIRED, rows)
      if (badLines.length > 0) {
        const cut = badLines.map(({ line, ...rest }) => ({ ...rest, line: line.slice(0, LONGEST_BAD_LINE) }))
        this.database.run(ADD_BAD_LINES, JSON.stringify(cut).replaceAll('\\u0000', '\\ufffd'))
        this.database.run(FORGET_BAD_LINES)
      }
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

  #rollUp(day: number): void {
    // days whose minutes are gone keep their sums: they cannot be made again
    this.database.run('DELETE FROM page_days WHERE day >= (SELECT day FROM expiry) AND day < ?', day)
    this.database.run(ROLL_UP, day)
  }
}
