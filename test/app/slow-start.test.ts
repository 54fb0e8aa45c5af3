import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createApplication, inject, Module, Service, wanted, DependsOn, type ServiceContext } from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'

@Service()
class Cache {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep('6s')
  }
}

@Service({ startTimeout: '1m' })
class Mailer {
  async onStart({ sleep, addChild }: ServiceContext): Promise<void> {
    await addChild(Connection)
    await sleep('2s')
  }
}

@Service({ startTimeout: '1m' })
class Connection {
  async onStart({ sleep }: ServiceContext): Promise<void> {
    await sleep('40s')
  }
}

@Service()
@DependsOn(wanted(Cache))
class Report {
  readonly mailer = inject(Mailer)
}

const told = (app: TestApplication): unknown[] =>
  app.logs.filter((line) => line.level === 40).map((line) => line.msg)

describe('a start that takes long', () => {
  it('tells after 5, 15 and 30 seconds what it waits for, since when, and who needs that', async () => {
    await using app = await createTestApplication([Report, Cache]).start()
    expect(told(app)).toEqual([
      'application still starting after 5s, waits for Cache (onStart for 5s, needed by Report), Mailer/Connection (onStart for 3s, needed by Report)',
      'application still starting after 15s, waits for Mailer/Connection (onStart for 13s, needed by Report)',
      'application still starting after 30s, waits for Mailer/Connection (onStart for 28s, needed by Report)'
    ])
    await app.clock.advance('1h')
    expect(told(app)).toHaveLength(3)
  })

  it('names a hook that comes after', async () => {
    @Service()
    class Warm {
      async onReady({ sleep }: ServiceContext): Promise<void> {
        await sleep('8s')
      }
    }
    await using app = await createTestApplication(Warm).start()
    expect(told(app)).toEqual(['application still starting after 5s, waits for Warm (onReady for 5s)'])
  })

  it('names some of many, and says how many more there are', async () => {
    const slow = Array.from({ length: 8 }, (_, index) => {
      class Slow {
        async onStart({ sleep }: ServiceContext): Promise<void> {
          await sleep('6s')
        }
      }
      Service({ name: `Slow${index}` })(Slow)
      return Slow
    })
    await using app = await createTestApplication(slow).start()
    expect(told(app)).toEqual([expect.stringMatching(/Slow4 \(onStart for 5s\) and 3 more$/)])
  })

  it('says nothing when it fails or is stopped before', async () => {
    const app = await createTestApplication(Mailer).create()
    const starting = app.start().catch(() => undefined)
    await app.clock.advance('4s')
    await app.stop()
    await starting
    await app.clock.advance('1h')
    expect(told(app)).toEqual([])
    await app[Symbol.asyncDispose]()
  })
})

describe('a construction that takes long', () => {
  it('tells which factories it waits for', async () => {
    const held: { release?: () => void } = {}
    const useFactory = (): Promise<string> =>
      new Promise((resolve) => (held.release = () => resolve('a pool')))
    @Service({ inject: ['pool'] })
    class Store {
      constructor(readonly pool: unknown) {}
    }
    @Module({ providers: [Store, { provide: 'pool', useFactory, startTimeout: '20s' }] })
    class App {}
    const clock = new TestClock()
    const lines: string[] = []
    const logger = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) })
    const building = createApplication(App, { clock, logger })
    await clock.advance('16s')
    held.release?.()
    const app = await building
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'application still being constructed after 5s, waits for the factory of pool',
      'application still being constructed after 15s, waits for the factory of pool'
    ])
    expect(clock.pending.count).toBe(0)
    await app[Symbol.asyncDispose]()
  })
})
