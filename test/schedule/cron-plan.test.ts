import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CronPast,
  planCron,
  type CronRule,
  type Due,
  type Moment,
  type Plan
} from '../../src/schedule/index.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TEN = Date.parse('2026-05-04T10:00:00Z')

function at(wall: number): Moment {
  return { wall, monotonic: 0 }
}

function plan(expression: string, begin: number, rule: Partial<CronRule> = {}, random?: () => number): Plan {
  const cron = planCron({ expression, timezone: 'UTC', misfire: 'once', jitter: 0, ...rule }, random)
  cron.begin(at(begin))
  return cron
}

describe('planning a cron', () => {
  it('lets a wake-up that is too early wait', () => {
    const cron = plan('0 * * * *', TEN)
    expect(cron.dueAt).toBe(TEN + HOUR)
    expect(cron.take(at(TEN + HOUR - 1))).toBeUndefined()
    expect(cron.take(at(TEN + HOUR))).toMatchObject({
      scheduledAt: TEN + HOUR,
      missed: 0,
      lateness: 0,
      run: true
    })
    expect(cron.take(at(TEN + HOUR))).toBeUndefined()
    expect(cron.dueAt).toBe(TEN + 2 * HOUR)
  })

  it('has its first slot after the start, not at it', () => {
    expect(plan('0 * * * *', TEN).dueAt).toBe(TEN + HOUR)
    expect(plan('0 * * * *', TEN - 1).dueAt).toBe(TEN)
  })

  it.each([
    ['0 * * * *', 60_000, HOUR],
    ['* * * * *', 30_000, MINUTE],
    ['*/10 * * * * *', 5_000, 10_000]
  ])('counts a slot of %s as missed when it is seen more than %d ms late', (expression, tolerance, gap) => {
    const slot = TEN + gap
    expect(plan(expression, TEN).take(at(slot + tolerance))).toMatchObject({ missed: 0, run: true })
    expect(plan(expression, TEN).take(at(slot + tolerance + 1))).toMatchObject({ missed: 1, run: true })
    expect(plan(expression, TEN, { misfire: 'skip' }).take(at(slot + tolerance))).toMatchObject({
      missed: 0,
      run: true
    })
    expect(plan(expression, TEN, { misfire: 'skip' }).take(at(slot + tolerance + 1))).toMatchObject({
      scheduledAt: slot,
      missed: 1,
      missedAt: slot,
      run: false
    })
  })

  it('gives one run for all that was missed, and counts each', () => {
    const cron = plan('0 * * * *', TEN)
    expect(cron.take(at(TEN + 5 * HOUR + 40 * MINUTE))).toEqual({
      scheduledAt: TEN + 5 * HOUR,
      missed: 5,
      missedAt: TEN + 5 * HOUR,
      lateness: 40 * MINUTE,
      run: true
    })
    expect(cron.dueAt).toBe(TEN + 6 * HOUR)
  })

  it('runs a slot that is on time although earlier ones were missed, under skip too', () => {
    for (const misfire of ['once', 'skip'] as const) {
      expect(plan('* * * * *', TEN, { misfire }).take(at(TEN + 10 * MINUTE + 5000))).toMatchObject({
        scheduledAt: TEN + 10 * MINUTE,
        missed: 9,
        missedAt: TEN + 9 * MINUTE,
        run: true
      })
    }
  })

  it('takes slots that a body covered, however late, but not the one at which it ended', () => {
    const cron = plan('* * * * *', TEN, { misfire: 'skip' })
    expect(cron.takeCovered(at(TEN + MINUTE))).toBeUndefined()
    expect(cron.takeCovered(at(TEN + 3 * MINUTE + 50_000))).toMatchObject({
      scheduledAt: TEN + 3 * MINUTE,
      missed: 2,
      missedAt: TEN + 2 * MINUTE,
      run: true
    })
    expect(cron.dueAt).toBe(TEN + 4 * MINUTE)
  })

  it('counts no more than about a thousand of a long gap, within two seconds', () => {
    const begin = performance.now()
    const cron = plan('* * * * * *', TEN)
    const now = TEN + 10 * 365 * 24 * HOUR + 300
    const due = cron.take(at(now))
    expect(performance.now() - begin).toBeLessThan(2000)
    expect(due).toMatchObject({ scheduledAt: now - 300, missed: 1000, run: true })
    expect(cron.dueAt).toBe(now + 700)
  })

  it('keeps jitter below its limit and before the next slot', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (jitter, number) => {
          const cron = plan('* * * * *', TEN, { jitter }, () => number)
          for (let slot = 1; slot <= 3; slot++) {
            const offset = cron.dueAt - (TEN + slot * MINUTE)
            expect(offset).toBeGreaterThanOrEqual(0)
            expect(offset).toBeLessThan(Math.min(jitter, MINUTE))
            expect(cron.take(at(Math.ceil(cron.dueAt - 1)))).toBeUndefined()
            expect(cron.take(at(cron.dueAt))).toMatchObject({
              scheduledAt: TEN + slot * MINUTE,
              missed: 0,
              lateness: 0
            })
          }
        }
      ),
      { numRuns: 30 }
    )
  })

  it('goes to sleep for good at the end of the calendar', () => {
    const cron = plan('0 0 1 1 *', Date.parse('9999-06-01T00:00:00Z'))
    expect(cron.dueAt).toBe(Infinity)
    expect(cron.take(at(Date.parse('9999-12-31T00:00:00Z')))).toBeUndefined()
  })
})

describe('a wall clock that is set', () => {
  it('back never runs a slot twice', () => {
    const cron = plan('* * * * *', TEN)
    for (const minute of [1, 2, 3]) expect(cron.take(at(TEN + minute * MINUTE))).toBeDefined()
    expect(cron.take(at(TEN + 30_000))).toBeUndefined()
    for (const minute of [1, 2, 3]) expect(cron.take(at(TEN + minute * MINUTE))).toBeUndefined()
    expect(cron.take(at(TEN + 4 * MINUTE))).toMatchObject({ scheduledAt: TEN + 4 * MINUTE, missed: 0 })
  })

  it('back to before the start runs what was never run, then waits until what was is over', () => {
    const cron = plan('* * * * *', TEN)
    for (const minute of [1, 2]) expect(cron.take(at(TEN + minute * MINUTE))).toBeDefined()
    expect(cron.take(at(TEN - 90_000))).toBeUndefined()
    expect(cron.dueAt).toBe(TEN - MINUTE)
    expect(cron.take(at(TEN - MINUTE))).toMatchObject({ missed: 0 })
    expect(cron.take(at(TEN))).toMatchObject({ scheduledAt: TEN, missed: 0 })
    expect(cron.dueAt).toBe(TEN + 3 * MINUTE)
  })

  it('back between two runs of a service never runs a slot twice, but what was never run', () => {
    const rule = { expression: '* * * * *', timezone: 'UTC', misfire: 'once', jitter: 0 } as const
    const past = new CronPast()
    const begin = (wall: number): Plan => {
      const cron = planCron(rule, undefined, past)
      cron.begin(at(wall))
      return cron
    }
    const first = begin(TEN)
    for (const minute of [1, 2]) expect(first.take(at(TEN + minute * MINUTE))).toBeDefined()
    // to within the first run
    expect(begin(TEN + 30_000).dueAt).toBe(TEN + 3 * MINUTE)
    // to before it; many starts in a row are no reason to forget
    for (let start = 0; start < 20; start++) expect(begin(TEN - 90_000 + start).dueAt).toBe(TEN - MINUTE)
    const second = begin(TEN - 90_000)
    for (const minute of [-1, 0])
      expect(second.take(at(TEN + minute * MINUTE))).toMatchObject({ scheduledAt: TEN + minute * MINUTE })
    expect(second.dueAt).toBe(TEN + 3 * MINUTE)
    // what came due while nothing ran does not run at the start, but when it comes again
    expect(begin(TEN + 5 * MINUTE).dueAt).toBe(TEN + 6 * MINUTE)
    expect(begin(TEN + 150_000).dueAt).toBe(TEN + 3 * MINUTE)
  })

  it('back between two runs of a service says nothing of an expression that has changed', () => {
    const past = new CronPast()
    const rule = { expression: '0 * * * *', timezone: 'UTC', misfire: 'once', jitter: 0 } as const
    const first = planCron(rule, undefined, past)
    first.begin(at(TEN))
    expect(first.take(at(TEN + HOUR))).toBeDefined()
    const second = planCron({ ...rule, expression: '*/30 * * * *' }, undefined, past)
    second.begin(at(TEN))
    expect(second.dueAt).toBe(TEN + HOUR / 2)
  })

  it('forward by years by mistake, and back again, does not silence the schedule for years', () => {
    const cron = plan('0 * * * *', TEN)
    const wrong = Date.parse('2031-01-01T00:00:10Z')
    expect(cron.take(at(wrong))).toMatchObject({ scheduledAt: wrong - 10_000, missed: 999 + 1, run: true })
    expect(cron.take(at(TEN + 30 * MINUTE))).toBeUndefined()
    expect(cron.dueAt).toBe(TEN + HOUR)
    expect(cron.take(at(TEN + HOUR))).toMatchObject({ scheduledAt: TEN + HOUR, missed: 0 })
  })

  it('back by years and right again never runs a slot twice, though not all that was missed is counted', () => {
    const cron = plan('0 * * * *', TEN)
    const runs: unknown[] = []
    const see = (wall: number): void => void runs.push(cron.take(at(wall))?.scheduledAt)
    for (const hour of [1, 2, 3]) see(TEN + hour * HOUR)
    const before = TEN - 730 * 24 * HOUR
    see(before + HOUR / 2)
    for (const hour of [1, 2]) see(before + hour * HOUR)
    // the last that was not dealt with is the one at the first start
    see(TEN + HOUR * 1.25)
    expect(runs).toEqual([
      ...[1, 2, 3].map((hour) => TEN + hour * HOUR),
      undefined,
      ...[1, 2].map((hour) => before + hour * HOUR),
      TEN
    ])
    expect(cron.dueAt).toBe(TEN + 4 * HOUR)
  })

  it('anyhow, again and again, never repeats a slot', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            jump: fc.oneof(
              { weight: 5, arbitrary: fc.integer({ min: -4 * 60, max: 4 * 60 }) },
              // more slots than are counted
              fc.constantFrom(-30_000, -20_000, 20_000, 30_000)
            ),
            sets: fc.boolean(),
            covered: fc.boolean()
          }),
          { maxLength: 7 * 6 }
        ),
        (steps) => {
          const cron = plan('*/10 * * * *', TEN)
          const seen = new Set<number>()
          let now = TEN
          let back = 0
          for (const { jump, sets, covered } of steps) {
            // more than it remembers is another matter
            if (sets && jump < 0 && ++back > 4) continue
            now += (sets ? jump : Math.abs(jump) / 12) * MINUTE
            const due: Due | undefined = covered ? cron.takeCovered(at(now)) : cron.take(at(now))
            if (due === undefined) continue
            expect(due.scheduledAt).toBeLessThanOrEqual(now)
            expect(seen.has(due.scheduledAt)).toBe(false)
            seen.add(due.scheduledAt)
          }
        }
      ),
      { numRuns: 200 }
    )
  })
})

describe('a clock that only goes forward', () => {
  it('sees every slot once: on-time runs and missed add up to the slots that passed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<'once' | 'skip'>('once', 'skip'),
        fc.array(fc.record({ step: fc.nat(600), covered: fc.boolean() }), { maxLength: 40 }),
        (misfire, wakes) => {
          const cron = plan('* * * * *', TEN, { misfire })
          let now = TEN
          let slots = 0
          for (const { step, covered } of wakes) {
            now += step * 1000
            const due = covered ? cron.takeCovered(at(now)) : cron.take(at(now))
            if (due === undefined) continue
            const late = due.missed > 0 && due.missedAt === due.scheduledAt
            expect(due.run).toBe(!late || misfire === 'once')
            slots += due.missed + (late ? 0 : 1)
            expect(TEN + slots * MINUTE).toBe(due.scheduledAt)
          }
        }
      ),
      { numRuns: 100 }
    )
  })
})
