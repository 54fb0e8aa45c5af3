import { describe, expect, it } from 'vitest'
import { LifecycleError, StopError, WiringError } from '../../src/errors/index.js'
import { systemClock } from '../../src/time/index.js'
import type { Token } from '../../src/tokens/index.js'
import { Assembly, Scope } from '../../src/wiring/index.js'
import { all, Inject, inject, Injectable, InjectionToken, lazy, Lazy, Module, Service } from './api.js'
import { Ambient, BareService, failureOf, needs, plan, turns, wire } from './wire.js'

const LOCALE = new InjectionToken<string>('LOCALE')
const REQUEST = new InjectionToken<{ id: number }>('REQUEST')

describe('get()', () => {
  it('of what nothing provides names what is near', async () => {
    @Service()
    class OrderService {}
    class OrderServices {}
    const assembly = await wire(OrderService)
    const error = await failureOf(() => assembly.get(OrderServices))
    expect(error).toBeInstanceOf(LifecycleError)
    expect(error).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      hint: expect.stringContaining('Did you mean OrderService?')
    })
    // a call cannot make it optional
    expect(await failureOf(() => assembly.get('nothing'))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      hint: expect.not.stringContaining('optional') as string
    })
  })

  it('of what stands for different things in different modules asks which is meant', async () => {
    const provide = (useValue: number) => ({ providers: [{ provide: 'x', useValue }] })
    @Module(provide(1))
    class A {}
    @Module(provide(2))
    class B {}
    @Module({ imports: [A, B] })
    class Root {}
    @Module({})
    class Stranger {}
    const assembly = await wire(Root)
    const scope = assembly.createScope([{ provide: 'own', useValue: 3 }])
    for (const asked of [assembly, scope]) {
      expect(await failureOf(() => asked.get('x'))).toMatchObject({
        code: 'KEEL_AMBIGUOUS_TOKEN',
        message: expect.stringContaining('x stands for different things in A, B'),
        hint: "Say which is meant: get('x', { from: A })."
      })
    }
    expect([scope.get('x', { from: A }), scope.get('x', { from: B })]).toEqual([1, 2])
    expect(scope.get('own', { from: A })).toBe(3)
    expect(await failureOf(() => scope.get('x', { form: A } as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION'
    })
    expect(assembly.get('x', { from: A })).toBe(1)
    expect(await failureOf(() => assembly.get('x', { form: A } as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      hint: "Did you mean 'from'? Known are from."
    })
    expect(assembly.get('x', { from: B })).toBe(2)
    expect(await failureOf(() => assembly.get('x', { from: Root }))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN'
    })
    expect(await failureOf(() => assembly.get('x', { from: Stranger }))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      message: expect.stringContaining('get() cannot look from Stranger: Stranger is no module of Root'),
      hint: 'Give `from` the class of a module that Root imports, itself or by way of others.'
    })
    expect(await failureOf(() => assembly.get('x', { from: 'A' as never }))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      message: expect.stringContaining("get() cannot look from 'A', which is no class of a module")
    })
  })

  it('looks with the eyes of the root first, then in every module', async () => {
    @Module({
      providers: [
        { provide: 'hidden', useValue: 1 },
        { provide: 'x', useValue: 'inner' }
      ]
    })
    class Feature {}
    @Module({ imports: [Feature], providers: [{ provide: 'x', useValue: 'outer' }] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('hidden')).toBe(1)
    expect(assembly.get('x')).toBe('outer')
    expect(assembly.get('x', { from: Feature })).toBe('inner')
  })

  it('of several dynamic modules of one class needs them to agree', async () => {
    @Module({})
    class Db {
      static of(url: string) {
        return {
          module: Db,
          providers: [
            { provide: 'url', useValue: url },
            { provide: 'same', useExisting: 'one' }
          ]
        }
      }
    }
    @Module({ providers: [{ provide: 'one', useValue: 1 }], exports: ['one'], global: true })
    class Everywhere {}
    @Module({ imports: [Everywhere, Db.of('a'), Db.of('b')] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('same', { from: Db })).toBe(1)
    for (const options of [{}, { from: Db }]) {
      expect(await failureOf(() => assembly.get('url', options))).toMatchObject({
        code: 'KEEL_AMBIGUOUS_TOKEN',
        message: expect.stringContaining('url stands for different things in Db'),
        hint: expect.stringMatching(
          /^Several modules are of the class Db, which `from` cannot tell apart.* get\('url', \{ from: ThatModule \}\)\.$/
        )
      })
    }
  })

  it('of several that are multi has no answer, unless there is one', async () => {
    @Module({
      providers: [
        { provide: 'one', useValue: 1, multi: true },
        { provide: 'two', useValue: 1, multi: true },
        { provide: 'two', useValue: 2, multi: true }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('one')).toBe(1)
    expect(await failureOf(() => assembly.get('two'))).toMatchObject({
      code: 'KEEL_AMBIGUOUS_TOKEN',
      hint: "Inject all('two')."
    })
  })

  it('of several that are multi and hidden says at once how all of them can be had', async () => {
    const plugs = (...values: number[]) => ({
      providers: values.map((useValue) => ({ provide: 'plug', useValue, multi: true }))
    })
    @Module(plugs(1, 2))
    class Two {}
    @Module(plugs(3))
    class One {}
    @Module(plugs(4, 5))
    class Others {}
    const fault = async (...imports: (typeof Two)[]): Promise<unknown> => {
      @Module({ imports })
      class Root {}
      const assembly = await wire(Root)
      const [failure, ofScope] = [
        await failureOf(() => assembly.get('plug')),
        await failureOf(() => assembly.createScope().get('plug'))
      ]
      expect(ofScope).toEqual(failure)
      return failure
    }
    const hint = "Inject all('plug') in Two, or in a module that Two exports it to."
    expect(await fault(Two)).toMatchObject({
      code: 'KEEL_AMBIGUOUS_TOKEN',
      message: expect.stringContaining('plug has 2 providers in Two, all of them multi'),
      hint
    })
    expect(await fault(Two, One)).toMatchObject({
      message: expect.stringContaining('plug stands for different things in Two, One'),
      hint: "Say which is meant: get('plug', { from: One })."
    })
    expect(await fault(Two, Others)).toMatchObject({
      message: expect.stringContaining('plug stands for different things in Two, Others'),
      hint
    })
  })

  it('makes what was not needed so far, once, unless it is a service', async () => {
    @Service()
    class Db {}
    @Injectable()
    class Helper {
      constructor(readonly db: Db) {}
    }
    @Service()
    class Unknown {}
    @Injectable()
    class NeedsUnknown {
      constructor(readonly unknown: Unknown) {}
    }
    const assembly = await wire(Db)
    expect(assembly.get(Helper).db).toBe(assembly.get(Db))
    expect(assembly.get(Helper)).toBe(assembly.get(Helper))
    expect(await failureOf(() => assembly.get(Unknown))).toMatchObject({ code: 'KEEL_UNKNOWN_TOKEN' })
    expect(await failureOf(() => assembly.get(NeedsUnknown))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      message: expect.stringContaining('Unknown is a service, but nothing')
    })
  })

  it('of what has something missing is a WiringError', async () => {
    @Service()
    class Db {}
    @Injectable({ inject: ['missing'] })
    class Broken {
      constructor(readonly missing: unknown) {}
    }
    const assembly = await wire(Db)
    expect(await failureOf(() => assembly.get(Broken))).toBeInstanceOf(WiringError)
    expect(await failureOf(() => assembly.get(Broken))).toMatchObject({ code: 'KEEL_MISSING_PROVIDER' })
  })

  it('in a constructor is a dependency like any other', async () => {
    @Service()
    class Leaf {}
    @Service()
    class Host {
      readonly leaf: unknown
      constructor(ambient: Ambient) {
        this.leaf = (ambient as unknown as { assembly: Assembly }).assembly.get(Leaf)
      }
    }
    const checked = await plan([Host, Leaf])
    const assembly: Assembly = new Assembly(checked, { clock: systemClock, ambient: () => ({ assembly }) })
    await assembly.construct()
    expect(assembly.get(Host).leaf).toBe(assembly.get(Leaf))
    expect(needs(assembly)).toEqual({ Leaf: [], Host: ['inject Leaf'] })
  })

  it('of an async default that nobody needed so far fails until it has settled', async () => {
    const GOOD = new InjectionToken('GOOD', { factory: () => Promise.resolve(7) })
    const BAD = new InjectionToken('BAD', { factory: () => Promise.reject(new Error('bad')) })
    const lost: unknown[] = []
    const assembly = await wire([], {}, { lost: (error, provider) => void lost.push([provider, error]) })
    for (const token of [GOOD, BAD]) {
      expect(await failureOf(() => assembly.get(token))).toMatchObject({ code: 'KEEL_ASYNC_NOT_READY' })
    }
    await turns()
    expect(assembly.get(GOOD)).toBe(7)
    expect(await failureOf(() => assembly.get(BAD))).toMatchObject({ message: 'bad' })
    expect(lost).toEqual([['BAD', expect.objectContaining({ message: 'bad' })]])
  })

  it('of something scoped names createScope', async () => {
    @Injectable({ lifetime: 'scoped' })
    class PerScope {}
    @Module({ providers: [PerScope] })
    class Root {}
    const assembly = await wire(Root)
    expect(await failureOf(() => assembly.get(PerScope))).toMatchObject({
      code: 'KEEL_CAPTIVE_DEPENDENCY',
      hint: 'Get it from a scope: app.createScope().get(PerScope).'
    })
  })

  it('and all else fails once disposed', async () => {
    @Service()
    class Db {}
    const assembly = await wire(Db)
    assembly.get(Db)
    await assembly.dispose()
    for (const call of [() => assembly.get(Db), () => assembly.create(Db), () => assembly.createScope()]) {
      expect(await failureOf(call)).toMatchObject({ code: 'KEEL_DISPOSED' })
    }
  })
})

describe('what is no token, class or list', () => {
  it('is named as what it is', async () => {
    @Module({})
    class Root {}
    const assembly = await wire(Root)
    expect(await failureOf(() => assembly.get(undefined as never))).toMatchObject({
      code: 'KEEL_UNKNOWN_TOKEN',
      message: expect.stringContaining('get() was given undefined, which is no token'),
      hint: expect.stringContaining('import cycle')
    })
    expect(await failureOf(() => assembly.create(undefined as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('create() was given undefined, which is no class')
    })
    expect(await failureOf(() => assembly.createScope({} as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('providers must be an array')
    })
  })
})

describe('create()', () => {
  it('constructs anew, from its own providers and what the root sees', async () => {
    @Service()
    class Db {}
    class Report {
      readonly injected = inject('title')
      constructor(
        readonly db: Db,
        readonly title: string
      ) {}
    }
    Injectable({ inject: [Db, 'title'] })(Report)
    const assembly = await wire(Db)
    const report = assembly.create(Report, [{ provide: 'title', useValue: 'Sales' }])
    expect(report).toEqual({ injected: 'Sales', db: assembly.get(Db), title: 'Sales' })
    expect(assembly.create(Report, [{ provide: 'title', useValue: 'Costs' }])).not.toBe(report)
    expect(await failureOf(() => assembly.create(Report))).toMatchObject({
      code: 'KEEL_MISSING_PROVIDER',
      message: expect.stringContaining(
        'Report needs title (constructor parameter 1, title), which nothing provides'
      )
    })
  })

  it('takes values, factories, classes and aliases, each made once for it', async () => {
    class Part {}
    class Whole {
      constructor(
        readonly part: Part,
        readonly again: Part,
        readonly made: unknown,
        readonly alias: unknown
      ) {}
    }
    Injectable({ inject: [Part, 'again', 'made', 'alias'] })(Whole)
    const providers = [
      Part,
      { provide: 'again', useExisting: Part },
      { provide: 'made', inject: [Part], useFactory: (part: Part) => ({ part }) },
      { provide: 'alias', useExisting: 'made' }
    ]
    const assembly = await wire([])
    const whole = assembly.create(Whole, providers)
    expect(whole.part).toBe(whole.again)
    expect(whole.made).toEqual({ part: whole.part })
    expect(whole.alias).toBe(whole.made)
    expect(assembly.create(Whole, providers).part).not.toBe(whole.part)
  })

  it('releases what factories have made for what cannot be made in the end, and nothing of what can', async () => {
    const released: string[] = []
    let isBroken = true
    class Whole {
      readonly part = inject('part')
      constructor() {
        if (isBroken) throw new Error('boom')
      }
    }
    const part = {
      provide: 'part',
      lifetime: 'transient',
      useFactory: () => ({}),
      dispose: () => void released.push('part')
    } as const
    @Module({ providers: [part], exports: ['part'] })
    class Parts {}
    const assembly = await wire(Parts)
    expect(() => assembly.create(Whole)).toThrow('boom')
    expect(released.splice(0)).toEqual(['part'])
    isBroken = false
    assembly.create(Whole)
    await assembly.dispose()
    expect(released).toEqual([])
  })

  it('lets whoever calls it answer for what the application would', async () => {
    class Child {
      constructor(readonly ambient: Ambient) {}
    }
    Injectable({ inject: [Ambient] })(Child)
    const assembly = await wire([])
    const own = { own: true }
    const { instance } = assembly.createOwned(Child, [], (token) => (token === Ambient ? own : undefined))
    expect((instance as Child).ambient).toBe(own)
    expect(assembly.create(Child).ambient).toEqual({ requester: undefined })
  })

  it('of a service gives an object without a lifecycle', async () => {
    @Service()
    class Worker {}
    const assembly = await wire(Worker)
    expect(assembly.create(Worker)).not.toBe(assembly.get(Worker))
    expect(assembly.services).toHaveLength(1)
  })

  it('refuses what is no provider, services among providers, and what is scoped', async () => {
    @Service()
    class Sub {}
    class Child {}
    @Injectable({ lifetime: 'scoped' })
    class PerScope {}
    @Injectable()
    class NeedsScope {
      constructor(readonly scoped: PerScope) {}
    }
    const assembly = await wire([])
    expect(await failureOf(() => assembly.create(Child, [undefined as never]))).toMatchObject({
      code: 'KEEL_INVALID_PROVIDER'
    })
    expect(await failureOf(() => assembly.create(Child, [Sub]))).toMatchObject({
      code: 'KEEL_INVALID_PROVIDER'
    })
    expect(await failureOf(() => assembly.create(NeedsScope))).toMatchObject({
      code: 'KEEL_CAPTIVE_DEPENDENCY',
      message: expect.stringContaining(
        'NeedsScope is made outside of every scope, but needs PerScope'
      ) as string
    })
  })

  it('lets the error of a constructor through as it is', async () => {
    const cause = new Error('broken')
    class Broken {
      constructor() {
        throw cause
      }
    }
    const assembly = await wire([])
    expect(await failureOf(() => assembly.create(Broken))).toBe(cause)
    expect(await failureOf(() => assembly.create(Broken))).toBe(cause)
  })
})

describe('a scope', () => {
  @Service()
  class Db {}
  @Injectable({ lifetime: 'scoped' })
  class Session {
    readonly closed: string[] = []
    constructor(readonly db: Db) {}
  }
  @Injectable({ lifetime: 'scoped' })
  class Handler {
    readonly injected = inject(Session)
    constructor(
      readonly session: Session,
      @Inject(REQUEST) readonly request: { id: number }
    ) {}
  }
  @Module({ providers: [Db, Session, Handler] })
  class Root {}

  it('keeps one of each that is scoped; singletons are the application’s', async () => {
    const assembly = await wire(Root)
    const one = assembly.createScope([{ provide: REQUEST, useValue: { id: 1 } }])
    const two = assembly.createScope([{ provide: REQUEST, useValue: { id: 2 } }])
    expect(one).toBeInstanceOf(Scope)
    expect(one.get(Handler)).toBe(one.get(Handler))
    expect(one.get(Handler).session).toBe(one.get(Session))
    expect(one.get(Handler).injected).toBe(one.get(Session))
    expect(one.get(Handler).request.id).toBe(1)
    expect(two.get(Handler).request.id).toBe(2)
    expect(two.get(Session)).not.toBe(one.get(Session))
    expect(two.get(Session).db).toBe(assembly.get(Db))
    expect(one.get(Db)).toBe(assembly.get(Db))
    expect(one.get(REQUEST)).toEqual({ id: 1 })
  })

  it('has to provide what is left to it', async () => {
    const assembly = await wire(Root)
    expect(await failureOf(() => assembly.createScope().get(Handler))).toMatchObject({
      code: 'KEEL_MISSING_PROVIDER',
      message: expect.stringContaining(
        'Handler needs REQUEST (constructor parameter 1, request), which nothing provides'
      )
    })
  })

  it('is where what it lacks is to be added first', async () => {
    const assembly = await wire(Root)
    expect(await failureOf(() => assembly.createScope().get(Handler))).toMatchObject({
      hint: expect.stringMatching(
        /^Add \{ provide: REQUEST, … \} to the scope, app\.createScope\(\[…\]\), or to the providers of Root \(.+\), or make it optional\.$/
      )
    })
  })

  it('is not where what is constructed outside of it is to get what it lacks', async () => {
    class Loose {
      readonly request = inject(REQUEST)
    }
    const assembly = await wire(Root)
    expect(await failureOf(() => assembly.create(Loose))).toMatchObject({
      hint: expect.stringMatching(
        /^Add \{ provide: REQUEST, … \} to the providers of Root \(.+\), or make it optional\.$/
      )
    })
  })

  it('goes before modules for all that is not a singleton', async () => {
    @Injectable({ lifetime: 'transient', inject: [LOCALE] })
    class Fresh {
      constructor(readonly locale: string) {}
    }
    @Service({ inject: [LOCALE] })
    class Shared {
      constructor(readonly locale: string) {}
    }
    @Injectable({ lifetime: 'scoped', inject: [LOCALE, all('plugin'), lazy(() => LOCALE)] })
    class Page {
      readonly injected = inject(LOCALE)
      constructor(
        readonly locale: string,
        readonly plugins: unknown[],
        readonly later: Lazy<string>
      ) {}
    }
    @Module({
      providers: [
        Fresh,
        Shared,
        Page,
        { provide: LOCALE, useValue: 'en' },
        { provide: 'plugin', useValue: 1, multi: true },
        { provide: 'plugin', useValue: 2, multi: true }
      ]
    })
    class Site {}
    const assembly = await wire(Site)
    const german = assembly.createScope([
      { provide: LOCALE, useValue: 'de' },
      { provide: 'plugin', useValue: 3, multi: true }
    ])
    expect(german.get(Fresh).locale).toBe('de')
    expect(german.get(Page)).toMatchObject({ locale: 'de', injected: 'de', plugins: [3] })
    expect(german.get(Page).later.get()).toBe('de')
    expect(german.get(Shared).locale).toBe('en')
    const plain = assembly.createScope()
    expect(plain.get(Page)).toMatchObject({ locale: 'en', plugins: [1, 2] })
    expect(plain.get(Page).later.get()).toBe('en')
    expect(assembly.get(Fresh).locale).toBe('en')
  })

  it('can be asked for by what lives in it', async () => {
    @Injectable({ lifetime: 'scoped' })
    class Inside {
      constructor(readonly scope: Scope) {}
    }
    const assembly = await wire([])
    const scope = assembly.createScope()
    expect(scope.get(Inside).scope).toBe(scope)
    @Service()
    class Outside {
      readonly scope = inject(Scope)
    }
    expect(await failureOf(() => wire(Outside))).toMatchObject({ code: 'KEEL_CAPTIVE_DEPENDENCY' })
  })

  it('releases what it made, in reverse, all of it, and nothing else', async () => {
    const released: string[] = []
    const failure = new Error('cannot close')
    class Closing {
      constructor(readonly name: string) {}
      [Symbol.dispose]() {
        released.push(this.name)
      }
    }
    @Injectable({ lifetime: 'scoped', inject: ['first'] })
    class Second {
      constructor(readonly first: unknown) {}
      async [Symbol.asyncDispose]() {
        released.push('second')
        throw failure
      }
    }
    const given = new Closing('given')
    @Module({
      providers: [
        Second,
        { provide: 'first', useFactory: () => new Closing('first'), lifetime: 'scoped' },
        {
          provide: 'third',
          inject: [Second],
          useFactory: () => 3,
          lifetime: 'scoped',
          dispose: () => void released.push('third')
        }
      ]
    })
    class Shop {}
    const assembly = await wire(Shop)
    const scope = assembly.createScope([{ provide: 'given', useValue: given }])
    scope.get('third')
    scope.get('given')
    const disposing = scope[Symbol.asyncDispose]()
    expect(scope[Symbol.asyncDispose]()).toBe(disposing)
    const error = await failureOf(() => disposing)
    expect(error).toBeInstanceOf(StopError)
    expect(error).toMatchObject({ errors: [failure] })
    expect(released).toEqual(['third', 'second', 'first'])
    expect(await failureOf(() => scope.get('third'))).toMatchObject({
      code: 'KEEL_DISPOSED',
      hint: expect.stringContaining('create a new scope') as string
    })
  })

  it('that is open still when the application ends is released before what factories made, and gives out nothing', async () => {
    const released: string[] = []
    @Injectable({ lifetime: 'scoped' })
    class Unit {
      async [Symbol.asyncDispose](): Promise<void> {
        released.push('Unit')
        throw new Error('stuck')
      }
    }
    @Module({
      providers: [
        Unit,
        { provide: 'plain', useValue: 1 },
        { provide: 'pool', useFactory: () => ({}), dispose: () => void released.push('pool') },
        {
          provide: 'lock',
          useFactory: () => ({}),
          lifetime: 'scoped',
          dispose: () => void released.push('lock')
        }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    const [first, second, idle, closed] = Array.from({ length: 4 }, () => assembly.createScope())
    first!.get(Unit)
    second!.get('lock')
    idle!.get('plain')
    closed!.get('lock')
    await closed![Symbol.asyncDispose]()
    expect(released.splice(0)).toEqual(['lock'])
    const failures = await assembly.dispose()
    expect(released).toEqual(['lock', 'Unit', 'pool'])
    expect(failures).toMatchObject([{ service: 'Unit', phase: 'dispose', error: { message: 'stuck' } }])
    for (const scope of [first!, second!, idle!]) {
      expect(await failureOf(() => scope.get('plain'))).toMatchObject({ code: 'KEEL_DISPOSED' })
    }
    // its failure has been told
    await second![Symbol.asyncDispose]()
    expect(released).toHaveLength(3)
  })

  it('releases what transient factories made in it too, and nothing that a factory was given', async () => {
    const released: string[] = []
    let count = 0
    const disposable = (name: string) => ({ [Symbol.dispose]: () => void released.push(name) })
    @Injectable({ lifetime: 'transient', inject: ['lease'] })
    class Step {
      readonly lock = inject('lock')
      constructor(readonly lease: unknown) {}
    }
    @Module({
      providers: [
        Step,
        { provide: 'pool', useFactory: () => disposable('pool') },
        { provide: 'same', inject: ['pool'], useFactory: (pool: unknown) => pool, lifetime: 'scoped' },
        { provide: 'again', inject: ['pool'], useFactory: (pool: unknown) => pool, lifetime: 'transient' },
        { provide: 'lock', useFactory: () => disposable('lock'), lifetime: 'transient' },
        {
          provide: 'lease',
          useFactory: () => `lease ${++count}`,
          lifetime: 'transient',
          dispose: async (lease: string) => void released.push(lease)
        },
        {
          provide: 'worker',
          useFactory: () => Object.assign(new BareService(), disposable('worker')),
          lifetime: 'transient'
        }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    const [scope, other] = [assembly.createScope(), assembly.createScope()]
    for (const token of ['lease', Step, 'same', 'again', 'worker']) scope.get(token)
    other.get(Step)
    await scope[Symbol.asyncDispose]()
    expect(released.splice(0)).toEqual(['lock', 'lease 2', 'lease 1'])
    await assembly.dispose()
    expect(released).toEqual(['lock', 'lease 3', 'pool'])
  })

  it('has aliases like a module: of other aliases, of its own before the application’s, in their places', async () => {
    @Module({
      providers: [
        { provide: 'locale', useValue: 'en' },
        { provide: 'plugin', useValue: 'of the application', multi: true },
        { provide: 'plugin', useValue: 'of the application', multi: true }
      ]
    })
    class Site {}
    const assembly = await wire(Site)
    const scope = assembly.createScope([
      { provide: 'language', useExisting: 'tongue' },
      { provide: 'tongue', useExisting: () => 'locale' },
      { provide: 'locale', useValue: 'de' },
      { provide: 'again', useExisting: 'locale' },
      { provide: 'again', useValue: 'the last one' },
      { provide: 'step', useExisting: 'again', multi: true },
      { provide: 'step', useValue: 2, multi: true }
    ])
    expect(['language', 'tongue', 'again'].map((token) => scope.get(token))).toEqual([
      'de',
      'de',
      'the last one'
    ])
    @Injectable({ lifetime: 'scoped', inject: [all('step')] })
    class Steps {
      constructor(readonly all: unknown[]) {}
    }
    expect(scope.get(Steps).all).toEqual(['the last one', 2])
    const refusal = (useExisting: Token | (() => Token)) =>
      failureOf(() => assembly.createScope([{ provide: 'mine', useExisting }]))
    expect(await refusal('none')).toMatchObject({
      code: 'KEEL_INVALID_PROVIDER',
      message: expect.stringContaining('the alias mine stands for none, which nothing provides') as string
    })
    expect(await refusal('plugin')).toMatchObject({
      message: expect.stringContaining('which has 2 providers, all of them multi') as string
    })
    expect(await refusal(() => undefined as never)).toMatchObject({
      message: expect.stringContaining('that function gives no token') as string
    })
    expect(await refusal('mine')).toMatchObject({
      message: expect.stringContaining('aliases that lead back to themselves: mine') as string
    })
  })

  it('in which something needs itself tells of each step', async () => {
    const assembly = await wire([])
    const scope = assembly.createScope([
      { provide: 'chicken', useFactory: (egg: unknown) => egg, inject: ['egg'] },
      { provide: 'egg', useFactory: (chicken: unknown) => chicken, inject: ['chicken'] }
    ])
    expect(await failureOf(() => scope.get('egg'))).toMatchObject({
      code: 'KEEL_DEPENDENCY_CYCLE',
      problems: [
        {
          path: ['the factory of egg', 'the factory of chicken', 'the factory of egg'],
          hint: expect.stringContaining("lazy(() => 'egg')") as string
        }
      ]
    })
  })

  it('refuses services among its providers', async () => {
    @Service()
    class Sub {}
    const assembly = await wire([])
    expect(await failureOf(() => assembly.createScope([{ provide: 'x', useClass: Sub }]))).toMatchObject({
      code: 'KEEL_INVALID_PROVIDER'
    })
  })
})

describe('dispose()', () => {
  it('disposes of what factories made, in reverse, once, and collects what fails', async () => {
    const calls: string[] = []
    const failure = new Error('cannot close')
    const closing = (name: string) => ({ name, [Symbol.dispose]: () => void calls.push(name) })
    const shared = closing('shared')
    const DEFAULT = new InjectionToken('DEFAULT', { factory: () => closing('default') })
    @Service({ inject: [DEFAULT] })
    class Host {
      constructor(readonly value: unknown) {}
      [Symbol.dispose]() {
        calls.push('Host')
      }
    }
    @Module({
      providers: [
        Host,
        { provide: 'value', useValue: closing('value') },
        { provide: 'sync', useFactory: () => closing('sync') },
        {
          provide: 'async',
          useFactory: async () => ({
            [Symbol.asyncDispose]: async () => void calls.push('async'),
            [Symbol.dispose]: () => {}
          })
        },
        { provide: 'own', useFactory: () => 'own', dispose: (value: string) => void calls.push(value) },
        { provide: 'failing', useFactory: () => 1, dispose: () => Promise.reject(failure) },
        { provide: 'first', useFactory: () => shared },
        { provide: 'second', useFactory: () => shared },
        { provide: 'passed', inject: ['value'], useFactory: (value: unknown) => value },
        {
          provide: 'service',
          useFactory: () =>
            Object.assign(BareService.named('made'), { [Symbol.dispose]: () => calls.push('service') })
        }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    const disposing = assembly.dispose()
    expect(assembly.dispose()).toBe(disposing)
    expect(await disposing).toEqual([{ service: 'failing', phase: 'dispose', error: failure }])
    expect(calls).toEqual(['async', 'shared', 'own', 'sync', 'default'])
  })

  it('releases what transient factories made for what it keeps, not what was given to others', async () => {
    const released: string[] = []
    let count = 0
    @Injectable({ lifetime: 'transient', inject: ['lease'] })
    class Step {
      constructor(readonly lease: unknown) {}
    }
    @Service()
    class Host {
      readonly step = inject(Step)
      readonly later = inject(lazy(() => Step))
    }
    // nobody asks for it before everything else is made
    @Injectable()
    class Late {
      readonly step = inject(Step)
    }
    @Module({
      providers: [
        Host,
        Step,
        {
          provide: 'lease',
          useFactory: () => `lease ${++count}`,
          lifetime: 'transient',
          dispose: (lease: string) => void released.push(lease)
        },
        {
          provide: 'pool',
          inject: ['lease'],
          useFactory: (lease: string) => `pool of ${lease}`,
          dispose: (pool: string) => void released.push(pool)
        }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    assembly.get('lease')
    assembly.get(Step)
    assembly.create(Step)
    expect(assembly.get(Host).later.get()).toMatchObject({ lease: 'lease 6' })
    assembly.createScope().get(Late)
    await assembly.dispose()
    expect(released).toEqual(['lease 7', 'lease 6', 'pool of lease 2', 'lease 2', 'lease 1'])
  })
})

describe('serviceIndex()', () => {
  it('tells which service a token stands for', async () => {
    @Service()
    class A {}
    @Service()
    class B {
      constructor(readonly a: A) {}
    }
    @Module({ providers: [B, { provide: 'b', useExisting: B }, { provide: 'x', useValue: 1 }] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.serviceIndex(A)).toBe(0)
    expect(assembly.serviceIndex('b')).toBe(1)
    expect(assembly.serviceIndex('x')).toBeUndefined()
    expect(assembly.serviceIndex('nothing')).toBeUndefined()
    expect(assembly.services.map((service) => service.index)).toEqual([0, 1])
  })
})
