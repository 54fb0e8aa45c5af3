import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TestClock } from '../../src/testing/test-clock.js'

function sleep(clock: TestClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, ms)
  })
}

describe('a test clock', () => {
  it.each([
    null,
    true,
    [1],
    '5',
    'March 8, 2026',
    1n,
    Symbol('now'),
    {},
    new Date(Number.NaN),
    1e300,
    Number.NaN
  ])('takes no %s for a date', (date) => {
    const code = { code: 'KEEL_INVALID_OPTION' }
    expect(() => new TestClock(date as never)).toThrow(expect.objectContaining(code))
    expect(() => new TestClock().setTime(date as never)).toThrow(expect.objectContaining(code))
  })

  it.each([
    '2026-03-08',
    '2026-03-08T00:00Z',
    '2026-03-08T01:00:00+01:00',
    Date.UTC(2026, 2, 8),
    new Date(Date.UTC(2026, 2, 8))
  ])('takes %s for a date', (date) => {
    expect(new TestClock(date).now()).toBe(Date.UTC(2026, 2, 8))
  })

  it.each([undefined, null, 5, 'run()'])('refuses %s for what a timer is to run, when it is set', (run) => {
    const clock = new TestClock()
    expect(() => clock.setTimeout(run as never, 5)).toThrow('what setTimeout() runs must be a function')
    expect(() => clock.setAlarm(run as never, 5)).toThrow('what setAlarm() runs must be a function')
    expect(() => clock.setLimit(run as never, 5)).toThrow('what setLimit() runs must be a function')
    expect(clock.pending.count).toBe(0)
  })

  it.each(['5s', '5', Number.NaN, undefined, null, 5n])('refuses %s for how long a timer takes', (delay) => {
    const clock = new TestClock()
    expect(() => clock.setTimeout(() => {}, delay as never)).toThrow(
      'the delay of setTimeout() must be a number of milliseconds'
    )
    expect(clock.pending.count).toBe(0)
  })

  it('does not go where there are no dates any more', async () => {
    const clock = new TestClock()
    const code = { code: 'KEEL_INVALID_DURATION' }
    expect(() => clock.block(1e300)).toThrow(expect.objectContaining(code))
    await expect(clock.advance(1e300)).rejects.toMatchObject(code)
    expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })

  it('takes a Date of another realm, and one of fake timers', () => {
    const date = runInNewContext('new Date(5)') as Date
    expect(new TestClock(date).now()).toBe(5)
    vi.useFakeTimers()
    const fake = new Date(7)
    expect(new TestClock(fake).now()).toBe(7)
    vi.useRealTimers()
    expect(new TestClock(fake).now()).toBe(7)
  })
})

describe('moving virtual time', () => {
  it('refuses to go back and to move by what is no duration', async () => {
    const clock = new TestClock('2026-01-01T12:00:00Z')
    await expect(clock.advanceTo('2026-01-01T11:59:00Z')).rejects.toThrow(
      'go back from 2026-01-01T12:00:00.000Z by 1m'
    )
    await expect(clock.advanceTo('yesterday')).rejects.toThrow('KEEL_INVALID_OPTION')
    await expect(clock.advance('soon')).rejects.toThrow('KEEL_INVALID_DURATION')
    await expect(clock.advance(Infinity)).rejects.toThrow('KEEL_INVALID_DURATION')
    expect(() => new TestClock('')).toThrow('KEEL_INVALID_OPTION')
  })

  it('rejects with what a timer threw, after running the others', async () => {
    const clock = new TestClock()
    const seen: string[] = []
    const boom = new Error('boom')
    clock.setTimeout(() => {
      throw boom
    }, 5)
    clock.setTimeout(() => seen.push('after'), 6)
    await expect(clock.advance(10)).rejects.toBe(boom)
    expect(seen).toEqual(['after'])
    expect(clock.monotonic()).toBe(10)
  })

  it('gathers all that timers threw', async () => {
    const clock = new TestClock()
    for (const delay of [1, 2]) {
      clock.setTimeout(() => {
        throw new Error(`boom ${delay}`)
      }, delay)
    }
    const error = await clock.advance(10).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AggregateError)
    expect((error as AggregateError).errors.map(String)).toEqual(['Error: boom 1', 'Error: boom 2'])
  })

  it('gives up on a timer of length 0 that sets itself again and again', async () => {
    const clock = new TestClock()
    const again = (): void => void clock.setTimeout(again, 0)
    again()
    await expect(clock.advance(1)).rejects.toThrow('Time stands still at 2026-01-01T00:00:00.000Z')
  }, 20_000)

  it('runs what falls due in order of time, then of registration', async () => {
    const clock = new TestClock()
    const seen: string[] = []
    clock.setTimeout(() => seen.push('20 a'), 20)
    clock.setTimeout(() => seen.push('10 a'), 10)
    clock.setTimeout(() => seen.push('20 b'), 20)
    clock.setTimeout(() => seen.push('10 b'), 10)
    clock.setTimeout(() => seen.push('30'), 30)
    await clock.advance(20)
    expect(seen).toEqual(['10 a', '10 b', '20 a', '20 b'])
    expect(clock.pending.count).toBe(1)
  })

  it('shows the moment of each timer while it runs, and the target afterwards', async () => {
    const clock = new TestClock('2026-06-01T00:00:00Z')
    const seen: number[] = []
    for (const delay of [1.5, 400, 1000]) clock.setTimeout(() => seen.push(clock.monotonic()), delay)
    await clock.advance('2s')
    expect(seen).toEqual([1.5, 400, 1000])
    expect(clock.monotonic()).toBe(2000)
    expect(clock.now()).toBe(Date.parse('2026-06-01T00:00:02Z'))
  })

  it('lets the work of one moment end before the next moment comes', async () => {
    const clock = new TestClock()
    const seen: string[] = []
    const loop = async (name: string): Promise<void> => {
      for (;;) {
        await sleep(clock, 10)
        for (let step = 0; step < 50; step++) await Promise.resolve()
        await nextTurn()
        for (let step = 0; step < 20; step++) await nextTurn()
        seen.push(`${name} ${clock.monotonic()}`)
      }
    }
    void loop('a')
    void loop('b')
    await clock.advance(30)
    expect(seen).toEqual(['a 10', 'b 10', 'a 20', 'b 20', 'a 30', 'b 30'])
  })

  it('runs what is registered on the way, and work begun before the call', async () => {
    const clock = new TestClock()
    const seen: number[] = []
    const work = async (): Promise<void> => {
      await Promise.resolve()
      await sleep(clock, 5)
      await sleep(clock, 5)
      await sleep(clock, 0)
      seen.push(clock.monotonic())
      await sleep(clock, 5)
      seen.push(clock.monotonic())
    }
    void work()
    await clock.advance(14)
    expect(seen).toEqual([10])
    await clock.advance(1)
    expect(seen).toEqual([10, 15])
  })

  it('runs microtasks between timers of one moment, so that one can clear the other', async () => {
    const clock = new TestClock()
    const second = vi.fn<() => void>()
    let handle: unknown
    clock.setTimeout(() => void Promise.resolve().then(() => clock.clearTimeout(handle)), 10)
    handle = clock.setTimeout(second, 10)
    await clock.advance(10)
    expect(second).not.toHaveBeenCalled()
  })

  it('does not wait for a promise that somebody else must settle', async () => {
    const clock = new TestClock()
    const never = vi.fn<() => void>()
    clock.setTimeout(() => void new Promise(() => {}).then(never), 10)
    await clock.advance('1h')
    expect(clock.monotonic()).toBe(3_600_000)
    expect(never).not.toHaveBeenCalled()
  })

  it('does not wait for real input and output', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keelson-clock-'))
    try {
      await writeFile(join(folder, 'file'), 'x'.repeat(4_000_000))
      const clock = new TestClock()
      const read = async (): Promise<number> => {
        for (let time = 0; time < 5; time++) await readFile(join(folder, 'file'))
        return clock.monotonic()
      }
      let reading: Promise<number> | undefined
      clock.setTimeout(() => {
        reading = read()
      }, 10)
      await clock.advance(1000)
      expect(await reading).toBe(1000)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('does not wait for somebody who polls with setImmediate', async () => {
    const clock = new TestClock()
    let polling = true
    const poll = (): void => {
      if (polling) setImmediate(poll)
    }
    poll()
    await clock.advance(10)
    polling = false
    expect(clock.monotonic()).toBe(10)
  })

  it('takes the turns that another clock waits for as no sign of work', async () => {
    let turns = 0
    let isCounting = true
    // One that does not hold the process is no sign of work, either.
    const count = (): void => {
      turns++
      if (isCounting) setImmediate(count).unref()
    }
    const hour = async (): Promise<void> => {
      const clock = new TestClock()
      for (let minute = 1; minute <= 60; minute++) clock.setTimeout(() => {}, minute * 60_000)
      await clock.advance('1h')
    }
    count()
    await hour()
    const alone = turns
    turns = 0
    await Promise.all([hour(), hour(), hour()])
    isCounting = false
    expect(turns).toBeLessThan(alone * 1.5)
  })

  it('lets moves that overlap take their turn', async () => {
    const clock = new TestClock()
    const seen: string[] = []
    clock.setTimeout(() => void clock.advance(50).then(() => seen.push(`inner ${clock.monotonic()}`)), 10)
    await Promise.all([
      clock.advance(20).then(() => seen.push(`first ${clock.monotonic()}`)),
      clock.advance(5).then(() => seen.push(`second ${clock.monotonic()}`))
    ])
    await clock.advance(0)
    expect(seen).toEqual(['first 20', 'second 25', 'inner 75'])
  })

  it('moves to the next due item, and tells when there is none', async () => {
    const clock = new TestClock()
    const seen: number[] = []
    for (const delay of [3_000_000_000, 7, 7]) clock.setTimeout(() => seen.push(clock.monotonic()), delay)
    expect(await clock.runNext()).toBe(true)
    expect(seen).toEqual([7, 7])
    expect(await clock.runNext()).toBe(true)
    expect(seen).toEqual([7, 7, 3_000_000_000])
    expect(await clock.runNext()).toBe(false)
    expect(clock.monotonic()).toBe(3_000_000_000)
  })

  it('tells what is pending', async () => {
    const clock = new TestClock('2026-01-01T00:00:00Z')
    expect(clock.pending).toEqual({ count: 0, next: undefined })
    const handle = clock.setTimeout(() => {}, 60_000)
    clock.setTimeout(() => {}, 120_000)
    clock.setTimeout(() => {}, Infinity)
    expect(clock.pending).toEqual({ count: 2, next: new Date('2026-01-01T00:01:00Z') })
    clock.clearTimeout(handle)
    clock.clearTimeout(handle)
    clock.clearTimeout('nonsense')
    expect(clock.pending).toEqual({ count: 1, next: new Date('2026-01-01T00:02:00Z') })
    await clock.advance('2m')
    expect(clock.pending.count).toBe(0)
  })

  it('keeps its order whatever is added and cleared', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ delay: fc.nat(50), cleared: fc.boolean() }), { maxLength: 60 }),
        async (timers) => {
          const clock = new TestClock()
          const seen: number[] = []
          const handles = timers.map(({ delay }, index) => clock.setTimeout(() => seen.push(index), delay))
          timers.forEach(({ cleared }, index) => cleared && clock.clearTimeout(handles[index]))
          await clock.advance(50)
          const expected = timers
            .map(({ delay, cleared }, index) => ({ delay, cleared, index }))
            .filter(({ cleared }) => !cleared)
            .toSorted((a, b) => a.delay - b.delay || a.index - b.index)
          expect(seen).toEqual(expected.map(({ index }) => index))
        }
      ),
      { numRuns: 50 }
    )
  })
})

describe('blocking the event loop', () => {
  it('lets time pass, and runs late what fell due meanwhile', async () => {
    const clock = new TestClock()
    const seen: string[] = []
    for (const delay of [20, 10, 50])
      clock.setTimeout(() => seen.push(`${delay} at ${clock.monotonic()}`), delay)
    clock.block('30ms')
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 30)
    await clock.advance(0)
    expect(seen).toEqual(['10 at 30', '20 at 30'])
    await clock.advance(20)
    expect(seen).toEqual(['10 at 30', '20 at 30', '50 at 50'])
    expect(() => clock.block(-1)).toThrow('KEEL_INVALID_DURATION')
  })
})

describe('setting the wall clock', () => {
  it('moves no monotonic time and makes no timer due', async () => {
    const clock = new TestClock('2026-01-01T00:00:00Z')
    const fired = vi.fn<() => void>()
    clock.setTimeout(fired, 1000)
    clock.setTime('2030-01-01T00:00:00Z')
    await clock.advance(999)
    expect(fired).not.toHaveBeenCalled()
    expect(clock.monotonic()).toBe(999)
    expect(clock.now()).toBe(Date.parse('2030-01-01T00:00:00.999Z'))
    clock.setTime(0)
    await clock.advance(1)
    expect(fired).toHaveBeenCalledTimes(1)
    expect(clock.now()).toBe(1)
  })

  it('lets alarms look at once, whichever way it was set', async () => {
    const clock = new TestClock('2026-01-01T00:00:00Z')
    const seen: number[] = []
    const alarm = (): void => {
      clock.setAlarm(() => {
        seen.push(clock.now())
        alarm()
      }, clock.now() + 60_000)
    }
    alarm()
    clock.setTime('2025-01-01T00:00:00Z')
    await clock.advance(0)
    await clock.advance('1m')
    expect(seen).toEqual([Date.parse('2025-01-01T00:00:00Z'), Date.parse('2025-01-01T00:01:00Z')])
  })
})

describe('beside fake timers', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('moves although setImmediate is faked', async () => {
    vi.useFakeTimers()
    const clock = new TestClock()
    const fired = vi.fn<() => void>()
    clock.setTimeout(fired, 10)
    await clock.advance(10)
    expect(fired).toHaveBeenCalledTimes(1)
  })
})
