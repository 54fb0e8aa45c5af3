import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { interval, Tick } from '../../src/schedule/index.js'
import { TestClock } from '../../src/testing/test-clock.js'

function setUp(): { clock: TestClock; controller: AbortController; sleep: (ms: number) => Promise<void> } {
  const clock = new TestClock()
  return {
    clock,
    controller: new AbortController(),
    sleep: (ms) =>
      new Promise((resolve) => {
        clock.setTimeout(resolve, ms)
      })
  }
}

describe('interval()', () => {
  it('refuses at once what is no interval', () => {
    const { clock, controller } = setUp()
    expect(() => interval(clock, controller.signal, 0)).toThrow('KEEL_INVALID_DURATION')
    expect(() => interval(clock, controller.signal, 'soon', { name: 'polling' })).toThrow(
      'the interval of polling'
    )
  })

  it('ends when the signal aborts, while it waits and while the body runs, and leaves nothing behind', async () => {
    for (const body of [0, 500]) {
      const { clock, controller, sleep } = setUp()
      const seen: number[] = []
      const loop = (async () => {
        for await (const _ of interval(clock, controller.signal, 1000)) {
          seen.push(clock.monotonic())
          await sleep(body)
        }
      })()
      await clock.advance(2200)
      controller.abort()
      await clock.advance(300)
      await loop
      expect(seen).toEqual([1000, 2000])
      expect(clock.pending.count).toBe(0)
    }
  })

  it('gives nothing when the signal is aborted already', async () => {
    const { clock } = setUp()
    for await (const _ of interval(clock, AbortSignal.abort(), 1000, { immediate: true }))
      expect.unreachable()
  })

  it('leaves nothing behind after break', async () => {
    const { clock, controller } = setUp()
    const loop = (async () => {
      for await (const _ of interval(clock, controller.signal, 1000)) break
    })()
    await clock.advance(1000)
    await loop
    expect(clock.pending.count).toBe(0)
  })

  it('puts one listener on the signal however many loops wait, and takes it off again', async () => {
    const { clock, controller } = setUp()
    const next = Array.from({ length: 20 }, () =>
      interval(clock, controller.signal, 1000)[Symbol.asyncIterator]().next()
    )
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    await clock.advance(1000)
    await Promise.all(next)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('keeps to its slots, counts those that the body covers, and begins anew each time', async () => {
    const { clock, controller, sleep } = setUp()
    const ticks = interval(clock, controller.signal, 1000, { immediate: true })
    for (const start of [0, 10_000]) {
      const seen: unknown[] = []
      const loop = (async () => {
        for await (const tick of ticks) {
          expect(tick).toBeInstanceOf(Tick)
          expect(tick.signal).toBe(controller.signal)
          seen.push([clock.monotonic() - start, tick.iteration, tick.missed])
          if (seen.length === 4) break
          await sleep(seen.length === 2 ? 2500 : 200)
        }
      })()
      await clock.advance(10_000)
      await loop
      expect(seen).toEqual([
        [0, 1, 0],
        [1000, 2, 0],
        [4000, 3, 2],
        [5000, 4, 0]
      ])
    }
  })

  it('counts a delay from the end of the body', async () => {
    const { clock, controller, sleep } = setUp()
    const seen: number[] = []
    const loop = (async () => {
      for await (const tick of interval(clock, controller.signal, 1000, { mode: 'delay' })) {
        seen.push(clock.monotonic())
        if (tick.iteration === 3) break
        await sleep(1500)
      }
    })()
    await clock.advance('1m')
    await loop
    expect(seen).toEqual([1000, 3500, 6000])
  })
})
