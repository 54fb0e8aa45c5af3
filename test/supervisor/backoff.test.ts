import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffSum } from '../../src/supervisor/backoff.js'
import { type Backoff, backoffDelay, nextBackoff } from '../../src/supervisor/index.js'

const seconds: Backoff = { initial: 1000, factor: 2, max: 30_000, jitter: 0, resetAfter: 60_000 }
const jittery: Backoff = { ...seconds, jitter: 0.2 }
const middle = () => 0.5
const lowest = () => 0
const highest = () => 1 - Number.EPSILON

const anyBackoff: fc.Arbitrary<Backoff> = fc.record({
  initial: fc.nat(10_000),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  max: fc.integer({ min: 10_000, max: 100_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  resetAfter: fc.nat(100_000)
})

/** The delays of crashes that all come at once after the restart. */
function delays(backoff: Backoff, count: number, random: () => number): number[] {
  let attempts = 0
  return Array.from({ length: count }, () => {
    const next = nextBackoff(backoff, attempts, 0, random)
    attempts = next.attempts
    return next.delay
  })
}

describe('nextBackoff', () => {
  test('grows by the factor up to the cap', () => {
    expect(delays(seconds, 7, middle)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test('starts over after a run of resetAfter, and not after a shorter one', () => {
    expect(nextBackoff(seconds, 3, 59_999, middle)).toEqual({ delay: 8000, attempts: 4 })
    expect(nextBackoff(seconds, 3, 60_000, middle)).toEqual({ delay: 1000, attempts: 1 })
  })

  test('never starts over when resetAfter is Infinity', () => {
    expect(nextBackoff({ ...seconds, resetAfter: Infinity }, 3, 1e12, middle).delay).toBe(8000)
  })

  test('spreads by chance either way, but never beyond the cap', () => {
    expect(delays(jittery, 6, lowest)).toEqual([800, 1600, 3200, 6400, 12_800, 24_000])
    expect(delays(jittery, 6, highest)).toEqual([1200, 2400, 4800, 9600, 19_200, 30_000])
  })

  test('gives whole milliseconds between 0 and the cap, however often it is asked', () => {
    fc.assert(
      fc.property(
        anyBackoff,
        fc.nat(5000),
        fc.nat(200_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (backoff, attempts, upFor, chance) => {
          const { delay, attempts: next } = nextBackoff(backoff, attempts, upFor, () => chance)
          expect(delay).toBe(Math.round(delay))
          expect(delay).toBeGreaterThanOrEqual(0)
          expect(delay).toBeLessThanOrEqual(backoff.max)
          expect(next).toBe(upFor >= backoff.resetAfter ? 1 : attempts + 1)
        }
      )
    )
  })
})

test('no number of attempts makes the delay anything but the cap', () => {
  expect(backoffDelay(seconds, 1e9)).toBe(30_000)
  expect(backoffDelay({ ...seconds, initial: 0 }, 1e9)).toBe(0)
  expect(backoffDelay({ ...seconds, factor: 1 }, 1e9)).toBe(1000)
})

describe('backoffSum', () => {
  test('is that of the single delays', () => {
    fc.assert(
      fc.property(anyBackoff, fc.nat(50), (backoff, count) => {
        let sum = 0
        for (let attempt = 0; attempt < count; attempt++) sum += backoffDelay(backoff, attempt)
        expect(Math.abs(backoffSum(backoff, count) - sum)).toBeLessThanOrEqual(1 + sum * 1e-6)
      })
    )
  })

  test('takes no longer for a billion', () => {
    expect(backoffSum({ ...seconds, initial: 30_000 }, 1e9)).toBe(3e13)
    expect(backoffSum({ ...seconds, factor: 1 }, 1e9)).toBe(1e12)
    expect(backoffSum({ ...seconds, max: Infinity }, 3)).toBe(7000)
  })
})
