import { describe, expect, it, vi } from 'vitest'
import {
  Cron,
  ExitError,
  inject,
  LifecycleError,
  Service,
  ServiceBase,
  ServiceContext,
  Task,
  Timer,
  wanted,
  type Class,
  type ServiceOptions,
  type StopError,
  type SupervisorOptions
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { Journal, rejection, takes, throws } from '../app/journal.js'
import { inside } from '../app/inside.js'
import { anotherCopy } from '../sources/another-copy.js'

const start = (...roots: Class[]): Promise<TestApplication> => createTestApplication(roots).start()

describe('a crash that nobody answers for', () => {
  it('stops everything in reverse, and rejects waitUntilStopped with that same reason, for late callers too', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    const c = journal.service('C', { needs: [b] })
    const app = await start(c)
    journal.take()
    const early = rejection(app.waitUntilStopped())
    const reason = new Error('boom')
    app.crash(b, reason)
    expect(await early).toBe(reason)
    expect(await rejection(app.waitUntilStopped())).toBe(reason)
    expect(await rejection(app.service(b).waitUntilStopped())).toBe(reason)
    expect(journal.lines).toEqual(['C.onStop', 'B.onStop', 'A.onStop'])
    expect(app.state).toBe('crashed')
    expect(app.health()).toMatchObject({ live: false, ready: false })
    expect(app.services.map(String)).toEqual(['<A: stopped>', '<B: crashed>', '<C: stopped>'])
  })

  it('keeps a reason that is no error as it is', async () => {
    for (const thrown of ['text', undefined, null, { code: 7 }]) {
      const journal = new Journal()
      const a = journal.service('A')
      const app = await start(a)
      app.crash(a, thrown)
      expect(await rejection(app.waitUntilStopped())).toBe(thrown)
      expect(app.service(a).crashReason).toBe(thrown)
    }
  })

  it('has the first reason win', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(1000) })
    const app = await start(a)
    const [first, second] = [new Error('first'), new Error('second')]
    app.crash(a, first)
    app.crash(a, second)
    app.crash(a, first)
    await app.clock.advance('1s')
    expect(await rejection(app.waitUntilStopped())).toBe(first)
    expect(app.service(a).crashReason).toBe(first)
    expect(((await rejection(inside(app).life.lastStop())) as StopError).errors).toEqual([second])
  })

  it('disposes the application by itself; state and handles can still be read', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await start(a)
    const completed = vi.fn()
    app.state$.subscribe({ complete: completed })
    app.crash(a, new Error('boom'))
    await rejection(app.waitUntilStopped())
    await app.clock.settle()
    expect(completed).toHaveBeenCalledOnce()
    expect(() => app.get(a)).toThrow(LifecycleError)
    expect(app.service(a).state).toBe('crashed')
    expect(await rejection(app.start())).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
  })

  it('drains the others first, but not with a delay', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { onDrain: takes(1000) })
    const app = await createTestApplication([a, b], { drainDelay: '1h' }).start()
    const begun = app.clock.monotonic()
    journal.take()
    app.crash(a, new Error('boom'))
    await app.clock.advance('1s')
    expect(journal.lines[0]).toBe('B.onDrain')
    expect(journal.lines.slice(1).toSorted()).toEqual(['A.onStop', 'B.onStop'])
    expect(app.state).toBe('crashed')
    expect(app.clock.monotonic() - begun).toBe(1000)
  })

  it('makes the stop of an application that drains that of a crash, which waits no longer to drain', async () => {
    const journal = new Journal()
    const reason = new Error('boom')
    const a = journal.service('A')
    const b = journal.service('B', { onDrain: takes(1000) })
    const app = await createTestApplication([a, b]).start()
    const ended = rejection(app.waitUntilStopped())
    const stopped = rejection(inside(app).life.stopFor({ kind: 'signal' }, 3_600_000))
    await app.clock.advance('1s')
    expect([app.state, app.health().live]).toEqual(['draining', true])
    app.crash(a, reason)
    const begun = app.clock.monotonic()
    await app.clock.advance('2s')
    expect(await ended).toBe(reason)
    expect(await stopped).toMatchObject({ errors: [reason] })
    expect([app.state, app.health().live]).toEqual(['crashed', false])
    expect(app.events.ofType('application.crashed')).toMatchObject([{ error: reason }])
    expect(
      app.events.ofType('application.stopping')[0]!.at - app.events.ofType('application.crashed')[0]!.at
    ).toBe(1000)
    expect(begun).toBe(1000)
    await app.clock.settle()
    expect(() => app.get(a)).toThrow(LifecycleError)
  })

  it.each<[string, ServiceOptions, { supervisor?: SupervisorOptions }]>([
    ['is temporary', { restart: 'temporary' }, {}],
    ['is temporary, and supervised', { restart: 'temporary' }, { supervisor: {} }],
    ['its supervisor would restart', {}, { supervisor: {} }],
    ['its supervisor would forfeit', {}, { supervisor: { strategy: 'forfeit-one-for-one' } }]
  ])('of what %s crashes no application that drains', async (_, options, given) => {
    const journal = new Journal()
    const reason = new Error('boom')
    const a = journal.service('A', { options })
    const b = journal.service('B', { onDrain: takes(1000) })
    const app = await createTestApplication([a, b], given).start()
    const stopped = app.stop().catch((error: unknown) => error)
    await app.clock.advance('500ms')
    expect(app.state).toBe('draining')
    app.crash(a, reason)
    await app.clock.advance('1s')
    // what nobody answers for but itself is told by its log alone
    expect(await stopped).toEqual(
      options.restart === 'temporary' ? undefined : expect.objectContaining({ errors: [reason] })
    )
    await app.waitUntilStopped()
    expect([app.state, app.health().live, app.service(a).state]).toEqual(['stopped', true, 'crashed'])
    expect(journal.lines).toContain('A.onStop')
  })

  it('climbs from a supervisor that has crashes climb while the application drains too', async () => {
    const journal = new Journal()
    const reason = new Error('boom')
    const a = journal.service('A')
    const b = journal.service('B', { onDrain: takes(1000) })
    const app = await createTestApplication([a, b], { supervisor: { strategy: 'crash' } }).start()
    app.stop().catch(() => {})
    await app.clock.advance('500ms')
    app.crash(a, reason)
    await app.clock.advance('1s')
    expect(await rejection(app.waitUntilStopped())).toBe(reason)
  })

  it('of what has crashed already is told by its log, and fails no stop', async () => {
    const a = new Journal().service('A', { options: { restart: 'temporary' } })
    const app = await start(a)
    const handle = app.service(a)
    const first = new Error('boom')
    app.crash(a, first)
    await app.clock.settle()
    const late = new Error('late')
    app.crash(a, late)
    expect([handle.state, handle.crashReason]).toEqual(['crashed', first])
    expect(app.logs.filter(({ msg }) => msg === 'crashes, but has crashed already')).toMatchObject([
      { service: 'A', err: { message: 'late' } }
    ])
    await app.stop()
    expect(app.state).toBe('stopped')
  })

  it('is told by these events', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await start(a)
    app.events.clear()
    const error = new Error('boom')
    app.crash(a, error)
    await rejection(app.waitUntilStopped())
    expect(app.events.names().filter((name) => !name.startsWith('hook'))).toEqual([
      'service.crashed A',
      'application.crashed',
      'application.draining',
      'application.stopping',
      'service.stopping A',
      'service.stopped A',
      'application.stopped'
    ])
    expect(app.events.ofType('service.crashed')).toMatchObject([{ error }])
    expect(app.events.ofType('application.crashed')).toMatchObject([{ error }])
  })

  it('out of a task, with context.crash(), is disposed of after the stop, not during it', async () => {
    const journal = new Journal()
    const b = journal.service('B', { onStop: takes(2000) })
    const lines: string[] = []
    @Service()
    class Worker {
      @Task() async work({ sleep, crash }: ServiceContext): Promise<void> {
        await sleep('1s')
        crash(new Error('boom'))
        await sleep('1h')
      }
    }
    const app = await createTestApplication([Worker, b], {
      providers: [
        { provide: 'POOL', useFactory: () => 1, dispose: () => void lines.push(`disposed: ${app.state}`) }
      ]
    }).start()
    expect(app.get('POOL')).toBe(1)
    await app.clock.advance('1m')
    expect(lines).toEqual(['disposed: crashed'])
  })
})

describe('a service that crashes', () => {
  it('has its signal aborted, its sleeps and waits woken, its work told', async () => {
    const seen: unknown[] = []
    const reason = new Error('boom')
    @Service({ restart: 'temporary' })
    class Worker {
      @Task() async sleeps({ sleep }: ServiceContext): Promise<void> {
        seen.push(await sleep('1h'))
      }
      @Task() async waits({ wait, signal, stopReason, shouldStop }: ServiceContext): Promise<void> {
        expect([stopReason, shouldStop]).toEqual([undefined, false])
        seen.push(await wait(new Promise(() => {})), signal.reason)
      }
      @Task() async stops(context: ServiceContext): Promise<void> {
        await context.stopRequested()
        seen.push(context.stopReason, context.shouldStop)
      }
    }
    const app = await start(Worker)
    app.crash(Worker, reason)
    await app.clock.settle()
    expect(seen).toEqual(
      expect.arrayContaining([
        false,
        { status: 'stopped' },
        expect.objectContaining({
          name: 'AbortError',
          code: 'ABORT_ERR',
          cause: { kind: 'crash', detail: reason }
        }),
        { kind: 'crash', detail: reason },
        true
      ])
    )
  })

  it('before it starts, or after it stopped, is refused', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const app = await createTestApplication([a]).create()
    expect(() => app.crash(a, new Error('boom'))).toThrow(/A cannot crash: it is 'init'/)
    await app.start()
    await app.service(a).stop()
    expect(() => app.crash(a, new Error('boom'))).toThrow(/A cannot crash: it is 'stopped'/)
  })

  it('in its onReady fails the start instead', async () => {
    const journal = new Journal()
    const error = new Error('not ready')
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onReady: () => Promise.reject(error) })
    const failure = await rejection(createTestApplication([b]).start())
    expect(failure).toMatchObject({
      name: 'StartError',
      service: 'B',
      path: ['B'],
      phase: 'onReady',
      cause: error
    })
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'B.onReady', 'B.onStop', 'A.onStop'])
  })

  it('while the application starts fails that start', async () => {
    const journal = new Journal()
    const error = new Error('boom')
    @Service()
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        if (await sleep('1s')) throw error
      }
    }
    const slow = journal.service('Slow', { needs: [Worker], onStart: takes(5000) })
    const failure = await rejection(createTestApplication([slow]).start())
    expect(failure).toMatchObject({
      name: 'StartError',
      service: 'Worker',
      path: ['Slow', 'Worker'],
      cause: error
    })
  })

  it('while it stops has stopped, and the error is told with the errors of the stop', async () => {
    const journal = new Journal()
    const error = new Error('boom')
    const a = journal.service('A', {
      onStop: ({ crash }) => crash(error)
    })
    const app = await start(a)
    expect(((await rejection(app.stop())) as StopError).errors).toEqual([error])
    expect(app.service(a)).toMatchObject({ state: 'stopped', crashReason: undefined })
    expect(app.state).toBe('stopped')
  })

  it('and is temporary stays crashed, and the application runs on', async () => {
    const journal = new Journal()
    const a = journal.service('A', { options: { restart: 'temporary' } })
    const b = journal.service('B', { needs: [a] })
    const app = await start(b)
    app.crash(a, new Error('boom'))
    await app.clock.advance('1h')
    expect(app.services.map(String)).toEqual(['<A: crashed>', '<B: running>'])
    expect(app.state).toBe('running')
    expect(app.health()).toMatchObject({ ready: false, live: true })
  })

  it('and is only wanted stays crashed, and the application runs on', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [wanted(a)] })
    const app = await start(b)
    app.crash(a, new Error('boom'))
    await app.clock.advance('1h')
    expect(app.services.map(String)).toEqual(['<A: crashed>', '<B: running>'])
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'A.onStop'])
  })

  it('can be started again by hand when it let the application run on', async () => {
    const journal = new Journal()
    const a = journal.service('A', { options: { restart: 'temporary' } })
    const app = await start(a)
    app.crash(a, new Error('boom'))
    await app.clock.settle()
    await app.service(a).start()
    expect(app.service(a)).toMatchObject({ state: 'running', crashReason: undefined })
  })
})

describe('an ExitError', () => {
  it('ends the application gracefully: it has not crashed', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    @Service()
    class Worker {
      @Timer('1s', { onError: 'crash' }) tick(): void {
        throw new ExitError(3)
      }
    }
    const app = await start(a, Worker)
    await app.clock.advance('1s')
    await app.waitUntilStopped()
    expect(app.state).toBe('stopped')
    expect(inside(app).life.exitRequest?.exitCode).toBe(3)
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
    expect(app.events.ofType('application.crashed')).toEqual([])
  })

  it('is no crash of its service either, which drains with all others', async () => {
    const seen: unknown[] = []
    @Service()
    class Worker {
      @Task() async leave({ sleep }: ServiceContext): Promise<void> {
        if (await sleep('1s')) throw new ExitError(3)
      }
      @Task() async work({ draining, signal }: ServiceContext): Promise<void> {
        await new Promise((resolve) => draining.addEventListener('abort', resolve))
        seen.push(signal.aborted)
      }
      onDrain(): void {
        seen.push('onDrain')
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.waitUntilStopped()
    expect(new Set(seen)).toEqual(new Set([false, 'onDrain']))
    expect(app.service(Worker).state).toBe('stopped')
    expect(app.events.ofType('service.crashed')).toEqual([])
    expect(app.events.ofType('task.failed')).toHaveLength(1)
  })

  it('of another copy of the package ends it as well', async () => {
    const copy = await anotherCopy<typeof import('../../src/errors/index.js')>('errors')
    @Service()
    class Worker {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        if (await sleep('1s')) throw new copy.ExitError(6)
      }
    }
    const app = await start(Worker)
    await app.clock.advance('1s')
    await app.waitUntilStopped()
    expect(app.state).toBe('stopped')
    expect(inside(app).life.exitRequest?.exitCode).toBe(6)
  })

  it('ends it too where errors are only logged', async () => {
    @Service()
    class Working {
      @Task({ onError: 'log' }) async work({ sleep }: ServiceContext): Promise<void> {
        if (await sleep('1s')) throw new ExitError(5)
      }
    }
    @Service()
    class Ticking {
      @Timer('1s') tick(): void {
        throw new ExitError(5)
      }
    }
    @Service()
    class OnTheHour {
      @Cron('0 * * * *') async run(): Promise<void> {
        throw new ExitError(5)
      }
    }
    for (const root of [Working, Ticking, OnTheHour]) {
      const app = await start(root)
      await app.clock.advance('1h')
      await app.waitUntilStopped()
      expect(inside(app).life.exitRequest?.exitCode).toBe(5)
      expect(app.events.ofType('application.crashed')).toEqual([])
    }
  })

  it.each(['draining', 'stopping'])('gives its code also when it is thrown in a stop, %s', async (when) => {
    @Service()
    class Slow {
      async onDrain({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
      }
    }
    @Service()
    class Worker {
      @Task() async work({ signal, draining }: ServiceContext): Promise<void> {
        const one = when === 'draining' ? draining : signal
        await new Promise((resolve) => one.addEventListener('abort', resolve))
        throw new ExitError(4)
      }
    }
    const app = await start(Slow, Worker)
    await app.stop()
    expect(app.state).toBe('stopped')
    expect(inside(app).life.exitRequest?.exitCode).toBe(4)
  })

  it.each(['onDrain', 'onStop', 'onShutdown'] as const)(
    'gives its code when %s throws it, and the stop has not failed',
    async (hook) => {
      const leaves = (): never => {
        throw new ExitError(4)
      }
      const journal = new Journal()
      const a = journal.service('A', { [hook]: leaves })
      const app = await start(a, journal.service('B', { needs: [a] }))
      await app.stop()
      expect([app.state, inside(app).life.exitRequest?.exitCode]).toEqual(['stopped', 4])
      expect(app.events.ofType('application.stopped').map(({ error }) => error)).toEqual([undefined])
      expect(app.logs.filter(({ level }) => level > 30)).toEqual([])
      expect(app.logs.map(({ msg }) => msg)).toContain(`${hook} asked to exit with code 4`)
    }
  )

  it('of a stop that fails as well gives its code, and keeps nothing from being told', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: throws(new ExitError(4)) })
    const b = journal.service('B', { onStop: throws(new Error('still open')) })
    const app = await start(a, b)
    expect(await rejection(app.stop())).toMatchObject({ errors: [{ message: 'still open' }] })
    expect(inside(app).life.exitRequest?.exitCode).toBe(4)
  })

  it.each(['task', 'asyncTask', 'timer'])(
    'thrown at once by %s ends a start that is under way as a stop does, and no service has crashed',
    async (which) => {
      const exit = new ExitError(3)
      const journal = new Journal()
      const a = journal.service('A')
      @Service({ inject: [a] })
      class Worker {
        @Task() task(): void {
          if (which === 'task') throw exit
        }
        @Task() async asyncTask(): Promise<void> {
          if (which === 'asyncTask') throw exit
        }
        @Timer('1s', { immediate: true }) timer(): void {
          if (which === 'timer') throw exit
        }
        constructor(readonly first: object) {}
      }
      const slow = journal.service('Slow', { needs: [Worker], onStart: takes(1000) })
      const app = await createTestApplication(slow, { supervisor: { backoff: false } }).create()
      const error = await rejection(app.start())
      expect(error).toMatchObject({ code: 'KEEL_START_ABORTED', cause: exit })
      expect((error as Error).message).toContain('exit with code 3 was asked for')
      await app.waitUntilStopped()
      expect([app.state, inside(app).life.exitRequest]).toEqual(['stopped', exit])
      expect(journal.lines).toEqual(expect.arrayContaining(['A.onStart', 'A.onStop']))
      expect(app.events.ofType('service.crashed')).toEqual([])
      const told = app.logs.filter(({ msg }) => msg.includes('asked to exit'))
      expect(told.map(({ msg }) => msg)).toEqual([`${which} asked to exit with code 3`])
    }
  )

  it('is no failed restart either', async () => {
    let runs = 0
    @Service()
    class Worker {
      @Task() work(): void {
        if (++runs === 2) throw new ExitError(3)
      }
    }
    const app = await createTestApplication(Worker, { supervisor: { backoff: false } }).start()
    app.crash(Worker, new Error('boom'))
    await app.waitUntilStopped()
    expect([runs, app.state, inside(app).life.exitRequest?.exitCode]).toEqual([2, 'stopped', 3])
  })

  it('ends it too when it is thrown by a service that may fail, or by a child', async () => {
    @Service({ restart: 'temporary' })
    class Child {
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        if (await sleep('1s')) throw new ExitError(4)
      }
    }
    @Service()
    class Owner {
      async onStart({ addChild }: ServiceContext): Promise<void> {
        await addChild(Child)
      }
    }
    const journal = new Journal()
    const b = journal.service('B', { needs: [wanted(Owner)] })
    const app = await start(b)
    await app.clock.advance('1s')
    await app.waitUntilStopped()
    expect(inside(app).life.exitRequest?.exitCode).toBe(4)
  })
})

describe('children', () => {
  class Child extends ServiceBase {
    readonly lines: string[]
    constructor(lines: string[] = []) {
      super()
      this.lines = lines
    }
    onStop({ stopReason }: ServiceContext): void {
      this.lines.push(`${this.name}: ${stopReason?.kind}`)
    }
  }

  async function owned(children: object[], options = {}): Promise<{ app: TestApplication; owner: Class }> {
    @Service({ restart: 'temporary', ...options })
    class Owner {
      constructor() {
        const { addChild } = inject(ServiceContext)
        for (const child of children) void addChild(child)
      }
    }
    return { app: await start(Owner), owner: Owner }
  }

  it('crash with their owner, with the same reason', async () => {
    const lines: string[] = []
    const [one, two] = [new Child(lines), new Child(lines)]
    const { app, owner } = await owned([one, two])
    const reason = new Error('boom')
    app.crash(owner, reason)
    await app.clock.settle()
    for (const child of app.service(owner).children) {
      expect(child).toMatchObject({ state: 'crashed', crashReason: reason })
      expect(await rejection(child.waitUntilStopped())).toBe(reason)
    }
    expect(lines).toEqual(['Owner/Child#2: crash', 'Owner/Child: crash'])
    expect(app.state).toBe('running')
  })

  it('that crash crash their owner, with the same reason, and their siblings with it', async () => {
    const [one, two] = [new Child(), new Child()]
    const { app, owner } = await owned([one, two])
    const reason = new Error('boom')
    one.crash(reason)
    await app.clock.settle()
    expect(app.service(owner)).toMatchObject({ state: 'crashed', crashReason: reason })
    expect([one.state, two.state]).toEqual(['crashed', 'crashed'])
    expect(app.events.ofType('service.crashed').map(({ service }) => service)).toEqual([
      'Owner/Child',
      'Owner',
      'Owner/Child#2'
    ])
  })

  it('that crash and are temporary leave their owner alone', async () => {
    @Service({ restart: 'temporary' })
    class Temporary extends Child {}
    const child = new Temporary()
    const { app, owner } = await owned([child])
    child.crash(new Error('boom'))
    await app.clock.settle()
    expect(app.service(owner).state).toBe('running')
    expect(app.service(owner).children.map(String)).toEqual(['<Owner/Temporary: crashed>'])
  })

  it('of children crash the application through all owners, with the same reason', async () => {
    const grandchild = new Child()
    class Middle extends ServiceBase {
      constructor() {
        super()
        void this.addChild(grandchild)
      }
    }
    const { app, owner } = await owned([new Middle()], { restart: 'transient' })
    const reason = new Error('boom')
    grandchild.crash(reason)
    expect(await rejection(app.waitUntilStopped())).toBe(reason)
    expect(app.service(owner).crashReason).toBe(reason)
  })

  it('of a supervised service have their crash decided about by its supervisor: it restarts, they with it', async () => {
    const child = new Child()
    @Service()
    class Owner {
      constructor() {
        void inject(ServiceContext).addChild(child)
      }
    }
    const app = await createTestApplication([Owner], { supervisor: { backoff: false } }).start()
    child.crash(new Error('boom'))
    await app.clock.settle()
    expect([app.service(Owner).state, child.state, app.state]).toEqual(['running', 'running', 'running'])
    expect(app.service(Owner).restartCount).toBe(1)
  })

  it('that crash while their owner stops are told with the errors of its stop', async () => {
    const error = new Error('too late')
    const child = new Child()
    @Service()
    class Owner {
      constructor() {
        void inject(ServiceContext).addChild(child)
      }
      onStop(): void {
        child.crash(error)
      }
    }
    const app = await start(Owner)
    expect(((await rejection(app.stop())) as StopError).errors).toEqual([error])
  })

  it('that crash while their owner starts fail that start', async () => {
    const error = new Error('boom')
    const child = new Child()
    @Service()
    class Owner {
      async onStart({ addChild }: ServiceContext): Promise<void> {
        await addChild(child)
      }
      async onStarted(context: ServiceContext): Promise<void> {
        child.crash(error)
        await takes(1000)(context)
      }
    }
    const failure = await rejection(start(Owner))
    expect(failure).toMatchObject({ name: 'StartError', cause: error })
  })
})

describe('a service without a container', () => {
  class Lonely extends ServiceBase {}

  it('that crashes ends alone: waitUntilStopped rejects with the same reason, again and again', async () => {
    const service = new Lonely()
    await service.start()
    const reason = new Error('boom')
    const waiting = rejection(service.waitUntilStopped())
    service.crash(reason)
    expect(await waiting).toBe(reason)
    expect(await rejection(service.waitUntilStopped())).toBe(reason)
    expect(service.state).toBe('crashed')
    await service.stop()
  })

  it('can be started again after a crash', async () => {
    const service = new Lonely()
    await service.start()
    service.crash(new Error('boom'))
    await rejection(service.waitUntilStopped())
    await service.start()
    expect(service.state).toBe('running')
    await service.stop()
    expect(await service.waitUntilStopped()).toBeUndefined()
  })
})

describe('state$', () => {
  it('shows a crash as a value, to late subscribers too, and never as an error', async () => {
    const journal = new Journal()
    const a = journal.service('A', { options: { restart: 'temporary' } })
    const app = await start(a)
    const seen: string[] = []
    const failed = vi.fn()
    app.service(a).state$.subscribe({ next: ({ state }) => seen.push(state), error: failed })
    const reason = new Error('boom')
    app.crash(a, reason)
    await app.clock.settle()
    expect(seen).toEqual(['running', 'crashed', 'stopping', 'crashed'])
    const late = vi.fn()
    app.service(a).state$.subscribe(late)
    expect(late.mock.calls).toMatchObject([[{ service: 'A', state: 'crashed', crashReason: reason, run: 1 }]])
    await app.stop()
    await app[Symbol.asyncDispose]()
    expect(failed).not.toHaveBeenCalled()
  })

  it('whose subscriber throws, or never returns, disturbs neither the crash nor the stop', async () => {
    const journal = new Journal()
    const a = journal.service('A', { options: { restart: 'temporary' } })
    const app = await start(a)
    app.service(a).state$.subscribe(() => {
      throw new Error('bad subscriber')
    })
    const never: () => unknown = () => new Promise(() => {})
    app.service(a).state$.subscribe(never)
    app.crash(a, new Error('boom'))
    await app.stop()
    expect(app.service(a).crashReason).toMatchObject({ message: 'boom' })
  })
})
