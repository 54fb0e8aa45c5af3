import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  budgetWindow,
  type RestartLimits,
  spendRestart,
  supervisorSettings
} from '../../src/supervisor/index.js'

const without = (maxRestarts: number, within: number): RestartLimits => ({
  maxRestarts,
  within,
  backoff: undefined
})

/** Which of the restarts at these times are allowed. */
function ask(times: readonly number[], limits: RestartLimits): boolean[] {
  let history: readonly number[] = []
  return times.map((now) => {
    const verdict = spendRestart(history, now, limits)
    history = verdict.history
    return verdict.allowed
  })
}

describe('spendRestart', () => {
  test('refuses one more than maxRestarts in a window', () => {
    expect(ask([0, 1, 2], without(2, 100))).toEqual([true, true, false])
  })

  test('with maxRestarts 0 refuses the first', () => {
    expect(ask([0], without(0, 100))).toEqual([false])
  })

  test('never refuses restarts that are a window apart', () => {
    expect(ask([0, 100, 200, 300], without(1, 100))).toEqual([true, true, true, true])
  })

  test('has a window that slides', () => {
    // the third is refused although a window that began at 100 would have room
    expect(ask([90, 95, 105], without(2, 100))).toEqual([true, true, false])
    expect(ask([90, 95, 190, 194, 195], without(2, 100))).toEqual([true, true, true, false, true])
  })

  test('charges nothing for a restart that it refuses', () => {
    expect(spendRestart([0, 10], 20, without(2, 100))).toEqual({ allowed: false, history: [0, 10] })
  })

  test('without a limit allows everything and remembers nothing', () => {
    expect(spendRestart([], 5, without(Infinity, 100))).toEqual({ allowed: true, history: [] })
  })

  test('leaves the history that it was given as it was', () => {
    const history = Object.freeze([0, 10])
    expect(spendRestart(history, 105, without(2, 100)).history).toEqual([10, 105])
  })

  test('at any time allows as many as the last window has room for, and remembers no more than the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { maxLength: 40 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 100 }),
        (gaps, maxRestarts, within) => {
          let now = 0
          let history: readonly number[] = []
          const allowed: number[] = []
          for (const gap of gaps) {
            now += gap
            const verdict = spendRestart(history, now, without(maxRestarts, within))
            const inWindow = allowed.filter((time) => time > now - within).length
            expect(verdict.allowed).toBe(inWindow < maxRestarts)
            expect(verdict.history.length).toBeLessThanOrEqual(maxRestarts)
            if (verdict.allowed) allowed.push(now)
            history = verdict.history
          }
        }
      )
    )
  })
})

describe('budgetWindow', () => {
  test('is the larger of within and twice the first delays together', () => {
    // 1 + 2 + 4 + 8 + 16 = 31 s
    expect(budgetWindow(supervisorSettings({}, 'it'))).toBe(62_000)
    expect(budgetWindow(supervisorSettings({ within: '2m' }, 'it'))).toBe(120_000)
    expect(budgetWindow(supervisorSettings({ maxRestarts: 2 }, 'it'))).toBe(60_000)
    expect(budgetWindow(supervisorSettings({ backoff: false, maxRestarts: 100 }, 'it'))).toBe(60_000)
  })

  test('counts delays at the cap', () => {
    // 1 + 2 + 4 + 4 + 4 s
    expect(budgetWindow(supervisorSettings({ within: 1, backoff: { max: '4s' } }, 'it'))).toBe(30_000)
  })

  test('lets crashes that come right after each restart exceed the limit, however long the delays', () => {
    const limits = supervisorSettings({ within: '1s', backoff: { initial: '10s', jitter: 0 } }, 'it')
    expect(ask([0, 10_000, 30_000, 60_000, 90_000, 120_000], limits)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false
    ])
  })
})
