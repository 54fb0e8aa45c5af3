import { describe, expect, it } from 'vitest'
import {
  createMethodDecorator,
  inject,
  Injectable,
  InjectionToken,
  Service,
  ServiceBase,
  ServiceContext,
  type Class,
  type Provider,
  type ServiceHandle,
  type StopError
} from 'keelson'
import { createTestApplication, type TestApplication } from 'keelson/testing'
import { Journal, rejection, takes, throws, type Spec } from '../app/journal.js'

/** An application whose only service keeps its context for the test. */
async function withOwner(spec: Spec = {}): Promise<{
  app: TestApplication
  context: ServiceContext
  journal: Journal
  owner: Class<object>
}> {
  const journal = new Journal()
  let context!: ServiceContext
  const owner = journal.service('Owner', {
    ...spec,
    onStart(given) {
      context = given
      return spec.onStart?.(given)
    }
  })
  const app = await createTestApplication(owner, { name: 'App' }).start()
  journal.take()
  return { app, context, journal, owner }
}

const names = (handle: { readonly children: readonly ServiceHandle[] }): string[] =>
  handle.children.map((child) => child.name)

describe('what a child of a class is given', () => {
  const LINE = new InjectionToken<object>('LINE')
  @Service({ inject: [LINE] })
  class Phone {
    constructor(readonly line: object) {}
  }

  it('and is missing, can be told to addChild(), or to the module', async () => {
    const { app, context } = await withOwner()
    expect(await rejection(context.addChild(Phone))).toMatchObject({
      code: 'KEEL_MISSING_PROVIDER',
      hint: 'Add { provide: LINE, … } to the child, addChild(Phone, { providers: […] }), or to the providers of a module, or make it optional.'
    })
    // nothing can be given to create(), nor does it make a scope
    expect(await rejection((async () => app.create(Phone))())).toMatchObject({
      hint: 'Add { provide: LINE, … } to the providers of a module, or make it optional.'
    })
    await app.stop()
  })

  it('cannot be awaited, which the error says in the words of whoever wrote it', async () => {
    const { app, context } = await withOwner()
    const useFactory = async (): Promise<object> => ({})
    const added = rejection(context.addChild(Phone, { providers: [{ provide: LINE, useFactory }] }))
    const notKept = {
      code: 'KEEL_ASYNC_NOT_READY',
      message: expect.stringContaining(
        'the factory of LINE is async, which one among the providers of a scope or a child cannot be'
      ),
      hint: 'Await its value before, and provide that: { provide: LINE, useValue: … }.'
    }
    expect(await added).toMatchObject(notKept)
    await using scope = app.createScope([{ provide: LINE, useFactory, lifetime: 'singleton' }])
    expect(await rejection((async () => scope.get(LINE))())).toMatchObject(notKept)
    await app.stop()
  })
})

describe('a child that fails', () => {
  it('to start while its owner runs is not kept, and the owner runs on', async () => {
    const { app, context, journal, owner } = await withOwner()
    const boom = new Error('boom')
    const bad = journal.service('Bad', { onStart: throws(boom), onShutdown: () => {} })
    const error = await rejection(context.addChild(bad))
    expect(error).toMatchObject({ name: 'StartError', service: 'Owner/Bad', phase: 'onStart' })
    expect((error as Error).cause).toBe(boom)
    expect(app.service(owner)).toMatchObject({ state: 'running', children: [] })
    expect(journal.lines).toEqual(['Bad.onStart', 'Bad.onShutdown'])
    await context.addChild(journal.service('Bad'))
    expect(names(context)).toEqual(['Owner/Bad#2'])
  })

  it('to start while a restart was asked for is not started after it was let go of', async () => {
    const { app, context, journal, owner } = await withOwner()
    let starts = 0
    const bad = journal.service('Bad', {
      async onStart({ sleep }) {
        starts++
        await sleep('1s')
        throw new Error('boom')
      }
    })
    const adding = rejection(context.addChild(bad))
    await app.clock.settle()
    const restarting = rejection(app.service(owner).children[0]!.restart())
    await app.clock.advance('1s')
    expect(await adding).toMatchObject({ name: 'StartError' })
    expect(await restarting).toMatchObject({ code: 'KEEL_START_ABORTED' })
    await app.clock.advance('1m')
    expect(starts).toBe(1)
    expect(app.service(owner).children).toEqual([])
  })

  it('to stop is told, and the others are stopped all the same', async () => {
    const { app, context, journal } = await withOwner()
    const [one, two] = [new Error('one'), new Error('two')]
    await context.addChild(journal.service('One', { onStop: throws(one) }))
    await context.addChild(journal.service('Two', { onStop: throws(two), onShutdown: () => {} }))
    journal.take()
    const error = (await rejection(app.stop())) as StopError
    expect(error.failures).toEqual([
      { service: 'Owner/Two', phase: 'onStop', error: two },
      { service: 'Owner/One', phase: 'onStop', error: one }
    ])
    expect(journal.lines).toEqual(['Owner.onStop', 'Two.onStop', 'Two.onShutdown', 'One.onStop'])
  })

  it('by crashing crashes its owner with the same reason, and with it the application', async () => {
    const { app, context, journal, owner } = await withOwner()
    const boom = new Error('boom')
    const child = await context.addChild(journal.service('Child'))
    const grandchild = await (child as unknown as ServiceContext).addChild(journal.service('Grandchild'))
    grandchild.crash(boom)
    expect(app.service(owner)).toMatchObject({ state: 'crashed', crashReason: boom })
    expect(child.crashReason).toBe(boom)
    expect(await rejection(app.waitUntilStopped())).toBe(boom)
    expect(
      app.events
        .ofType('service.crashed')
        .map(({ service }) => service)
        .toSorted()
    ).toEqual(['Owner', 'Owner/Child', 'Owner/Child/Grandchild'])
  })

  it('crashes with its owner when that crashes, and all that they hold is released', async () => {
    const { app, context, journal, owner } = await withOwner({ onShutdown: () => {} })
    const boom = new Error('boom')
    const child = await context.addChild(journal.service('Child', { onShutdown: () => {} }))
    journal.take()
    app.crash(owner, boom)
    expect(child).toMatchObject({ state: 'crashed', crashReason: boom })
    await rejection(app.waitUntilStopped())
    expect(journal.lines).toEqual(['Owner.onStop', 'Child.onStop', 'Child.onShutdown', 'Owner.onShutdown'])
  })

  it('that is temporary crashes alone', async () => {
    const { app, context, journal, owner } = await withOwner()
    const child = await context.addChild(
      journal.service('Child', { options: { restart: 'temporary' }, onShutdown: () => {} })
    )
    child.crash(new Error('boom'))
    await app.clock.settle()
    expect(child.state).toBe('crashed')
    expect(app.service(owner).state).toBe('running')
    expect(journal.lines.at(-1)).toBe('Child.onShutdown')
    await app.stop()
  })
})

describe('adding a child', () => {
  it('is refused for one that is above the owner, or the owner itself', async () => {
    class Piece extends ServiceBase {}
    class Top extends Piece {}
    class Middle extends Piece {}
    class Bottom extends Piece {}
    const [top, middle, bottom] = [new Top(), new Middle(), new Bottom()]
    await top.addChild(middle)
    await middle.addChild(bottom)
    expect(await rejection(bottom.addChild(top))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining(
        'Top cannot become a child of Top/Middle/Bottom: it owns Top/Middle/Bottom already'
      )
    })
    await expect(top.addChild(top)).rejects.toThrow('Top cannot become a child of Top: it would own itself')
    await top.start()
    expect([top.state, middle.state, bottom.state]).toEqual(['running', 'running', 'running'])
    await top.stop()
  })

  it('is refused to a service that stops, and for an object that is a service of its own', async () => {
    const { app, context, journal, owner } = await withOwner({
      onStop: async ({ addChild }) =>
        journal.note(((await rejection(addChild({}))) as Error).message.split('\n')[0]!)
    })
    const other = new (class Other extends ServiceBase {})()
    await other.start()
    expect(((await rejection(context.addChild(other))) as Error).message).toContain(
      'it is a service of its own already'
    )
    await other.stop()
    await expect(context.addChild(app.get(owner))).rejects.toThrow('it would own itself')
    journal.take()
    await app.stop()
    expect(journal.lines[1]).toContain("Owner cannot take a child: it is 'stopping'")
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['5', 5],
    ['"Child"', 'Child'],
    ['a function', () => ({})],
    ['a promise', Promise.resolve({})]
  ])('is refused for what is neither object nor class: %s', async (shown, child) => {
    const { app, context } = await withOwner()
    expect(await rejection(context.addChild(child as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining(`a child of Owner must be an object or a class, but is ${shown}.`)
    })
    expect(context.children).toEqual([])
    await app.stop()
  })

  it.each([
    [{ name: '' }, 'name of addChild() of Owner must be a string that is not empty'],
    [{ providers: {} }, 'providers of addChild() of Owner must be an array'],
    [{ nmae: 'Child' }, "addChild() of Owner has no option 'nmae'"]
  ])('is refused with the options %o', async (options, message) => {
    const { app, context } = await withOwner()
    expect(await rejection(context.addChild({}, options as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining(message)
    })
    expect(context.children).toEqual([])
    await app.stop()
  })

  it('by its class is refused in a constructor, where nothing else can be constructed, and by its object is not', async () => {
    let refusal: unknown
    @Service()
    class Kid {}
    @Service()
    class Early {
      readonly context = inject(ServiceContext)
      constructor() {
        this.context.addChild(Kid).catch((error: unknown) => (refusal = error))
        void this.context.addChild(new Kid())
      }
    }
    const app = await createTestApplication(Early).start()
    expect(refusal).toMatchObject({
      code: 'KEEL_ILLEGAL_TRANSITION',
      message: expect.stringContaining('Early cannot have Kid constructed as a child'),
      hint: 'add it in onStart, or give an object.'
    })
    expect(names(app.service(Early))).toEqual(['Early/Kid'])
    await app.stop()
  })

  it('is how one that was removed starts again, as is told when it is to start by itself', async () => {
    class Guest extends ServiceBase {}
    const guest = new Guest()
    const { app, context } = await withOwner()
    await context.addChild(guest)
    await context.removeChild(guest)
    for (const start of [guest.start(), guest.restart()])
      expect(await rejection(start)).toMatchObject({
        code: 'KEEL_DISPOSED',
        hint: expect.stringMatching(/added again, by addChild\(\) or to a Supervisor/)
      })
    await context.addChild(guest)
    expect(guest.state).toBe('running')
    await app.stop()
  })

  it('is refused to a service whose application has been disposed', async () => {
    const { app, context } = await withOwner()
    await app[Symbol.asyncDispose]()
    expect(await rejection(context.addChild({}))).toMatchObject({ code: 'KEEL_DISPOSED' })
    expect(context.children).toEqual([])
  })

  it('in onStart resolves at once, and the child runs before onStarted', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onStart: takes(100) })
    const owner = journal.service('Owner', {
      async onStart({ addChild }) {
        const handle = await addChild(child)
        journal.note(handle.state)
      },
      onStarted: ({ children }) => journal.note(children[0]!.state)
    })
    await createTestApplication(owner).start()
    expect(journal.lines).toEqual(['Owner.onStart', 'init', 'Child.onStart', 'Owner.onStarted', 'running'])
  })

  it.each(['runs', 'fails'])(
    'that is started by hand before its turn is waited for, when it %s too',
    async (how) => {
      const journal = new Journal()
      const boom = new Error('boom')
      const child = journal.service('Child', {
        async onStart(context) {
          await takes(100)(context)
          if (how === 'fails') throw boom
        }
      })
      const owner = journal.service('Owner', {
        async onStart({ addChild }) {
          const handle = await addChild(child)
          handle.start().catch(() => undefined)
        },
        onStarted: ({ children }) => journal.note(children[0]!.state)
      })
      const app = await createTestApplication(owner).create()
      const error = await app.start().catch((reason: unknown) => reason)
      const lines = ['Owner.onStart', 'Child.onStart']
      if (how === 'runs') lines.push('Owner.onStarted', 'running')
      else lines.push('Owner.onStop')
      expect(journal.lines).toEqual(lines)
      expect(error).toEqual(
        how === 'runs'
          ? undefined
          : expect.objectContaining({ service: 'Owner/Child', phase: 'onStart', cause: boom })
      )
    }
  )

  it('while its owner runs resolves once the child runs, onReady included', async () => {
    const { app, context, journal } = await withOwner()
    const adding = context.addChild(journal.service('Child', { onStart: takes(100), onReady: () => {} }))
    let added = false
    void adding.then(() => (added = true))
    await app.clock.advance(99)
    expect(added).toBe(false)
    await app.clock.advance(1)
    expect((await adding).state).toBe('running')
    expect(journal.lines).toEqual(['Child.onStart', 'Child.onReady'])
  })

  it('while the application starts tells it once that all of it runs', async () => {
    const journal = new Journal()
    const child = journal.service('Child', { onReady: () => {} })
    const owner = journal.service('Owner', {
      onStart({ addChild, addTask }) {
        addTask(async ({ sleep }) => {
          await sleep(100)
          await addChild(child)
        })
      }
    })
    const app = await createTestApplication([
      owner,
      journal.service('Slow', { onStart: takes(1000) })
    ]).start()
    expect(app.service(owner).children[0]!.state).toBe('running')
    expect(journal.lines.filter((line) => line === 'Child.onReady')).toHaveLength(1)
  })

  it('while others are told that all of it runs is told so too, once', async () => {
    const journal = new Journal()
    const child = (name: string): Class<object> => journal.service(name, { onReady: () => {} })
    const owner = journal.service('Owner', {
      onStart({ addChild, addTask }) {
        addTask(async ({ sleep }) => {
          // in the very moment in which the last of the services runs
          await sleep(100)
          await addChild(child('Early'))
        })
      },
      async onReady({ addChild }) {
        await addChild(child('Late'))
        journal.note('Owner is ready')
      }
    })
    const app = await createTestApplication([owner, journal.service('Slow', { onStart: takes(100) })]).start()
    const told = journal.take().filter((line) => /onReady|is ready/.test(line))
    expect(told.toSorted()).toEqual(['Early.onReady', 'Late.onReady', 'Owner is ready', 'Owner.onReady'])
    expect(told.indexOf('Late.onReady')).toBeLessThan(told.indexOf('Owner is ready'))
    await app.stop()
  })

  it('in an onReady, and not ready itself, is not kept, and told to the one who adds it', async () => {
    const journal = new Journal()
    let error: unknown
    const owner = journal.service('Owner', {
      async onReady({ addChild }) {
        error = await rejection(addChild(journal.service('Child', { onReady: throws(new Error('boom')) })))
      }
    })
    const app = await createTestApplication(owner).start()
    expect(error).toMatchObject({ name: 'StartError', service: 'Owner/Child', phase: 'onReady' })
    expect(app.service(owner)).toMatchObject({ state: 'running', children: [] })
  })

  it('again while it stops is refused, and it stays a child', async () => {
    const journal = new Journal()
    const child = new (journal.service('Child', { onStop: takes(100) }))()
    const { app, context } = await withOwner()
    const handle = await context.addChild(child)
    const stopping = handle.stop()
    expect(await rejection(context.addChild(child))).toMatchObject({ code: 'KEEL_ILLEGAL_TRANSITION' })
    await app.clock.advance(100)
    await stopping
    expect(names(context)).toEqual(['Owner/Child'])
    expect(await context.addChild(child)).toBe(handle)
    expect(handle.state).toBe('running')
  })

  it('twice is the same child', async () => {
    const { context } = await withOwner()
    const object = {}
    const first = await context.addChild(object)
    expect(await context.addChild(object)).toBe(first)
    expect(context.children).toHaveLength(1)
  })

  it('by its class constructs it anew each time, from what the application has', async () => {
    const LIMIT = new InjectionToken<number>('LIMIT')
    @Injectable()
    class Shared {}
    @Service()
    class Child {
      readonly shared = inject(Shared)
      readonly limit = inject(LIMIT)
      readonly context: ServiceContext
      constructor(context: ServiceContext) {
        this.context = context
      }
    }
    @Service()
    class Owner {
      readonly shared = inject(Shared)
      readonly made: Child[] = []
      async onStart({ addChild }: ServiceContext): Promise<void> {
        for (const limit of [1, 2]) {
          await addChild(Child, { providers: [{ provide: LIMIT, useValue: limit }] })
        }
      }
    }
    const app = await createTestApplication(Owner).start()
    const [one, two] = app.service(Owner).children as unknown as { instance: Child }[]
    expect(one!.instance).not.toBe(two!.instance)
    expect(one!.instance.shared).toBe(app.get(Owner).shared)
    expect([one!.instance.limit, two!.instance.limit]).toEqual([1, 2])
    expect(app.service(Owner).children.map(({ name }) => name)).toEqual(['Owner/Child', 'Owner/Child#2'])
    expect([one, two].map((child) => child!.instance.context.name)).toEqual(['Owner/Child', 'Owner/Child#2'])
    expect(() => app.get(Child)).toThrow()
  })

  it('by its class releases what factories made for it when it is let go of, after its stop', async () => {
    const lines: string[] = []
    const POOL = new InjectionToken<{ readonly of: string }>('POOL')
    const GUEST = new InjectionToken<object>('GUEST')
    const providersOf = (name: string, error?: Error): Provider[] => [
      {
        provide: POOL,
        useFactory: () => ({ of: name }),
        dispose: (pool) => {
          lines.push(`pool of ${pool.of} closed`)
          if (error !== undefined) throw error
        }
      },
      {
        provide: GUEST,
        lifetime: 'transient',
        useFactory: () => ({ [Symbol.dispose]: () => lines.push(`guest of ${name} leaves`) })
      }
    ]
    @Service()
    class Child {
      readonly pool = inject(POOL)
      readonly guest = inject(GUEST)
      onStop(): void {
        lines.push(`${this.pool.of} stops`)
      }
    }
    @Service()
    class Owner {
      readonly context = inject(ServiceContext)
    }
    const app = await createTestApplication(Owner).start()
    const { context } = app.get(Owner)
    const take = (): string[] => lines.splice(0)
    const removed = await context.addChild(Child, { name: 'removed', providers: providersOf('removed') })
    await context.removeChild(removed)
    expect(take()).toEqual(['removed stops', 'guest of removed leaves', 'pool of removed closed'])
    const torn = new Error('torn')
    const failing = await context.addChild(Child, {
      name: 'failing',
      providers: providersOf('failing', torn)
    })
    expect(await rejection(context.removeChild(failing))).toMatchObject({
      failures: [{ service: 'POOL', phase: 'dispose', error: torn }]
    })
    take()
    await context.addChild(Child, { name: 'during', providers: providersOf('during') })
    await app.service(Owner).restart()
    expect(take()).toEqual(['during stops', 'guest of during leaves', 'pool of during closed'])
    await app.service(Owner).stop()
    await context.addChild(Child, { name: 'lasting', providers: providersOf('lasting') })
    await app.service(Owner).start()
    await app.service(Owner).restart()
    expect(take()).toEqual(['lasting stops'])
    await app[Symbol.asyncDispose]()
    expect(take()).toEqual(['lasting stops', 'guest of lasting leaves', 'pool of lasting closed'])
  })

  it('by a class whose constructor throws releases what was made for it', async () => {
    const lines: string[] = []
    class Broken {
      readonly pool = inject<object>('pool')
      constructor() {
        throw new Error('broken')
      }
    }
    const provider = { provide: 'pool', useFactory: () => ({}), dispose: () => void lines.push('closed') }
    @Service()
    class Owner {
      readonly context = inject(ServiceContext)
    }
    await using app = await createTestApplication(Owner).start()
    const adding = app.get(Owner).context.addChild(Broken, { providers: [provider] })
    expect(await rejection(adding)).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'Owner/Broken',
      phase: 'constructor',
      cause: { message: 'broken' }
    })
    await app.clock.settle()
    expect(lines).toEqual(['closed'])
  })

  it.each([
    ['a list', [class {}]],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['an error', new Error('e')],
    ['what has no class', Object.create(null)]
  ])('is refused for what can have no hooks: %s', async (_, child) => {
    const { app, context } = await withOwner()
    expect(await rejection(context.addChild(child as object))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('a child of Owner must be an object of a class that may have hooks')
    })
    expect(context.children).toEqual([])
    await app.stop()
  })

  it.each(['asks for its context', 'extends a service'])(
    'by a class whose constructor throws releases what that has taken, before what was made for it: one that %s',
    async (how) => {
      const seen: string[] = []
      const take = ({ defer }: ServiceContext): never => {
        defer(() => void seen.push('connection'))
        throw new Error('boom')
      }
      class Asking {
        readonly pool = inject<object>('pool')
        constructor() {
          take(inject(ServiceContext))
        }
      }
      class Derived extends ServiceBase {
        readonly pool = inject<object>('pool')
        constructor() {
          super()
          take(this.context)
        }
      }
      const pool = { provide: 'pool', useFactory: () => ({}), dispose: () => void seen.push('pool') }
      const { app, context } = await withOwner()
      const adding = context.addChild(how === 'extends a service' ? Derived : Asking, { providers: [pool] })
      expect(await rejection(adding)).toMatchObject({ code: 'KEEL_START_FAILED', phase: 'constructor' })
      await app.idle()
      expect(seen).toEqual(['connection', 'pool'])
      await app[Symbol.asyncDispose]()
      expect(seen).toEqual(['connection', 'pool'])
    }
  )

  it('by a class whose constructor throws leaves its name to the next, and what it has let out of it is no service', async () => {
    let isBroken = true
    const kept: ServiceBase[] = []
    class Child extends ServiceBase {
      constructor() {
        super()
        kept.push(this)
        if (isBroken) throw new Error('boom')
      }
    }
    class Asking {
      constructor() {
        inject(ServiceContext)
        if (isBroken) throw new Error('boom')
      }
    }
    const { app, context } = await withOwner()
    for (const cls of [Child, Asking]) await rejection(context.addChild(cls))
    expect(await rejection(kept[0]!.start())).toMatchObject({ code: 'KEEL_DISPOSED' })
    isBroken = false
    for (const cls of [Child, Asking]) await context.addChild(cls)
    expect(names(context)).toEqual(['Owner/Child', 'Owner/Asking'])
    await app.stop()
  })

  it('of an object is refused with providers, which nobody would read', async () => {
    const { app, context } = await withOwner()
    class Child {}
    expect(
      await rejection(context.addChild(new Child(), { providers: [{ provide: 'x', useValue: 1 }] }))
    ).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('addChild() of Owner gives providers')
    })
    await context.addChild(new Child(), { providers: [] })
    await app.stop()
  })

  it('that ends by itself as soon as it runs is no start that was aborted', async () => {
    const { app, context } = await withOwner()
    const job = await context.addChild(ServiceBase.from(async () => {}, { name: 'job' }))
    await app.clock.settle()
    expect(job.state).toBe('stopped')
    await app.stop()
  })

  it('that is stopped by its owner as soon as it runs is one', async () => {
    const { app, context } = await withOwner()
    class Child {}
    const child = new Child()
    const added = rejection(context.addChild(child))
    const [handle] = context.children
    handle?.state$.subscribe(({ state }) => {
      if (state === 'running') void handle.stop().catch(() => {})
    })
    expect(await added).toMatchObject({ code: 'KEEL_START_ABORTED' })
    await app.stop()
  })

  it('have names of their own, though one was given what others are numbered with', async () => {
    const { app, context } = await withOwner()
    for (const name of ['A', 'A#2', 'A', 'B', 'B', 'B#2', 'B#2', 'B#3', 'B', 'C#1', 'C'])
      await context.addChild(new (class Child {})(), { name })
    expect(names(context)).toEqual(
      ['A', 'A#2', 'A#3', 'B', 'B#2', 'B#2#2', 'B#2#3', 'B#3', 'B#4', 'C#1', 'C'].map(
        (name) => `Owner/${name}`
      )
    )
    await app.stop()
  })

  it('names it as it was given once nobody has that name any more', async () => {
    const { app, context } = await withOwner()
    class Client {}
    const add = (): Promise<ServiceHandle> => context.addChild(new Client(), { name: 'client 7' })
    const [first, second] = [await add(), await add()]
    await context.removeChild(first)
    const third = await add()
    expect(names(context)).toEqual(['Owner/client 7#2', 'Owner/client 7#3'])
    await context.removeChild(second)
    await context.removeChild(third)
    expect((await add()).name).toBe('Owner/client 7')
    await app.stop()
  })

  it('is refused for a handle, a context and an application, which only stand for services', async () => {
    const { app, context } = await withOwner()
    const child = {}
    const handle = await context.addChild(child)
    await context.removeChild(handle)
    for (const other of [handle, context, app]) {
      expect(await rejection(context.addChild(other))).toMatchObject({
        code: 'KEEL_INVALID_OPTION',
        message: expect.stringContaining(
          `${other.name} cannot become a child of Owner by what only stands for it`
        )
      })
    }
    expect(context.children).toEqual([])
    expect((await context.addChild(child)).state).toBe('running')
    await app.stop()
  })

  it('names it by its owner and its own name, numbered where that is taken', async () => {
    const { context, app } = await withOwner()
    class Connection {}
    await context.addChild(new Connection())
    await context.addChild(new Connection())
    const named = await context.addChild(new Connection(), { name: 'main' })
    await context.addChild(ServiceBase.from(() => new Promise(() => {}), { name: 'job' }))
    expect(names(context)).toEqual(['Owner/Connection', 'Owner/Connection#2', 'Owner/main', 'Owner/job'])
    expect(named.path).toBe('App/Owner/main')
    expect(named.parent).toBe(app.services[0])
  })
})

describe('children', () => {
  it('start in order, one after another, and stop in reverse', async () => {
    const journal = new Journal()
    const made = ['One', 'Two', 'Three'].map((name) =>
      journal.service(name, { onStart: takes(10), onStop: takes(10) })
    )
    const owner = journal.service('Owner', {
      async onStart({ addChild }) {
        for (const child of made) await addChild(child)
      }
    })
    const app = await createTestApplication(owner).start()
    expect(app.clock.monotonic()).toBe(30)
    await app.stop()
    expect(app.clock.monotonic()).toBe(60)
    expect(journal.lines.slice(4)).toEqual(['Owner.onStop', 'Three.onStop', 'Two.onStop', 'One.onStop'])
  })

  it('added during a run are gone in the next, those added before stay', async () => {
    const journal = new Journal()
    class Lasting {}
    class Passing {}
    @Service()
    class Owner {
      readonly context = inject(ServiceContext)
      readonly lasting = this.context.addChild(new Lasting())
      async onStart({ addChild, children }: ServiceContext): Promise<void> {
        journal.note(children.map(({ name }) => name).join(' '))
        await addChild(new Passing())
      }
    }
    const app = await createTestApplication(Owner).start()
    const handle = app.service(Owner)
    const [first] = handle.children
    expect(names(handle)).toEqual(['Owner/Lasting', 'Owner/Passing'])
    await handle.restart()
    expect(names(handle)).toEqual(['Owner/Lasting', 'Owner/Passing'])
    expect(handle.children[0]).toBe(first)
    expect(handle.children[0]).toMatchObject({ state: 'running' })
    await app.stop()
    expect(names(handle)).toEqual(['Owner/Lasting'])
    await app.start()
    expect(journal.lines).toEqual(['Owner/Lasting', 'Owner/Lasting', 'Owner/Lasting'])
    expect(names(handle)).toEqual(['Owner/Lasting', 'Owner/Passing'])
  })

  it('restart with their owner, their first start not being repeated', async () => {
    const journal = new Journal()
    const Child = journal.service('Child', { onFirstStart: () => {}, onRestart: () => {} })
    const child = new (Child as new () => object)()
    const { app, owner } = await withOwner({ onStart: ({ addChild }) => addChild(child) })
    journal.take()
    await app.service(owner).restart()
    expect(journal.lines).toEqual(['Child.onStop', 'Child.onStart'])
    expect(names(app.service(owner))).toEqual(['Owner/Child'])
  })

  it('that are not yet started when their owner is told to stop are skipped, and so is onStarted', async () => {
    const journal = new Journal()
    const slow = journal.service('Slow', { onStart: ({ sleep }) => sleep('1h') })
    const never = journal.service('Never')
    const owner = journal.service('Owner', {
      async onStart({ addChild }) {
        await addChild(slow)
        await addChild(never)
      },
      onStarted: () => {}
    })
    const app = await createTestApplication(owner).create()
    app.clock.setTimeout(() => void app.stop(), 1000)
    await rejection(app.start())
    expect(journal.lines).toEqual(['Owner.onStart', 'Slow.onStart', 'Owner.onStop', 'Slow.onStop'])
  })

  it('may be added while the others start', async () => {
    const journal = new Journal()
    const late = journal.service('Late')
    const slow = journal.service('Slow', { onStart: takes(1000) })
    const owner = journal.service('Owner', {
      async onStart({ addChild, addTask }) {
        await addChild(slow)
        addTask(async ({ sleep }) => {
          await sleep(500)
          await addChild(late)
        })
      }
    })
    const app = await createTestApplication(owner).start()
    expect(app.service(owner).children.map(({ state }) => state)).toEqual(['running', 'running'])
    await app.stop()
    expect(journal.lines.slice(-3)).toEqual(['Owner.onStop', 'Late.onStop', 'Slow.onStop'])
  })

  it('may have children of their own, however deep', async () => {
    const deep = (depth: number): object => ({
      async onStart({ addChild }: ServiceContext) {
        if (depth > 1) await addChild(deep(depth - 1), { name: 'C' })
      }
    })
    const { app, context } = await withOwner()
    await context.addChild(deep(200), { name: 'C' })
    let depth = 0
    for (let one: ServiceHandle | undefined = app.services[0]; one !== undefined; one = one.children[0])
      depth++
    expect(depth).toBe(201)
    await app.stop()
  })

  it('by the ten thousand are stopped in linear time', async () => {
    const { app, context } = await withOwner()
    const took: number[] = []
    for (const count of [2000, 10_000]) {
      for (let index = 0; index < count; index++) await context.addChild({}, { name: 'C' })
      const begun = performance.now()
      await app.services[0]!.restart()
      took.push(performance.now() - begun)
    }
    expect(context.children).toEqual([])
    expect(took[1]!).toBeLessThan(took[0]! * 25 + 200)
  }, 60_000)

  it('can be started and stopped by their handles', async () => {
    const { app, context, journal, owner } = await withOwner()
    const child = await context.addChild(journal.service('Child', { onReady: () => {} }))
    await child.stop()
    expect(child.state).toBe('stopped')
    await child.start()
    await child.restart()
    expect(child).toMatchObject({ state: 'running', restartCount: 1 })
    expect(journal.lines).toEqual([
      ...['Child.onStart', 'Child.onReady', 'Child.onStop'],
      ...['Child.onStart', 'Child.onReady', 'Child.onStop', 'Child.onStart']
    ])
    await app.service(owner).stop()
    await expect(child.start()).rejects.toThrow()
  })

  it('whose start by hand fails are released, and crash nobody', async () => {
    const { app, context, journal, owner } = await withOwner()
    let fails = false
    const child = await context.addChild(
      journal.service('Child', {
        onStart() {
          if (fails) throw new Error('boom')
        },
        onShutdown: () => {}
      })
    )
    await child.stop()
    fails = true
    const error = await rejection(child.start())
    expect(error).toMatchObject({
      name: 'StartError',
      service: 'Owner/Child',
      path: ['Owner', 'Owner/Child']
    })
    expect(journal.lines.slice(-2)).toEqual(['Child.onStart', 'Child.onShutdown'])
    expect(app.service(owner).state).toBe('running')
  })

  it('that were asked to restart do not start again once their owner is to stop, before it comes to them', async () => {
    const { app, context, journal, owner } = await withOwner({ onStop: takes(200) })
    const child = await context.addChild(journal.service('Child', { onShutdown: takes(100) }))
    const restarting = rejection(child.restart())
    await app.clock.settle()
    const stopping = app.service(owner).stop()
    await app.clock.advance(400)
    await stopping
    expect(await restarting).toMatchObject({ code: 'KEEL_START_ABORTED' })
    expect(journal.lines).toEqual(['Child.onStart', 'Child.onStop', 'Child.onShutdown', 'Owner.onStop'])
  })
})

describe('a child that is not ready', () => {
  it('is not kept when it is added, and stops again when it is started by hand', async () => {
    const { app, context, journal, owner } = await withOwner()
    const boom = new Error('boom')
    let fails = true
    const cls = journal.service('Child', {
      onReady() {
        if (fails) throw boom
      }
    })
    expect(await rejection(context.addChild(cls))).toMatchObject({ service: 'Owner/Child', phase: 'onReady' })
    expect(context.children).toEqual([])
    expect(journal.take()).toEqual(['Child.onStart', 'Child.onReady', 'Child.onStop'])
    fails = false
    const child = await context.addChild(cls)
    await child.stop()
    fails = true
    const error = await rejection(child.start())
    expect(error).toMatchObject({ name: 'StartError', phase: 'onReady', path: ['Owner', 'Owner/Child#2'] })
    expect((error as Error).cause).toBe(boom)
    expect(child.state).toBe('stopped')
    expect(app.service(owner).state).toBe('running')
  })
})

describe('a child that ends by itself', () => {
  it('in its onStart neither fails nor crashes its owner', async () => {
    const journal = new Journal()
    const brief = journal.service('Brief', { onStart: ({ stop }) => stop() })
    const owner = journal.service('Owner', { onStart: ({ addChild }) => addChild(brief) })
    const app = await createTestApplication(owner).start()
    expect(app.service(owner).state).toBe('running')
    expect(app.service(owner).children[0]!.state).toBe('stopped')
  })

  it('is found stopped by its owner, which may start it again', async () => {
    const { app, context } = await withOwner()
    const child = await context.addChild({
      onStart: ({ addTask, stop }: ServiceContext) =>
        void addTask(async ({ sleep }) => (await sleep('1s'), stop()))
    })
    await app.clock.advance('1s')
    expect(child.state).toBe('stopped')
    await child.start()
    expect(child.state).toBe('running')
  })
})

describe('removing a child', () => {
  it('is refused for what is no child', async () => {
    const { context } = await withOwner()
    await expect(context.removeChild({})).rejects.toThrow('Owner has no such child')
  })

  it('that fails to stop tells so, and lets go of it all the same', async () => {
    const { context } = await withOwner()
    const boom = new Error('boom')
    const child = { onStop: throws(boom) }
    await context.addChild(child)
    const error = (await rejection(context.removeChild(child))) as StopError
    expect(error.errors).toEqual([boom])
    expect(context.children).toEqual([])
  })

  it('stops it and lets go of it, given the object or its handle', async () => {
    const { context, journal, app } = await withOwner()
    const One = journal.service('One') as new () => object
    const object = new One()
    const handle = await context.addChild(object)
    const seen: string[] = []
    handle.state$.subscribe({ next: ({ state }) => seen.push(state), complete: () => seen.push('complete') })
    await context.removeChild(object)
    expect(seen).toEqual(['running', 'stopping', 'stopped', 'complete'])
    expect(context.children).toEqual([])
    expect(app.graph.nodes.map(({ name }) => name)).toEqual(['Owner'])
    const second = await context.addChild(journal.service('Two'))
    await context.removeChild(second)
    expect(context.children).toEqual([])
    await app.stop()
    expect(journal.lines.filter((line) => line === 'One.onStop')).toHaveLength(1)
  })

  it('that its owner starts in the same turn stops it again before it lets go', async () => {
    const child = new Journal().service('Child')
    const kept = new child()
    class Owner extends ServiceBase {
      constructor() {
        super()
        void this.addChild(kept)
      }
      remove(): Promise<void> {
        return this.context.removeChild(kept)
      }
    }
    const owner = new Owner()
    const app = await createTestApplication(owner).start()
    const handle = app.services[0]!.children[0]!
    await app.service(Owner).stop()
    await Promise.all([app.service(Owner).restart(), owner.remove()])
    expect([handle.state, owner.state]).toEqual(['stopped', 'running'])
    await app.stop()
  })

  it('lets its object be added again, here or elsewhere', async () => {
    const { context, journal } = await withOwner()
    const One = journal.service('One', { onFirstStart: () => {} }) as new () => object
    const object = new One()
    await context.addChild(object)
    await context.removeChild(object)
    const again = await context.addChild(object)
    expect(again).toMatchObject({ state: 'running', name: 'Owner/One#2' })
    const seen: string[] = []
    again.state$.subscribe(({ state }) => seen.push(state))
    await context.removeChild(object)
    expect(seen).toEqual(['running', 'stopping', 'stopped'])
    const nest = await context.addChild({}, { name: 'Nest' })
    const there = await (nest as unknown as ServiceContext).addChild(object)
    expect(there.name).toBe('Owner/Nest/One')
    expect(journal.lines.filter((line) => line === 'One.onFirstStart')).toHaveLength(1)
  })
})

describe('methods of children', () => {
  const Mark = createMethodDecorator('Mark')

  class Child {
    @Mark() marked(how?: unknown): unknown {
      if (how instanceof Error) throw how
      return how
    }
  }

  it('are found as long as these are there, behind those of services, as the work of the child', async () => {
    @Service()
    class Owner {
      readonly context = inject(ServiceContext)
      @Mark() own(): void {}
    }
    @Service()
    class Second {
      @Mark() last(): void {}
    }
    const app = await createTestApplication([Owner, Second]).start()
    const found = (): string[] =>
      app.methodsWith(Mark).map(({ service, method }) => `${service.name}.${String(method)}`)
    expect(found()).toEqual(['Owner.own', 'Second.last'])
    const child = await app.get(Owner).context.addChild(new Child())
    expect(found()).toEqual(['Owner.own', 'Owner/Child.marked', 'Second.last'])
    const [, marked] = app.methodsWith(Mark)
    expect(await marked!.call('x')).toBe('x')
    const boom = new Error('boom')
    expect(await rejection(marked!.call(boom))).toBe(boom)
    expect([child.state, app.service(Owner).crashReason]).toEqual(['crashed', boom])
    await rejection(app.waitUntilStopped())
  })

  it('are found no more once it was removed', async () => {
    const { app, context } = await withOwner()
    const child = await context.addChild(new Child())
    expect(app.methodsWith(Mark)).toHaveLength(1)
    await context.removeChild(child)
    expect(app.methodsWith(Mark)).toEqual([])
  })
})
