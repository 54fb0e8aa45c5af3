import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { sleep, wait, waitAll, waitFirst } from '../../src/waits/index.js'
import { ManualClock } from './manual-clock.js'

const COUNT = 200_000
/** Bytes for each call: far below what one leaked reaction or listener comes to, which is over 100. */
const ALLOWED = 15
/** What else goes on in the process may add to one measurement; a leak adds to each. */
const ATTEMPTS = 3

const clock = new ManualClock()
const { signal } = new AbortController()
const farOff = new Promise<void>(() => {})

let collect: (options?: { type: 'minor' }) => void
beforeAll(() => {
  setFlagsFromString('--expose-gc')
  collect = runInNewContext('gc') as typeof collect
})

async function growth(once: () => Promise<unknown>, count: number): Promise<number> {
  const run = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) {
      const pending = once()
      clock.advance(1)
      await pending
    }
  }
  await run(2000)
  collect()
  const before = process.memoryUsage().heapUsed
  await run(count)
  collect()
  return (process.memoryUsage().heapUsed - before) / count
}

describe('memory stays flat over hundreds of thousands of', () => {
  const cases: [string, () => Promise<unknown>, number?][] = [
    ['sleeps', () => sleep(clock, signal, 0)],
    ['waits that are done', () => wait(clock, signal, Promise.resolve())],
    ['waits for one far-off promise that time out', () => wait(clock, signal, farOff, { timeout: 1 })],
    ['waits for a function of it', () => wait(clock, signal, () => farOff, { timeout: 1 }), 20_000],
    ['races against it', () => waitFirst(clock, signal, [farOff, Promise.resolve()])],
    ['waits for all with it', () => waitAll(clock, signal, [farOff, farOff], { timeout: 1 })]
  ]

  it.each(cases)('%s', async (_name, once, count = COUNT) => {
    let least = Infinity
    for (let n = 0; n < ATTEMPTS && least >= ALLOWED; n++) least = Math.min(least, await growth(once, count))
    expect(least).toBeLessThan(ALLOWED)
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('little is left to the collection of the old generation by', () => {
  const cases: [string, () => Promise<unknown>][] = [
    ['waits that are done', () => wait(clock, signal, Promise.resolve({ payload: [Math.random(), 1, 2] }))],
    ['waits for a function', () => wait(clock, signal, async () => ({ payload: [Math.random(), 1, 2] }))],
    ['waits for all', () => waitAll(clock, signal, [Promise.resolve({ payload: [Math.random(), 1, 2] })])]
  ]

  /** What one call leaves, in bytes: the least of some measurements, since a leak adds to each. */
  async function left(once: () => Promise<unknown>): Promise<number> {
    for (let n = 0; n < 3000; n++) await once()
    let least = Infinity
    for (let attempt = 0; attempt < 5; attempt++) {
      collect()
      const before = process.memoryUsage().heapUsed
      for (let n = 0; n < 20_000; n++) await once()
      collect({ type: 'minor' })
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / 20_000)
    }
    return least
  }

  /** What Node itself leaves of a listener and a promise, 150 bytes, or 600 where tests before have watched all promises. */
  async function bare(): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      const listener = (): void => resolve()
      signal.addEventListener('abort', listener)
      signal.removeEventListener('abort', listener)
      resolve()
    })
    await settled
  }

  it.each(cases)('%s', async (_name, once) => {
    expect((await left(once)) - (await left(bare))).toBeLessThan(120)
  })
})
