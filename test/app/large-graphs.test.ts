import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApplication, DependsOn, Service, type Application, type Class } from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { Journal, rejection, throws } from './journal.js'

/** Services `S0`, `S1`, …, each of which needs those that `needs` gives, which come before it. */
function graph(
  count: number,
  needs: (index: number) => readonly number[],
  spec: (index: number) => object
): Class[] {
  const made: Class[] = []
  for (let index = 0; index < count; index++) {
    const cls = class {}
    Object.defineProperty(cls, 'name', { value: `S${index}` })
    Object.assign(cls.prototype, spec(index))
    const before = needs(index).map((other) => made[other]!)
    ;(Service() as ClassDecorator)(cls)
    if (before.length > 0) (DependsOn(...before) as ClassDecorator)(cls)
    made.push(cls)
  }
  return made
}

const chain = (index: number): readonly number[] => (index === 0 ? [] : [index - 1])

describe('a chain of 100,000 services', { timeout: 120_000 }, () => {
  const size = 100_000
  const boom = new Error('boom')
  let started = 0
  let stopped = size
  let bad = -1
  let app!: Application
  let ends!: readonly [first: Class, last: Class]

  beforeAll(async () => {
    const all = graph(size, chain, (index) => ({
      onStart(): unknown {
        expectEqual(index, started++)
        return index === bad ? Promise.reject(boom) : undefined
      },
      onStop: () => expectEqual(index, --stopped)
    }))
    ends = [all[0]!, all.at(-1)!]
    app = await createApplication([ends[1]], { logger: false })
  }, 120_000)

  afterAll(() => app[Symbol.asyncDispose]())

  it('starts in order and stops in reverse, without overflow', async () => {
    ;[started, stopped, bad] = [0, size, -1]
    await app.start()
    expect(started).toBe(size)
    expect(app.health().ready).toBe(true)
    await app.stop()
    expect(stopped).toBe(0)
  })

  it('of which one in the middle fails to start is rolled back, and told with its whole path', async () => {
    ;[started, stopped, bad] = [0, size / 2, size / 2]
    const error = await rejection(app.start())
    expect(error).toMatchObject({ service: `S${bad}`, cause: boom })
    expect((error as { path: string[] }).path).toHaveLength(size / 2)
    expect((error as Error).message.length).toBeLessThan(10_000)
    expect([started, stopped]).toEqual([size / 2 + 1, 0])
  })

  it('starts with its last, and stops with its first', async () => {
    ;[started, stopped, bad] = [0, size, -1]
    await app.service(ends[1]).start()
    expect(started).toBe(size)
    await app.service(ends[0]).stop()
    expect(stopped).toBe(0)
    expect(app.services.every(({ state }) => state === 'stopped')).toBe(true)
  })
})

describe('20,000 services in layers of 100, each needing ten of the layer below', () => {
  it('start and stop in order', { timeout: 60_000 }, async () => {
    const layer = 100
    const states = new Uint8Array(20_000)
    const needs = (index: number): number[] => {
      if (index < layer) return []
      const first = Math.floor(index / layer) * layer - layer
      return Array.from({ length: 10 }, (_, other) => first + ((index * 7 + other * 13) % layer))
    }
    const dependants = new Map<number, number[]>()
    const all = graph(states.length, needs, (index) => {
      for (const other of needs(index)) dependants.set(other, [...(dependants.get(other) ?? []), index])
      return {
        async onStart(): Promise<void> {
          await Promise.resolve()
          for (const other of needs(index)) expectEqual(states[other], 1)
          states[index] = 1
        },
        async onStop(): Promise<void> {
          await Promise.resolve()
          for (const other of dependants.get(index) ?? []) expectEqual(states[other], 2)
          states[index] = 2
        }
      }
    })
    const app = await createApplication(all, { logger: false })
    await app.start()
    expect(app.graph.levels()).toHaveLength(200)
    await app.stop()
    expect(states.every((state) => state === 2)).toBe(true)
  })
})

describe('one service that 20,000 need', () => {
  it('whose start fails keeps all of them from starting', { timeout: 60_000 }, async () => {
    const journal = new Journal()
    const hub = journal.service('Hub', { onStart: throws(new Error('boom')) })
    const spokes = Array.from({ length: 20_000 }, (_, index) =>
      journal.service(`Spoke${index}`, { needs: [hub] })
    )
    const app = await createTestApplication(spokes).create()
    expect(await rejection(app.start())).toMatchObject({ service: 'Hub', path: ['Spoke0', 'Hub'] })
    expect(journal.lines).toEqual(['Hub.onStart'])
  })
})

describe('each of 20,000 services, which need one and the same, by itself and all at once', () => {
  // what each tells to each takes more than a minute, and memory by the gigabyte
  it('is restarted, stopped and started again', { timeout: 60_000 }, async () => {
    const all = graph(
      20_000,
      (index) => (index === 0 ? [] : [0]),
      () => ({})
    )
    await using app = await createApplication(all, { logger: false })
    await app.start()
    const [hub, ...spokes] = app.services
    await Promise.all(spokes.map((spoke) => spoke.restart()))
    expect(spokes.every(({ state, restartCount }) => state === 'running' && restartCount === 1)).toBe(true)
    await Promise.all(spokes.map((spoke) => spoke.stop()))
    expect(spokes.every(({ state }) => state === 'stopped')).toBe(true)
    await Promise.all(spokes.map((spoke) => spoke.start()))
    expect(spokes.every(({ state }) => state === 'running')).toBe(true)
    expect(hub!.restartCount).toBe(0)
  })
})

function expectEqual(actual: unknown, expected: unknown): void {
  // `expect` is too slow for a million calls.
  if (actual !== expected) throw new Error(`${String(actual)} is not ${String(expected)}`)
}
