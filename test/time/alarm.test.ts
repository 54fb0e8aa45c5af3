import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TestClock } from '../../src/testing/test-clock.js'
import { Alarm, systemClock } from '../../src/time/index.js'

const START = Date.UTC(2026, 0, 1)

/** Rings every `every` milliseconds from now on. */
function ticker(every: number, ring: () => void, lane: number | undefined = every): Alarm {
  let dueAt = systemClock.monotonic() + every
  const alarm: Alarm = new Alarm(systemClock, () => {
    dueAt += every
    alarm.set({ follows: 'monotonic', dueAt, lane })
    ring()
  })
  alarm.set({ follows: 'monotonic', dueAt, lane })
  return alarm
}

describe('alarms of one lane', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('share one timer, and leave none behind', () => {
    const alarms = Array.from({ length: 100 }, () => ticker(1000, () => {}))
    expect(vi.getTimerCount()).toBe(1)
    for (const alarm of alarms) alarm.clear()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ring in the order in which they are due, then in which they were set, tick by tick without drift', () => {
    const rung: string[] = []
    const alarms = [ticker(1000, () => rung.push('a'))]
    vi.advanceTimersByTime(10)
    alarms.push(ticker(1000, () => rung.push('b')))
    alarms.push(ticker(1000, () => rung.push(`c${systemClock.monotonic() % 1000}`)))
    vi.advanceTimersByTime(2995)
    for (const alarm of alarms) alarm.clear()
    const tick = ['a', 'b', rung[2]]
    expect(rung).toEqual([...tick, ...tick, 'a'])
  })

  it('may be cleared by one that rings before them', () => {
    const rung: string[] = []
    let second: Alarm | undefined
    const first = ticker(1000, () => {
      rung.push('first')
      second?.clear()
    })
    second = ticker(1000, () => rung.push('second'))
    const third = ticker(1000, () => rung.push('third'))
    vi.advanceTimersByTime(1000)
    expect(rung).toEqual(['first', 'third'])
    first.clear()
    third.clear()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('go on when one of them throws', () => {
    const rung: string[] = []
    const first = ticker(1000, () => {
      throw new Error('boom')
    })
    const second = ticker(1000, () => rung.push('second'))
    expect(() => vi.advanceTimersByTime(1000)).toThrow('boom')
    vi.advanceTimersByTime(1)
    expect(rung).toEqual(['second'])
    first.clear()
    second.clear()
  })

  it('that join late are due first when they are due earlier', () => {
    const rung: string[] = []
    const late = new Alarm(systemClock, () => rung.push('late'))
    const early = new Alarm(systemClock, () => rung.push('early'))
    const now = systemClock.monotonic()
    late.set({ follows: 'monotonic', dueAt: now + 1000, lane: 'x' })
    early.set({ follows: 'monotonic', dueAt: now + 500, lane: 'x' })
    vi.advanceTimersByTime(500)
    expect(rung).toEqual(['early'])
    vi.advanceTimersByTime(500)
    expect(rung).toEqual(['early', 'late'])
  })

  it('do not wait for a timer that fake timers have taken with them', () => {
    const lost = ticker(1000, () => {})
    vi.useRealTimers()
    vi.useFakeTimers({ now: START })
    let rung = 0
    const alarm = ticker(1000, () => rung++)
    vi.advanceTimersByTime(3000)
    expect(rung).toBe(3)
    alarm.clear()
    lost.clear()
  })

  it('of a wall clock that was set each look for themselves, within 30 seconds', () => {
    const looks: number[] = []
    const hour = START + 3_600_000
    const alarms = [1, 2].map((which) => {
      const alarm = new Alarm(systemClock, () => looks.push(which))
      alarm.set({ follows: 'wall', dueAt: hour, lane: 'hourly' })
      return alarm
    })
    vi.setSystemTime(START - 3_600_000)
    vi.advanceTimersByTime(30_000)
    expect(looks).toEqual([1, 2])
    for (const alarm of alarms) alarm.clear()
  })
})

describe('an alarm', () => {
  it('of a lane rings in nobody’s call, whoever set the timer that it shares', async () => {
    const calls = new AsyncLocalStorage<string>()
    const seen = await new Promise((resolve) => {
      const alarm = new Alarm(systemClock, () => resolve(calls.getStore()))
      calls.run('a request', () =>
        alarm.set({ follows: 'monotonic', dueAt: systemClock.monotonic() + 1, lane: 'context' })
      )
    })
    expect(seen).toBeUndefined()
  })

  it('of a clock with an order of its own has a timer of its own', () => {
    const clock = new TestClock()
    for (let n = 0; n < 3; n++)
      new Alarm(clock, () => {}).set({ follows: 'monotonic', dueAt: 1000, lane: 1000 })
    expect(clock.pending.count).toBe(3)
  })

  it('that is never due sets nothing', () => {
    const clock = new TestClock()
    const alarm = new Alarm(clock, () => {})
    alarm.set({ follows: 'monotonic', dueAt: Infinity, lane: 1 })
    expect([alarm.isSet, clock.pending.count]).toEqual([false, 0])
  })
})
