import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readTimer, ScheduledWork, type ScheduledBody, type SchedulePort } from '../../src/schedule/index.js'
import { Moments, systemClock } from '../../src/time/index.js'

/** The machine's clock, moved by hand: also from within a body, which then blocks the event loop. */
class Machine {
  now = 1000.25
  readonly timers = new Map<object, { readonly at: number; readonly run: () => void }>()

  install(): void {
    vi.spyOn(performance, 'now').mockImplementation(() => this.now)
    vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(1e12 + this.now))
    vi.stubGlobal('setTimeout', (run: () => void, delay: number) => {
      const handle = {}
      this.timers.set(handle, { at: this.now + delay, run })
      return handle
    })
    vi.stubGlobal('clearTimeout', (handle: object) => this.timers.delete(handle))
  }

  async advance(length: number): Promise<void> {
    const end = this.now + length
    for (;;) {
      const [next] = [...this.timers].toSorted(([, a], [, b]) => a.at - b.at)
      if (next === undefined || next[1].at > end) break
      this.timers.delete(next[0])
      this.now = Math.max(this.now, next[1].at)
      next[1].run()
      for (let turns = 0; turns < 5; turns++) await Promise.resolve()
    }
    this.now = Math.max(this.now, end)
  }

  sleep(length: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.set({}, { at: this.now + length, run: resolve })
    })
  }
}

let machine: Machine
const crashes: unknown[] = []
const port: SchedulePort = {
  clock: systemClock,
  begin: (tick, body) => body(tick),
  crash: (error) => void crashes.push(error)
}

beforeEach(() => {
  machine = new Machine()
  machine.install()
  crashes.length = 0
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

interface Run {
  readonly at: number
  readonly slot: number
  readonly missed: number
}

/** Timers of 100 ms that begin together, and when each of them ran. */
function begin(
  bodies: readonly ScheduledBody[],
  isTogether = true
): { works: ScheduledWork[]; runs: Run[][] } {
  const start = machine.now
  const moments = new Moments(systemClock)
  const runs: Run[][] = bodies.map(() => [])
  const works = bodies.map((body, which) => {
    const work = new ScheduledWork(
      `timer ${which}`,
      readTimer(100, {}, 'the timer'),
      (tick) => {
        const slot = Math.round((tick.scheduledAt.getTime() - 1e12 - start) / 100)
        runs[which]!.push({ at: machine.now - start, slot, missed: tick.missed })
        return body(tick)
      },
      port
    )
    work.start(isTogether ? moments : new Moments(systemClock))
    return work
  })
  return { works, runs }
}

const slots = (runs: readonly Run[]): number[] => runs.map(({ slot }) => slot)
const idle: ScheduledBody = () => {}

describe('timers that begin together', () => {
  it('ring together, slot by slot', async () => {
    const { runs } = begin([idle, idle, idle])
    expect(machine.timers.size).toBe(1)
    await machine.advance(350)
    for (const one of runs)
      expect(one.map(({ at, slot }) => [at, slot])).toEqual([100, 200, 300].map((at) => [at, at / 100]))
    expect(machine.timers.size).toBe(1)
  })

  it('tell when they are next due, and count for themselves', async () => {
    const { works } = begin([
      idle,
      () => {
        throw new Error('boom')
      },
      idle
    ])
    await machine.advance(250)
    expect(works.map((work) => work.snapshot())).toMatchObject([
      { state: 'waiting', runs: 2, errors: 0, nextDueAt: Math.round(1e12 + 1000.25 + 300) },
      { state: 'waiting', runs: 2, errors: 2, nextDueAt: Math.round(1e12 + 1000.25 + 300) },
      { state: 'waiting', runs: 2, errors: 0, nextDueAt: Math.round(1e12 + 1000.25 + 300) }
    ])
  })

  it('lose none when the event loop is late by less than an interval, at either end of it', async () => {
    let calls = 0
    // together 98 ms: begun on time, the last is called just before the next slot
    const slow: ScheduledBody = () => {
      if (calls++ < 7) machine.now += 14
    }
    const { works } = begin(Array.from({ length: 7 }, () => slow))
    await machine.advance(1050)
    for (const work of works) expect(work.snapshot()).toMatchObject({ runs: 10, missed: 0 })
    expect(works.at(-1)!.snapshot().worstLatenessMs).toBeCloseTo(84)
  })

  it('each count what they miss while one of them blocks the event loop, and are together again after it', async () => {
    let isBlocked = false
    const { works, runs } = begin([
      idle,
      () => {
        if (isBlocked) machine.now += 250
        isBlocked = false
      },
      idle
    ])
    await machine.advance(150)
    isBlocked = true
    await machine.advance(1000)
    // the first was on time; the second covers two slots; the third is called late, for the latest of them
    expect(runs.map((one) => slots(one).slice(0, 5))).toEqual([
      [1, 2, 4, 5, 6],
      [1, 2, 5, 6, 7],
      [1, 4, 5, 6, 7]
    ])
    for (const work of works) {
      const { runs: made, missed } = work.snapshot()
      expect(made + missed).toBe(11)
      expect(work.inFlock).toBe('yes')
    }
    expect(machine.timers.size).toBe(1)
  })

  it('count a slot as missed once when nobody looked at the clock for long', async () => {
    const { works, runs } = begin([idle, idle])
    await machine.advance(150)
    machine.now += 500
    await machine.advance(100)
    for (const one of runs) expect(slots(one)).toEqual([1, 6, 7])
    for (const work of works) expect(work.snapshot()).toMatchObject({ runs: 3, missed: 4 })
  })

  it('go their own ways while a body has not ended, and come back', async () => {
    const { works, runs } = begin([idle, ({ iteration }) => machine.sleep(iteration === 2 ? 250 : 20), idle])
    await machine.advance(1050)
    expect(slots(runs[0]!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(slots(runs[1]!)).toEqual([1, 2, 5, 6, 7, 8, 9, 10])
    expect(works.map((work) => work.snapshot().missed)).toEqual([0, 2, 0])
    await machine.advance(40)
    expect(works.map(({ inFlock }) => inFlock)).toEqual(['yes', 'yes', 'yes'])
    expect(machine.timers.size).toBe(1)
  })

  it('end one by one, from within or without, and leave nothing behind', async () => {
    const { works, runs } = begin([
      idle,
      ({ iteration }) => {
        if (iteration === 2) void works[1]!.end()
        if (iteration === 2) void works[2]!.end()
      },
      idle,
      () => machine.sleep(5)
    ])
    await machine.advance(350)
    expect(runs.map((one) => one.length)).toEqual([3, 2, 1, 3])
    for (const work of works) await work.end()
    expect(machine.timers.size).toBe(0)
    await machine.advance(1000)
    expect(runs.map((one) => one.length)).toEqual([3, 2, 1, 3])
  })

  it('may be fired by hand, asynchronous or not, beside their slots', async () => {
    const { works, runs } = begin([idle, () => machine.sleep(70)])
    await machine.advance(50)
    for (const work of works) void work.fire()
    await machine.advance(300)
    expect(runs.map((one) => one.map(({ at }) => at))).toEqual([
      [50, 100, 200, 300],
      [50, 200, 300]
    ])
    expect(works[1]!.snapshot()).toMatchObject({ runs: 3, missed: 1 })
  })

  it('look each after itself when a body ran between their beginnings', async () => {
    const settings = readTimer(100, { immediate: true }, 'x')
    const moments = new Moments(systemClock)
    const begins: string[] = []
    const works = ['a', 'b', 'c'].map(
      (name) =>
        new ScheduledWork(
          name,
          settings,
          ({ iteration }) => {
            begins.push(`${name} ${machine.now - 1000.25}`)
            return name === 'a' && iteration === 1 ? machine.sleep(130) : undefined
          },
          port
        )
    )
    for (const work of works) work.start(moments)
    await machine.advance(250)
    expect(begins).toEqual(['a 0', 'b 0', 'c 0', 'b 100', 'c 100', 'b 200', 'c 200', 'a 200'])
    expect(works.map(({ inFlock }) => inFlock)).toEqual(['no', 'no', 'no'])
    for (const work of works) await work.end()
    expect(machine.timers.size).toBe(0)
  })

  it('go on when one of them throws what nobody takes, which is thrown after all', async () => {
    const thrown: unknown[] = []
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      expect(task).toThrow('the log is full')
      thrown.push(task)
    })
    const careless: SchedulePort = {
      ...port,
      ran: (_, { name }) => {
        if (name === 'second') throw new Error('boom')
      },
      crash: () => {
        throw new Error('the log is full')
      }
    }
    const moments = new Moments(systemClock)
    const works = ['first', 'second', 'third'].map(
      (name) => new ScheduledWork(name, readTimer(100, {}, name), idle, careless)
    )
    for (const work of works) work.start(moments)
    await machine.advance(250)
    expect(works.map((work) => work.snapshot().runs)).toEqual([2, 2, 2])
    expect(thrown).toHaveLength(2)
  })

  it.each([1, 2, 3, 4, 5])(
    'do what each would do alone, whatever their bodies do (seed %d)',
    async (seed) => {
      const script = (): ScheduledBody[] => {
        let number = seed * 7919
        const random = (): number => (number = (number * 16_807) % 2_147_483_647) / 2_147_483_647
        return Array.from({ length: 12 }, () => {
          const lengths = Array.from({ length: 40 }, () =>
            random() < 0.5 ? 0 : Math.floor(random() * 350) + 1
          )
          return ({ iteration }) => {
            const length = lengths[iteration % 40]!
            return length === 0 ? undefined : machine.sleep(length)
          }
        })
      }
      const together = begin(script())
      await machine.advance(5030)
      const counts = together.works.map((work) => work.snapshot())
      for (const work of together.works) void work.end()
      machine.timers.clear()
      machine.now = 1000.25
      const alone = begin(script(), false)
      await machine.advance(5030)
      expect(together.runs).toEqual(alone.runs)
      expect(counts).toEqual(alone.works.map((work) => work.snapshot()))
    }
  )
})
