import { describe, expect, it } from 'vitest'
import { ScheduledWork, readCron } from '../../src/schedule/index.js'
import { Clock, type TimerHandle } from '../../src/time/index.js'
import { Harness } from './schedule-harness.js'

/** A clock as users write them: it cannot say when the wall clock is set. */
class PlainClock extends Clock {
  readonly delays: number[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    super()
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  setTimeout(run: () => void, delay: number): TimerHandle {
    this.delays.push(delay)
    return this.#clock.setTimeout(run, delay)
  }

  clearTimeout(handle: TimerHandle): void {
    this.#clock.clearTimeout(handle)
  }
}

describe('a cron', () => {
  it('runs at its slots in its zone', async () => {
    const harness = new Harness('2026-03-07T12:00:00Z')
    const work = harness.cron('30 2 * * *', { timezone: 'America/New_York' }, () => {})
    await harness.clock.advance('3d')
    expect(harness.startedAt).toEqual([
      '2026-03-08T07:00:00Z',
      '2026-03-09T06:30:00Z',
      '2026-03-10T06:30:00Z'
    ])
    expect(work.snapshot()).toMatchObject({
      runs: 3,
      missed: 0,
      worstLatenessMs: 0,
      nextDueAt: Date.parse('2026-03-11T06:30:00Z')
    })
  })

  it('is in UTC when nobody says otherwise', async () => {
    const harness = new Harness('2026-03-08T00:00:00Z')
    harness.cron('30 2 * * *', {}, () => {})
    await harness.clock.advance('1d')
    expect(harness.startedAt).toEqual(['2026-03-08T02:30:00Z'])
  })

  it('takes six fields with seconds first', async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    harness.cron('*/20 * * * * *', {}, () => {})
    await harness.clock.advance('1m')
    expect(harness.begins).toEqual([20_000, 40_000, 60_000])
  })

  it('takes a year of daily runs without a wake-up in between, on a clock that tells when it is set', async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    const work = harness.cron('0 0 1 * *', {}, () => {})
    await harness.clock.advance('365d')
    expect(work.snapshot()).toMatchObject({ runs: 12, missed: 0 })
  })

  it('counts slots that its body covers, whatever misfire says, and does not make up for them', async () => {
    for (const misfire of ['once', 'skip'] as const) {
      const harness = new Harness('2026-01-01T00:00:00Z')
      harness.cron('* * * * *', { misfire }, () => harness.sleep(170_000))
      await harness.clock.advance('7m')
      expect(harness.begins).toEqual([60_000, 240_000, 420_000])
      expect(harness.misses.map(({ count, cause }) => [count, cause])).toEqual([
        [2, 'overlap'],
        [2, 'overlap']
      ])
    }
  })

  it("adds one run under overlap: 'queue'", async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    harness.cron('* * * * *', { overlap: 'queue' }, (tick) =>
      harness.sleep(tick.iteration === 1 ? 170_000 : 1000)
    )
    await harness.clock.advance('5m')
    expect(harness.begins).toEqual([60_000, 230_000, 240_000, 300_000])
    expect(harness.missedInAll).toBe(1)
  })

  it('of a blocked loop runs once for all that was missed, or only counts, as misfire says', async () => {
    for (const [misfire, runs] of [
      ['once', 1],
      ['skip', 0]
    ] as const) {
      const harness = new Harness('2026-01-01T00:00:00Z')
      const work = harness.cron('0 * * * *', { misfire }, () => {})
      await harness.clock.advance('30m')
      harness.clock.block('3h10m')
      await harness.clock.advance(0)
      expect(work.snapshot()).toMatchObject({ runs, missed: 3 })
      expect(harness.misses).toEqual([
        { count: 3, lastAt: Date.parse('2026-01-01T03:00:00Z'), cause: 'late' }
      ])
      await harness.clock.advance('20m')
      expect(harness.ticks.at(-1)).toMatchObject({
        scheduledAt: new Date('2026-01-01T04:00:00Z'),
        missed: misfire === 'once' ? 0 : 3
      })
    }
  })

  it('never runs a slot twice when the wall clock is set back', async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    harness.cron('*/10 * * * *', {}, () => {})
    await harness.clock.advance('35m')
    harness.clock.setTime('2026-01-01T00:05:00Z')
    await harness.clock.advance('40m')
    expect(harness.scheduledAt).toEqual([
      '2026-01-01T00:10:00Z',
      '2026-01-01T00:20:00Z',
      '2026-01-01T00:30:00Z',
      '2026-01-01T00:40:00Z'
    ])
    expect(harness.misses).toEqual([])
  })

  it('notices within 30 seconds that the wall clock was set, on any clock', async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    const clock = new PlainClock(harness.clock)
    const started: string[] = []
    const work = new ScheduledWork(
      'x',
      readCron('0 * * * *', {}, 'x'),
      (tick) => started.push(tick.startedAt.toISOString()),
      {
        clock,
        begin: (tick, body) => body(tick),
        crash: () => expect.unreachable()
      }
    )
    work.start()
    await harness.clock.advance('10m10s')
    expect(Math.max(...clock.delays)).toBeLessThanOrEqual(30_000)
    harness.clock.setTime('2026-01-01T00:59:55Z')
    await harness.clock.advance('30s')
    expect(started).toEqual(['2026-01-01T01:00:15.000Z'])
    await harness.clock.advance('1h')
    expect(started[1]).toBe('2026-01-01T02:00:00.000Z')
    await work.end()
    expect(harness.clock.pending.count).toBe(0)
  })

  it('with jitter hands the body both times', async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    harness.cron('* * * * *', { jitter: '10s' }, () => {})
    await harness.clock.advance('2m30s')
    expect(harness.scheduledAt).toEqual(['2026-01-01T00:01:00Z', '2026-01-01T00:02:00Z'])
    expect(harness.startedAt).toEqual(['2026-01-01T00:01:05Z', '2026-01-01T00:02:05Z'])
  })
})
