import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/time/index.js'
import { sleep } from '../../src/waits/index.js'
import { ManualClock } from './manual-clock.js'

const clock = new ManualClock()
const never = new AbortController().signal

describe('sleep', () => {
  it('is false without a timer when the signal is aborted already', async () => {
    expect(await sleep(clock, AbortSignal.abort(), 1000)).toBe(false)
    expect(clock.pending).toBe(0)
  })

  it('leaves the event loop turning under a loop that ignores that it is to stop', async () => {
    const stopped = AbortSignal.abort()
    let abandoned = false
    const loop = (async () => {
      for (;;) {
        await sleep(clock, stopped, 1000)
        if (abandoned) return 'over'
      }
    })()
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    abandoned = true
    expect(await loop).toBe('over')
  })

  it('is false as soon as the signal aborts, and leaves nothing behind', async () => {
    const controller = new AbortController()
    const sleeping = sleep(clock, controller.signal, 1000)
    controller.abort()
    expect(await sleeping).toBe(false)
    expect(clock.pending).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('is true when the time has passed, and leaves nothing behind', async () => {
    const { signal } = new AbortController()
    const sleeping = sleep(clock, signal, 1000)
    let over = false
    void sleeping.then(() => (over = true))
    clock.advance(999)
    await Promise.resolve()
    expect(over).toBe(false)
    clock.advance(1)
    expect(await sleeping).toBe(true)
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it.each([-1, NaN, '5', 'soon', undefined as never])(
    'of %o rejects, and leaves nothing behind',
    async (bad) => {
      const sleeping = sleep(clock, never, bad, 'sleep() of Feed')
      await expect(sleeping).rejects.toThrow('KEEL_INVALID_DURATION: sleep() of Feed must be a duration')
      await expect(sleep(clock, AbortSignal.abort(), bad)).rejects.toThrow('KEEL_INVALID_DURATION')
      expect(clock.pending).toBe(0)
      expect(getEventListeners(never, 'abort')).toEqual([])
    }
  )

  it('of no time at all still lets the clock decide', async () => {
    const sleeping = sleep(clock, never, 0)
    expect(clock.pending).toBe(1)
    clock.advance(0)
    expect(await sleeping).toBe(true)
  })

  it('wakes thousands at once on one event listener, without a warning of a leak', async () => {
    const warned = vi.fn<() => void>()
    process.on('warning', warned)
    const controller = new AbortController()
    const sleepers = Array.from({ length: 5000 }, () => sleep(clock, controller.signal, 1000))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    expect(new Set(await Promise.all(sleepers))).toEqual(new Set([false]))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })
})

describe('sleep under fake timers', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is driven by them through the system clock', async () => {
    vi.useFakeTimers()
    const sleeping = sleep(systemClock, never, 60_000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await sleeping).toBe(true)
  })

  it('answers without them when the signal is aborted already', async () => {
    vi.useFakeTimers()
    expect(await sleep(systemClock, AbortSignal.abort(), 60_000)).toBe(false)
  })
})
