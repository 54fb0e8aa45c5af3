import { describe, expect, it } from 'vitest'
import { isKeelsonError, Module, StopError, type Provider } from 'keelson'
import { TestClock } from 'keelson/testing'
import { buildApplication, Building } from '../../src/app/index.js'

const STOP = { kind: 'signal', detail: 'SIGTERM' } as const

/** Begins to build, and comes back when all that can be has been made. */
async function build(providers: readonly Provider[], options: { startTimeout?: string } = {}) {
  class App {}
  Module({ providers })(App)
  const clock = new TestClock()
  const building = new Building(clock)
  const outcome = buildApplication(App, { ...options, logger: false, clock }, { building }).then(
    () => 'built',
    (error: unknown) => error
  )
  await clock.advance(0)
  const failures = async (): Promise<readonly string[]> => {
    const error = await outcome
    if (!isKeelsonError(error, 'KEEL_START_ABORTED')) throw error
    if (error.cause === undefined) return []
    return (error.cause as StopError).failures.map(
      (one) => `${one.service} ${one.phase}: ${String(one.error).split('\n')[0]}`
    )
  }
  return { clock, building, failures }
}

const never = (): Promise<never> => new Promise(() => undefined)

describe('a construction that is abandoned', () => {
  it('waits for a factory that is under way as long as that may take, which failed then', async () => {
    const { clock, building, failures } = await build([
      { provide: 'pool', useFactory: never, startTimeout: '2s' }
    ])
    building.abandon(STOP, 10_000)
    await clock.advance('2s')
    expect(await failures()).toEqual([
      'pool factory: LifecycleError: KEEL_START_TIMEOUT: the factory of pool did not settle within 2s'
    ])
    expect(clock.pending.count).toBe(0)
  })

  it('names each factory once of those that its time is not enough for', async () => {
    const { clock, building, failures } = await build([
      { provide: 'pool', useFactory: never, startTimeout: '2s' },
      { provide: 'cache', useFactory: never }
    ])
    expect(building.awaited.map(({ what }) => what)).toEqual(['the factory of pool', 'the factory of cache'])
    building.abandon(STOP, 5000)
    await clock.advance('5s')
    expect(await failures()).toEqual([
      'pool factory: LifecycleError: KEEL_START_TIMEOUT: the factory of pool did not settle within 2s',
      'cache factory: LifecycleError: KEEL_STOP_TIMEOUT: the factory of cache did not settle within 5s, the shutdownTimeout of the application'
    ])
  })

  it('has the time that a stop may take, not that of the start', async () => {
    const settle: { now?: (value: string) => void } = {}
    const useFactory = (): Promise<string> => new Promise((resolve) => (settle.now = resolve))
    const { clock, building, failures } = await build([{ provide: 'pool', useFactory }], {
      startTimeout: '1s'
    })
    building.abandon(STOP, 10_000)
    await clock.advance('2s')
    settle.now?.('a pool')
    expect(await failures()).toEqual([])
  })

  it('names what it had made that is not disposed of in time', async () => {
    const { clock, building, failures } = await build([
      { provide: 'cache', useFactory: () => 'a cache', dispose: never },
      { provide: 'pool', useFactory: never }
    ])
    building.abandon(STOP, 1000)
    await clock.advance('1s')
    await clock.advance('100ms')
    expect(await failures()).toEqual([
      expect.stringContaining('pool factory: LifecycleError: KEEL_STOP_TIMEOUT'),
      'cache dispose: LifecycleError: KEEL_STOP_TIMEOUT: what the factory of cache made was not disposed within 100ms'
    ])
  })

  it('tells so in the log once there is one', () => {
    const building = new Building(new TestClock())
    building.abandon(STOP, 1000)
    const lines: unknown[] = []
    building.log = {
      level: 'info',
      isLevelEnabled: () => true,
      info: (_: object, line: string) => void lines.push(line)
    } as never
    expect(lines).toEqual(['application stopping: SIGTERM'])
    building.end()
  })
})
