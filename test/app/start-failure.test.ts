import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import {
  bootstrap,
  ConfigurationError,
  createApplication,
  inject,
  Inject,
  Injectable,
  InjectionToken,
  Module,
  Service,
  ServiceContext,
  StartError,
  StopError,
  Task,
  validate,
  WiringError,
  wanted,
  type ApplicationOptions,
  type Class,
  type RestartStrategy
} from 'keelson'
import { createTestApplication, TestClock, type TestApplication } from 'keelson/testing'
import { Journal, never, rejection, takes, throws } from './journal.js'

async function failing(root: Class | Class[], options = {}): Promise<{ error: StartError; names: string[] }> {
  const app = await createTestApplication(root, options).create()
  const error = await rejection(app.start())
  expect(error).toBeInstanceOf(StartError)
  expect(app.state).toBe('stopped')
  return { error: error as StartError, names: app.events.names() }
}

describe('a hook that fails while starting', () => {
  it('stops what had started in reverse, keeps the rest from starting, and is not stopped itself', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a] })
    const c = journal.service('C', { needs: [b], onStart: throws(boom), onShutdown: () => {} })
    const d = journal.service('D', { needs: [c] })
    const e = journal.service('E', { needs: [d] })
    const { error } = await failing([e])
    expect(journal.lines).toEqual([
      'A.onStart',
      'B.onStart',
      'C.onStart',
      'C.onShutdown',
      'B.onStop',
      'A.onStop'
    ])
    expect(error).toMatchObject({ service: 'C', path: ['E', 'D', 'C'], phase: 'onStart', errors: [] })
    expect(error.cause).toBe(boom)
  })

  it('is told with what failed in the roll-back, the start first', async () => {
    const journal = new Journal()
    const [start, stop, flush] = ['start', 'stop', 'flush'].map((text) => new Error(text))
    const a = journal.service('A', { onStop: throws(stop), onShutdown: throws(flush) })
    const b = journal.service('B', { needs: [a], onStart: throws(start) })
    const { error } = await failing([b])
    expect(error.cause).toBe(start)
    expect(error.errors).toEqual([stop, flush])
    expect(error.message.split('\n').slice(0, 3)).toEqual([
      'KEEL_START_FAILED: B failed to start, in onStart: Error: start',
      '  while stopping the rest: Error: stop',
      '  while stopping the rest: Error: flush'
    ])
  })

  it('aborts the signal of those in flight, which are awaited, and stopped if they came through', async () => {
    const journal = new Journal()
    let aborted: unknown
    const slow = journal.service('Slow', {
      async onStart({ signal, stopRequested, clock }) {
        await stopRequested()
        aborted = signal.reason
        await takes(2000)({ clock } as never)
        journal.note('Slow came through')
      }
    })
    const bad = journal.service('Bad', {
      async onStart(context) {
        await takes(100)(context)
        throw new Error('boom')
      }
    })
    await failing([slow, bad])
    expect(aborted).toMatchObject({ name: 'AbortError', cause: { kind: 'stop', detail: 'the start failed' } })
    expect(journal.lines).toEqual(['Slow.onStart', 'Bad.onStart', 'Slow came through', 'Slow.onStop'])
  })

  it('takes an AbortError of one in flight for its normal end', async () => {
    const journal = new Journal()
    const slow = journal.service('Slow', {
      onStart: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        })
    })
    const bad = journal.service('Bad', { onStart: () => Promise.reject(new Error('boom')) })
    const { error } = await failing([slow, bad])
    expect(error.errors).toEqual([])
    expect(journal.lines).toEqual(['Slow.onStart', 'Bad.onStart'])
  })

  it('fails with the first of several, and keeps the errors of the others', async () => {
    const journal = new Journal()
    const [first, second] = [new Error('first'), new Error('second')]
    const a = journal.service('A', { onStart: () => Promise.reject(first) })
    const b = journal.service('B', {
      async onStart({ stopRequested }) {
        await stopRequested()
        throw second
      }
    })
    const { error } = await failing([a, b])
    expect(error.cause).toBe(first)
    expect(error.errors).toEqual([second])
  })

  it.each(['onFirstStart', 'onStart', 'onStarted'] as const)('is named: %s', async (hook) => {
    const journal = new Journal()
    const { error } = await failing([journal.service('A', { [hook]: throws(new Error('boom')) })])
    expect(error.phase).toBe(hook)
    expect(error.location).toMatch(/journal\.ts:\d+$/)
    expect(error.message).toContain(`A failed to start, in ${hook}: Error: boom`)
  })

  it('in a child names the child and the way to it', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStart: throws(new Error('boom')) })
    const owner = journal.service('Owner', { onStart: ({ addChild }) => addChild(child) })
    const top = journal.service('Top', { needs: [owner] })
    const { error } = await failing([top])
    expect(error).toMatchObject({
      service: 'Owner/Child',
      path: ['Top', 'Owner', 'Owner/Child'],
      phase: 'onStart'
    })
    expect(journal.lines).toEqual(['Owner.onStart', 'Child.onStart', 'Owner.onStop'])
  })

  it('may be tried again', async () => {
    const journal = new Journal()
    let attempts = 0
    const a = journal.service('A', { onFirstStart: () => {} })
    const b = journal.service('B', {
      needs: [a],
      onStart() {
        if (++attempts === 1) throw new Error('not yet')
      }
    })
    const app = await createTestApplication([b]).create()
    await rejection(app.start())
    expect(app.service(b)).toMatchObject({ state: 'crashed', crashReason: new Error('not yet') })
    await app.start()
    expect(app.state).toBe('running')
    expect(app.service(b)).toMatchObject({ state: 'running', crashReason: undefined, restartCount: 0 })
    expect(journal.lines.filter((line) => line === 'A.onFirstStart')).toHaveLength(1)
  })
})

describe('onFirstStart', () => {
  it('that fails is called again by the next start, and never after it has once resolved', async () => {
    const journal = new Journal()
    let fails = true
    const a = journal.service('A', {
      onFirstStart() {
        if (fails) throw new Error('boom')
      }
    })
    const app = await createTestApplication(a).create()
    await rejection(app.start())
    fails = false
    await app.start()
    await app.service(a).restart()
    await app.stop()
    await app.start()
    expect(journal.lines.filter((line) => line !== 'A.onStop')).toEqual([
      'A.onFirstStart',
      'A.onFirstStart',
      'A.onStart',
      'A.onStart',
      'A.onStart'
    ])
  })
})

describe('a start that takes too long', () => {
  it('names the hook, and what had started stops', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onShutdown: () => {} })
    const b = journal.service('B', { needs: [a], onStart: never, options: { startTimeout: '5s' } })
    const { error } = await failing([b])
    expect(error).toMatchObject({ service: 'B', phase: 'onStart', cause: { code: 'KEEL_START_TIMEOUT' } })
    expect((error.cause as Error).message).toContain('B: onStart did not end within 5s')
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'A.onStop', 'A.onShutdown'])
  })

  it('names what its earlier hooks had left it', async () => {
    @Service({ startTimeout: '5s' })
    class Slow {
      async onFirstStart({ sleep }: ServiceContext): Promise<void> {
        await sleep('2s')
      }
      onStart = never
    }
    const { error } = await failing(Slow)
    expect((error.cause as Error).message).toContain(
      'Slow: onStart did not end within 3s, what was left of a startTimeout of 5s'
    )
  })

  it('is 30s by default, not counting the wait for dependencies nor the start of children', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStart: takes(25_000) })
    const a = journal.service('A', { onStart: takes(29_000) })
    const b = journal.service('B', {
      needs: [a],
      async onStart(context) {
        await context.addChild(child)
        await takes(20_000)(context)
      },
      onStarted: takes(9000)
    })
    const app = await createTestApplication([b]).start()
    expect(app.bootReport().totalMs).toBe(83_000)

    const c = journal.service('C', { onFirstStart: takes(20_000), onStart: takes(11_000) })
    const { error } = await failing([c])
    expect(error).toMatchObject({ phase: 'onStart', cause: { code: 'KEEL_START_TIMEOUT' } })
  })

  it('gives the roll-back a budget of its own', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(8000) })
    const b = journal.service('B', { needs: [a], onStart: never })
    const { error } = await failing([b], { startTimeout: '3s' })
    expect(error).toMatchObject({ service: 'B', path: ['B'], phase: 'onStart' })
    expect(error.cause).toMatchObject({ code: 'KEEL_START_TIMEOUT' })
    expect((error.cause as Error).message).toContain(
      'did not start within 3s, the startTimeout of the application: it waited for onStart of B'
    )
    // B ignored its signal: that, and not A, is what took too long
    expect(error.errors).toMatchObject([{ code: 'KEEL_STOP_TIMEOUT', service: 'B' }])
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'A.onStop'])
  })

  it('names the innermost child that it waited for', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStarted: never })
    const owner = journal.service('Owner', { onStart: ({ addChild }) => addChild(child) })
    const { error } = await failing([owner], { startTimeout: '3s' })
    expect(error).toMatchObject({
      service: 'Owner/Child',
      path: ['Owner', 'Owner/Child'],
      phase: 'onStarted'
    })
  })

  it('waits for onReady too', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onReady: never })
    const { error } = await failing([a], { startTimeout: '3s' })
    expect(error).toMatchObject({ service: 'A', phase: 'onReady', cause: { code: 'KEEL_START_TIMEOUT' } })
  })

  it.each([
    ['resolves', () => {}],
    ['rejects', throws(new Error('too late'))]
  ])('and then %s revives nothing and stops nothing twice', async (_, end) => {
    const journal = new Journal()
    const a = journal.service('A', {
      options: { startTimeout: '1s', stopTimeout: '1s' },
      async onStart(context) {
        await takes(10_000)(context)
        journal.note('late')
        end(context)
      },
      onShutdown: () => {}
    })
    const app = await createTestApplication([a]).create()
    await rejection(app.start())
    const before = app.events.names()
    expect(app.clock.monotonic()).toBeLessThan(10_000)
    await app.clock.advance('10s')
    expect(journal.lines).toEqual(['A.onStart', 'A.onShutdown', 'late'])
    expect(app.events.names().filter((name) => !name.startsWith('hook'))).toEqual(
      before.filter((name) => !name.startsWith('hook'))
    )
    expect(app.service(a).state).toBe('crashed')
  })
})

describe('a start that is abandoned', () => {
  it('aborts the hook in flight, starts nothing more, and stops once what had started', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', {
      needs: [a],
      async onStart({ sleep, shouldStop, signal }) {
        journal.note(`slept: ${String(await sleep('1h'))}, ${String(shouldStop)}, ${String(signal.aborted)}`)
      }
    })
    const c = journal.service('C', { needs: [b] })
    const clock = new TestClock()
    const app = await createApplication([c], { clock, logger: false })
    const starting = rejection(app.start())
    await clock.settle()
    await app.stop('enough')
    expect(await starting).toMatchObject({ name: 'LifecycleError', code: 'KEEL_START_ABORTED' })
    expect(journal.lines).toEqual([
      'A.onStart',
      'B.onStart',
      'slept: false, false, true',
      'B.onStop',
      'A.onStop'
    ])
    expect(app.state).toBe('stopped')
  })

  it('by a hook that waits for nothing begins nothing more either', async () => {
    const journal = new Journal()
    const a = journal.service('A')
    const b = journal.service('B', { needs: [a], onStart: () => void app.stop(), onStarted: () => {} })
    const c = journal.service('C', { needs: [b] })
    const d = journal.service('D', { needs: [c] })
    const app = await createApplication([d], { clock: new TestClock(), logger: false })
    expect(await rejection(app.start())).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.lines).toEqual(['A.onStart', 'B.onStart', 'B.onStop', 'A.onStop'])
  })

  it('in the turn in which it was begun aborts the signals before stop() returns, and begins nothing more', async () => {
    const journal = new Journal()
    let signal: AbortSignal | undefined
    const a = journal.service('A', {
      async onStart(context) {
        signal = context.signal
      },
      onStarted: () => {}
    })
    const b = journal.service('B', { needs: [a] })
    const app = await createApplication([b], { clock: new TestClock(), logger: false })
    const starting = rejection(app.start())
    const stopping = app.stop()
    expect(signal?.aborted).toBe(true)
    expect(app.state).toBe('stopping')
    await stopping
    expect(await starting).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.lines).toEqual(['A.onStart', 'A.onStop'])
  })

  it('by one onReady calls no other', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onReady: () => void app.stop() })
    const b = journal.service('B', { needs: [a], onReady: () => {} })
    const app = await createApplication([b], { clock: new TestClock(), logger: false })
    expect(await rejection(app.start())).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.lines).not.toContain('B.onReady')
  })

  it('by who is told that the first one is asked to start leaves none behind that waits', async () => {
    const journal = new Journal()
    const app = await createApplication([journal.service('A'), journal.service('B')], {
      clock: new TestClock(),
      logger: false
    })
    const subscription = app.services[0]!.state$.subscribe(({ state }) => {
      if (state === 'waiting') void app.stop()
    })
    expect(await rejection(app.start())).toMatchObject({ code: 'KEEL_START_ABORTED' })
    subscription.unsubscribe()
    expect(app.services.map(({ state }) => state)).not.toContain('waiting')
    expect(journal.lines).toEqual([])
    await app.start()
    expect(app.state).toBe('running')
  })

  it('by who is told that it fails has failed all the same', async () => {
    const boom = new Error('boom')
    const journal = new Journal()
    const a = journal.service('A', { onStart: throws(boom) })
    const app = await createTestApplication([journal.service('B', { needs: [a] })]).create()
    app.events$.subscribe((event) => {
      if (event.type === 'service.crashed') void app.stop()
    })
    expect(await rejection(app.start())).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'A',
      path: ['B', 'A'],
      cause: boom
    })
    expect(app.state).toBe('stopped')
  })

  it('before anything began runs no hook', async () => {
    const journal = new Journal()
    const app = await createTestApplication([journal.service('A')]).create()
    app.events$.subscribe((event) => {
      if (event.type === 'application.starting') void app.stop()
    })
    expect(await rejection(app.start())).toMatchObject({ code: 'KEEL_START_ABORTED' })
    await app.stop()
    expect(journal.lines).toEqual([])
    expect(app.state).toBe('stopped')
  })

  it('is not reported as timed out, even when its time is up meanwhile', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStart: takes(2000), options: { startTimeout: '2s' } })
    const app = await createTestApplication([a], { startTimeout: '2s' }).create()
    app.clock.setTimeout(() => void app.stop(), 1999)
    expect(await rejection(app.start())).toMatchObject({ code: 'KEEL_START_ABORTED' })
  })

  it('tells both callers what failed on the way down', async () => {
    const journal = new Journal()
    const boom = new Error('boom')
    const a = journal.service('A', { onStop: throws(boom) })
    const b = journal.service('B', { needs: [a], onStart: ({ sleep }) => sleep('1h') })
    const clock = new TestClock()
    const app = await createApplication([b], { clock, logger: false })
    const starting = rejection(app.start())
    await clock.settle()
    const error = await rejection(app.stop())
    expect(error).toBeInstanceOf(StopError)
    expect((error as StopError).errors).toEqual([boom])
    expect(((await starting) as Error).cause).toBe(error)
  })

  it('resolves the stop that came while it was rolled back already', async () => {
    const journal = new Journal()
    const a = journal.service('A', { onStop: takes(1000) })
    const b = journal.service('B', { needs: [a], onStart: throws(new Error('boom')) })
    const clock = new TestClock()
    const app = await createApplication([b], { clock, logger: false })
    const starting = rejection(app.start())
    await clock.settle()
    expect(app.state).toBe('stopping')
    const stopping = app.stop()
    await clock.advance(1000)
    await stopping
    expect(await starting).toBeInstanceOf(StartError)
  })
})

describe('what is thrown that is no error', () => {
  it.each([
    ['a string', 'oops', "'oops' (a string, not an Error)"],
    ['undefined', undefined, 'undefined (not an Error)'],
    ['a plain object', { code: 42 }, '{ code: 42 } (an object, not an Error)']
  ])('is wrapped with the name of the service and kept as the cause: %s', async (_, value, text) => {
    const journal = new Journal()
    const { error } = await failing([journal.service('A', { onStart: throws(value) })])
    expect(error).toMatchObject({ service: 'A', phase: 'onStart' })
    expect(error.cause).toBe(value)
    expect(error.message).toContain(`A failed to start, in onStart: ${text}`)
  })
})

describe('the check before the first constructor', () => {
  const made: string[] = []

  it('refuses a cycle with its whole path', async () => {
    @Service({ inject: [() => C] })
    class A {
      constructor(readonly c: unknown) {
        made.push('A')
      }
    }
    @Service()
    class B {
      constructor(readonly a: A) {
        made.push('B')
      }
    }
    @Service()
    class C {
      constructor(readonly b: B) {
        made.push('C')
      }
    }
    const error = await rejection(createApplication([A, B, C], { logger: false }))
    expect(error).toBeInstanceOf(WiringError)
    expect(error).toMatchObject({ problems: [{ code: 'KEEL_DEPENDENCY_CYCLE' }] })
    const { message } = error as Error
    for (const name of ['A', 'B', 'C']) expect(message).toContain(name)
    expect(made).toEqual([])
  })

  it('refuses a missing dependency without running factories', async () => {
    const PORT = new InjectionToken<number>('PORT')
    const URL_OF_MAIL = new InjectionToken<string>('URL_OF_MAIL')
    @Service()
    class Mail {
      constructor(@Inject(URL_OF_MAIL) readonly url: string) {
        made.push('Mail')
      }
    }
    const port = {
      provide: PORT,
      useFactory: () => {
        made.push('PORT')
        return 1
      }
    }
    @Module({ providers: [Mail, port] })
    class Root {}
    const error = await rejection(createApplication(Root, { logger: false }))
    expect(error).toMatchObject({ problems: [{ code: 'KEEL_MISSING_PROVIDER' }] })
    expect((error as Error).message).toContain('URL_OF_MAIL')
    expect((await validate(Root)).problems).toMatchObject([{ code: 'KEEL_MISSING_PROVIDER' }])
    expect(made).toEqual([])
  })
})

describe('what fails while everything is constructed', () => {
  it('is told with the class, the way to it and the phase; factories made before are disposed', async () => {
    const seen: string[] = []
    const boom = new Error('boom')
    const POOL = new InjectionToken<object>('POOL')
    @Service({ inject: [POOL] })
    class Database {
      constructor(readonly pool: object) {
        throw boom
      }
    }
    @Service()
    class Api {
      readonly db = inject(Database)
    }
    @Module({
      providers: [Api, { provide: POOL, useFactory: () => ({}), dispose: () => void seen.push('disposed') }]
    })
    class Root {}
    const error = await rejection(createApplication(Root, { logger: false }))
    expect(error).toMatchObject({ name: 'StartError', service: 'Database', phase: 'constructor' })
    expect((error as StartError).path.at(-1)).toBe('Database')
    expect((error as Error).cause).toBe(boom)
    expect(seen).toEqual(['disposed'])
  })

  it('releases what constructors had taken, in reverse, before what factories made is disposed of', async () => {
    const seen: string[] = []
    const boom = new Error('boom')
    @Injectable()
    class Helper {
      constructor() {
        inject(ServiceContext).defer(() => void seen.push('Helper'))
      }
    }
    @Service()
    class Database {
      readonly helper = inject(Helper)
      readonly pool = inject('pool')
      constructor({ defer }: ServiceContext) {
        defer(() => {
          seen.push('Database')
          throw boom
        })
      }
    }
    @Service()
    class Api {
      readonly db = inject(Database)
      constructor() {
        inject(ServiceContext).defer(() => void seen.push('Api'))
        throw new Error('no port')
      }
    }
    const pool = { provide: 'pool', useFactory: () => ({}), dispose: () => void seen.push('pool') }
    @Module({ providers: [Helper, Api, pool] })
    class Root {}
    const error = (await rejection(createApplication(Root, { logger: false }))) as StartError
    expect(error).toMatchObject({ service: 'Api', phase: 'constructor', errors: [boom] })
    expect(seen).toEqual(['Api', 'Database', 'Helper', 'pool'])
  })

  it.each([
    ['throws', throws(new Error('no such host'))],
    ['rejects', () => Promise.reject(new Error('no such host'))]
  ])('may be a factory that %s', async (_, useFactory) => {
    const POOL = new InjectionToken<object>('POOL')
    @Service({ inject: [POOL] })
    class Database {
      constructor(readonly pool: object) {}
    }
    @Module({ providers: [Database, { provide: POOL, useFactory: useFactory as () => object }] })
    class Root {}
    const error = await rejection(createApplication(Root, { logger: false }))
    expect(error).toMatchObject({ name: 'StartError', service: 'POOL', phase: 'factory' })
    expect((error as Error).cause).toEqual(new Error('no such host'))
  })

  it('may be a factory that takes longer than its startTimeout', async () => {
    const clock = new TestClock()
    const POOL = new InjectionToken<object>('POOL')
    @Service({ inject: [POOL] })
    class Database {
      constructor(readonly pool: object) {}
    }
    @Module({ providers: [Database, { provide: POOL, useFactory: () => never(), startTimeout: '3s' }] })
    class Root {}
    const failed = rejection(createApplication(Root, { logger: false, clock }))
    await clock.advance('3s')
    expect(await failed).toMatchObject({
      service: 'POOL',
      phase: 'factory',
      cause: { code: 'KEEL_START_TIMEOUT' }
    })
  })
})

describe('a crash in the midst of a start', () => {
  it.each([
    [
      'crash()',
      class Asks {
        onStart({ crash }: ServiceContext): void {
          crash(new Error('lost'))
        }
      }
    ],
    [
      'run',
      class Works {
        async run(): Promise<void> {
          throw new Error('lost')
        }
        async onStarted({ sleep }: ServiceContext): Promise<void> {
          await sleep('1m')
        }
      }
    ]
  ])('is told as what it was: %s', async (phase, cls) => {
    if ('run' in cls.prototype) {
      Task()(cls.prototype as { run(): Promise<void> }, 'run', { value: cls.prototype.run as never })
    }
    Service()(cls)
    const { error } = await failing(cls)
    expect(error).toMatchObject({ service: cls.name, phase, cause: { message: 'lost' } })
  })
})

describe('a service that its supervisor stops for good while the application starts', () => {
  const boom = new Error('boom')
  const temporary = { restart: 'temporary' } as const

  /** A module whose services stop together; its first crashes while the others start. */
  async function lettingGo(
    services: Class[],
    rest: Class[],
    strategy: RestartStrategy = 'one-for-all'
  ): Promise<TestApplication> {
    @Module({ providers: services, exports: services, supervisor: { strategy, backoff: false } })
    class Inner {}
    @Module({ imports: [Inner], providers: rest, exports: rest, global: true })
    class Root {}
    const app = await createTestApplication(Root).create()
    app.clock.setTimeout(() => app.service(services[0]!).crash(boom), 10)
    return app
  }

  function states(app: TestApplication): string[] {
    return app.services.map(({ name, state }) => `${name} ${state}`)
  }

  it('before it ran fails it, with who needs it, and why', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: temporary, onStart: takes(1000) })
    const shop = journal.service('Shop', { needs: [cache] })
    const api = journal.service('Api', { needs: [shop] })
    const app = await lettingGo([first, cache, api], [shop])
    const error = (await rejection(app.start())) as StartError
    expect(error).toMatchObject({
      name: 'StartError',
      service: 'Cache',
      phase: 'supervision',
      path: ['Api', 'Shop', 'Cache'],
      cause: { code: 'KEEL_START_ABORTED', cause: boom }
    })
    expect(error.message).toContain('Cache was stopped by a supervisor before everything had started')
    expect(error.message).toContain('because of Error: boom, and is not restarted')
    expect(error.hint).toContain('wanted(Cache)')
    expect(app.state).toBe('stopped')
    expect(journal.lines).not.toContain('Shop.onStart')
    expect(journal.lines).not.toContain('Api.onStart')
  })

  it('by a strategy that restarts nothing fails it as well', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { onStart: takes(1000) })
    const app = await lettingGo([first, cache], [], 'forfeit-one-for-all')
    expect(await rejection(app.start())).toMatchObject({
      service: 'Cache',
      phase: 'supervision',
      path: ['Cache'],
      cause: { cause: boom }
    })
  })

  it('after it ran fails it when something waits yet, which is named', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: temporary })
    const fast = journal.service('Fast', { needs: [cache] })
    const slow = journal.service('Slow', { onStart: takes(1000) })
    const shop = journal.service('Shop', { needs: [slow, cache] })
    const app = await lettingGo([first, cache], [fast, slow, shop])
    const error = await rejection(app.start())
    expect(error).toMatchObject({ service: 'Cache', phase: 'supervision', path: ['Shop', 'Cache'] })
    expect(states(app)).toEqual([
      'First stopped',
      'Cache stopped',
      'Fast stopped',
      'Slow stopped',
      'Shop stopped'
    ])
  })

  it('after it ran is nobody else’s matter when all that need it run', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: temporary })
    const shop = journal.service('Shop', { needs: [cache] })
    const slow = journal.service('Slow', { onStart: takes(1000) })
    const app = await lettingGo([first, cache], [shop, slow])
    await app.start()
    expect(states(app)).toEqual(['First running', 'Cache stopped', 'Shop running', 'Slow running'])
  })

  it('is done without where it is merely wanted, and what needs it is not restarted either', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: temporary, onStart: takes(1000) })
    const shop = journal.service('Shop', { needs: [cache] })
    const api = journal.service('Api', { needs: [shop] })
    const main = journal.service('Main', { needs: [wanted(api)] })
    const app = await lettingGo([first, cache, api], [shop, main])
    await app.start()
    await app.idle()
    expect(states(app)).toEqual([
      'First running',
      'Cache stopped',
      'Shop stopped',
      'Api stopped',
      'Main running'
    ])
    await app.service(api).waitUntilStopped()
  })

  it('fails it although that is owed a restart which waited only for a delay', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { options: temporary, onStart: takes(20) })
    const api = journal.service('Api', { needs: [cache] })
    @Module({
      providers: [first, api],
      supervisor: { strategy: 'one-for-all', backoff: { initial: 100, jitter: 0 } }
    })
    class Inner {}
    @Module({ imports: [Inner], providers: [cache], exports: [cache], global: true })
    class Root {}
    const app = await createTestApplication(Root).create()
    app.clock.setTimeout(() => app.service(first).crash(new Error('first')), 10)
    app.clock.setTimeout(() => app.service(cache).crash(boom), 50)
    const error = await rejection(app.start())
    expect(error).toMatchObject({ service: 'Cache', path: ['Api', 'Cache'], phase: 'crash()', cause: boom })
    expect(journal.lines).not.toContain('Api.onStart')
  })

  it('and that somebody stops as well is done without, as asked', async () => {
    const journal = new Journal()
    const first = journal.service('First')
    const cache = journal.service('Cache', { onStart: takes(1000) })
    const shop = journal.service('Shop', { needs: [cache] })
    const app = await lettingGo([first, cache], [shop])
    app.clock.setTimeout(() => void app.service(cache).stop(), 20)
    await app.start()
    expect(states(app)).toEqual(['First running', 'Cache stopped', 'Shop stopped'])
  })
})

describe('what is awaited while an application is built', () => {
  it.each([
    [
      'a factory',
      { providers: [{ provide: 'POOL', useFactory: never, startTimeout: Infinity }] },
      'POOL',
      'factory'
    ],
    ['a dynamic module', { imports: [never()] }, 'Root', 'imports[0] of Root']
  ])('%s, takes no longer than startTimeout', async (_, lists, service, phase) => {
    const clock = new TestClock()
    @Module(lists)
    class Root {}
    const failed = rejection(
      createApplication(Root, { logger: false, clock, startTimeout: '5s', name: 'Shop' })
    )
    await clock.advance('5s')
    const error = await failed
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({ service, phase, cause: { code: 'KEEL_START_TIMEOUT' } })
    expect((error as Error).message).toContain('Shop was not built within 5s')
    expect(clock.pending.count).toBe(0)
  })

  it('a factory, and fails when nobody waits for it any more, is told in the log', async () => {
    const lines: string[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(line) })
    const clock = new TestClock()
    let fail = (_error: Error): void => {}
    const useFactory = (): Promise<never> => new Promise((_, reject) => (fail = reject))
    @Module({ providers: [{ provide: 'POOL', useFactory, startTimeout: '1s' }] })
    class Root {}
    const failed = rejection(createApplication(Root, { logger, clock }))
    await clock.advance('1s')
    expect(await failed).toMatchObject({ cause: { code: 'KEEL_START_TIMEOUT' } })
    fail(new Error('no route'))
    await clock.settle()
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        level: 50,
        msg: 'POOL failed after the application had been given up',
        err: expect.objectContaining({ message: 'no route' })
      })
    ])
  })
})

describe('bad options', () => {
  it.each([
    ['startTimeout', { startTimeout: -1 }, 'KEEL_INVALID_DURATION'],
    ['shutdownTimeout', { shutdownTimeout: 'soon' }, 'KEEL_INVALID_DURATION'],
    ['drainTimeout', { drainTimeout: NaN }, 'KEEL_INVALID_DURATION'],
    ['drainDelay', { drainDelay: '5' }, 'KEEL_INVALID_DURATION'],
    ['concurrency', { concurrency: 0 }, 'KEEL_INVALID_OPTION'],
    ['timezone', { timezone: 'Mars/Olympus' }, 'KEEL_INVALID_CRON'],
    ['strategy', { supervisor: { strategy: 'one-for-none' as never } }, 'KEEL_INVALID_OPTION']
  ])('are refused by name: %s', async (name, options, code) => {
    @Module({})
    class Root {}
    const error = await rejection(createApplication(Root, { logger: false, ...options }))
    expect(error).toMatchObject({ name: 'ConfigurationError', code })
    expect((error as Error).message).toContain(name)
  })

  it.each([
    [{ nmae: 'Shop' }, "the application has no option 'nmae'", "Did you mean 'name'?"],
    [{ timeZone: 'UTC' }, "the application has no option 'timeZone'", "Did you mean 'timezone'?"],
    [{ name: '' }, 'the option name must be a string that is not empty'],
    [{ name: 5 }, 'the option name must be a string that is not empty'],
    [{ providers: {} }, 'the option providers must be an array'],
    [{ startTimeout: 0 }, 'the option startTimeout must be longer than 0'],
    [{ clock: {} }, 'the option clock must be a Clock'],
    [{ clock: null }, 'the option clock must be a Clock'],
    [{ logger: { level: 'loud' } }, 'the option logger.level is "loud"'],
    [{ signals: 'SIGINT' }, 'the option signals is "SIGINT"'],
    [{ signals: 5 }, 'the option signals is 5'],
    [{ dumpSignal: 'SIGNAL' }, 'the option dumpSignal has "SIGNAL"'],
    [{ dumpSignal: true }, 'the option dumpSignal has true'],
    [null, 'what comes after the root must be an object with options, but is null'],
    ['prod', 'what comes after the root must be an object with options, but is "prod"'],
    [[], 'what comes after the root must be an object with options']
  ])(
    'are refused by everything that takes them, with what was perhaps meant: %j',
    async (options, ...lines) => {
      @Module({})
      class Root {}
      const given = (
        options === null || Array.isArray(options) || typeof options === 'string'
          ? options
          : { logger: false, ...options }
      ) as ApplicationOptions
      const errors = [await rejection(createApplication(Root, given))]
      const { logger, signals } = (given ?? {}) as Partial<ApplicationOptions>
      // only so does bootstrap leave the process alone
      if (logger !== undefined && signals === undefined) {
        errors.push(await rejection(bootstrap(Root, { ...given, signals: false })))
      }
      for (const error of errors) {
        expect(error).toBeInstanceOf(ConfigurationError)
        for (const line of lines) expect((error as Error).message).toContain(line)
      }
    }
  )

  it('are refused by validate() and by the test kit, which has no process to speak of', async () => {
    @Module({})
    class Root {}
    const unknown = { nmae: 'Shop' } as ApplicationOptions
    expect(await rejection(validate(Root, unknown))).toMatchObject({ code: 'KEEL_INVALID_OPTION' })
    expect(await rejection(createTestApplication(Root, { signals: true } as never).create())).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining("has no option 'signals'")
    })
  })

  it('of a supervisor are told with all other problems, before any constructor runs', async () => {
    const made: string[] = []
    @Service()
    class Mail {
      constructor() {
        made.push('Mail')
      }
    }
    @Module({ providers: [Mail], supervisor: { within: 'soon' } })
    class MailModule {}
    @Module({ imports: [MailModule], supervisor: { maxRestart: 3 } as never })
    class Root {}
    const { problems } = await validate(Root)
    expect(problems).toMatchObject([
      {
        code: 'KEEL_INVALID_DURATION',
        path: ['Root', 'MailModule'],
        location: expect.stringContaining('.ts:')
      },
      { code: 'KEEL_INVALID_OPTION', path: ['Root'], hint: expect.stringContaining("'maxRestarts'") }
    ])
    const error = await rejection(createApplication(Root, { logger: false }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect((error as ConfigurationError).problems).toEqual(problems)
    expect(made).toEqual([])
  })

  it('of a service are refused when its class is defined', () => {
    expect(() => Service({ startTimeout: 0 })(class {})).toThrow('startTimeout')
    expect(() => Service({ stopTimeout: -5 })(class {})).toThrow('stopTimeout')
    expect(() => Service({ restart: 'always' as never })(class {})).toThrow('restart')
  })

  it('such as one explicit name for two services are refused', async () => {
    @Service({ name: 'Mail' })
    class Smtp {}
    @Service({ name: 'Mail' })
    class Imap {}
    const error = await rejection(createApplication([Smtp, Imap], { logger: false }))
    expect((error as Error).message).toContain('KEEL_DUPLICATE_NAME')
  })
})
