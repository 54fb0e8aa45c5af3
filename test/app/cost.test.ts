import { createHook } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Clock, createApplication, Service, Task, Timer, type Application, type Class } from 'keelson'
import { TestClock } from 'keelson/testing'
import { compilePrograms } from '../process/program.js'
import { layered, moduleOf } from './layered.js'

// What a service costs, in numbers that a busy machine does not change: promises, timers, readings of the clock, calls, bytes.
// Each is the slope between two sizes, so what an application costs once does not count. The limits are what it is now, and
// for bytes a little more: lower them when it gets less, and think twice before one is raised. `npm run bench` has the time.

const LIMITS = { readings: 9, bytes: 2000, calls: { construct: 185, start: 152, stop: 139 } }

const startProgram = compilePrograms('test/app/programs')

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as (options?: { type: 'minor' }) => void

const apps: Application[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app[Symbol.asyncDispose]()
})

async function create(root: Class, clock?: Clock): Promise<Application> {
  const app = await createApplication(root, { logger: false, ...(clock && { clock }) })
  apps.push(app)
  return app
}

/** What one service more costs: the difference between two sizes. The first run pays for what is made once. */
async function perService(
  measure: (size: number) => Promise<number>,
  small = 400,
  large = 800
): Promise<number> {
  await measure(small)
  return ((await measure(large)) - (await measure(small))) / (large - small)
}

/** How many promises are made while `work` runs. */
async function promises(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE') count++
    }
  }).enable()
  try {
    await work()
  } finally {
    hook.disable()
  }
  return count
}

/** Counts who asks it for what, and otherwise stands still. */
class CountingClock extends TestClock {
  readings = 0
  timers = 0

  override now(): number {
    this.readings++
    return super.now()
  }

  override monotonic(): number {
    this.readings++
    return super.monotonic()
  }

  override setTimeout(run: () => void, delay: number): ReturnType<Clock['setTimeout']> {
    this.timers++
    return super.setTimeout(run, delay)
  }
}

describe('a service with two async hooks costs', { timeout: 120_000 }, () => {
  it('two promises to start, one of them its hook, and as many to stop', async () => {
    const start = await perService(async (size) => {
      const app = await create(layered(size))
      return promises(() => app.start())
    })
    const stop = await perService(async (size) => {
      const app = await create(layered(size))
      await app.start()
      return promises(() => app.stop())
    })
    expect({ start, stop }).toEqual({ start: 2, stop: 2 })
  })

  it('as many timers as it has hooks that wait, and few readings of the clock', async () => {
    const count = async (size: number, of: 'readings' | 'timers'): Promise<number> => {
      const clock = new CountingClock()
      const app = await create(layered(size), clock)
      await app.start()
      await app.stop()
      return clock[of]
    }
    expect(await perService((size) => count(size, 'timers'))).toBeLessThanOrEqual(2)
    expect(await perService((size) => count(size, 'readings'))).toBeLessThanOrEqual(LIMITS.readings)
  })

  it('few calls of our functions to construct, to start and to stop', async () => {
    const { code, stdout } = await startProgram('calls').ended
    expect(code).toBe(0)
    const calls = JSON.parse(stdout) as typeof LIMITS.calls
    // what grows now and then, such as a map, is part of it
    for (const [phase, limit] of Object.entries(LIMITS.calls))
      expect(calls[phase as keyof typeof calls], phase).toBeLessThan(limit + 1)
  })

  it('little memory while it runs', async () => {
    const held = async (size: number): Promise<number> => {
      const root = layered(size)
      const before = await heapUsed()
      const app = await create(root)
      await app.start()
      const bytes = (await heapUsed()) - before
      await app.stop()
      return bytes
    }
    // What else the process keeps meanwhile, such as code just compiled, falls on one of three or on none.
    const bytes = [0, 0, 0]
    for (const n of bytes.keys()) bytes[n] = await perService(held, 500, 1500)
    expect(bytes.toSorted((a, b) => a - b)[1]).toBeLessThan(LIMITS.bytes)
  })

  it('the same, whether there are many or few', async () => {
    const count = async (size: number): Promise<number> => {
      const clock = new CountingClock()
      const app = await create(layered(size), clock)
      const made = await promises(async () => {
        await app.start()
        await app.stop()
      })
      return made + clock.readings + clock.timers
    }
    await count(100)
    const [few, more, many] = [await count(200), await count(400), await count(800)]
    expect((many - more) / (more - few)).toBeCloseTo(2, 1)
  })
})

describe('a crash and restart without a delay', () => {
  /** Starts a service that is going to crash so often, and gives what sets it going. */
  async function crashing(
    count: number,
    call: (calls: number) => void = () => {}
  ): Promise<() => Promise<void>> {
    let calls = 0
    let begin!: () => void
    let end!: () => void
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const ended = new Promise<void>((resolve) => (end = resolve))
    class Crashing {
      async work(): Promise<void> {
        await begun
        call(++calls)
        if (calls <= count) throw new Error('boom')
        end()
      }
    }
    const method = Object.getOwnPropertyDescriptor(Crashing.prototype, 'work')!
    Task()(Crashing.prototype, 'work', method)
    ;(Service() as ClassDecorator)(Crashing)
    const supervisor = { backoff: false, maxRestarts: Infinity } as const
    const app = await createApplication(moduleOf([Crashing]), { logger: false, supervisor })
    apps.push(app)
    await app.start()
    return () => {
      begin()
      return ended
    }
  }

  it('makes five promises, three of them of the task', { timeout: 60_000 }, async () => {
    const crashes = async (count: number): Promise<number> => promises(await crashing(count))
    expect(await perService(crashes, 100, 200)).toBe(5)
  })

  it('leaves nothing to the collection of the old generation', { timeout: 60_000 }, async () => {
    const kept: number[] = []
    let before = 0
    const run = await crashing(30_000, (calls) => {
      if (calls % 10_000 !== 0) return
      collectGarbage({ type: 'minor' })
      if (before > 0) kept.push((process.memoryUsage().heapUsed - before) / 10_000)
      collectGarbage()
      before = process.memoryUsage().heapUsed
    })
    await run()
    // what the engine compiles meanwhile is in it; 870 bytes and more of each, while something old held on to them
    expect(Math.min(...kept)).toBeLessThan(400)
  })
})

describe('two hundred hooks that wait at the same time', () => {
  it('share one timer of the machine for their limits', { timeout: 60_000 }, async () => {
    let end!: () => void
    const ended = new Promise<void>((resolve) => (end = resolve))
    const classes = Array.from({ length: 200 }, () => {
      const made = class {
        onStart(): Promise<void> {
          return ended
        }
      }
      ;(Service() as ClassDecorator)(made)
      return made
    })
    vi.useFakeTimers()
    try {
      const app = await create(moduleOf(classes))
      const starting = app.start()
      await vi.advanceTimersByTimeAsync(0)
      expect(app.services.filter(({ state }) => state === 'starting')).toHaveLength(200)
      expect(vi.getTimerCount()).toBeLessThan(10)
      end()
      await starting
      await app.stop()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('five hundred timers of one interval', () => {
  it('wait behind one timer of the machine', { timeout: 60_000 }, async () => {
    class Ticking {
      ticks = 0
    }
    for (let n = 0; n < 500; n++) {
      const key = `tick${n}`
      const value = function (this: Ticking): void {
        this.ticks++
      }
      Object.defineProperty(Ticking.prototype, key, { value, configurable: true, writable: true })
      const descriptor = Object.getOwnPropertyDescriptor(Ticking.prototype, key)!
      ;(Timer('1s') as MethodDecorator)(Ticking.prototype, key, descriptor)
    }
    ;(Service() as ClassDecorator)(Ticking)
    vi.useFakeTimers()
    try {
      const app = await create(moduleOf([Ticking]))
      await app.start()
      const { ticks } = app.get(Ticking)
      await vi.advanceTimersByTimeAsync(3000)
      expect(app.get(Ticking).ticks - ticks).toBe(1500)
      expect(vi.getTimerCount()).toBeLessThan(10)
      await app.stop()
    } finally {
      vi.useRealTimers()
    }
  })
})

async function heapUsed(): Promise<number> {
  for (let n = 0; n < 4; n++) {
    collectGarbage()
    await new Promise(setImmediate)
  }
  return process.memoryUsage().heapUsed
}
