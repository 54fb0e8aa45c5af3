import { describe, expect, it } from 'vitest'
import { nextRuns } from '../../src/schedule/index.js'

function runs(expression: string, zone: string, from: string, count: number): string[] {
  return nextRuns(expression, zone, new Date(from), count).map((run) =>
    run.toISOString().replace(':00.000Z', 'Z').replace('.000Z', 'Z')
  )
}

const NEW_YORK = 'America/New_York'

describe('a spring-forward gap', () => {
  it('runs a job that it swallowed right after it, and the next day as ever', () => {
    expect(runs('30 2 * * *', NEW_YORK, '2026-03-08T00:00Z', 2)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-09T06:30Z'
    ])
    expect(runs('0 0 2 * * *', NEW_YORK, '2026-03-08T00:00Z', 2)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-09T06:00Z'
    ])
  })

  it('loses no run of a job with lists and ranges of hours', () => {
    expect(runs('30 2,14 * * *', NEW_YORK, '2026-03-08T00:00Z', 3)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-08T18:30Z',
      '2026-03-09T06:30Z'
    ])
    expect(runs('30 2-3 * * *', NEW_YORK, '2026-03-08T00:00Z', 3)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-08T07:30Z',
      '2026-03-09T06:30Z'
    ])
  })

  it('does not lose the day of a job that has the swallowed hour to itself', () => {
    expect(runs('*/10 2 * * *', NEW_YORK, '2026-03-08T00:00Z', 3)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-09T06:00Z',
      '2026-03-09T06:10Z'
    ])
    expect(runs('30 0-22/2 * * *', NEW_YORK, '2026-03-08T05:00Z', 3)).toEqual([
      '2026-03-08T05:30Z',
      '2026-03-08T07:00Z',
      '2026-03-08T08:30Z'
    ])
    expect(runs('*/20 * 2 * * *', NEW_YORK, '2026-03-08T00:00Z', 2)).toEqual([
      '2026-03-08T07:00Z',
      '2026-03-09T06:00Z'
    ])
  })

  it('lengthens no stretch between the runs of each second hour', () => {
    expect(runs('0 */2 * * *', NEW_YORK, '2026-03-08T04:00Z', 4)).toEqual([
      '2026-03-08T05:00Z',
      '2026-03-08T07:00Z',
      '2026-03-08T08:00Z',
      '2026-03-08T10:00Z'
    ])
    expect(runs('0 */3 * * *', NEW_YORK, '2026-03-08T04:00Z', 3)).toEqual([
      '2026-03-08T05:00Z',
      '2026-03-08T07:00Z',
      '2026-03-08T10:00Z'
    ])
    expect(runs('0 */12 * * *', 'America/Havana', '2026-03-08T00:00Z', 2)).toEqual([
      '2026-03-08T05:00Z',
      '2026-03-08T16:00Z'
    ])
  })

  it('adds nothing to a job that follows real time', () => {
    expect(runs('15 */1 * * *', NEW_YORK, '2026-03-08T06:00Z', 2)).toEqual([
      '2026-03-08T06:15Z',
      '2026-03-08T07:15Z'
    ])
    expect(runs('15 * * * *', NEW_YORK, '2026-03-08T06:00Z', 3)).toEqual([
      '2026-03-08T06:15Z',
      '2026-03-08T07:15Z',
      '2026-03-08T08:15Z'
    ])
    expect(runs('*/30 * * * *', NEW_YORK, '2026-03-08T06:00Z', 3)).toEqual([
      '2026-03-08T06:30Z',
      '2026-03-08T07:00Z',
      '2026-03-08T07:30Z'
    ])
    expect(runs('@hourly', 'Australia/Lord_Howe', '2026-10-03T14:45Z', 2)).toEqual([
      '2026-10-03T16:00Z',
      '2026-10-03T17:00Z'
    ])
  })

  it.each([
    [
      'Lord Howe, of half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T12:00Z',
      '2026-10-03T15:30Z'
    ],
    [
      'Chatham, at a quarter to three',
      '50 2 * * *',
      'Pacific/Chatham',
      '2026-09-26T00:00Z',
      '2026-09-26T14:00Z'
    ],
    ['Havana, at midnight', '30 0 * * *', 'America/Havana', '2026-03-08T00:00Z', '2026-03-08T05:00Z'],
    ['Havana, by a nickname', '@daily', 'America/Havana', '2026-03-08T00:00Z', '2026-03-08T05:00Z'],
    [
      'Nuuk, in the last hour of the day',
      '45 23 * * *',
      'America/Nuuk',
      '2026-03-28T12:00Z',
      '2026-03-29T01:00Z'
    ],
    ['Nuuk, of one day', '30 23 28 3 *', 'America/Nuuk', '2026-03-01T00:00Z', '2026-03-29T01:00Z'],
    ['Nuuk, by steps', '*/10 23 * * *', 'America/Nuuk', '2026-03-28T12:00Z', '2026-03-29T01:00Z'],
    ['Auckland', '30 2 * * *', 'Pacific/Auckland', '2026-09-26T00:00Z', '2026-09-26T14:00Z']
  ])('in %s', (_, expression, zone, from, expected) => {
    expect(runs(expression, zone, from, 1)).toEqual([expected])
  })

  it('moves nothing that is in UTC', () => {
    expect(runs('30 2 * * *', 'UTC', '2026-03-08T00:00Z', 2)).toEqual([
      '2026-03-08T02:30Z',
      '2026-03-09T02:30Z'
    ])
  })
})

describe('a fall-back hour', () => {
  it('runs a fixed-time job once', () => {
    expect(runs('30 1 * * *', NEW_YORK, '2026-11-01T04:45Z', 2)).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z'
    ])
    expect(runs('30 1,13 * * *', NEW_YORK, '2026-11-01T04:45Z', 2)).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-01T18:30Z'
    ])
  })

  it('lets a job with a wildcard follow real time', () => {
    expect(runs('*/30 * * * *', NEW_YORK, '2026-11-01T04:59Z', 5)).toEqual([
      '2026-11-01T05:00Z',
      '2026-11-01T05:30Z',
      '2026-11-01T06:00Z',
      '2026-11-01T06:30Z',
      '2026-11-01T07:00Z'
    ])
    expect(runs('*/30 1 * * *', NEW_YORK, '2026-11-01T04:59Z', 5)).toEqual([
      '2026-11-01T05:00Z',
      '2026-11-01T05:30Z',
      '2026-11-01T06:00Z',
      '2026-11-01T06:30Z',
      '2026-11-02T06:00Z'
    ])
  })

  it.each([
    [
      'Lord Howe',
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T12:00Z',
      ['2026-04-04T14:45Z', '2026-04-05T15:15Z']
    ],
    [
      'Chatham',
      '0 3 * * *',
      'Pacific/Chatham',
      '2026-04-04T00:00Z',
      ['2026-04-04T13:15Z', '2026-04-05T14:15Z']
    ],
    [
      'Havana',
      '30 0 * * *',
      'America/Havana',
      '2026-11-01T00:00Z',
      ['2026-11-01T04:30Z', '2026-11-02T05:30Z']
    ],
    [
      'Auckland',
      '30 2 * * *',
      'Pacific/Auckland',
      '2026-04-04T00:00Z',
      ['2026-04-04T13:30Z', '2026-04-05T14:30Z']
    ]
  ])('in %s', (_, expression, zone, from, expected) => {
    expect(runs(expression, zone, from, 2)).toEqual(expected)
  })
})

describe('any zone', () => {
  const zones = [
    [NEW_YORK, '2026-03-06', '2026-10-30'],
    ['Australia/Lord_Howe', '2026-10-02', '2026-04-03'],
    ['Pacific/Chatham', '2026-09-25', '2026-04-03'],
    ['America/Havana', '2026-03-06', '2026-10-30'],
    ['Pacific/Auckland', '2026-09-25', '2026-04-03']
  ] as const

  it.each(zones)('gives a daily job of %s one run a day for 400 days', (zone) => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
    for (const expression of ['0 0 * * *', '15 2 * * *', '45 1 * * *']) {
      const found = nextRuns(expression, zone, new Date('2026-01-01T00:00:00Z'), 400)
      expect(shortestStep(found)).toBeGreaterThanOrEqual(23 * HOUR)
      expect(longestStep(found)).toBeLessThanOrEqual(25 * HOUR)
      expect(new Set(found.map((run) => day.format(run))).size).toBe(400)
    }
  })

  it.each(zones)('has no hole and no repetition in %s where clocks change', (zone, ...changes) => {
    for (const change of changes) {
      const found = nextRuns('*/10 * * * *', zone, new Date(`${change}T00:00:00Z`), 600)
      expect([shortestStep(found), longestStep(found)]).toEqual([10 * MINUTE, 10 * MINUTE])
    }
  })

  it('stays strictly monotonic for 10,000 steps', () => {
    // every hour, more than a year
    expect(shortestStep(nextRuns('0 * * * *', NEW_YORK, new Date('2026-01-01'), 10_000))).toBeGreaterThan(0)
  })
})

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function steps(found: readonly Date[]): number[] {
  return found.slice(1).map((run, index) => run.getTime() - (found[index]?.getTime() ?? 0))
}

function shortestStep(found: readonly Date[]): number {
  return Math.min(...steps(found))
}

function longestStep(found: readonly Date[]): number {
  return Math.max(...steps(found))
}
