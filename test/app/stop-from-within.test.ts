import { describe, expect, it } from 'vitest'
import {
  Application,
  createApplication,
  Cron,
  DependsOn,
  Inject,
  inject,
  Service,
  ServiceContext,
  Task,
  Timer,
  wanted,
  type Class
} from 'keelson'
import { createTestApplication, TestClock } from 'keelson/testing'
import { Journal, rejection } from './journal.js'

type Ask = (app: Application, context: ServiceContext) => Promise<void>

/** Every way to ask for the end of the service in whose call the code stands. */
const WAYS: readonly [what: string, ask: Ask][] = [
  ['the application', (app) => app.stop('from within')],
  ['the application, by disposal', (app) => app[Symbol.asyncDispose]()],
  ['its own service, by its context', (_, context) => context.stop('from within')],
  ['its own service, by its handle', (app) => app.service('INNER').stop('from within')],
  ['what its service needs', (app) => app.service('BASE').stop('from within')]
]

/** Every place to ask from. */
const PLACES: readonly [where: string, make: (call: (context: ServiceContext) => Promise<void>) => Class][] =
  [
    [
      'onStart',
      (call) =>
        class {
          async onStart(context: ServiceContext) {
            await call(context)
          }
        }
    ],
    [
      'onStarted',
      (call) =>
        class {
          async onStarted(context: ServiceContext) {
            await call(context)
          }
        }
    ],
    [
      'onReady',
      (call) =>
        class {
          async onReady(context: ServiceContext) {
            await call(context)
          }
        }
    ],
    [
      'onStop',
      (call) =>
        class {
          async onStop(context: ServiceContext) {
            await call(context)
          }
        }
    ],
    [
      'onShutdown',
      (call) =>
        class {
          async onShutdown(context: ServiceContext) {
            await call(context)
          }
        }
    ],
    [
      'onDrain',
      (call) =>
        class {
          async onDrain(context: ServiceContext) {
            await call(context)
          }
        }
    ],
    [
      'a task',
      (call) => {
        class A {
          async work(context: ServiceContext) {
            await context.sleep('1s')
            await call(context)
          }
        }
        decorate(A, Task())
        return A
      }
    ],
    [
      'a timer',
      (call) => {
        class A {
          async work(context: ServiceContext) {
            await call(context)
          }
        }
        decorate(A, Timer('1s'))
        return A
      }
    ],
    [
      'a cron',
      (call) => {
        class A {
          async work(context: ServiceContext) {
            await call(context)
          }
        }
        decorate(A, Cron('* * * * * *'))
        return A
      }
    ],
    [
      'an added task',
      (call) =>
        class {
          onStart({ addTask }: ServiceContext) {
            addTask(async (context) => {
              await context.sleep('1s')
              await call(context)
            })
          }
        }
    ],
    [
      'a deferred release',
      (call) =>
        class {
          onStart(context: ServiceContext) {
            context.defer(() => call(context))
          }
        }
    ],
    [
      'the disposal of what it uses',
      (call) =>
        class {
          onStart(context: ServiceContext) {
            context.use({ [Symbol.asyncDispose]: () => call(context) })
          }
        }
    ],
    [
      'a child',
      (call) =>
        class {
          async onStart({ addChild }: ServiceContext) {
            await addChild(
              new (class Child {
                async onStart(context: ServiceContext) {
                  await call(context)
                }
              })()
            )
          }
        }
    ]
  ]

function decorate(cls: Class, decorator: unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(cls.prototype, 'work')
  ;(decorator as MethodDecorator)(cls.prototype as object, 'work', descriptor!)
}

describe('a stop that is asked for from within', () => {
  const all = PLACES.flatMap(([where, make]) => WAYS.map(([what, ask]) => [where, what, make, ask] as const))

  it.each(all)('%s, of %s, never waits for itself', async (_where, _what, make, ask) => {
    const seen: string[] = []
    const Inner = make(async (context) => {
      await ask(app, context)
      seen.push('asked')
    })
    Service({ provide: 'INNER' })(Inner)
    @Service({ provide: 'BASE' })
    class Base {}
    DependsOn(Base)(Inner)
    const clock = new TestClock()
    const app = await createApplication([Inner, Base], { clock, logger: false })
    const starting = app.start().catch((error: unknown) => error)
    await clock.advance('5s')
    await starting
    const stopping = app.stop().catch((error: unknown) => error)
    await clock.settle()
    await stopping
    expect(seen[0]).toBe('asked')
    expect(clock.monotonic()).toBe(5000)
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })

  it('a release of a run that never began, never waits for itself', async () => {
    const journal = new Journal()
    @Service()
    class Inner {
      constructor(@Inject(ServiceContext) context: ServiceContext, @Inject(Application) owner: Application) {
        context.defer(async () => {
          await owner[Symbol.asyncDispose]()
          journal.note('asked')
        })
      }
    }
    const app = await createApplication(Inner, { logger: false })
    await app[Symbol.asyncDispose]()
    expect(journal.lines).toEqual(['asked'])
  })

  it('resolves once the stop is under way', async () => {
    const journal = new Journal()
    @Service()
    class Inner {
      readonly app = inject(Application)
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
        await this.app.stop('enough')
        journal.note(this.app.state)
      }
    }
    const app = await createTestApplication(Inner).start()
    await app.clock.advance('1s')
    await app.waitUntilStopped()
    expect(journal.lines).toEqual(['stopping'])
  })

  it('that fails is logged, since nobody waits for it', async () => {
    const boom = new Error('boom')
    @Service()
    class Inner {
      @Timer('1s') async tick({ stop }: ServiceContext): Promise<void> {
        await stop()
      }
      onStop(): void {
        throw boom
      }
    }
    const app = await createTestApplication(Inner).start()
    await app.clock.advance('1s')
    expect(app.service(Inner).state).toBe('stopped')
    expect(app.logs).toContainEqual(expect.objectContaining({ level: 50, msg: 'stop failed' }))
  })

  it('by a service whose child asks stops both', async () => {
    const journal = new Journal()
    const child = journal.service('Child', {
      onStart({ parent, addTask }) {
        addTask(async ({ sleep }) => {
          await sleep('1s')
          await parent!.stop()
          journal.note('asked')
        })
      }
    })
    const owner = journal.service('Owner', { onStart: ({ addChild }) => addChild(child) })
    const app = await createTestApplication([owner]).start()
    await app.clock.advance('1s')
    expect(app.service(owner).state).toBe('stopped')
    expect(journal.lines).toEqual(
      ['Owner.onStart', 'Child.onStart', 'Owner.onStop', 'Child.onStop', 'asked'].toSorted(
        (a, b) => journal.lines.indexOf(a) - journal.lines.indexOf(b)
      )
    )
    await app.stop()
  })

  it('lets a child have itself removed', async () => {
    const journal = new Journal()
    const owner = journal.service('Owner', {
      async onStart({ addChild, removeChild }) {
        const child = {
          onStart({ addTask }: ServiceContext) {
            addTask(async ({ sleep }) => {
              await sleep('1s')
              await removeChild(child)
              journal.note('asked')
            })
          }
        }
        await addChild(child, { name: 'Child' })
      }
    })
    const app = await createTestApplication([owner]).start()
    await app.clock.advance('1s')
    expect(journal.lines).toEqual(['Owner.onStart', 'asked'])
    expect(app.service(owner).children).toEqual([])
    await app.stop()
  })

  it('restarts a service whose own work asks for it', async () => {
    let runs = 0
    @Service()
    class Inner {
      @Task() async work({ sleep, restart }: ServiceContext): Promise<void> {
        if (++runs > 1) return
        await sleep('1s')
        await restart()
      }
    }
    const app = await createTestApplication(Inner).start()
    await app.clock.advance('1s')
    expect(runs).toBe(2)
    expect(app.service(Inner)).toMatchObject({ state: 'running', restartCount: 1 })
  })
})

describe('waiting from within', () => {
  it.each(['onStart', 'onStop'] as const)(
    'for the start of the application in an %s of a service that is started, or stopped, by itself fails at once',
    async (hook) => {
      let error: unknown
      @Service()
      class Inner {
        readonly app = inject(Application)
        async [hook](): Promise<void> {
          error ??= await rejection(this.app.start())
        }
      }
      const app = await createTestApplication(Inner).create()
      await app.service(Inner).start()
      await app.service(Inner).stop()
      expect(error).toMatchObject({ code: 'KEEL_SELF_WAIT' })
      expect(app.clock.monotonic()).toBe(0)
      expect(app.state).toBe('created')
      await app.start()
      expect(app.state).toBe('running')
    }
  )

  it.each([
    ['its own end', (context: ServiceContext) => context.waitUntilStopped()],
    ['the end of the application', (_: ServiceContext, app: Application) => app.waitUntilStopped()]
  ])('for %s fails at once', async (_, wait) => {
    let error: unknown
    @Service()
    class Inner {
      readonly app = inject(Application)
      @Task() async work(context: ServiceContext): Promise<void> {
        error = await rejection(wait(context, this.app))
      }
    }
    await createTestApplication(Inner).start()
    expect(error).toMatchObject({ code: 'KEEL_SELF_WAIT' })
  })

  it('for the end of what stops only after it ends with its own run, and takes a stop no time', async () => {
    const ends: unknown[] = []
    @Service()
    class Base {
      async onStart({ addChild }: ServiceContext): Promise<void> {
        await addChild({ onStart() {} }, { name: 'Child' })
      }
    }
    @Service()
    @DependsOn(wanted(Base))
    class Between {}
    @Service()
    @DependsOn(Between)
    class Inner {
      readonly app = inject(Application)
      @Task() async work(): Promise<void> {
        const [child] = this.app.service(Base).children
        const reason = await rejection(child!.waitUntilStopped())
        ends.push(reason)
        throw reason
      }
      async onStop({ waitUntilStopped: own }: ServiceContext): Promise<void> {
        ends.push(await rejection(this.app.service(Between).waitUntilStopped()), await rejection(own()))
      }
    }
    const app = await createTestApplication(Inner).start()
    await app.service(Inner).restart()
    const before = app.clock.monotonic()
    await app.stop()
    expect(app.clock.monotonic()).toBe(before)
    const once = [
      { name: 'AbortError', cause: expect.any(Object) as object },
      { code: 'KEEL_SELF_WAIT', service: 'Inner' },
      { code: 'KEEL_SELF_WAIT' }
    ]
    expect(ends).toMatchObject([...once, ...once])
  })

  it('for the end of what it needs is no fault while that can end alone', async () => {
    let reason: unknown
    @Service({ restart: 'temporary' })
    class Session {}
    @Service()
    @DependsOn(Session)
    class Watch {
      readonly app = inject(Application)
      @Task() async work(): Promise<void> {
        reason = await rejection(this.app.service(Session).waitUntilStopped({ timeout: '1h' }))
      }
    }
    const app = await createTestApplication(Watch).start()
    app.crash(Session, new Error('hung up'))
    await app.clock.advance('2h')
    expect(reason).toMatchObject({ message: 'hung up' })
    expect(app.service(Watch).state).toBe('running')
  })

  it('for the start of what needs the service that is starting fails at once', async () => {
    let error: unknown
    @Service()
    class Inner {
      readonly app = inject(Application)
      async onStart({ start }: ServiceContext): Promise<void> {
        error = await rejection(this.app.service(Outer).start())
        expect(await rejection(start())).toMatchObject({ code: 'KEEL_SELF_WAIT' })
      }
    }
    @Service()
    @DependsOn(Inner)
    class Outer {}
    const app = await createTestApplication(Outer).start()
    expect(error).toMatchObject({ code: 'KEEL_SELF_WAIT', service: 'Outer' })
    expect(app.state).toBe('running')
  })

  it.each(['onStop', 'onShutdown'] as const)(
    'for a start that comes after its own %s fails at once',
    async (hook) => {
      let error: unknown
      @Service()
      class Inner {
        async [hook as 'onStop']({ start }: ServiceContext): Promise<void> {
          error = await rejection(start())
        }
      }
      const app = await createTestApplication(Inner).start()
      await app.service(Inner).stop()
      expect(error).toMatchObject({ code: 'KEEL_SELF_WAIT', service: 'Inner' })
      expect(app.service(Inner).state).toBe('stopped')
      await app.service(Inner).start()
      expect(app.service(Inner).state).toBe('running')
    }
  )

  it('for a start that comes after its stop, of others too, fails at once', async () => {
    const errors: unknown[] = []
    @Service()
    class Base {}
    @Service()
    @DependsOn(Base)
    class Idle {
      readonly isIdle = true
    }
    @Service()
    @DependsOn(Base)
    class Busy {
      readonly app = inject(Application)
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await sleep('1h')
        errors.push(
          await rejection(this.app.service(Idle).start()),
          await rejection(this.app.service(Busy).start())
        )
      }
    }
    const app = await createTestApplication([Idle, Busy]).start()
    await app.service(Idle).stop()
    await app.service(Base).stop()
    expect(errors).toMatchObject(['Idle', 'Busy'].map((service) => ({ code: 'KEEL_SELF_WAIT', service })))
    expect(app.services.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  it('for a start is no fault of a task, which begins while its service starts', async () => {
    let waited = 0
    @Service()
    class Inner {
      readonly app = inject(Application)
      @Task() async work({ maybeStart, sleep }: ServiceContext): Promise<void> {
        await maybeStart()
        await this.app.service(Outer).maybeStart()
        waited++
        await sleep('1h')
      }
    }
    @Service()
    @DependsOn(Inner)
    class Outer {}
    const app = await createTestApplication(Outer).start()
    await app.clock.advance(0)
    expect(waited).toBe(1)
  })

  it('for the start of the application fails at once in a start hook, of a child too, and in no other work', async () => {
    const errors: unknown[] = []
    let waited = false
    @Service()
    class Inner {
      readonly app = inject(Application)
      async onStart({ addChild }: ServiceContext): Promise<void> {
        errors.push(await rejection(this.app.start()))
        await addChild(
          { onStart: async () => void errors.push(await rejection(this.app.start())) },
          { name: 'Child' }
        )
      }
      @Task() async work({ sleep }: ServiceContext): Promise<void> {
        await this.app.start()
        waited = true
        await sleep('1h')
      }
    }
    @Service()
    @DependsOn(Inner)
    class Outer {
      async onStart({ sleep }: ServiceContext): Promise<void> {
        await sleep('1s')
      }
    }
    const app = await createTestApplication(Outer).start()
    expect(errors).toMatchObject([1, 2].map(() => ({ code: 'KEEL_SELF_WAIT' })))
    await app.clock.advance(0)
    expect(waited).toBe(true)
  })
})
