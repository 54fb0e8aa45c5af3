import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  Application,
  Clock,
  createApplication,
  createMethodDecorator,
  DependsOn,
  ExitError,
  HealthCheck,
  inject,
  Inject,
  Injectable,
  InjectionToken,
  lazy,
  LOGGER,
  Module,
  Service,
  ServiceBase,
  ServiceContext,
  snapshot,
  type HealthReport,
  type KeelsonError,
  type Logger,
  type StopError,
  type Token
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { Journal, never, rejection, takes } from './journal.js'

/** A service beside what is none, and adds a child to the application's own context. */
function withOwnChild(child: new () => object, service: new () => object): new () => object {
  @Injectable()
  class Helper {
    constructor() {
      void inject(ServiceContext).addChild(new child())
    }
  }
  @Module({ providers: [Helper, service] })
  class Root {}
  return Root
}

describe('what every service can have injected', () => {
  it('is the application, the clock, the logger, and a context of its own', async () => {
    @Service()
    class A {
      constructor(
        readonly app: Application,
        readonly clock: Clock,
        @Inject(LOGGER) readonly log: Logger,
        readonly context: ServiceContext
      ) {}
    }
    @Service()
    class B {
      readonly context = inject(ServiceContext)
    }
    const app = await createTestApplication([A, B]).create()
    const [a, b] = [app.get(A), app.get(B)]
    expect(a.app).toBe(app)
    expect(a.clock).toBe(app.clock)
    expect(a.log).toBe(app.log)
    expect([a.context.name, b.context.name]).toEqual(['A', 'B'])
    expect(a.context.state).toBe('init')
    await app.start()
    expect(a.context.state).toBe('running')
    expect(a.context.clock).toBe(app.clock)
    expect(a.context.signal.aborted).toBe(false)
    await app.stop()
    expect(a.context.signal.aborted).toBe(true)
    expect(a.context.stopReason).toEqual({ kind: 'stop', detail: undefined })
    await app.start()
    expect(a.context.signal.aborted).toBe(false)
    expect(a.context.stopReason).toBeUndefined()
  })

  it('cannot be asked what is in an application that is still being made', async () => {
    let error: unknown
    @Service()
    class A {
      constructor(app: Application) {
        try {
          app.get(A)
        } catch (thrown) {
          error = thrown
        }
      }
    }
    await createTestApplication(A).create()
    // an application is named after its first service, which is not what is meant
    expect((error as Error).message).toContain('the application A is still being constructed')
  })

  it('includes, for what is no service, a context of the application', async () => {
    @Injectable()
    class Helper {
      readonly context = inject(ServiceContext)
    }
    @Module({ providers: [Helper] })
    class Root {}
    const app = await createTestApplication(Root, { name: 'Shop' }).start()
    const { context } = app.get(Helper)
    expect(context.name).toBe('Shop')
    expect(context.signal.aborted).toBe(false)
    await app.stop()
    expect(context.signal.aborted).toBe(true)
  })

  it('whose own context has work waits for the end of that, and of what it holds, after all services', async () => {
    const journal = new Journal()
    let isDraining: boolean | undefined
    @Injectable()
    class Helper {
      readonly context = inject(ServiceContext)
      constructor() {
        this.context.addTask(async (context) => {
          await context.stopRequested()
          await takes(100)(context)
          journal.note('task')
        })
        this.context.defer(async () => {
          await takes(100)(this.context)
          journal.note('released')
          throw new Error('boom')
        })
      }
    }
    const a = journal.service('A', {
      onDrain: () => {
        isDraining = app.get(Helper).context.draining.aborted
      }
    })
    @Module({ providers: [Helper, a], exports: [Helper] })
    class Root {}
    const app = await createTestApplication(Root, { name: 'Shop' }).start()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toMatchObject([{ service: 'Shop', phase: 'release', error: new Error('boom') }])
    expect(journal.take()).toEqual(['A.onStart', 'A.onDrain', 'A.onStop', 'task', 'released'])
    expect(isDraining).toBe(true)
    await app.start()
    await app.stop()
    expect(journal.take()).toEqual(['A.onStart', 'A.onDrain', 'A.onStop', 'task'])
  })

  it('fails to start when a task of its own context throws at once', async () => {
    const boom = new Error('boom')
    @Injectable()
    class Helper {
      constructor() {
        inject(ServiceContext).addTask(() => {
          throw boom
        })
      }
    }
    @Module({ providers: [Helper] })
    class Root {}
    const app = await createTestApplication(Root, { name: 'Shop' }).create()
    expect(await rejection(app.start())).toMatchObject({ name: 'StartError', service: 'Shop', cause: boom })
    expect(app.state).toBe('stopped')
  })

  it('starts with the children of its own context, which are told like services', async () => {
    const journal = new Journal()
    const hooks = { onReady: () => {}, onDrain: () => {} }
    const child = journal.service('Child', { ...hooks, onStart: takes(100) })
    const a = journal.service('A', hooks)
    const Root = withOwnChild(child, a)
    const app = await createTestApplication(Root, { name: 'Shop' }).start()
    await app.stop()
    expect(journal.lines).toEqual([
      ...['Child.onStart', 'A.onStart', 'Child.onReady', 'A.onReady'],
      ...['A.onDrain', 'Child.onDrain', 'A.onStop', 'Child.onStop']
    ])
  })

  it('has the children of its own context in its health, its logs and its dump', async () => {
    let isWell = true
    let context!: ServiceContext
    @Service()
    class A {}
    @Service()
    class Child {
      onStart(given: ServiceContext): void {
        context = given
      }
      @HealthCheck() ping(): void {
        if (!isWell) throw new Error('gone')
      }
    }
    const app = await createTestApplication(withOwnChild(Child, A), { name: 'Shop' }).start()
    expect(app.health()).toMatchObject({
      ready: true,
      services: [
        { name: 'Shop/Child', parent: 'Shop', state: 'running', ready: true, critical: true },
        { name: 'A' }
      ]
    })
    isWell = false
    expect(await app.checkHealth()).toMatchObject({
      ready: false,
      services: [{ checks: [{ healthy: false }] }, {}]
    })
    app.setLogLevel('*', 'warn')
    context.log.info('not heard')
    app.setLogLevel('Shop/Child', 'info')
    context.log.info('heard')
    expect(app.logs.map(({ msg }) => msg).filter((msg) => msg?.includes('heard'))).toEqual(['heard'])
    expect(snapshot(app).services.map(({ name }) => name)).toEqual(['Shop/Child', 'A'])
    await app.stop()
  })

  it('fails to start when a child of its own context does', async () => {
    const boom = new Error('boom')
    const journal = new Journal()
    const child = journal.service('Child', {
      async onStart(context) {
        await takes(100)(context)
        throw boom
      }
    })
    const Root = withOwnChild(child, journal.service('A'))
    const app = await createTestApplication(Root, { name: 'Shop' }).create()
    const error = { name: 'StartError', service: 'Shop/Child', path: ['Shop', 'Shop/Child'], cause: boom }
    expect(await rejection(app.start())).toMatchObject(error)
    expect(app.state).toBe('stopped')
  })

  it('names a child of its own context that it has waited for too long', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStart: never })
    const Root = withOwnChild(child, journal.service('A'))
    const app = await createTestApplication(Root, { name: 'Shop', startTimeout: '1s' }).create()
    const late = { service: 'Shop/Child', path: ['Shop', 'Shop/Child'], phase: 'onStart' }
    expect(await rejection(app.start())).toMatchObject({
      ...late,
      cause: { code: 'KEEL_START_TIMEOUT', service: 'Shop/Child' }
    })
  })

  it('gives what is made while it runs a context that works, and ends with it', async () => {
    class Helper {
      readonly context = inject(ServiceContext)
    }
    @Service()
    class A {}
    const app = await createTestApplication(A).start()
    const { context } = app.create(Helper)
    let isDone = false
    context.addTask(async () => {
      isDone = true
    })
    const sleeping = context.sleep('1h')
    await app.clock.settle()
    expect(isDone).toBe(true)
    await app.stop()
    expect(await sleeping).toBe(false)
    expect(app.clock.monotonic()).toBe(0)
  })

  it('that never started releases what its own context was given', async () => {
    let isReleased = false
    @Injectable()
    class Helper {
      constructor() {
        inject(ServiceContext).defer(() => {
          isReleased = true
        })
      }
    }
    @Module({ providers: [Helper] })
    class Root {}
    const app = await createTestApplication(Root).create()
    await app[Symbol.asyncDispose]()
    expect(isReleased).toBe(true)
  })

  it('gives what it makes later for a service, lazily, the context of that', async () => {
    const ran: string[] = []
    @Injectable({ lifetime: 'transient' })
    class Helper {
      readonly context = inject(ServiceContext)
    }
    @Service()
    class Plain {
      readonly helper = inject(lazy(() => Helper))
    }
    @Service()
    class Derived extends ServiceBase {
      readonly helper = inject(lazy(() => Helper))
    }
    @Module({ providers: [Helper, Plain, Derived] })
    class Root {}
    const app = await createTestApplication(Root, { name: 'Shop' }).start()
    for (const cls of [Plain, Derived]) {
      const { context } = app.get(cls).helper.get()
      void context.addTask(async ({ path }) => void ran.push(path))
    }
    await app.idle()
    expect(ran).toEqual(['Shop/Plain', 'Shop/Derived'])
    await app.stop()
  })

  it('has no context for whoever asks from outside', async () => {
    @Service()
    class A {
      constructor(readonly context: ServiceContext) {}
    }
    @Module({ providers: [A, { provide: 'context', useExisting: ServiceContext }], exports: [A] })
    class Root {}
    const app = await createTestApplication(Root).create()
    const asked = [
      async () => app.get(ServiceContext),
      async () => app.get(ServiceContext, { from: Root }),
      async () => app.createScope().get(ServiceContext)
    ]
    for (const ask of asked) {
      expect(await rejection(ask())).toMatchObject({
        name: 'LifecycleError',
        code: 'KEEL_UNKNOWN_TOKEN',
        message: expect.stringContaining(
          'get() was asked for ServiceContext, of which each service has its own'
        ),
        hint: expect.stringContaining('`x = inject(ServiceContext)`')
      })
    }
    expect(await rejection((async () => app.get('context'))())).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      message: expect.stringContaining('get() was asked for context, of which')
    })
    expect(app.get(A).context.name).toBe('A')
    const fake = { name: 'fake' } as ServiceContext
    const replaced = await createTestApplication(Root).override(ServiceContext).useValue(fake).create()
    expect(replaced.get(ServiceContext)).toBe(fake)
  })

  it('logs with the name of the service', async () => {
    @Service()
    class A {
      onStart({ log }: ServiceContext): void {
        log.warn('hello %s', 'world')
        log.error({ err: new Error('boom') }, 'it failed')
      }
    }
    const app = await createTestApplication(A).start()
    expect(app.logs).toContainEqual(expect.objectContaining({ level: 40, service: 'A', msg: 'hello world' }))
    const [failed] = app.logs.filter(({ msg }) => msg === 'it failed')
    expect(failed).toMatchObject({ level: 50, service: 'A', err: { type: 'Error', message: 'boom' } })
    expect((failed!['err'] as { stack: string }).stack).toContain('application.test.ts')
  })

  it('logs the lines of its lifecycle at the level that the service asks for', async () => {
    @Service({ lifecycleLogLevel: 'debug' })
    class Quiet {}
    @Service()
    class Loud {}
    const app = await createTestApplication([Quiet, Loud]).start()
    const levels = app.logs
      .filter(({ msg }) => msg === 'starting')
      .map(({ service, level }) => `${service} ${level}`)
    expect(levels).toEqual(['Quiet 20', 'Loud 30'])
  })
})

describe('an instance of a service that a module gives or a factory makes', () => {
  it('has its lifecycle, and its factory’s value is disposed of after all have stopped', async () => {
    const log: string[] = []
    @Service()
    class Pool {
      constructor(readonly size: number) {}
      onStart(): void {
        log.push(`Pool of ${this.size} starts`)
      }
      onShutdown(): void {
        log.push(`Pool of ${this.size} stops`)
      }
      [Symbol.dispose](): void {
        log.push(`Pool of ${this.size} is gone`)
      }
    }
    @Service({ inject: ['made', 'given'] })
    class User {
      constructor(
        readonly made: Pool,
        readonly given: Pool
      ) {}
      onStart(): void {
        log.push('User starts')
      }
    }
    @Module({
      providers: [
        User,
        { provide: 'made', useFactory: async () => new Pool(2) },
        { provide: 'given', useValue: new Pool(1) }
      ]
    })
    class Root {}
    const app = await createApplication(Root, { logger: false })
    await app.start()
    expect(log.splice(0).toSorted()).toEqual(['Pool of 1 starts', 'Pool of 2 starts', 'User starts'])
    expect(app.graph.dependenciesOf('User')).toHaveLength(2)
    expect(app.service('made').state).toBe('running')
    await app[Symbol.asyncDispose]()
    expect(log.pop()).toBe('Pool of 2 is gone')
    expect(log.toSorted()).toEqual(['Pool of 1 stops', 'Pool of 2 stops'])
  })

  it('is told once in the log when its class, not marked, is no service', async () => {
    class Connection {
      onStart(): void {}
    }
    @Module({ providers: [{ provide: Connection, useFactory: () => new Connection() }] })
    class Root {}
    const app = await createTestApplication(Root).start()
    app.get(Connection)
    await app.stop()
    const warnings = app.logs.filter(({ level }) => level === 40)
    expect(warnings.map(({ msg }) => msg)).toEqual([
      'Connection: what the factory makes is a Connection, which has onStart, but is not a service: nobody would call them. Mark Connection with @Service(): its object is a service then, wherever it was made.'
    ])
  })

  it('is not told so when it extends ServiceBase, and is a service unmarked', async () => {
    class Feed extends ServiceBase {
      onStart(): void {}
    }
    const app = await createTestApplication(new Feed()).start()
    await app.stop()
    expect(app.logs.filter(({ level }) => level === 40)).toEqual([])
  })
})

describe('what an application hands out', () => {
  @Service()
  class A {}
  @Injectable()
  class Plain {
    readonly a = inject(A)
  }

  it('is refused for what it does not have', async () => {
    const app = await createTestApplication(A).create()
    expect(() => app.get('nothing')).toThrow(expect.objectContaining({ code: 'KEEL_UNKNOWN_TOKEN' }) as Error)
    expect(() => app.service('nothing')).toThrow(
      expect.objectContaining({ code: 'KEEL_UNKNOWN_TOKEN' }) as Error
    )
  })

  it('of a service is asked for by its token, not by its name', async () => {
    class Db {}
    const SECOND = new InjectionToken<Db>('SECOND')
    @Module({
      providers: [A, { provide: 'alias', useExisting: A }, { provide: SECOND, useClass: Db, name: 'replica' }]
    })
    class Root {}
    Service()(Db)
    const app = await createApplication(Root, { logger: false })
    const hintOf = (token: Token): unknown => {
      try {
        return app.service(token)
      } catch (error) {
        return (error as KeelsonError).hint
      }
    }
    expect(hintOf('A')).toBe('That is the name of a service: ask by its token, the class A.')
    expect(hintOf('replica')).toBe('That is the name of a service: ask by its token, SECOND.')
    expect(hintOf('B')).toContain('a service is a class marked @Service()')
    await app[Symbol.asyncDispose]()
  })

  it('that stands for several services, or that is provided by other ones, is told what service() can be asked', async () => {
    const STORE = new InjectionToken<object>('STORE')
    @Service()
    class Disk {}
    @Service()
    class Tape {}
    @Module({ providers: [{ provide: STORE, useClass: Disk }] })
    class DiskModule {}
    @Module({ providers: [{ provide: STORE, useClass: Tape }] })
    class TapeModule {}
    @Module({ imports: [DiskModule, TapeModule] })
    class Shop {}
    @Module({
      providers: [
        { provide: STORE, useClass: Disk, multi: true },
        { provide: STORE, useClass: Tape, multi: true }
      ]
    })
    class Stores {}
    for (const root of [Shop, Stores]) {
      await using app = await createTestApplication(root).create()
      expect(() => app.service(STORE)).toThrow(
        expect.objectContaining({
          code: 'KEEL_AMBIGUOUS_TOKEN',
          message: expect.stringContaining(
            `STORE stands for more than one service of ${root.name}: 'Disk', 'Tape'`
          ),
          hint: "Take the one that is meant by its name: app.services.find(({ name }) => name === 'Disk')."
        }) as Error
      )
      expect(app.services.find(({ name }) => name === 'Disk')).toBeDefined()
    }
    @Module({ providers: [{ provide: STORE, useClass: Disk, name: 'disk' }] })
    class Named {}
    await using app = await createTestApplication(Named).create()
    expect(() => app.service(Disk)).toThrow('It is provided as STORE: ask by that.')
    expect(app.service(STORE).name).toBe('disk')
  })

  it('of a child is asked of its owner', async () => {
    class Child extends ServiceBase {}
    @Service()
    class Owner {
      async onStart({ addChild }: ServiceContext): Promise<void> {
        await addChild(new Child(), { name: 'One' })
      }
    }
    await using app = await createTestApplication(Owner).start()
    expect(() => app.service('Owner/One')).toThrow(
      'That is the name of a child: look among the children of its owner.'
    )
  })

  it('is what a token stands for, and what it constructs', async () => {
    const app = await createTestApplication(A).create()
    expect(app.get(A)).toBeInstanceOf(A)
    expect(app.create(Plain).a).toBe(app.get(A))
    expect(app.create(Plain)).not.toBe(app.create(Plain))
    expect(String(app)).toBe('<A: created>')
    expect(JSON.parse(JSON.stringify(app))).toEqual({ name: 'A', state: 'created', since: app.clock.now() })
  })

  it('is a graph of its services, with their states, and their children while they live', async () => {
    const journal = new Journal()
    const child = journal.service('Child')
    const db = journal.service('Db')
    const api = journal.service('Api', { needs: [db], onStart: ({ addChild }) => addChild(child) })
    const app = await createTestApplication(api).create()
    expect(app.graph.startOrder()).toEqual(['Db', 'Api'])
    expect(app.graph.levels()).toEqual([['Db'], ['Api']])
    expect(app.graph.edges).toEqual([{ from: 'Api', to: 'Db', kind: 'depends-on' }])
    expect(app.graph.dependenciesOf('Api')).toEqual(['Db'])
    expect(app.graph.dependentsOf('Db')).toEqual(['Api'])
    await app.start()
    expect(app.graph.nodes.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Db running',
      'Api running',
      'Api/Child running'
    ])
    expect(app.graph.edges).toContainEqual({ from: 'Api', to: 'Api/Child', kind: 'child' })
    expect(app.graph.toMermaid()).toContain('Api/Child')
    await app.stop()
    expect(app.graph.nodes.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Db stopped',
      'Api stopped'
    ])
  })
})

describe('several applications in one process', () => {
  it('share nothing', async () => {
    @Service()
    class A {}
    const [one, two] = await Promise.all([createTestApplication(A).start(), createTestApplication(A).start()])
    expect(one.get(A)).not.toBe(two.get(A))
    await one.stop()
    expect(two.service(A).state).toBe('running')
  })

  it('each stop in their own time when one is used inside the other', async () => {
    @Service()
    class Inner {}
    @Service()
    class Outer {
      inner!: Application
      async onStart({ clock, log }: ServiceContext): Promise<void> {
        this.inner = await createApplication(Inner, { clock, logger: log })
        await this.inner.start()
      }
      async onShutdown(): Promise<void> {
        await this.inner.stop()
      }
    }
    const app = await createTestApplication(Outer).start()
    const { inner } = app.get(Outer)
    expect(inner.state).toBe('running')
    await app.stop()
    expect(inner.state).toBe('stopped')
  })
})

describe('health', () => {
  const names = ({ services }: HealthReport): string[] =>
    services.map(({ name, state, ready }) => `${name} ${state} ${String(ready)}`)

  it('is not ready because of a check that throws, rejects, or does not answer in time', async () => {
    const boom = new Error('boom')
    @Service()
    class A {
      @HealthCheck() throws(): void {
        throw boom
      }
      @HealthCheck({ name: 'ping' }) async rejects(): Promise<void> {
        throw boom
      }
      @HealthCheck({ timeout: '1s' }) hangs(): Promise<void> {
        return never()
      }
      @HealthCheck() fine(): void {}
    }
    const app = await createTestApplication(A).start()
    expect(app.health()).toMatchObject({ ready: true, services: [{ checks: [] }] })
    const checked = app.checkHealth()
    await app.clock.advance('1s')
    const report = await checked
    expect(report).toMatchObject({ live: true, ready: false, started: true })
    expect(
      report.services[0]!.checks.map(({ name, healthy }) => `${name} ${String(healthy)}`).toSorted()
    ).toEqual(['fine true', 'hangs false', 'ping false', 'throws false'])
    const errors = Object.fromEntries(report.services[0]!.checks.map(({ name, error }) => [name, error]))
    expect(errors['throws']).toBe(boom)
    expect(errors['hangs']).toMatchObject({ code: 'KEEL_TASK_TIMEOUT' })
    const sent = JSON.parse(JSON.stringify(report)) as HealthReport
    expect(sent.services[0]!.checks.find(({ name }) => name === 'throws')).toMatchObject({
      healthy: false,
      error: { name: 'Error', message: 'boom' }
    })
    expect(app.health().ready).toBe(false)
    expect(app.state).toBe('running')
  })

  it('numbers checks of one name, as tasks are, so that one that is well hides none that is not', async () => {
    @Service()
    class A {
      @HealthCheck({ name: 'db' }) primary(): void {
        throw new Error('boom')
      }
      @HealthCheck() db(): void {}
      @HealthCheck({ name: 'db' }) async replica(): Promise<void> {}
    }
    const app = await createTestApplication(A).start()
    const report = await app.checkHealth()
    expect(report.ready).toBe(false)
    expect(report.services[0]!.checks.map(({ name, healthy }) => `${name} ${String(healthy)}`)).toEqual([
      'db false',
      'db#2 true',
      'db#3 true'
    ])
  })

  it('lists checks in the order of definition, whichever answers first', async () => {
    let answer: (() => void) | undefined
    @Service()
    class A {
      @HealthCheck() slow(): Promise<void> {
        return new Promise((resolve) => (answer = resolve))
      }
      @HealthCheck() fast(): void {}
    }
    const app = await createTestApplication(A).start()
    const checked = app.checkHealth()
    await app.clock.settle()
    const known = (): string[] => app.health().services[0]!.checks.map(({ name }) => name)
    expect(known()).toEqual(['fast'])
    answer?.()
    await checked
    expect(known()).toEqual(['slow', 'fast'])
  })

  it('tells a check that its time is up, and does not call it again before it has answered', async () => {
    const signals: AbortSignal[] = []
    let answer: (() => void) | undefined
    @Service()
    class A {
      @HealthCheck({ timeout: '1s' }) slow({ signal }: ServiceContext): Promise<void> {
        signals.push(signal)
        return new Promise((resolve) => (answer = resolve))
      }
    }
    const app = await createTestApplication(A).start()
    for (let probe = 0; probe < 3; probe++) {
      const checked = app.checkHealth()
      await app.clock.advance(999)
      expect(signals.map(({ aborted }) => aborted)).toEqual([probe > 0])
      await app.clock.advance(1)
      expect((await checked).ready).toBe(false)
    }
    expect(signals.map(({ reason }) => (reason as Error).cause)).toMatchObject([
      { kind: 'stop', detail: { code: 'KEEL_TASK_TIMEOUT' } }
    ])
    answer?.()
    await app.clock.settle()
    const both = [app.checkHealth(), app.checkHealth()]
    answer?.()
    expect((await Promise.all(both)).map(({ ready }) => ready)).toEqual([true, true])
    expect(signals).toHaveLength(2)
    const last = app.checkHealth()
    await app.service(A).restart()
    const next = app.checkHealth()
    answer?.()
    expect((await next).ready).toBe(true)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true])
    await app.clock.advance('1s')
    await last
  })

  it('takes 3s for too long by default', async () => {
    @Service()
    class A {
      @HealthCheck() hangs(): Promise<void> {
        return never()
      }
    }
    const app = await createTestApplication(A).start()
    let settled = false
    const checked = app.checkHealth().then(() => (settled = true))
    await app.clock.advance(2999)
    expect(settled).toBe(false)
    await app.clock.advance(1)
    await checked
  })

  it('does not depend on checks and services that are not critical', async () => {
    @Service()
    class A {
      @HealthCheck({ critical: false }) fails(): void {
        throw new Error('boom')
      }
    }
    @Service({ critical: false })
    class B {
      @HealthCheck() fails(): void {
        throw new Error('boom')
      }
    }
    const app = await createTestApplication([A, B]).start()
    const report = await app.checkHealth()
    expect(report.ready).toBe(true)
    expect(names(report)).toEqual(['A running true', 'B running false'])
    await app.service(B).stop()
    expect(app.health().ready).toBe(true)
  })

  it('is not ready before every critical service runs and every onReady is done, nor from the drain on', async () => {
    const journal = new Journal()
    const seen: string[] = []
    const look = (): void =>
      void seen.push(`${app.state} ${String(app.health().ready)} ${String(app.health().started)}`)
    const app = await createTestApplication(
      journal.service('A', { onStart: look, onReady: look, onDrain: look, onStop: look, onShutdown: look })
    ).create()
    look()
    await app.start()
    look()
    await app.stop()
    look()
    expect(seen).toEqual([
      'created false false',
      'starting false false',
      'starting false false',
      'running true true',
      'draining false true',
      'stopping false true',
      'stopping false true',
      'stopped false true'
    ])
    expect(app.health().live).toBe(true)
  })

  it('is live until it crashes', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication(a).start()
    app.crash(a, new Error('boom'))
    await rejection(app.waitUntilStopped())
    expect(app.health()).toMatchObject({ live: false, ready: false, started: true })
  })

  it('asks only what runs', async () => {
    let asked = 0
    @Service()
    class A {
      @HealthCheck() check(): void {
        asked++
      }
    }
    const app = await createTestApplication(A).create()
    await app.checkHealth()
    expect(asked).toBe(0)
    await app.start()
    await app.checkHealth()
    expect(asked).toBe(1)
  })
})

describe('methods with a decorator of one’s own', () => {
  const Subscribe = createMethodDecorator<{ topic: string }>('Subscribe')
  const Other = createMethodDecorator('Other')

  @Service()
  class Base {
    readonly seen: unknown[] = []
    @Subscribe({ topic: 'orders' }) onOrder(...args: unknown[]): string {
      this.seen.push(args)
      return 'done'
    }
    @Subscribe({ topic: 'errors' }) async onError(error: unknown): Promise<void> {
      throw error
    }
    @Other() other(): void {}
  }
  @Service()
  @DependsOn(Base)
  class Later {
    @Subscribe({ topic: 'later' }) onLater(): void {}
  }

  it('are found in start order, then in the order of definition', async () => {
    const app = await createTestApplication([Later, Base]).create()
    expect(
      app.methodsWith(Subscribe).map(({ service, method, options }) => [service.name, method, options])
    ).toEqual([
      ['Base', 'onOrder', { topic: 'orders' }],
      ['Base', 'onError', { topic: 'errors' }],
      ['Later', 'onLater', { topic: 'later' }]
    ])
    expect(app.methodsWith(Other)).toHaveLength(1)
    expect(app.methodsWith(createMethodDecorator('Subscribe'))).toEqual([])
  })

  it('are called as the work of their service: what they throw crashes it, and reaches the caller', async () => {
    const app = await createTestApplication(Base).start()
    const [order, error] = app.methodsWith(Subscribe)
    expect(await order!.call('a', 1)).toBe('done')
    expect(app.get(Base).seen).toEqual([['a', 1]])
    const boom = new Error('boom')
    await expect(error!.call(boom)).rejects.toBe(boom)
    expect(app.service(Base)).toMatchObject({ state: 'crashed', crashReason: boom })
    expect(await rejection(app.waitUntilStopped())).toBe(boom)
  })

  it("tell what they throw to the caller alone, with onError: 'throw': a request that fails is no crash", async () => {
    const Get = createMethodDecorator<{ path: string }>('Get', { onError: 'throw' })
    const boom = new Error('boom')
    @Service()
    class Api {
      @Get({ path: '/sync' }) sync(): void {
        throw boom
      }
      @Get({ path: '/async' }) async later(): Promise<void> {
        throw boom
      }
      @Get({ path: '/exit' }) exit(): void {
        throw new ExitError(3)
      }
    }
    await using app = await createTestApplication(Api).start()
    const [sync, later, exit] = app.methodsWith(Get)
    await expect(sync!.call()).rejects.toBe(boom)
    await expect(later!.call()).rejects.toBe(boom)
    expect(app.service(Api)).toMatchObject({ state: 'running', crashReason: undefined })
    // that one is no answer to a caller: it asks for the end of the program
    await expect(exit!.call()).rejects.toBeInstanceOf(ExitError)
    await app.waitUntilStopped()
    expect(app.state).toBe('stopped')
  })

  it('end before onShutdown, when the service stops meanwhile, which has a limit', async () => {
    const journal = new Journal()
    let context!: ServiceContext
    @Service({ stopTimeout: '5s' })
    class Slow {
      onStart(given: ServiceContext): void {
        context = given
      }
      @Subscribe({ topic: 'slow' }) async handle(ms: number): Promise<void> {
        await takes(ms)(context)
        journal.note('handled')
      }
      onShutdown(): void {
        journal.note('onShutdown')
      }
    }
    const app = await createTestApplication(Slow).start()
    const [slow] = app.methodsWith(Subscribe)
    const call = slow!.call(1000)
    await app.stop()
    await call
    expect(journal.take()).toEqual(['handled', 'onShutdown'])
    await app.start()
    const hanging = slow!.call(60_000)
    const error = await rejection(app.stop())
    expect((error as StopError).errors).toMatchObject([
      {
        code: 'KEEL_STOP_TIMEOUT',
        message: expect.stringContaining('its call of handle did not end within 5s')
      }
    ])
    expect(journal.lines).toEqual(['onShutdown'])
    // it is of a run that is over
    await app.start()
    await app.stop()
    await app.clock.advance('1m')
    await hanging
  })

  it('do not crash the run after the one that they belong to, when a stop had given up on them', async () => {
    let fail!: (error: Error) => void
    @Service({ stopTimeout: '1s' })
    class Slow {
      @Subscribe({ topic: 'slow' }) handle(): Promise<void> {
        return new Promise((_, reject) => (fail = reject))
      }
    }
    const app = await createTestApplication(Slow).start()
    const late = rejection(app.methodsWith(Subscribe)[0]!.call())
    const restarting = app.service(Slow).restart()
    await app.clock.advance('1s')
    await restarting
    const boom = new Error('boom')
    fail(boom)
    expect(await late).toBe(boom)
    expect(app.service(Slow)).toMatchObject({ state: 'running', restartCount: 1 })
    await app.stop()
  })

  it('may stop their service, and wait for that', async () => {
    @Service()
    class Stopping {
      readonly app = inject(Application)
      @Subscribe({ topic: 'stop' }) async stop(): Promise<void> {
        await this.app.service(Stopping).stop()
      }
    }
    const app = await createTestApplication(Stopping).start()
    await app.methodsWith(Subscribe)[0]!.call()
    await app.clock.settle()
    expect(app.service(Stopping).state).toBe('stopped')
  })

  it('stay ordinary methods', () => {
    expect(new Base().onOrder('x')).toBe('done')
  })
})

describe('on the console', () => {
  it('the application, a handle and a context are one line each, and no inner parts of the framework', async () => {
    const shown: unknown[] = []
    @Service()
    class Orders {
      readonly context = inject(ServiceContext)
      onStart(context: ServiceContext): void {
        shown.push(inspect(context), JSON.parse(JSON.stringify({ context })))
      }
    }
    await using app = await createTestApplication(Orders, { name: 'Shop' }).start()
    const orders = app.service(Orders)
    expect(shown).toEqual([
      '<Orders: starting>',
      { context: expect.objectContaining({ service: 'Orders', state: 'starting' }) }
    ])
    expect([app, orders, app.get(Orders).context].map((each) => inspect(each))).toEqual([
      '<Shop: running>',
      '<Orders: running>',
      '<Orders: running>'
    ])
    // also deep inside something of the user's
    expect(inspect({ it: { orders } })).toBe('{ it: { orders: <Orders: running> } }')
    expect(JSON.stringify(app.get(Orders).context)).toBe(JSON.stringify(orders))
  })
})

describe('createApplication', () => {
  it('starts nothing and sets no timer', async () => {
    const journal = new Journal()
    const clock = new TestClock()
    const app = await createApplication(journal.service('A'), { clock, logger: false })
    expect(journal.lines).toEqual([])
    expect(clock.pending.count).toBe(0)
    expect(app.state).toBe('created')
    expect(app.name).toBe('A')
  })
})
