import { describe, expect, it, vi } from 'vitest'
import {
  Application,
  inject,
  Injectable,
  InjectionToken,
  lazy,
  type Lazy,
  Scope,
  Service,
  Task,
  type ServiceContext
} from 'keelson'
import { construct, createTestContext, TestClock } from 'keelson/testing'
import { rejection } from '../app/journal.js'

const LIMIT = new InjectionToken<number>('LIMIT')

@Injectable()
class Database {
  readonly kind: string = 'real'
}

@Service()
class Orders {
  readonly database = inject(Database)
  readonly limit = inject(LIMIT, { optional: true })
  rounds = 0

  @Task() async work({ sleep, log }: ServiceContext): Promise<void> {
    while (await sleep('1s')) {
      this.rounds++
      log.info('round %d', this.rounds)
    }
  }
}

describe('construct', () => {
  it('makes the services that it needs too, one of each', () => {
    @Service()
    class Ledger {
      readonly orders = inject(Orders)
    }
    @Service()
    class Audit {
      readonly ledger = inject(Ledger)
      readonly orders = inject(Orders)
    }
    const audit = construct(Audit)
    expect(audit.ledger).toBeInstanceOf(Ledger)
    expect(audit.ledger.orders).toBe(audit.orders)
  })

  it('says what is missing', () => {
    class Needy {
      readonly limit = inject(LIMIT)
    }
    expect(() => construct(Needy)).toThrow(/^KEEL_MISSING_PROVIDER: Needy injects LIMIT/)
    expect(() => construct(Needy)).toThrow(
      'Add { provide: LIMIT, … } to the second argument of construct(), or make it optional.'
    )
    class Mailer {}
    class Notice {
      readonly mailer = inject(Mailer)
    }
    expect(() => construct(Notice)).toThrow(
      'Add Mailer, or { provide: Mailer, … }, to the second argument of construct(), or mark it with @Injectable().'
    )
    expect(() => construct(undefined as never)).toThrow(
      /^KEEL_INVALID_OPTION: construct\(\) was given undefined/
    )
    expect(() => construct(Needy, {} as never)).toThrow(/^KEEL_INVALID_OPTION: providers of construct\(\)/)
  })

  it('makes no application: who uses one is told to give it', () => {
    @Service()
    class Routes {
      readonly app = inject(Application)
      onReady(): readonly unknown[] {
        return this.app.services
      }
    }
    const routes = construct(Routes)
    expect(() => routes.onReady()).toThrow('what construct() makes has none, unless you give it one')
    const app = { services: ['one'] }
    expect(construct(Routes, [{ provide: Application, useValue: app }]).onReady()).toEqual(['one'])
  })

  it('makes one object, inject() working in it; nothing is started', () => {
    const orders = construct(Orders)
    expect(orders.database.kind).toBe('real')
    expect(orders.limit).toBeUndefined()
    expect(orders.rounds).toBe(0)
  })

  it('takes stand-ins for what it needs, made by factories too', () => {
    const orders = construct(Orders, [
      { provide: Database, useValue: { kind: 'fake' } },
      { provide: LIMIT, useFactory: () => 7 }
    ])
    expect([orders.database.kind, orders.limit]).toEqual(['fake', 7])
  })

  it('waits for nothing: of an async factory it says so', () => {
    expect(() => construct(Orders, [{ provide: LIMIT, useFactory: async () => 7 }])).toThrow(
      /^KEEL_ASYNC_NOT_READY/
    )
  })

  it('makes what lives as long as a scope, and what needs that: it is a scope of its own', () => {
    @Injectable({ lifetime: 'scoped' })
    class Handler {
      readonly limit = inject(LIMIT)
      readonly scope = inject(Scope)
    }
    class Route {
      readonly handler = inject(Handler)
      readonly again = inject(Handler)
    }
    @Injectable({ inject: [Handler] })
    class Declared {
      constructor(readonly handler: Handler) {}
    }
    const providers = [{ provide: LIMIT, useFactory: () => 7, lifetime: 'scoped' as const }]
    const handler = construct(Handler, providers)
    expect(handler.limit).toBe(7)
    expect(handler.scope.get(Handler)).toBe(handler)
    const route = construct(Route, providers)
    expect(route.again).toBe(route.handler)
    expect(construct(Declared, providers).handler.scope.get(LIMIT)).toBe(7)
    expect(() => construct(Handler)).toThrow(/^KEEL_MISSING_PROVIDER: Handler injects LIMIT/)
    const scope = handler.scope
    expect(construct(Handler, [...providers, { provide: Scope, useValue: scope }]).scope).toBe(scope)
  })

  it('refuses a service that needs what lives as long as a scope, as an application does', () => {
    @Injectable({ lifetime: 'scoped' })
    class Session {}
    @Service()
    class Holder {
      readonly session = inject(Session)
    }
    expect(() => construct(Holder)).toThrow(/^KEEL_CAPTIVE_DEPENDENCY: Holder lives as long as/)
  })

  it('gives what is lazy once it has been made', () => {
    @Injectable()
    class Page {
      readonly book: Lazy<Book> = inject(lazy(() => Book))
      readonly orders = inject(lazy(() => Orders))
    }
    @Injectable()
    class Book {
      readonly page = inject(Page)
    }
    const page = construct(Page)
    expect(page.book.get().page).toBe(page)
    expect(page.orders.get()).toBe(page.orders.get())
    class Hasty {
      readonly book = inject(lazy(() => Book)).get()
    }
    expect(() => construct(Hasty)).toThrow(/^KEEL_ASYNC_NOT_READY/)
  })

  it('makes another each time', () => {
    expect(construct(Orders)).not.toBe(construct(Orders))
  })
})

describe('createTestContext', () => {
  it('lets a task be called by hand, on a clock of its own', async () => {
    const clock = new TestClock()
    const orders = construct(Orders)
    const context = createTestContext({ clock })
    const working = orders.work(context)
    await clock.advance('3s')
    expect(orders.rounds).toBe(3)
    await context.stop()
    await working
    expect(context.state).toBe('stopped')
  })

  it('has what is to be different replaced', async () => {
    const sleep = vi.fn().mockResolvedValueOnce(true).mockResolvedValueOnce(true).mockResolvedValue(false)
    const orders = construct(Orders)
    await orders.work(createTestContext({ sleep }))
    expect(orders.rounds).toBe(2)
    expect(sleep).toHaveBeenCalledWith('1s')
  })

  it('keeps what is said to be different only by undefined', async () => {
    const context = createTestContext({ log: undefined, clock: undefined, signal: undefined })
    expect(context.clock).toBeInstanceOf(TestClock)
    expect(context.signal.aborted).toBe(false)
    const orders = construct(Orders)
    const working = orders.work(context)
    await (context.clock as TestClock).advance('1s')
    await context.stop()
    await working
    expect(orders.rounds).toBe(1)
  })

  it('is that of a service that runs', async () => {
    const context = createTestContext()
    expect(context).toMatchObject({
      name: 'TestService',
      state: 'running',
      shouldStop: false,
      stopReason: undefined
    })
    expect(await context.addTask(async () => 42)).toBe(42)
    expect(context.clock).toBeInstanceOf(TestClock)
    const seen: string[] = []
    context.defer(() => void seen.push('released'))
    await context.stop()
    expect(seen).toEqual(['released'])
    expect(context.signal.aborted).toBe(true)
  })

  it('ends sleeps and waits when the signal that it was given aborts', async () => {
    const controller = new AbortController()
    const context = createTestContext({ signal: controller.signal })
    const orders = construct(Orders)
    const working = orders.work(context)
    await (context.clock as TestClock).advance('2s')
    controller.abort()
    await working
    expect(orders.rounds).toBe(2)
    expect(context.shouldStop).toBe(true)
    expect(await createTestContext({ signal: controller.signal }).sleep('1s')).toBe(false)
  })

  it('can crash without harm', async () => {
    const context = createTestContext()
    const ended = rejection(context.waitUntilStopped())
    context.crash(new Error('boom'))
    expect(await ended).toMatchObject({ message: 'boom' })
    expect(context.state).toBe('crashed')
  })
})
