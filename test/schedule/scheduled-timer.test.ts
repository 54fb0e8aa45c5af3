import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  ScheduledWork,
  Tick,
  readCron,
  readTimer,
  type EndedCall,
  type SchedulePort
} from '../../src/schedule/index.js'
import { Clock, systemClock, type TimerHandle } from '../../src/time/index.js'
import { Harness } from './schedule-harness.js'

const forever = (): Promise<never> => new Promise(() => {})

/** Ends as soon as it is told to. */
function untilAborted(tick: Tick): Promise<never> {
  return new Promise((_, reject) => {
    tick.signal.addEventListener('abort', () => reject(tick.signal.reason as Error), { once: true })
  })
}

describe('a body that fails', () => {
  it.each([
    [
      'throws',
      () => () => {
        throw new Error('boom')
      }
    ],
    ['rejects', () => () => Promise.reject(new Error('boom'))],
    [
      'throws after an await',
      () => async () => {
        await Promise.resolve()
        throw new Error('boom')
      }
    ],
    [
      'has a then that throws',
      () => () => ({
        // oxlint-disable-next-line no-thenable
        then: () => {
          throw new Error('boom')
        }
      })
    ],
    [
      'has a then that cannot be read',
      () => () => ({
        // oxlint-disable-next-line no-thenable
        get then(): never {
          throw new Error('boom')
        }
      })
    ]
  ])('and %s is told, counted, and called again', async (_, body) => {
    const harness = new Harness()
    const work = harness.timer(1000, {}, body())
    await harness.clock.advance(3000)
    expect(harness.failures.map(String)).toEqual(['Error: boom', 'Error: boom', 'Error: boom'])
    expect(work.snapshot()).toMatchObject({ state: 'waiting', runs: 3, errors: 3, missed: 0 })
    expect(harness.crashes).toEqual([])
  })

  it('as often in a row as failAfter says crashes, with what it threw', async () => {
    const harness = new Harness()
    const reasons = [1, 2, undefined, 3, 4, 5].map((number) =>
      number === undefined ? undefined : { number }
    )
    const work = harness.timer(1000, { failAfter: 3 }, (tick) => {
      const reason = reasons[tick.iteration - 1]
      return reason === undefined ? undefined : Promise.reject(reason)
    })
    await harness.clock.advance('1m')
    expect(harness.crashes).toEqual([{ number: 5 }])
    expect(work.snapshot()).toMatchObject({ state: 'failed', runs: 6, errors: 5 })
    expect(harness.clock.pending.count).toBe(0)
  })

  it("crashes at once under onError: 'crash', and no further call begins", async () => {
    const harness = new Harness()
    harness.timer(1000, { onError: 'crash', overlap: 'allow' }, async () => {
      await harness.sleep(1500)
      throw new Error('boom')
    })
    await harness.clock.advance('1m')
    expect(harness.crashes).toHaveLength(1)
    expect(harness.begins).toEqual([1000, 2000])
    expect(harness.failures).toHaveLength(2)
  })

  it('in a reporter is no reason to lose the schedule silently', async () => {
    const harness = new Harness()
    harness.ran = () => {
      throw new Error('the log is full')
    }
    harness.timer(1000, {}, () => {})
    await harness.clock.advance(1000)
    expect(harness.crashes.map(String)).toEqual(['Error: the log is full'])
  })
})

describe('a time limit', () => {
  it('is an error, aborts the signal, and the body counts as running until it settles', async () => {
    const harness = new Harness()
    let reason: unknown
    const work = harness.timer(1000, { timeout: 300 }, async (tick) => {
      tick.signal.addEventListener('abort', () => {
        reason = tick.signal.reason
      })
      await harness.sleep(1500)
    })
    await harness.clock.advance(1300)
    expect(harness.failures).toEqual([expect.objectContaining({ code: 'KEEL_TASK_TIMEOUT' })])
    expect(String(harness.failures[0])).toContain('timer Feed.poll took longer than 300ms')
    expect(reason).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: harness.failures[0] })
    expect(work.snapshot()).toMatchObject({ state: 'running', errors: 1 })
    await harness.clock.advance(1700)
    expect(harness.begins).toEqual([1000, 3000])
    expect(harness.ended).toEqual([])
    expect(work.snapshot()).toMatchObject({ runs: 2, missed: 1, errors: 1 })
  })

  it('is one failure, whatever the body throws later; that is told too, unless it did as it was told', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { timeout: 300 }, async (tick) => {
      await untilAborted(tick).catch(() => {})
      if (tick.iteration === 1) throw new Error('in its own way')
      tick.signal.throwIfAborted()
    })
    await harness.clock.advance(2500)
    expect(harness.failures).toMatchObject([{ code: 'KEEL_TASK_TIMEOUT' }, { code: 'KEEL_TASK_TIMEOUT' }])
    expect(harness.lateFailures.map(String)).toEqual(['Error: in its own way'])
    expect(work.snapshot()).toMatchObject({ runs: 2, errors: 2 })
  })

  it('counts for failAfter', async () => {
    const harness = new Harness()
    harness.timer(1000, { timeout: 300, failAfter: 2 }, untilAborted)
    await harness.clock.advance('10s')
    expect(harness.crashes).toEqual([expect.objectContaining({ code: 'KEEL_TASK_TIMEOUT' })])
    expect(harness.clock.pending.count).toBe(0)
  })

  it('leaves nothing behind when the body is in time', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { timeout: '1h' }, () => harness.sleep(10))
    await harness.clock.advance(1500)
    expect(harness.clock.pending.count).toBe(1)
    await work.end()
    expect(harness.clock.pending.count).toBe(0)
  })
})

describe('the end', () => {
  it('lets no run begin, waits for the one under way, and wakes the one that sleeps', async () => {
    const harness = new Harness()
    const sleeping = harness.timer(1000, {}, () => {})
    const working = harness.timer(1000, { immediate: true }, () => harness.sleep(5000))
    await harness.clock.advance(500)
    await sleeping.end()
    const ended = vi.fn<() => void>()
    void working.end().then(ended)
    expect(working.end()).toBe(working.end())
    await harness.clock.advance(4000)
    expect(ended).not.toHaveBeenCalled()
    expect(working.snapshot().state).toBe('running')
    await harness.clock.advance(500)
    expect(ended).toHaveBeenCalledTimes(1)
    expect([sleeping.snapshot().state, working.snapshot().state]).toEqual(['done', 'done'])
    await harness.clock.advance('1h')
    expect(harness.begins).toEqual([0])
    expect(harness.clock.pending.count).toBe(0)
  })

  it('clears what is not yet due, a run that waits for its turn too', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { overlap: 'cancel', jitter: 100 }, () => harness.sleep(2500))
    await harness.clock.advance(2500)
    const fired = work.fire()
    const ended = work.end()
    await expect(fired).resolves.toEqual({ status: 'skipped' })
    await harness.clock.advance('1h')
    await ended
    expect(work.snapshot()).toMatchObject({ state: 'done', runs: 1 })
    expect(work.snapshot()).not.toHaveProperty('nextDueAt')
  })

  it('before the start makes the start do nothing', async () => {
    const harness = new Harness()
    const work = new ScheduledWork('x', readTimer(1000, { immediate: true }, 'x'), () => {}, harness)
    await work.end()
    work.start()
    await harness.clock.advance('1h')
    expect(harness.begins).toEqual([])
  })

  it('may come from within the body', async () => {
    const harness = new Harness()
    let work: ScheduledWork | undefined
    let ended: Promise<void> | undefined
    work = harness.timer(1000, { overlap: 'allow' }, () => {
      ended = work?.end()
    })
    await harness.clock.advance('1m')
    await ended
    expect(harness.begins).toEqual([1000])
  })

  it('resolves although a body failed, and the failure is told', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, {}, async () => {
      await harness.sleep(100)
      throw new Error('boom')
    })
    await harness.clock.advance(1000)
    const ended = work.end()
    await harness.clock.advance(100)
    await ended
    expect(harness.failures).toHaveLength(1)
  })

  it('after abort() takes an AbortError of any make for a normal end', async () => {
    const harness = new Harness()
    const bodies = [
      untilAborted,
      (tick: Tick) => untilAborted(tick).catch(() => Promise.reject(new DOMException('x', 'AbortError'))),
      (tick: Tick) => untilAborted(tick).catch(() => Promise.reject(new Error('boom')))
    ]
    const works = bodies.map((body) => harness.timer(1000, {}, body))
    await harness.clock.advance(1000)
    for (const work of works) {
      work.abort(new Error('the service stops'))
      await work.end()
    }
    expect(harness.failures.map(String)).toEqual(['Error: boom'])
    expect(harness.ended).toHaveLength(2)
    expect(harness.ticks[0]?.signal.reason).toEqual(new Error('the service stops'))
  })

  it('an AbortError without abort() is a failure as any', async () => {
    const harness = new Harness()
    harness.timer(1000, {}, () => Promise.reject(new DOMException('x', 'AbortError')))
    await harness.clock.advance(1000)
    expect(harness.failures).toHaveLength(1)
  })

  it('is not needed by quiesce(): no run begins, and those under way are left alone', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { overlap: 'queue' }, () => harness.sleep(1500))
    await harness.clock.advance(1200)
    work.quiesce()
    await harness.clock.advance('1m')
    expect(harness.begins).toEqual([1000])
    expect(harness.ended).toHaveLength(1)
    expect(harness.ticks[0]?.signal.aborted).toBe(false)
  })
})

describe('a timer at a rate', () => {
  it('runs at every slot when its body is shorter than its interval', async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    const work = harness.timer('1s', {}, () => harness.sleep(500))
    await harness.clock.advance(3500)
    expect(harness.begins).toEqual([1000, 2000, 3000])
    expect(harness.scheduledAt).toEqual([
      '2026-01-01T00:00:01Z',
      '2026-01-01T00:00:02Z',
      '2026-01-01T00:00:03Z'
    ])
    expect(harness.ticks.map(({ iteration, missed }) => [iteration, missed])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0]
    ])
    expect(harness.ticks[0]).toBeInstanceOf(Tick)
    expect(work.snapshot()).toEqual({
      state: 'waiting',
      startedAt: Date.parse('2026-01-01T00:00:03Z'),
      runs: 3,
      missed: 0,
      errors: 0,
      lastDurationMs: 500,
      lastLatenessMs: 0,
      worstLatenessMs: 0,
      nextDueAt: Date.parse('2026-01-01T00:00:04Z')
    })
  })

  it('runs at the next slot, without a burst, when its body is longer than its interval', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, {}, () => harness.sleep(2500))
    await harness.clock.advance(9000)
    expect(harness.begins).toEqual([1000, 4000, 7000])
    expect(harness.misses).toEqual([
      { count: 2, lastAt: harness.clock.now() - 6000, cause: 'overlap' },
      { count: 2, lastAt: harness.clock.now() - 3000, cause: 'overlap' }
    ])
    expect(harness.ticks.map(({ missed }) => missed)).toEqual([0, 2, 2])
    expect(work.snapshot()).toMatchObject({ runs: 3, missed: 4, state: 'running' })
  })

  it('runs at every slot when its body takes exactly its interval', async () => {
    const harness = new Harness()
    harness.timer(1000, {}, () => harness.sleep(1000))
    await harness.clock.advance(4000)
    expect(harness.begins).toEqual([1000, 2000, 3000, 4000])
  })

  it('gives one run for a blocked loop, the others counted as missed', async () => {
    const harness = new Harness()
    const work = harness.timer('1h', {}, () => {})
    await harness.clock.advance('30m')
    harness.clock.block('4h10m')
    await harness.clock.advance(0)
    expect(harness.begins).toEqual([16_800_000])
    expect(harness.ticks[0]?.missed).toBe(3)
    expect(harness.misses).toEqual([{ count: 3, lastAt: Date.UTC(2026, 0, 1, 3), cause: 'late' }])
    expect(work.snapshot()).toMatchObject({ runs: 1, missed: 3, worstLatenessMs: 40 * 60_000 })
    await harness.clock.advance('20m')
    expect(harness.begins).toEqual([16_800_000, 18_000_000])
  })

  it('counts the slots that its own body blocked', async () => {
    const harness = new Harness()
    harness.timer(1000, {}, () => harness.clock.block(3200))
    await harness.clock.advance(0)
    await harness.clock.advance(1000)
    await harness.clock.advance(800)
    expect(harness.begins).toEqual([1000, 5000])
    expect(harness.misses.map(({ count, cause }) => [count, cause])).toEqual([
      [3, 'overlap'],
      [3, 'overlap']
    ])
  })

  it('does not drift: after 10,000 runs, each a little late, the next is due to the millisecond', async () => {
    const harness = new Harness()
    let number = 1
    const work = harness.timer(100, {}, () => {
      number = (number * 16_807) % 2_147_483_647
      harness.clock.block((number % 7000) / 1000)
    })
    await harness.clock.advance(100 * 10_000 + 50)
    expect(work.snapshot()).toMatchObject({ runs: 10_000, missed: 0 })
    expect(Math.abs((harness.begins.at(-1) ?? 0) - 100 * 10_000)).toBeLessThan(1)
    expect(work.snapshot().nextDueAt).toBe(Date.UTC(2026, 0, 1) + 100 * 10_001)
  })

  it('does not drift when every wake-up is late', async () => {
    const harness = new Harness()
    let late = 0
    vi.spyOn(harness.clock, 'setTimeout').mockImplementation(function (this: Harness['clock'], run, delay) {
      late = (late + 1) % 4
      return Object.getPrototypeOf(harness.clock).setTimeout.call(
        harness.clock,
        run,
        delay + late
      ) as TimerHandle
    })
    const work = harness.timer(100, {}, () => {})
    await harness.clock.advance(100 * 1000 + 50)
    expect(work.snapshot()).toMatchObject({ runs: 1000, missed: 0, worstLatenessMs: 3 })
    expect(harness.ticks.at(-1)?.scheduledAt).toEqual(new Date(Date.UTC(2026, 0, 1) + 100_000))
  })

  it('waits on when it is woken too early', async () => {
    const harness = new Harness()
    const set = harness.clock.setTimeout.bind(harness.clock)
    vi.spyOn(harness.clock, 'setTimeout').mockImplementation((run, delay) =>
      set(run, delay > 1 ? delay - 0.9 : delay)
    )
    harness.timer(100, {}, () => {})
    await harness.clock.advance(310)
    expect(harness.begins).toEqual([100, 200, 300])
  })

  it('waits longer than 2^31 milliseconds', async () => {
    const harness = new Harness()
    harness.timer('60d', {}, () => {})
    await harness.clock.advance('59d')
    expect(harness.begins).toEqual([])
    await harness.clock.advance('1d')
    expect(harness.begins).toEqual([60 * 86_400_000])
  })

  it('does not care about the wall clock', async () => {
    const harness = new Harness()
    harness.timer(1000, {}, () => {})
    await harness.clock.advance(1500)
    harness.clock.setTime('2020-01-01T00:00:00Z')
    await harness.clock.advance(1000)
    harness.clock.setTime('2040-01-01T00:00:00Z')
    await harness.clock.advance(1000)
    expect(harness.begins).toEqual([1000, 2000, 3000])
    expect(harness.misses).toEqual([])
  })

  it('makes no promise and no signal for a body that needs none', async () => {
    const harness = new Harness()
    const controllers = vi.spyOn(globalThis, 'AbortController')
    harness.timer(1000, {}, () => {})
    await harness.clock.advance(1000)
    expect(harness.ended).toHaveLength(1)
    expect(controllers).not.toHaveBeenCalled()
  })
})

describe('an immediate timer', () => {
  it('runs once at start, and not again before the interval', async () => {
    const harness = new Harness()
    harness.timer(1000, { immediate: true }, () => {})
    expect(harness.begins).toEqual([0])
    await harness.clock.advance(999)
    expect(harness.begins).toEqual([0])
    await harness.clock.advance(1)
    expect(harness.begins).toEqual([0, 1000])
    expect(harness.ticks[0]).toMatchObject({
      iteration: 1,
      missed: 0,
      scheduledAt: new Date(Date.UTC(2026, 0, 1))
    })
  })

  it('counts a delay from the end of the first run', async () => {
    const harness = new Harness()
    harness.timer(1000, { immediate: true, mode: 'delay' }, () => harness.sleep(5000))
    await harness.clock.advance(7000)
    expect(harness.begins).toEqual([0, 6000])
  })
})

describe('a timer with a delay', () => {
  it('counts the interval from end to start', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { mode: 'delay' }, () => harness.sleep(1500))
    await harness.clock.advance(6000)
    expect(harness.begins).toEqual([1000, 3500, 6000])
    expect(work.snapshot()).toMatchObject({ missed: 0, state: 'running' })
    expect(work.snapshot()).not.toHaveProperty('nextDueAt')
  })

  it('counts from the end of a body that blocks, too', async () => {
    const harness = new Harness()
    harness.timer(1000, { mode: 'delay' }, () => harness.clock.block(700))
    await harness.clock.advance(1000)
    await harness.clock.advance(999)
    expect(harness.begins).toEqual([1000])
    await harness.clock.advance(1)
    expect(harness.begins).toEqual([1000, 2700])
  })
})

describe('overlap', () => {
  it("'skip' counts, 'queue' adds one, 'allow' runs all, 'cancel' aborts and starts", async () => {
    const begins: Record<string, number[]> = {}
    const missed: Record<string, number> = {}
    for (const overlap of ['skip', 'queue', 'allow', 'cancel'] as const) {
      const harness = new Harness()
      const work = harness.timer(1000, { overlap }, (tick) =>
        Promise.race([harness.sleep(tick.iteration === 1 ? 3500 : 100), untilAborted(tick)])
      )
      await harness.clock.advance(6200)
      begins[overlap] = harness.begins
      missed[overlap] = harness.missedInAll
      expect(work.snapshot()).toMatchObject({ missed: harness.missedInAll, errors: 0 })
      expect(harness.ticks.reduce((sum, tick) => sum + tick.missed, 0)).toBe(harness.missedInAll)
      expect(harness.begins.length + harness.missedInAll).toBe(6)
    }
    expect(begins).toEqual({
      skip: [1000, 5000, 6000],
      queue: [1000, 4500, 5000, 6000],
      allow: [1000, 2000, 3000, 4000, 5000, 6000],
      cancel: [1000, 2000, 3000, 4000, 5000, 6000]
    })
    expect(missed).toEqual({ skip: 3, queue: 2, allow: 0, cancel: 0 })
  })

  it("'queue' says the latest of the slots that its run stands for", async () => {
    const harness = new Harness('2026-01-01T00:00:00Z')
    harness.timer('1s', { overlap: 'queue' }, (tick) => harness.sleep(tick.iteration === 1 ? 3500 : 0))
    await harness.clock.advance(4600)
    expect(harness.scheduledAt).toEqual(['2026-01-01T00:00:01Z', '2026-01-01T00:00:04Z'])
    expect(harness.ticks[1]?.missed).toBe(2)
  })

  it("'queue' lets the event loop breathe although every body blocks it for longer than its interval", async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { overlap: 'queue' }, () => harness.clock.block(1500))
    let others = 0
    const other = (): void => {
      others++
      if (others < 50) harness.clock.setTimeout(other, 10)
      else work.quiesce()
    }
    other()
    await harness.clock.advance('10s')
    expect(others).toBe(50)
  })

  it("'cancel' does not begin before the one it told to end has ended", async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { overlap: 'cancel' }, async (tick) => {
      await untilAborted(tick).catch(() => {})
      await harness.sleep(2300)
    })
    await harness.clock.advance(4400)
    expect(harness.begins).toEqual([1000, 4300])
    expect(work.running).toBe(1)
    expect(harness.missedInAll).toBe(2)
    expect(harness.ticks[1]).toMatchObject({ missed: 2, scheduledAt: new Date(Date.UTC(2026, 0, 1) + 4000) })
    expect(work.snapshot().lastLatenessMs).toBe(300)
  })

  it("'allow' ends when the last of its bodies has", async () => {
    const harness = new Harness()
    const work = harness.timer(1000, { overlap: 'allow' }, () => harness.sleep(5000))
    await harness.clock.advance(3000)
    expect(work.running).toBe(3)
    const ended = vi.fn<() => void>()
    void work.end().then(ended)
    await harness.clock.advance(4999)
    expect([work.running, ended.mock.calls.length]).toEqual([1, 0])
    await harness.clock.advance(1)
    expect(ended).toHaveBeenCalledTimes(1)
  })
})

describe('jitter', () => {
  it('stays in its range and before the next slot, and the body gets both times', async () => {
    for (const [number, begins] of [
      [0, [1000, 2000, 3000]],
      [0.5, [1100, 2100, 3100]],
      [0.999, [1199.8, 2199.8, 3199.8]]
    ] as const) {
      const harness = new Harness('2026-01-01T00:00:00Z')
      harness.random = () => number
      const work = harness.timer(1000, { jitter: 200 }, () => {})
      await harness.clock.advance(3500)
      expect(harness.begins).toEqual(begins)
      expect(harness.scheduledAt).toEqual([
        '2026-01-01T00:00:01Z',
        '2026-01-01T00:00:02Z',
        '2026-01-01T00:00:03Z'
      ])
      expect(work.snapshot().worstLatenessMs).toBeLessThan(0.001)
    }
  })

  it('longer than the interval is cut to it', async () => {
    const harness = new Harness()
    harness.random = () => 0.999_999
    const work = harness.timer(1000, { jitter: '1h' }, () => {})
    await harness.clock.advance('10s')
    expect(work.snapshot()).toMatchObject({ runs: 9, missed: 0 })
  })
})

describe('firing by hand', () => {
  it('runs the body now, beside its slots, and says what came of it', async () => {
    const harness = new Harness()
    const work = harness.timer(1000, {}, (tick) => {
      if (tick.iteration === 2) throw new Error('boom')
    })
    await harness.clock.advance(300)
    await expect(work.fire()).resolves.toEqual({ status: 'done' })
    await expect(work.fire()).resolves.toEqual({ status: 'failed', error: new Error('boom') })
    await harness.clock.advance(700)
    expect(harness.begins).toEqual([300, 300, 1000])
    expect(harness.failures).toHaveLength(1)
  })

  it('works before the start and for one that never starts, not after the end', async () => {
    const harness = new Harness()
    const work = new ScheduledWork(
      'x',
      readTimer(1000, { overlap: 'queue' }, 'x'),
      () => harness.sleep(10),
      harness
    )
    const both = Promise.all([work.fire(), work.fire()])
    await harness.clock.advance('1h')
    await expect(both).resolves.toEqual([{ status: 'done' }, { status: 'done' }])
    expect(harness.begins).toEqual([0, 10])
    await work.end()
    await expect(work.fire()).resolves.toEqual({ status: 'skipped' })
  })

  it.each([
    ['skip', ['skipped', 'skipped'], [0]],
    ['queue', ['done', 'done'], [0, 1500]],
    ['allow', ['done', 'done'], [0, 100, 200]],
    ['cancel', ['done', 'done'], [0, 100, 200]]
  ] as const)('while a body runs is up to overlap: %s', async (overlap, statuses, begins) => {
    const harness = new Harness()
    const work = harness.timer('1h', { overlap, immediate: true }, (tick) =>
      Promise.race([harness.sleep(1500), untilAborted(tick)])
    )
    await harness.clock.advance(100)
    const first = work.fire()
    await harness.clock.advance(100)
    const second = work.fire()
    await harness.clock.advance(5000)
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual(statuses)
    expect(harness.begins).toEqual(begins)
    expect(harness.missedInAll).toBe(0)
  })

  it('answers when the time is up, without waiting for the body', async () => {
    const harness = new Harness()
    const work = harness.timer('1h', { timeout: 10 }, forever)
    const fired = work.fire()
    await harness.clock.advance(10)
    await expect(fired).resolves.toMatchObject({ status: 'failed', error: { code: 'KEEL_TASK_TIMEOUT' } })
  })
})

describe('the clock', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it("may be the machine's, under a user's fake timers", async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
    const begins: number[] = []
    const start = performance.now()
    const port: SchedulePort = { clock: systemClock, begin: (tick, body) => body(tick), crash: () => {} }
    const works = [
      new ScheduledWork(
        'timer',
        readTimer(1000, {}, 'x'),
        () => begins.push(performance.now() - start),
        port
      ),
      new ScheduledWork(
        'cron',
        readCron('* * * * *', {}, 'x'),
        (tick) => begins.push(tick.scheduledAt.getTime()),
        port
      )
    ]
    for (const work of works) work.start()
    await vi.advanceTimersByTimeAsync(3000)
    expect(begins).toEqual([1000, 2000, 3000])
    await works[0]?.end()
    await vi.advanceTimersByTimeAsync(57_000)
    expect(begins.slice(3)).toEqual([Date.UTC(2026, 0, 1, 0, 1)])
    await works[1]?.end()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of the machine may be late, but never moves the slots: a timer does not drift', async () => {
    const every = 10
    const ended: EndedCall[] = []
    const work = await new Promise<ScheduledWork>((resolve) => {
      const timer = new ScheduledWork('timer', readTimer(every, {}, 'x'), () => {}, {
        clock: systemClock,
        begin: (tick, body) => body(tick),
        crash: () => {},
        ran: (call) => {
          ended.push(call)
          if (ended.length < 100) return
          void timer.end()
          resolve(timer)
        }
      })
      timer.start()
    })
    const slots = ended.map(({ tick }) => tick.scheduledAt.getTime())
    const passed = slots.map((slot) => Math.round((slot - slots[0]!) / every))
    // Dates have whole milliseconds.
    slots.forEach((slot, index) =>
      expect(Math.abs(slot - slots[0]! - passed[index]! * every)).toBeLessThanOrEqual(1)
    )
    expect(work.snapshot().runs + work.snapshot().missed - ended[0]!.tick.missed).toBe(passed.at(-1)! + 1)
    for (const { latenessMs } of ended) expect(latenessMs).toBeLessThan(every)
  }, 60_000)

  it('may give handles that are nothing', async () => {
    const harness = new Harness()
    class Plain extends Clock {
      now = (): number => harness.clock.now()
      monotonic = (): number => harness.clock.monotonic()
      setTimeout(run: () => void, delay: number): undefined {
        harness.clock.setTimeout(run, delay)
      }
      clearTimeout(): void {}
    }
    const work = new ScheduledWork('x', readTimer(1000, {}, 'x'), () => {}, {
      clock: new Plain(),
      begin: (tick, body) => body(tick),
      crash: () => expect.unreachable()
    })
    work.start()
    work.start()
    await harness.clock.advance(3000)
    expect(work.snapshot().runs).toBe(3)
    expect(harness.clock.pending.count).toBe(1)
  })
})
