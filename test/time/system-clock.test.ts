import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/time/index.js'

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('reads the globals at call time, so that fake timers drive it', () => {
    vi.setSystemTime(1_000_000)
    const start = systemClock.monotonic()
    const fired: number[] = []
    systemClock.setTimeout(() => fired.push(systemClock.monotonic() - start), 1000)
    vi.advanceTimersByTime(999)
    expect(fired).toEqual([])
    vi.advanceTimersByTime(1)
    expect(fired).toEqual([1000])
    expect(systemClock.now()).toBe(1_001_000)
  })

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 400 * 86_400_000])(
    'fires after %d ms, not at once',
    (delay) => {
      const fired = vi.fn<() => void>()
      systemClock.setTimeout(fired, delay)
      vi.advanceTimersByTime(delay - 1)
      expect(fired).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(fired).toHaveBeenCalledTimes(1)
    }
  )

  it('never fires after Infinity, and holds no timer for it', () => {
    systemClock.setTimeout(() => expect.unreachable(), Infinity)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('clears short, long and infinite timers, fired ones and nothing at all', () => {
    const fired = vi.fn<() => void>()
    const day = 86_400_000
    const long = systemClock.setTimeout(fired, 60 * day)
    vi.advanceTimersByTime(30 * day)
    for (const handle of [long, systemClock.setTimeout(fired, 5), systemClock.setTimeout(fired, Infinity)]) {
      systemClock.clearTimeout(handle)
      systemClock.clearTimeout(handle)
    }
    systemClock.clearTimeout(undefined)
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(60 * day)
    expect(fired).not.toHaveBeenCalled()
  })

  it.each([-5, Number.NaN, 0])('takes a delay of %d as none', (delay) => {
    const fired = vi.fn<() => void>()
    systemClock.setTimeout(fired, delay)
    expect(fired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fired).toHaveBeenCalledTimes(1)
  })

  it('rounds fractions up, never down, but not the noise of floating point', () => {
    const fired: number[] = []
    for (const delay of [999.2, 1000.0000000002]) systemClock.setTimeout(() => fired.push(delay), delay)
    vi.advanceTimersByTime(999)
    expect(fired).toEqual([])
    vi.advanceTimersByTime(1)
    expect(fired).toEqual([999.2, 1000.0000000002])
  })
})
