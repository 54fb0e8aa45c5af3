import { describe, expect, it } from 'vitest'
import {
  inject,
  Injectable,
  InjectionToken,
  Module,
  Optional,
  Inject,
  Service,
  ServiceBase,
  Timer,
  type ServiceContext,
  type Token
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { never, rejection } from '../app/journal.js'

const URL_TOKEN = new InjectionToken<string>('DATABASE_URL')

@Injectable()
class Database {
  readonly kind: string = 'real'
}

class FakeDatabase extends Database {
  override readonly kind = 'fake'
}

@Service()
class Orders {
  constructor(
    readonly database: Database,
    @Inject(URL_TOKEN) readonly url: string
  ) {}
}

@Module({
  providers: [Database, Orders, { provide: URL_TOKEN, useValue: 'postgres://real' }],
  exports: [Orders]
})
class OrdersModule {}

@Module({ imports: [OrdersModule] })
class AppModule {}

class Bare extends ServiceBase {}

/** As some libraries make them: whoever uses what the test has not set up is told at once. */
function strictFake(target: object = {}): Database {
  return new Proxy(target as Database, {
    get(_target, key) {
      throw new Error(`unexpected access of ${String(key)}`)
    }
  })
}

function revokedFake(): Database {
  const { proxy, revoke } = Proxy.revocable({} as Database, {})
  revoke()
  return proxy
}

describe('createTestApplication', () => {
  it('refuses what an application refuses', async () => {
    @Service({ inject: [Database, URL_TOKEN] })
    class Lost {
      constructor(
        readonly database: Database,
        readonly url: string
      ) {}
    }
    expect(await rejection(createTestApplication(Lost).create())).toMatchObject({
      name: 'WiringError',
      problems: [{ code: 'KEEL_MISSING_PROVIDER' }]
    })
  })

  it('disposes what it had built when the start fails', async () => {
    const disposed: string[] = []
    @Service()
    class Failing {
      readonly pool = inject<string>('POOL')
      onStart(): void {
        throw new Error('boom')
      }
    }
    const providers = [
      { provide: 'POOL', useFactory: () => 'pool', dispose: () => void disposed.push('pool') }
    ]
    const failure = await rejection(createTestApplication(Failing, { providers }).start())
    expect(failure).toMatchObject({ name: 'StartError', cause: { message: 'boom' } })
    expect(disposed).toEqual(['pool'])
  })

  it('fails a factory that never comes to an end, in virtual time', async () => {
    const providers = [{ provide: URL_TOKEN, useFactory: () => never(), startTimeout: '10s' }]
    const failure = await rejection(createTestApplication(AppModule, { providers }).start())
    expect(failure).toMatchObject({
      name: 'StartError',
      phase: 'factory',
      cause: { code: 'KEEL_START_TIMEOUT' }
    })
  })

  it('builds without starting, or starts', async () => {
    const created = await createTestApplication(AppModule).create()
    expect([created.state, created.get(Orders).database.kind]).toEqual(['created', 'real'])
    const started = await createTestApplication(AppModule).start()
    expect(started.state).toBe('running')
  })

  it('touches no process: no listener, no output', async () => {
    const count = (): number => process.listenerCount('SIGTERM') + process.listenerCount('uncaughtException')
    const before = count()
    const app = await createTestApplication(AppModule).start()
    expect(count()).toBe(before)
    expect(app.logs.length).toBeGreaterThan(0)
  })

  it('takes the options of an application, and a clock', async () => {
    const clock = new TestClock('2030-05-05T00:00:00Z')
    const app = await createTestApplication(AppModule, { clock, name: 'Shop' }).start()
    expect(app.name).toBe('Shop')
    expect(app.clock).toBe(clock)
    expect(app.logs[0]!.time).toBe(Date.parse('2030-05-05T00:00:00Z'))
  })

  it('is disposed at the end of a block', async () => {
    let seen
    {
      await using app = await createTestApplication(AppModule).start()
      seen = app
    }
    expect(seen.state).toBe('stopped')
  })
})

describe('an override', () => {
  it.each([
    ['a value', (builder: Builder) => builder.override(Database).useValue(new FakeDatabase())],
    ['a class', (builder: Builder) => builder.override(Database).useClass(FakeDatabase)],
    [
      'a factory',
      (builder: Builder) => builder.override(Database).useFactory(async () => new FakeDatabase())
    ],
    [
      'another token',
      (builder: Builder) =>
        builder.override(FakeDatabase).useClass(FakeDatabase).override(Database).useExisting(FakeDatabase)
    ]
  ])('puts %s in the place of what a module provides', async (_what, change) => {
    const app = await change(createTestApplication(AppModule)).start()
    expect(app.get(Orders).database.kind).toBe('fake')
    expect(app.get(Orders).url).toBe('postgres://real')
  })

  it.each([
    ['that throws whatever is read from it', strictFake()],
    ['around a service, that throws whatever is read from it', strictFake(new Bare())],
    ['that is revoked', revokedFake()]
  ])('by a fake %s is a plain value', async (_what, fake) => {
    @Module({ providers: [Database, { provide: 'other', useValue: 1 }] })
    class Root {}
    await using app = await createTestApplication(Root)
      .override(Database)
      .useValue(fake)
      .override('other')
      .useFactory(() => fake)
      .create()
    // not by expect(), which looks at what it is given
    expect([Object.is(app.get(Database), fake), Object.is(app.get('other'), fake)]).toEqual([true, true])
    expect(app.services).toEqual([])
  })

  it('by a factory is given what it asks for', async () => {
    const app = await createTestApplication(AppModule)
      .override(URL_TOKEN)
      .useFactory((database) => `url of ${(database as Database).kind}`, [Database])
      .start()
    expect(app.get(Orders).url).toBe('url of real')
  })

  it('of a service takes its place in the lifecycle', async () => {
    const lines: string[] = []
    class FakeOrders extends Orders {
      onStart(): void {
        lines.push('fake orders start')
      }
    }
    Service()(FakeOrders)
    const app = await createTestApplication(AppModule).override(Orders).useClass(FakeOrders).start()
    expect(app.get(Orders)).toBeInstanceOf(FakeOrders)
    expect(lines).toEqual(['fake orders start'])
  })

  it('later ones win over earlier ones', async () => {
    const app = await createTestApplication(AppModule)
      .override(URL_TOKEN)
      .useValue('first')
      .override(URL_TOKEN)
      .useValue('second')
      .start()
    expect(app.get(Orders).url).toBe('second')
  })

  it('of a module puts another in its place, wherever it is imported', async () => {
    class FakeOrders {
      readonly database = new FakeDatabase()
      readonly url = 'none'
    }
    @Module({ providers: [{ provide: Orders, useValue: new FakeOrders() }], exports: [Orders] })
    class FakeModule {}
    @Service()
    class Shop {
      constructor(readonly orders: Orders) {}
    }
    @Module({ imports: [OrdersModule], providers: [Shop] })
    class ShopModule {}
    @Module({ imports: [ShopModule, OrdersModule] })
    class Root {}
    const app = await createTestApplication(Root).overrideModule(OrdersModule).useModule(FakeModule).start()
    expect(app.get(Shop).orders.url).toBe('none')
  })

  it('of the clock by one that cannot be driven is refused', async () => {
    const clock = { now: () => 0 } as unknown as TestClock
    const error = await rejection(createTestApplication(AppModule, { clock }).create())
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'KEEL_INVALID_OPTION' })
  })

  it('of a module that nothing imports is refused', async () => {
    @Module({})
    class Far {}
    @Module({})
    class Other {}
    const error = await rejection(
      createTestApplication(AppModule).overrideModule(Far).useModule(Other).start()
    )
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'KEEL_INVALID_OPTION' })
    expect(String(error)).toContain('Far is to be replaced by another module, but nothing imports it')
  })
})

describe('a mocker', () => {
  @Service()
  class Billing {
    constructor(
      readonly database: Database,
      @Inject('GATEWAY') readonly gateway: { pay(): string },
      @Optional() @Inject('AUDIT') readonly audit?: object
    ) {}
  }

  it('supplies what nothing provides, and nothing else', async () => {
    const asked: Token[] = []
    const app = await createTestApplication(Billing)
      .useMocker((token) => {
        asked.push(token)
        return token === 'GATEWAY' ? { pay: () => 'mocked' } : undefined
      })
      .start()
    expect(app.get(Billing).gateway.pay()).toBe('mocked')
    expect(app.get(Billing).database.kind).toBe('real')
    expect(app.get(Billing).audit).toBeUndefined()
    expect(asked).toContain('GATEWAY')
    expect(asked).not.toContain(Database)
  })

  it('that answers undefined leaves it missing', async () => {
    const failure = await rejection(
      createTestApplication(Billing)
        .useMocker(() => undefined)
        .create()
    )
    expect(failure).toMatchObject({ problems: [{ code: 'KEEL_MISSING_PROVIDER' }] })
  })

  it('that is no function is refused', () => {
    expect(() => createTestApplication(Billing).useMocker(5 as never)).toThrow(
      /mocker of useMocker\(\) must be a function, but is 5/
    )
  })
})

describe('a timer in a test application', () => {
  it('stands still until the test moves time', async () => {
    let runs = 0
    @Service()
    class Worker {
      @Timer('5m') tick({ log }: ServiceContext): void {
        runs++
        log.info('tick')
      }
    }
    const app = await createTestApplication(Worker).start()
    expect(runs).toBe(0)
    await app.clock.advance('15m')
    expect(runs).toBe(3)
  })
})

type Builder = ReturnType<typeof createTestApplication>
