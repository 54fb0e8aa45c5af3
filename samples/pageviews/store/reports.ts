import { DependsOn, Service } from 'keelson'
import { Database } from './database.js'
import { Migrations } from './migrations.js'

export interface Totals {
  readonly requests: number
  readonly views: number
  readonly bytes: number
  readonly pages: number
  readonly badLines: number
}

export interface TopPage {
  readonly page: string
  readonly views: number
  readonly requests: number
  readonly bytes: number
}

export interface TimeCount {
  /** Seconds since 1970, UTC. */
  readonly time: number
  readonly requests: number
  readonly views: number
}

export interface StatusCount {
  readonly status: number
  readonly requests: number
}

export interface KeptLine {
  readonly id: number
  readonly source: string
  readonly reason: string
  readonly line: string
}

/** Everything that is asked of the statistics. Times are seconds since 1970, UTC; `since` counts from there on. */
@Service()
@DependsOn(Migrations)
export class Reports {
  constructor(private readonly database: Database) {}

  totals(): Totals {
    const [totals] = this.database.all<Totals>(
      `SELECT IFNULL(SUM(requests), 0) AS requests, IFNULL(SUM(views), 0) AS views, IFNULL(SUM(bytes), 0) AS bytes,
              COUNT(DISTINCT page) AS pages, (SELECT IFNULL(MAX(id), 0) FROM bad_lines) AS badLines
       FROM page_counts`
    )
    return totals!
  }

  /** Ties are in the order of the pages' names. */
  topPages(by: 'views' | 'requests', count: number, since: number): TopPage[] {
    return this.database.all(
      `SELECT page, SUM(views) AS views, SUM(requests) AS requests, SUM(bytes) AS bytes
       FROM page_counts WHERE time >= ? GROUP BY page ORDER BY SUM(${by}) DESC, page LIMIT ?`,
      since,
      count
    )
  }

  /** The most viewed page of the newest quarter of an hour that has been saved. */
  topPageLately(): TopPage | undefined {
    const [newest] = this.minutes(1)
    return newest && this.topPages('views', 1, newest.time - 14 * 60)[0]
  }

  statusCodes(since: number): StatusCount[] {
    return this.database.all(
      'SELECT status, SUM(requests) AS requests FROM page_counts WHERE time >= ? GROUP BY status ORDER BY status',
      since
    )
  }

  /** The newest `count` minutes that had a request, oldest first. */
  minutes(count: number): TimeCount[] {
    return this.database
      .all<TimeCount>(
        `SELECT minute AS time, SUM(requests) AS requests, SUM(views) AS views
       FROM page_minutes GROUP BY minute ORDER BY minute DESC LIMIT ?`,
        count
      )
      .toReversed()
  }

  /** The days that have been rolled up, oldest first. */
  days(): TimeCount[] {
    return this.database.all(
      'SELECT day AS time, SUM(requests) AS requests, SUM(views) AS views FROM page_days GROUP BY day ORDER BY day'
    )
  }

  /** The newest `count` lines that could not be read, newest first. */
  badLines(count: number): KeptLine[] {
    return this.database.all('SELECT id, source, reason, line FROM bad_lines ORDER BY id DESC LIMIT ?', count)
  }
}
