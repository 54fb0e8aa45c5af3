import { join } from 'node:path'
import * as fc from 'fast-check'
import Libsql from 'libsql'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Options } from '../../../samples/pageviews/config/options.js'
import type { PageCount } from '../../../samples/pageviews/store/batch.js'
import { Database } from '../../../samples/pageviews/store/database.js'
import { Migrations } from '../../../samples/pageviews/store/migrations.js'
import { Reports } from '../../../samples/pageviews/store/reports.js'
import { BAD_LINES_KEPT, StatsStore } from '../../../samples/pageviews/store/stats-store.js'
import { scratchDirectory } from './scratch.js'

const context = { log: { info() {} } } as unknown as Parameters<Migrations['onStart']>[0]
const DAY = 86_400
const MONDAY = Date.UTC(2025, 10, 10) / 1000

function openStore(path = join(scratchDirectory(), 'test.db')) {
  const database = new Database(new Options({ database: path }))
  database.onStart()
  onTestFinished(() => database.onShutdown())
  new Migrations(database).onStart(context)
  return { path, database, store: new StatsStore(database), reports: new Reports(database) }
}

const row = (minute: number, page: string, requests = 1, status = 200): PageCount => ({
  minute,
  page,
  status,
  requests,
  views: requests,
  bytes: 10 * requests
})
const counts = (...rows: PageCount[]) => ({ counts: rows, badLines: [], positions: [] })
const position = (offset: number) => ({ file: '1:2', path: '/log', offset, headLength: 3, headHash: 'abc' })

describe('a batch', () => {
  it('is written whole or not at all', () => {
    const { store, reports } = openStore()
    const broken = { ...row(0, '/b'), bytes: Number.NaN }
    expect(() => store.save({ ...counts(row(0, '/a'), broken), positions: [position(7)] })).toThrow(
      'NOT NULL'
    )
    expect(reports.totals().requests).toBe(0)
    expect(store.positions()).toEqual([])
  })

  it('adds to what is there', () => {
    const { store, reports } = openStore()
    store.save({ ...counts(row(60, '/a'), row(60, '/b', 2)), positions: [position(7)] })
    store.save({
      ...counts(row(60, '/a', 3), row(60, '/a', 1, 304), row(120, '/a')),
      positions: [position(9)]
    })
    expect(reports.totals()).toEqual({ requests: 8, views: 8, bytes: 80, pages: 2, badLines: 0 })
    expect(reports.minutes(10)).toEqual([
      { time: 60, requests: 7, views: 7 },
      { time: 120, requests: 1, views: 1 }
    ])
    expect(store.positions()).toEqual([position(9)])
  })

  it('takes every page name as it is', () => {
    const { store, reports } = openStore()
    const names = [`'; DROP TABLE page_minutes; --`, '"', '\\u0041', '🚢', '\ufffd', '', '1', 'null']
    store.save(counts(...names.map((name) => row(0, name))))
    expect(
      reports
        .topPages('views', 100, 0)
        .map(({ page }) => page)
        .toSorted()
    ).toEqual(names.toSorted())
  })

  it('keeps the newest bad lines, cut, and counts all', () => {
    const { store, reports } = openStore()
    const lines = Array.from({ length: BAD_LINES_KEPT + 5 }, (_, index) => ({
      source: '/log',
      reason: 'why',
      line: `${index} ${'x'.repeat(5000)}`
    }))
    store.save({ ...counts(), badLines: lines })
    store.save({ ...counts(), badLines: [{ source: '/log', reason: 'NUL', line: 'a\0b' }] })
    expect(reports.totals().badLines).toBe(BAD_LINES_KEPT + 6)
    const kept = reports.badLines(BAD_LINES_KEPT + 10)
    expect(kept).toHaveLength(BAD_LINES_KEPT)
    expect(kept[0]).toEqual({ id: BAD_LINES_KEPT + 6, source: '/log', reason: 'NUL', line: 'a\ufffdb' })
    expect(kept[1]?.line).toHaveLength(2000)
  })
})

describe('the schema', () => {
  it('of a newer program is left alone', () => {
    const { path, database } = openStore()
    database.execute('PRAGMA user_version = 99')
    expect(() => openStore(path)).toThrow('the database has schema 99')
  })

  it('is made once, and the figures stay', () => {
    const first = openStore()
    first.store.save(counts(row(0, '/a')))
    expect(openStore(first.path).reports.totals().requests).toBe(1)
  })

  it('is readable by any SQLite, while it is written', () => {
    const { path, store } = openStore()
    store.save(counts(row(0, '/a', 5)))
    const other = new Libsql(path)
    onTestFinished(() => void other.close())
    expect(other.prepare('SELECT page, requests FROM page_minutes').all()).toEqual([
      { page: '/a', requests: 5 }
    ])
  })
})

describe('reports', () => {
  it('of nothing are empty', () => {
    const { store, reports } = openStore()
    expect(reports.totals()).toEqual({ requests: 0, views: 0, bytes: 0, pages: 0, badLines: 0 })
    expect([...reports.topPages('views', 9, 0), ...reports.minutes(9), ...reports.days()]).toEqual([])
    expect(store.newestMinute(MONDAY)).toBeUndefined()
  })

  it('name the top pages by views or requests, ties by name, from a time on', () => {
    const { store, reports } = openStore()
    store.save(
      counts(
        { ...row(0, '/many'), requests: 9, views: 0 },
        row(60, '/b', 2),
        row(60, '/a', 2),
        row(120, '/c')
      )
    )
    const pages = (by: 'views' | 'requests', count: number, since: number) =>
      reports.topPages(by, count, since).map(({ page }) => page)
    expect(pages('views', 10, 0)).toEqual(['/a', '/b', '/c', '/many'])
    expect(pages('requests', 2, 0)).toEqual(['/many', '/a'])
    expect(pages('views', 10, 120)).toEqual(['/c'])
  })

  it('know the newest minute, but not one that has not come yet', () => {
    const { store } = openStore()
    store.save(counts(row(MONDAY, '/a'), row(MONDAY + 400 * DAY, '/a')))
    expect(store.newestMinute(MONDAY + DAY)).toBe(MONDAY)
  })
})

describe('days', () => {
  it('are rolled up once, however often', () => {
    const { store, reports } = openStore()
    store.save(counts(row(MONDAY, '/a'), row(MONDAY + 60, '/a', 2), row(MONDAY + DAY, '/a', 4)))
    store.rollUp(MONDAY + DAY)
    store.rollUp(MONDAY + DAY)
    expect(reports.days()).toEqual([{ time: MONDAY, requests: 3, views: 3 }])
    expect(reports.totals().requests).toBe(7)
  })

  it('take late lines when they are rolled up again', () => {
    const { store, reports } = openStore()
    store.save(counts(row(MONDAY, '/a')))
    store.rollUp(MONDAY + DAY)
    store.save(counts(row(MONDAY, '/a', 5)))
    store.rollUp(MONDAY + DAY)
    expect(reports.days()).toEqual([{ time: MONDAY, requests: 6, views: 6 }])
  })

  it('stay when their minutes expire, and take late lines then, too', () => {
    const { store, reports } = openStore()
    store.save(counts(row(MONDAY + 60, '/a', 3), row(MONDAY + DAY, '/b', 4)))
    expect(store.expire(MONDAY + DAY)).toBe(1)
    store.save(counts(row(MONDAY + 600, '/a', 2), row(MONDAY + 660, '/a', 1)))
    expect(reports.minutes(10)).toEqual([{ time: MONDAY + DAY, requests: 4, views: 4 }])
    expect(reports.topPages('requests', 10, 0).map(({ page, requests }) => [page, requests])).toEqual([
      ['/a', 6],
      ['/b', 4]
    ])
    store.rollUp(MONDAY + 2 * DAY)
    expect(reports.days().map(({ requests }) => requests)).toEqual([6, 4])
    expect(reports.totals().requests).toBe(10)
  })

  it('lose no request, whatever comes, is rolled up and expires in whatever order', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ save: fc.integer({ min: 0, max: 6 * 24 }), requests: fc.integer({ min: 1, max: 5 }) }),
        fc.record({ rollUp: fc.integer({ min: 0, max: 6 }) }),
        fc.record({ expire: fc.integer({ min: 0, max: 6 }) })
      ),
      { maxLength: 30 }
    )
    const { database, store, reports } = openStore()
    fc.assert(
      fc.property(steps, (todo) => {
        database.execute('DELETE FROM page_minutes; DELETE FROM page_days; UPDATE expiry SET day = 0')
        const byDay = new Map<number, number>()
        for (const step of todo) {
          if ('save' in step) {
            const minute = MONDAY + step.save * 3600
            store.save(counts(row(minute, '/a', step.requests)))
            const day = minute - (minute % DAY)
            byDay.set(day, (byDay.get(day) ?? 0) + step.requests)
          } else if ('rollUp' in step) store.rollUp(MONDAY + step.rollUp * DAY)
          else store.expire(MONDAY + step.expire * DAY)
        }
        const all = [...byDay.values()].reduce((sum, requests) => sum + requests, 0)
        expect(reports.totals().requests).toBe(all)
        store.rollUp(MONDAY + 10 * DAY)
        expect(new Map(reports.days().map(({ time, requests }) => [time, requests]))).toEqual(byDay)
      }),
      { numRuns: 40 }
    )
  })
})
