import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planTimer, type Moment, type Plan } from '../../src/schedule/index.js'

const EPOCH = Date.UTC(2026, 0, 1)

function at(monotonic: number): Moment {
  return { wall: EPOCH + monotonic, monotonic }
}

function plan(
  every: number,
  options: { mode?: 'rate' | 'delay'; jitter?: number; random?: () => number } = {}
): Plan {
  return planTimer({ every, mode: options.mode ?? 'rate', jitter: options.jitter ?? 0 }, options.random)
}

describe('planning at a rate', () => {
  it('lets a wake-up that is too early wait, and takes nothing twice', () => {
    const timer = plan(1000)
    timer.begin(at(0))
    expect(timer.take(at(999.9))).toBeUndefined()
    expect(timer.dueAt).toBe(1000)
    expect(timer.take(at(1000))).toMatchObject({ scheduledAt: EPOCH + 1000, missed: 0, lateness: 0 })
    expect(timer.take(at(1000))).toBeUndefined()
    expect(timer.take(at(1000.5))).toBeUndefined()
    expect(timer.dueAt).toBe(2000)
  })

  it('gives one run for all slots of a gap, whatever its length, in no time', () => {
    const timer = plan(1)
    timer.begin(at(0))
    const century = 100 * 365.25 * 86_400_000
    expect(timer.take(at(century))).toMatchObject({
      scheduledAt: EPOCH + century,
      missed: century - 1,
      lateness: 0
    })
    expect(timer.dueAt).toBe(century + 1)
  })

  it('does not take a hair of floating point for an early wake-up', () => {
    const timer = plan(0.1)
    timer.begin(at(0))
    for (let slot = 1; slot <= 1000; slot++) {
      const sum = Array.from({ length: slot }).reduce<number>((total) => total + 0.1, 0)
      expect(timer.take(at(sum))).toMatchObject({ missed: 0 })
    }
  })

  it('takes slots that a body covered, but not the one at which it ended', () => {
    const timer = plan(1000)
    timer.begin(at(0))
    timer.take(at(1000))
    expect(timer.takeCovered(at(2000))).toBeUndefined()
    expect(timer.take(at(2000))).toMatchObject({ missed: 0 })
    expect(timer.takeCovered(at(5500))).toMatchObject({
      scheduledAt: EPOCH + 5000,
      missed: 2,
      missedAt: EPOCH + 4000
    })
    expect(timer.dueAt).toBe(6000)
  })

  it('says the slot on the wall clock although that was set meanwhile', () => {
    const timer = plan(1000)
    timer.begin(at(0))
    expect(timer.take({ wall: 5_000_007, monotonic: 1007 })).toMatchObject({
      scheduledAt: 5_000_000,
      lateness: 7
    })
  })

  it('keeps jitter below its limit and before the next slot', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), {
          minLength: 5,
          maxLength: 5
        }),
        (every, jitter, numbers) => {
          let drawn = 0
          const timer = plan(every, { jitter, random: () => numbers[drawn++ % 5] ?? 0 })
          timer.begin(at(0))
          for (let slot = 1; slot <= 5; slot++) {
            expect(timer.dueAt).toBeGreaterThanOrEqual(slot * every)
            expect(timer.dueAt).toBeLessThan(slot * every + Math.min(jitter, every))
            const due = timer.take(at(timer.dueAt))
            expect(due).toMatchObject({ scheduledAt: EPOCH + slot * every, missed: 0, lateness: 0 })
          }
        }
      )
    )
  })

  it('gives every slot once: runs and missed add up to the slots that passed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.record({ step: fc.nat(2000), covered: fc.boolean() }), { maxLength: 100 }),
        (every, wakes) => {
          const timer = plan(every)
          timer.begin(at(0))
          let now = 0
          let slots = 0
          let last = 0
          for (const { step, covered } of wakes) {
            now += step
            const due = covered ? timer.takeCovered(at(now)) : timer.take(at(now))
            if (due === undefined) continue
            const slot = (due.scheduledAt - EPOCH) / every
            expect(Number.isInteger(slot) && slot > last && slot * every <= now).toBe(true)
            slots += 1 + due.missed
            last = slot
            expect(slots).toBe(last)
          }
          timer.take(at(now))
          expect(timer.dueAt).toBe((Math.floor(now / every) + 1) * every)
        }
      )
    )
  })
})

describe('planning a delay', () => {
  it('says the slot in whole milliseconds of the wall clock, however late jitter has put the run', () => {
    const timer = plan(1000, { mode: 'delay', jitter: 300, random: () => 0.502 })
    timer.begin({ wall: EPOCH, monotonic: 0 })
    expect(timer.take({ wall: EPOCH + 1150, monotonic: 1150.6 })).toMatchObject({ scheduledAt: EPOCH + 1000 })
  })

  it('counts from the end of the run', () => {
    const timer = plan(1000, { mode: 'delay' })
    timer.begin(at(0))
    expect(timer.take(at(999))).toBeUndefined()
    expect(timer.take(at(1300))).toMatchObject({ scheduledAt: EPOCH + 1000, missed: 0, lateness: 300 })
    expect(timer.dueAt).toBe(Infinity)
    expect(timer.takeCovered(at(9000))).toBeUndefined()
    timer.ended(at(9000))
    expect(timer.dueAt).toBe(10_000)
  })

  it('puts off by jitter, and says the slot before jitter', () => {
    const timer = plan(1000, { mode: 'delay', jitter: 500, random: () => 0.5 })
    timer.begin(at(0))
    expect(timer.take(at(1249))).toBeUndefined()
    expect(timer.take(at(1250))).toMatchObject({ scheduledAt: EPOCH + 1000, lateness: 0 })
  })
})
