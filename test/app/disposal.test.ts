import { describe, expect, it, vi } from 'vitest'
import {
  createApplication,
  DependsOn,
  inject,
  Injectable,
  lazy,
  Module,
  optional,
  Service,
  ServiceBase,
  ServiceContext,
  StopError,
  wanted,
  type Provider
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { rejection } from './journal.js'

const ENDLESS = new Promise<void>(() => {})

@Service()
class Idle {}

function moduleOf(...providers: Provider[]): new () => object {
  @Module({ providers: [Idle, ...providers] })
  class Shop {}
  return Shop
}

describe('what a factory has made', () => {
  it('is given up and named when it is not disposed in time, and keeps nothing else from being disposed', async () => {
    const clock = new TestClock()
    const disposed: string[] = []
    const root = moduleOf(
      { provide: 'first', useFactory: () => ({}), dispose: () => void disposed.push('first') },
      { provide: 'pool', useFactory: () => ({}), dispose: () => ENDLESS }
    )
    const app = await createApplication(root, { clock, logger: false, shutdownTimeout: '500ms' })
    await app.start()
    const disposing = app[Symbol.asyncDispose]().catch((error: unknown) => error)
    await clock.advance('500ms')
    const error = await disposing
    expect(error).toBeInstanceOf(StopError)
    expect((error as StopError).failures).toMatchObject([
      { service: 'pool', phase: 'dispose', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(String(error)).toContain('what the factory of pool made was not disposed within 500ms')
    expect(disposed).toEqual(['first'])
  })

  it.each([
    ['well', false],
    ['badly', true]
  ])('has what the stop before it, which went %s, has left of the time', async (_how, fails) => {
    const clock = new TestClock()
    @Service()
    class Slow {
      onStop(): Promise<void> {
        return new Promise((resolve, reject) => {
          clock.setTimeout(() => (fails ? reject(new Error('no reply')) : resolve()), 300)
        })
      }
    }
    @Module({ providers: [Slow, { provide: 'pool', useFactory: () => ({}), dispose: () => ENDLESS }] })
    class Shop {}
    const app = await createApplication(Shop, { clock, logger: false, shutdownTimeout: '500ms' })
    await app.start()
    const disposing = app[Symbol.asyncDispose]().catch((error: unknown) => error)
    await clock.advance('500ms')
    expect(String(await disposing)).toContain('not disposed within 200ms')
  })

  it('has all of the time again where the stop was long ago', async () => {
    const clock = new TestClock()
    const root = moduleOf({
      provide: 'pool',
      useFactory: () => ({}),
      dispose: () => new Promise<void>((resolve) => clock.setTimeout(resolve, 400))
    })
    const app = await createApplication(root, { clock, logger: false, shutdownTimeout: '500ms' })
    await app.start()
    await app.stop()
    await clock.advance('1h')
    const disposing = app[Symbol.asyncDispose]()
    await clock.advance('400ms')
    await expect(disposing).resolves.toBeUndefined()
  })

  it('is disposed while no service can be started any more', async () => {
    let free!: () => void
    const pool = {
      provide: 'pool',
      useFactory: () => ({}),
      dispose: () => new Promise<void>((done) => (free = done))
    }
    const app = await createApplication(moduleOf(pool), { logger: false })
    await app.start()
    const idle = app.service(Idle)
    const refused: unknown[] = []
    app.state$.subscribe((state) => {
      if (state === 'stopped') void rejection(idle.start()).then((error) => refused.push(error))
    })
    const disposing = app[Symbol.asyncDispose]()
    await vi.waitUntil(() => free !== undefined)
    refused.push(await rejection(idle.start()), await rejection(idle.restart()))
    free()
    await disposing
    expect(idle.state).toBe('stopped')
    expect(refused).toMatchObject([1, 2, 3].map(() => ({ code: 'KEEL_DISPOSED', service: 'Idle' })))
  })

  it('does not keep a test either', async () => {
    const root = moduleOf({ provide: 'pool', useFactory: () => ({}), dispose: () => ENDLESS })
    const app = await createTestApplication(root).start()
    await expect(app[Symbol.asyncDispose]()).rejects.toThrow('what the factory of pool made was not disposed')
  })
})

describe('a start that somebody asks for while the application is disposed', () => {
  it('is refused: it would live on after its end', async () => {
    const app = await createApplication(Idle, { logger: false })
    const refused: Promise<unknown>[] = []
    app.state$.subscribe((state) => {
      if (state === 'stopped') refused.push(app.start().catch((error: unknown) => error))
    })
    await app.start()
    await app[Symbol.asyncDispose]()
    expect(await Promise.all(refused)).toMatchObject([{ code: 'KEEL_DISPOSED' }])
    expect(app.state).toBe('stopped')
  })
})

describe.each(['disposal', 'stop'])(
  'a %s that is asked for by who hears that the application has stopped',
  (end) => {
    it.each(['was stopped', 'was stopped while it started', 'could not start'])(
      'stops a service that was started in the same moment: an application that %s',
      async (how) => {
        const lines: string[] = []
        @Service()
        class Worker {
          onStart(): Promise<void> {
            lines.push('start')
            if (how === 'could not start' && lines.length === 1) throw new Error('boom')
            return Promise.resolve()
          }
          onShutdown(): void {
            lines.push('end')
          }
        }
        const app = await createApplication(Worker, { logger: false })
        let ended: Promise<void> | undefined
        app.state$.subscribe((state) => {
          if (state !== 'stopped' || ended !== undefined) return
          app
            .service(Worker)
            .start()
            .catch(() => undefined)
          ended = end === 'stop' ? app.stop() : app[Symbol.asyncDispose]()
        })
        const started = app.start().catch(() => undefined)
        if (how !== 'was stopped while it started') await started
        await app.stop()
        await ended
        expect(lines).toEqual(['start', 'end', 'start', 'end'])
        expect(app.service(Worker).state).toBe('stopped')
        await app[Symbol.asyncDispose]()
      }
    )
  }
)

describe('what a constructor has taken for a run that never came', () => {
  it('is given up and named when it is not released in time, and keeps nothing else from being released', async () => {
    const clock = new TestClock()
    const released: string[] = []
    @Service()
    class Pool {
      constructor() {
        const { defer } = inject(ServiceContext)
        defer(() => void released.push('first'))
        defer(() => ENDLESS)
      }
    }
    const app = await createApplication(Pool, { clock, logger: false, shutdownTimeout: '500ms' })
    const disposing = rejection(app[Symbol.asyncDispose]())
    await clock.advance('500ms')
    const error = (await disposing) as StopError
    expect(error.failures).toMatchObject([
      { service: 'Pool', phase: 'release', error: { code: 'KEEL_STOP_TIMEOUT' } }
    ])
    expect(error.message).toContain('Pool: release did not end within 500ms')
    expect(released).toEqual(['first'])
  })

  it('is released, though its own runtime has taken the place of the one that was given the context', async () => {
    const released: string[] = []
    @Service()
    class Both extends ServiceBase {
      constructor(injected: ServiceContext) {
        super()
        injected.defer(() => void released.push('injected'))
        this.context.defer(() => void released.push('own'))
      }
    }
    @Service()
    class Watched extends ServiceBase {
      constructor(injected: ServiceContext) {
        super()
        injected.defer(() => void released.push('watched'))
        this.log.debug('made')
      }
    }
    class Owner extends ServiceBase {
      async onStart(): Promise<void> {
        await this.addChild(Both)
      }
    }
    const app = await createTestApplication([Both, Watched, new Owner()]).start()
    await app.stop()
    expect(released.toSorted()).toEqual(['injected', 'injected', 'own', 'own', 'watched'])
  })

  it('is released, though it could not be constructed in the end, and is merely wanted', async () => {
    const released: string[] = []
    @Service()
    class Cache {
      constructor({ defer }: ServiceContext) {
        defer(() => void released.push('cache'))
        throw new Error('boom')
      }
    }
    @Service()
    @DependsOn(wanted(Cache))
    class Api {}
    for (const isStarted of [true, false]) {
      const app = await createApplication(Api, { logger: false })
      if (isStarted) await app.start()
      await app[Symbol.asyncDispose]()
      expect(released.splice(0)).toEqual(['cache'])
    }
  })

  it.each(['whose owner could not start', 'that was removed again'])(
    'is released, of a child %s',
    async (how) => {
      const released: string[] = []
      @Service()
      class Session {
        constructor({ defer }: ServiceContext) {
          defer(() => void released.push('session'))
        }
      }
      @Service()
      class Failing {
        onStart(): void {
          throw new Error('boom')
        }
      }
      class Owner extends ServiceBase {
        async onStart({ addChild, removeChild }: ServiceContext): Promise<void> {
          if (how === 'that was removed again') await removeChild(await addChild(Session))
          else {
            await addChild(Failing)
            await addChild(Session)
          }
        }
      }
      const app = await createApplication([new Owner()], { logger: false })
      await app.start().catch(() => undefined)
      expect(released).toEqual(['session'])
      await app[Symbol.asyncDispose]()
      expect(released).toEqual(['session'])
    }
  )

  it.each(['another constructor', 'its own constructor'])(
    'is released when %s throws: of a class that extends a service too',
    async (which) => {
      const released: string[] = []
      const boom = new Error('boom')
      const conn = { [Symbol.dispose]: () => void released.push('connection') }
      @Service()
      class Pool extends ServiceBase {
        constructor() {
          super()
          this.context.defer(() => void released.push('pool'))
          this.context.use(conn)
          if (which === 'its own constructor') throw boom
        }
      }
      @Service()
      class Api {
        readonly pool = inject(Pool)
        constructor() {
          throw boom
        }
      }
      expect(await rejection(createApplication([Api, Pool], { logger: false }))).toMatchObject({
        cause: boom
      })
      expect(released).toEqual(['connection', 'pool'])
    }
  )

  it.each([
    ['a factory has made is released', true],
    ['the caller has given is left to that', false]
  ])('of a service that %s when another constructor throws', async (_how, isReleased) => {
    const released: string[] = []
    class Pool extends ServiceBase {
      constructor() {
        super()
        this.context.defer(() => void released.push('pool'))
      }
    }
    @Service()
    @DependsOn('pool')
    class Api {
      constructor() {
        throw new Error('boom')
      }
    }
    const given = new Pool()
    const useFactory = (): Pool => new Pool()
    const way = isReleased ? { useFactory } : { useValue: given }
    const provider = { provide: 'pool', ...way } as Provider
    await rejection(createApplication(moduleOf(provider, Api), { logger: false }))
    expect(released).toEqual(isReleased ? ['pool'] : [])
    await given[Symbol.asyncDispose]()
    expect(released).toEqual(['pool', ...(isReleased ? ['pool'] : [])])
  })

  it('is released, of a child that cannot be one since it needs what nobody starts, before what was made for it', async () => {
    const released: string[] = []
    @Service()
    class Absent {}
    class Child extends ServiceBase {
      readonly pool = inject<object>('pool')
      readonly absent = inject(lazy(() => Absent))
      constructor() {
        super()
        this.context.defer(() => void released.push('child'))
      }
    }
    DependsOn(Absent)(Child)
    class Owner extends ServiceBase {}
    const owner = new Owner()
    const app = await createTestApplication(owner).start()
    const pool = { provide: 'pool', useFactory: () => ({}), dispose: () => void released.push('pool') }
    expect(await rejection(owner.addChild(Child, { providers: [pool] }))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN'
    })
    await app.idle()
    expect(released).toEqual(['child', 'pool'])
    await app.stop()
  })

  it.each(['an object', 'a class that injects its context', 'a class that extends a service'])(
    'is released, of a child that was added to a service that never started: %s',
    async (what) => {
      const released: string[] = []
      class Plain {
        constructor({ defer }: ServiceContext) {
          defer(() => void released.push('child'))
        }
      }
      Injectable({ inject: [ServiceContext] })(Plain)
      class Derived extends ServiceBase {
        constructor() {
          super()
          this.context.defer(() => void released.push('child'))
        }
      }
      class Owner extends ServiceBase {}
      const owner = new Owner()
      const app = await createApplication(owner, { logger: false })
      await owner.addChild(what === 'an object' ? new Derived() : what.endsWith('context') ? Plain : Derived)
      await app[Symbol.asyncDispose]()
      expect(released).toEqual(['child'])
    }
  )
})

describe('a class that extends a service, and has its context injected too,', () => {
  it.each(['a parameter', 'the constructor, first', 'the constructor, last'])(
    'has one context, whose work is done, whichever of them it is given to: injected in %s',
    async (where) => {
      const seen: string[] = []
      class Kid {
        onStart(): void {
          seen.push('child')
        }
      }
      const use = ({ addTask, addChild, defer }: ServiceContext): AbortSignal => {
        void addTask(async () => void seen.push('task'))
        void addChild(new Kid())
        defer(() => void seen.push('released'))
        return signal
      }
      let signal!: AbortSignal
      class Reader extends ServiceBase {
        constructor(given?: ServiceContext) {
          super()
          const asked = where.endsWith('first') ? inject(ServiceContext) : undefined
          void this.addTask(async () => void seen.push('own task'))
          const context = given ?? asked ?? inject(ServiceContext)
          use(context)
          signal = context.signal
          expect(context.signal).toBe(this.signal)
        }
      }
      Service({ inject: [where === 'a parameter' ? ServiceContext : optional('nothing')] })(Reader)
      const app = await createTestApplication(Reader).start()
      expect(seen.toSorted()).toEqual(['child', 'own task', 'task'])
      await app.stop()
      expect(seen.at(-1)).toBe('released')
      expect(signal.aborted).toBe(true)
    }
  )

  it('is not taken for another of its class, which it makes by hand', async () => {
    @Service({ inject: [ServiceContext] })
    class Node extends ServiceBase {
      constructor(context: ServiceContext, depth = 2) {
        super()
        void this.addTask(async () => {})
        if (depth > 0) void this.addChild(new Node(context, depth - 1))
      }
    }
    const app = await createTestApplication(Node, { name: 'Tree' }).start()
    const [node] = app.services
    expect(node!.children.map(({ path }) => path)).toEqual(['Tree/Node/Node'])
    expect(node!.children[0]!.children.map(({ path, state }) => [path, state])).toEqual([
      ['Tree/Node/Node/Node', 'running']
    ])
    await app.stop()
  })
})
