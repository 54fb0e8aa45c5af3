import { describe, expect, it, vi } from 'vitest'
import { parseLine, type LogEntry } from '../../../samples/pageviews/ingest/parse-line.js'
import { Aggregator } from '../../../samples/pageviews/stats/aggregator.js'
import type { Batch } from '../../../samples/pageviews/store/batch.js'
import type { Reports } from '../../../samples/pageviews/store/reports.js'
import type { StatsStore } from '../../../samples/pageviews/store/stats-store.js'

function entry(time: string, page: string, status = 200, bytes = 10): LogEntry {
  const parsed = parseLine(`198.51.100.7 - - [${time}] "GET ${page} HTTP/1.1" ${status} ${bytes}`)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}

function newAggregator() {
  const saved: Pick<Batch, 'counts' | 'badLines' | 'positions'>[] = []
  const save = vi.fn<(batch: Batch) => void>(({ counts, badLines, positions }) => {
    saved.push({ counts, badLines, positions })
  })
  const before = { requests: 100, views: 50, badLines: 1, pages: 0, bytes: 0 }
  return {
    saved,
    save,
    aggregator: new Aggregator({ save } as unknown as StatsStore, { totals: () => before } as Reports)
  }
}

const position = (offset: number) => ({ file: '1:2', path: '/log', offset, headLength: 3, headHash: 'abc' })

describe('an aggregator', () => {
  it('keeps what could not be saved for the next try', () => {
    const { saved, save, aggregator } = newAggregator()
    save.mockImplementationOnce(() => {
      throw new Error('disk full')
    })
    aggregator.count(entry('17/May/2015:10:05:03 +0000', '/a'))
    aggregator.reached(position(1))
    expect(() => aggregator.flush()).toThrow('disk full')
    aggregator.count(entry('17/May/2015:10:05:04 +0000', '/a'))
    aggregator.reached(position(2))
    aggregator.flush()
    expect(saved).toMatchObject([{ counts: [{ page: '/a', requests: 2 }], positions: [{ offset: 2 }] }])
  })

  it('saves nothing when there is nothing', () => {
    const { saved, aggregator } = newAggregator()
    aggregator.flush()
    aggregator.onShutdown()
    expect(saved).toEqual([])
  })

  it('counts requests, page views and bytes for each minute in UTC, page and status', () => {
    const { saved, aggregator } = newAggregator()
    aggregator.count(entry('17/May/2015:10:05:03 +0000', '/a'))
    aggregator.count(entry('17/May/2015:12:05:59 +0200', '/a?q=1', 200, 5))
    aggregator.count(entry('17/May/2015:10:05:03 +0000', '/a', 404, 1))
    aggregator.count(entry('17/May/2015:10:06:00 +0000', '/a'))
    aggregator.count(entry('17/May/2015:10:06:00 +0000', '/a.css'))
    const minute = Date.UTC(2015, 4, 17, 10, 5) / 1000
    aggregator.flush()
    expect(saved[0]?.counts).toEqual([
      { minute, page: '/a', status: 200, requests: 2, views: 2, bytes: 15 },
      { minute, page: '/a', status: 404, requests: 1, views: 0, bytes: 1 },
      { minute: minute + 60, page: '/a', status: 200, requests: 1, views: 1, bytes: 10 },
      { minute: minute + 60, page: '/a.css', status: 200, requests: 1, views: 0, bytes: 10 }
    ])
  })

  it('goes on from the figures of the runs before', () => {
    const { aggregator } = newAggregator()
    aggregator.onStart()
    aggregator.count(entry('17/May/2015:10:05:03 +0000', '/a'))
    aggregator.count(entry('17/May/2015:10:05:03 +0000', '/a.css'))
    aggregator.reject({ source: '/log', reason: 'empty line', line: '' })
    expect(aggregator.totals).toEqual({ requests: 102, views: 51, badLines: 2 })
    aggregator.flush()
    expect(aggregator.totals).toEqual({ requests: 102, views: 51, badLines: 2 })
  })

  it('saves the newest position of each file, and every bad line', () => {
    const { saved, aggregator } = newAggregator()
    aggregator.reject({ source: '/log', reason: 'empty line', line: '' })
    aggregator.reached(position(1))
    aggregator.reached(position(5))
    aggregator.reached({ ...position(3), file: '1:3' })
    aggregator.reached(undefined)
    aggregator.onShutdown()
    expect(saved).toEqual([
      {
        counts: [],
        badLines: [{ source: '/log', reason: 'empty line', line: '' }],
        positions: [position(5), { ...position(3), file: '1:3' }]
      }
    ])
  })

  it('saves a large batch without waiting, but only where lines and position agree', () => {
    const { saved, aggregator } = newAggregator()
    for (let page = 0; page < 30_000; page++)
      aggregator.count(entry('17/May/2015:10:05:03 +0000', `/${page}`))
    expect(saved).toEqual([])
    aggregator.reached(position(9))
    expect(saved).toHaveLength(1)
    expect(saved[0]?.counts).toHaveLength(30_000)
  })
})
