import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { LifecycleError, WiringError } from '../../src/errors/index.js'
import {
  all,
  DependsOn,
  inject,
  Injectable,
  InjectionToken,
  Lazy,
  lazy,
  Module,
  optional,
  Service,
  wanted
} from './api.js'
import { deferred, failureOf, names, needs, plan, turns, wire } from './wire.js'

describe('a function that gives no token', () => {
  const failing = async (): Promise<never> => {
    await Promise.resolve()
    throw new Error('the import failed')
  }

  it.each([
    ['an async one', failing],
    ['a number', () => 5],
    ['an object', () => ({})]
  ])('is told, also where nothing need be there: %s', async (_, given) => {
    @Service()
    class Optional {
      readonly it = inject(optional(given as never))
    }
    @Service()
    class All {
      readonly it = inject(all(given as never))
    }
    @Service({ inject: [given as never] })
    class Listed {
      constructor(readonly it: unknown) {}
    }
    @Service({ inject: [lazy(given as never)] })
    class Later {
      constructor(readonly it: unknown) {}
    }
    @Service()
    @DependsOn(wanted(given as never))
    class Waiting {}
    for (const root of [Optional, All, Listed, Later, Waiting]) {
      expect(await failureOf(() => wire(root))).toMatchObject({
        code: 'KEEL_MISSING_PROVIDER',
        message: expect.stringContaining('and that function gives no token')
      })
    }
    // what it fails with, were it unhandled, would fail this run
    await turns()
  })
})

describe('inject() that cannot be', () => {
  it('is refused outside of construction', async () => {
    @Service()
    class Leaf {}
    const error = await failureOf(() => inject(Leaf))
    expect(error).toBeInstanceOf(LifecycleError)
    expect(error).toMatchObject({
      code: 'KEEL_INJECT_OUTSIDE_CONSTRUCTION',
      message: expect.stringContaining('inject(Leaf)')
    })

    @Service()
    class Late {
      ask() {
        return inject(Leaf)
      }
    }
    const assembly = await wire(Late)
    expect(await failureOf(() => assembly.get(Late).ask())).toMatchObject({
      code: 'KEEL_INJECT_OUTSIDE_CONSTRUCTION'
    })
  })

  it('is refused after an await in a factory', async () => {
    @Service()
    class Leaf {}
    @Module({
      providers: [
        {
          provide: 'x',
          useFactory: async () => {
            await Promise.resolve()
            return inject(Leaf)
          }
        }
      ]
    })
    class Root {}
    expect(await failureOf(() => wire(Root))).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'x',
      cause: { code: 'KEEL_INJECT_OUTSIDE_CONSTRUCTION' }
    })
  })

  it('of undefined in a list, marked or not, is told with all else', async () => {
    @Service({ inject: [undefined, lazy(undefined as never), optional(undefined as never)] as never })
    class Host {
      constructor(
        readonly a: unknown,
        readonly b: unknown,
        readonly c: unknown
      ) {}
    }
    const { problems } = await plan(Host)
    expect(problems).toHaveLength(3)
    for (const problem of problems) {
      expect(problem).toMatchObject({
        code: 'KEEL_ERASED_TYPE',
        message: expect.stringMatching(/^Host: inject\[\d\] is undefined/)
      })
    }
  })

  it('of undefined tells of the import cycle, and of nonsense what to give', async () => {
    @Service()
    class Cyclic {
      readonly other = inject(undefined as never)
    }
    @Service()
    class Wrong {
      readonly other = inject(5 as never)
    }
    const error = await failureOf(() => wire(Cyclic))
    expect(error).toBeInstanceOf(WiringError)
    expect(error).toMatchObject({
      code: 'KEEL_ERASED_TYPE',
      message: expect.stringContaining('Cyclic injects undefined, which is no token'),
      location: expect.stringContaining('inject.test.ts:'),
      hint: 'The files import each other: write inject(() => TheClass).'
    })
    expect(await failureOf(() => wire(Wrong))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('Wrong injects 5, which is no token')
    })
  })

  it('of what is missing is a WiringError, and no further constructor runs', async () => {
    const made: string[] = []
    @Service()
    class Host {
      readonly x = inject('missing')
    }
    @Service()
    class Other {
      constructor(readonly host: Host) {
        made.push('Other')
      }
    }
    const error = await failureOf(() => wire([Other, Host]))
    expect(error).toBeInstanceOf(WiringError)
    expect(error).toMatchObject({
      problems: [
        {
          code: 'KEEL_MISSING_PROVIDER',
          message: 'Host injects missing, which nothing provides',
          path: ['Other', 'Host', 'missing'],
          location: expect.stringMatching(/inject\.test\.ts:\d+$/)
        }
      ]
    })
    expect(made).toEqual([])
  })

  it('of what leads to something missing names that', async () => {
    @Service({ inject: ['missing'] })
    class Broken {
      constructor(readonly missing: unknown) {}
    }
    @Service()
    class Host {
      readonly broken = inject(Broken)
    }
    expect(await failureOf(() => wire(Host))).toMatchObject({
      problems: [{ code: 'KEEL_MISSING_PROVIDER', path: ['Broken', 'missing'] }]
    })
  })

  it('of what a module keeps to itself is a WiringError', async () => {
    @Service()
    class Kept {}
    @Module({ providers: [Kept] })
    class Keeper {}
    @Service()
    class Host {
      readonly kept = inject(Kept)
    }
    @Module({ imports: [Keeper], providers: [Host] })
    class Root {}
    expect(await failureOf(() => wire(Root))).toMatchObject({ problems: [{ code: 'KEEL_NOT_EXPORTED' }] })
  })

  it('of what closes a circle is a WiringError with every step', async () => {
    @Service()
    class A {
      readonly b: unknown = inject(B)
    }
    @Injectable({ inject: [() => C] })
    class B {
      constructor(readonly c: unknown) {}
    }
    @Service()
    class C {
      readonly a: unknown = inject(A)
    }
    const error = (await failureOf(() => wire(A))) as WiringError
    expect(error.problems[0]?.path).toEqual(['A', 'B', 'C', 'A'])
    expect(error.message).toMatch(
      /A, B and C wait for each other[^]*A .*inject\.test[^]*injects B .*\n.*needs \(constructor parameter 0, c\) C .*\n.*injects A +← closes the loop[^]*Let C ask for A later: inject\(lazy\(\(\) => A\)\)/
    )
    expect(error).toBeInstanceOf(WiringError)
    expect(error.code).toBe('KEEL_DEPENDENCY_CYCLE')
  })

  it('of itself is a circle', async () => {
    @Service()
    class Self {
      readonly self: unknown = inject(Self)
    }
    expect(await failureOf(() => wire(Self))).toMatchObject({
      code: 'KEEL_DEPENDENCY_CYCLE',
      problems: [{ path: ['Self', 'Self'], message: expect.stringContaining('Self needs itself') }]
    })
  })

  it('in something transient, of itself, is a circle too', async () => {
    @Injectable({ lifetime: 'transient' })
    class Fresh {
      readonly other: unknown = inject(Fresh)
    }
    @Service()
    class Host {
      readonly fresh = inject(Fresh)
    }
    expect(await failureOf(() => wire(Host))).toMatchObject({ code: 'KEEL_DEPENDENCY_CYCLE' })
  })

  it('closes a circle where what is lazy is used in the constructor', async () => {
    @Injectable({ lifetime: 'transient' })
    class Alone {
      readonly other: Alone = inject(lazy(() => Alone)).get()
    }
    @Injectable({ lifetime: 'transient' })
    class First {
      readonly second: object = inject(lazy(() => Second)).get()
    }
    @Injectable({ lifetime: 'transient' })
    class Second {
      readonly first = inject(First)
    }
    @Module({ providers: [Alone, First, Second] })
    class Root {}
    const assembly = await wire(Root)
    expect(await failureOf(() => assembly.get(Alone))).toMatchObject({
      code: 'KEEL_DEPENDENCY_CYCLE',
      problems: [
        {
          path: ['Alone', 'Alone'],
          message: expect.stringContaining('Alone needs itself') as string,
          hint: 'Alone uses the lazy Alone while it is constructed: call get() in a hook or later.'
        }
      ]
    })
    const failure = await failureOf(() => assembly.get(First))
    expect(failure).toMatchObject({
      code: 'KEEL_DEPENDENCY_CYCLE',
      problems: [{ hint: expect.stringContaining('First uses the lazy Second') as string }]
    })
    expect((failure as WiringError).problems[0]!.path).toEqual(['Second', 'First', 'Second'])
  })

  it('closes a circle with @DependsOn, though each constructor returned', async () => {
    @Service()
    @DependsOn(() => B)
    class A {}
    @Service()
    class B {
      readonly a = inject(A)
    }
    const error = await failureOf(() => wire([A, B]))
    expect(error).toMatchObject({ code: 'KEEL_DEPENDENCY_CYCLE' })
    expect((error as WiringError).message).toContain('depends on (@DependsOn) B')
  })

  it('of something scoped is captive in a singleton, lazily too', async () => {
    @Injectable({ lifetime: 'scoped' })
    class PerScope {}
    @Service()
    class Direct {
      readonly scoped = inject(PerScope)
    }
    @Service()
    class Later {
      readonly scoped = inject(lazy(() => PerScope))
    }
    @Injectable({ lifetime: 'transient' })
    class Between {
      readonly scoped = inject(PerScope)
    }
    @Service()
    class Indirect {
      readonly between = inject(Between)
    }
    for (const root of [Direct, Later]) {
      expect(await failureOf(() => wire(root))).toMatchObject({
        problems: [{ code: 'KEEL_CAPTIVE_DEPENDENCY', path: [root.name, 'PerScope'] }]
      })
    }
    expect(await failureOf(() => wire(Indirect))).toMatchObject({
      problems: [{ code: 'KEEL_CAPTIVE_DEPENDENCY', path: ['Indirect', 'Between', 'PerScope'] }]
    })
  })

  it('of an async factory that has not settled names what to declare', async () => {
    @Service()
    class Host {
      readonly pool = inject('POOL')
    }
    @Module({ providers: [Host, { provide: 'POOL', useFactory: async () => 'pool' }] })
    class Root {}
    const error = await failureOf(() => wire(Root))
    expect(error).toBeInstanceOf(LifecycleError)
    expect(error).toMatchObject({
      code: 'KEEL_ASYNC_NOT_READY',
      message: expect.stringMatching(/POOL[^]*Host asks for it/),
      hint: expect.stringContaining("inject: ['POOL']")
    })
    const PLUGIN = new InjectionToken('PLUGIN')
    @Service()
    class All {
      readonly plugins = inject(all(PLUGIN))
    }
    const plugin = { provide: PLUGIN, useFactory: async () => 1, multi: true }
    @Module({ providers: [All, plugin, { ...plugin }] })
    class Several {}
    // @DependsOn takes no token of several
    expect(await failureOf(() => wire(Several))).toMatchObject({
      code: 'KEEL_ASYNC_NOT_READY',
      hint: 'Declare it: inject: [all(PLUGIN)], or a constructor parameter with @InjectAll(PLUGIN). What is declared is awaited first.'
    })
  })

  it('may lead to what declares an async factory, wherever that is listed, and however long the factory takes', async () => {
    const pool = deferred<string>()
    const log: string[] = []
    @Service()
    class Api {
      readonly store = inject(Store)
      constructor() {
        log.push(`Api with ${this.store.pool}`)
      }
    }
    @Service()
    class Between {
      readonly store = inject(Store)
    }
    @Service({ inject: ['POOL'] })
    class Store {
      constructor(readonly pool: string) {
        log.push('Store')
      }
    }
    @Module({
      providers: [Api, Between, Store, { provide: 'POOL', useFactory: () => pool.promise }]
    })
    class Root {}
    const booting = wire(Root)
    await turns()
    expect(log).toEqual([])
    pool.resolve('pool')
    const assembly = await booting
    expect(log).toEqual(['Store', 'Api with pool'])
    expect(assembly.get(Between).store).toBe(assembly.get(Store))
    expect(names(assembly)).toEqual(['Store', 'Api', 'Between'])
  })

  it('of an async factory works where @DependsOn names the factory', async () => {
    @Service()
    @DependsOn('POOL')
    class Host {
      readonly pool = inject('POOL')
    }
    @Module({ providers: [Host, { provide: 'POOL', useFactory: async () => 'pool' }] })
    class Root {}
    expect((await wire(Root)).get(Host).pool).toBe('pool')
  })

  it('of a class with hooks that is no service is reported as it would have been before', async () => {
    @Injectable()
    class Hooked {
      onStart() {}
    }
    @Service()
    class Host {
      readonly hooked = inject(Hooked)
    }
    expect(await failureOf(() => wire(Host))).toMatchObject({ code: 'KEEL_NOT_A_SERVICE' })
  })

  it('of a service with a name that is taken is reported', async () => {
    @Service({ name: 'one' })
    class One {}
    @Service({ name: 'one' })
    class Two {}
    @Service()
    class Host {
      readonly two = inject(Two)
    }
    expect(await failureOf(() => wire([One, Host]))).toMatchObject({ code: 'KEEL_DUPLICATE_NAME' })
  })

  it('fails with the error of the constructor that it nests, once', async () => {
    const cause = new Error('broken')
    let calls = 0
    @Service()
    class Broken {
      constructor() {
        calls++
        throw cause
      }
    }
    @Service()
    class Host {
      readonly broken = inject(Broken)
    }
    expect(await failureOf(() => wire([Host, Broken]))).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'Broken',
      phase: 'constructor',
      cause
    })
    expect(calls).toBe(1)
  })

  it('whose failure is caught has failed all the same', async () => {
    @Service()
    class Broken {
      constructor() {
        throw new Error('broken')
      }
    }
    @Service()
    class Host {
      readonly broken: unknown
      constructor() {
        try {
          this.broken = inject(Broken)
        } catch {
          this.broken = undefined
        }
      }
    }
    expect(await failureOf(() => wire(Host))).toMatchObject({
      service: 'Broken',
      cause: { message: 'broken' }
    })
  })

  it('that is missing and caught is no failure', async () => {
    @Service()
    class Host {
      readonly x: unknown
      constructor() {
        try {
          this.x = inject('missing')
        } catch {
          this.x = 'without'
        }
      }
    }
    expect((await wire(Host)).get(Host).x).toBe('without')
  })

  it('leaves no context behind, whatever it ends with', async () => {
    @Service()
    class Host {
      readonly x = inject('missing')
    }
    await failureOf(() => wire(Host))
    expect(await failureOf(() => inject(Host))).toMatchObject({ code: 'KEEL_INJECT_OUTSIDE_CONSTRUCTION' })
  })

  it('nested deeper than the stack says so, with the ends of the way', async () => {
    let Next: new () => object = class End {}
    Injectable()(Next)
    for (let index = 0; index < 20_000; index++) {
      const Target = Next
      Next = {
        [`Link${index}`]: class {
          readonly next = inject(Target)
        }
      }[`Link${index}`]!
      Injectable()(Next)
    }
    const First = Next
    @Service()
    class Host {
      readonly first = inject(First)
    }
    const error = await failureOf(() => wire(Host))
    expect(error, inspect(error)).toBeInstanceOf(LifecycleError)
    expect(error).toMatchObject({ code: 'KEEL_CONSTRUCTION_TOO_DEEP' })
    expect((error as Error).message).toMatch(
      /\d+ inject\(\) calls[^]*Host → Link19999 → Link19998 → … → Link\d+/
    )
    expect(await failureOf(() => inject(Host))).toMatchObject({ code: 'KEEL_INJECT_OUTSIDE_CONSTRUCTION' })
  })

  it('an endless recursion of the user’s own is the user’s own', async () => {
    @Service()
    class Endless {
      constructor() {
        this.again()
      }
      again(): void {
        this.again()
      }
    }
    expect(await failureOf(() => wire(Endless))).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'Endless',
      cause: expect.any(RangeError)
    })
  })
})

describe('inject()', () => {
  it('gives services, values, defaults, all of several, what is optional', async () => {
    const URL_TOKEN = new InjectionToken<string>('URL')
    const DEFAULT = new InjectionToken<number>('DEFAULT', { factory: () => 1 })
    const PLUGIN = new InjectionToken<string>('PLUGIN')
    @Service()
    class Leaf {}
    @Service()
    class Host {
      readonly leaf = inject(Leaf)
      readonly byFunction = inject(() => Leaf)
      readonly url = inject(URL_TOKEN)
      readonly byDefault = inject(DEFAULT)
      readonly plugins = inject(all(PLUGIN))
      readonly absent = inject('absent', { optional: true })
      readonly alsoAbsent = inject(optional('absent'))
      readonly lazilyAbsent = inject(
        lazy(() => 'absent'),
        { optional: true }
      )
      readonly present = inject(Leaf, { optional: true })
    }
    @Module({
      providers: [
        Host,
        { provide: URL_TOKEN, useValue: 'x' },
        { provide: PLUGIN, useValue: 'a', multi: true },
        { provide: PLUGIN, useValue: 'b', multi: true }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    const leaf = assembly.get(Leaf)
    expect(assembly.get(Host)).toEqual({
      leaf,
      byFunction: leaf,
      url: 'x',
      byDefault: 1,
      plugins: ['a', 'b'],
      absent: undefined,
      alsoAbsent: undefined,
      lazilyAbsent: undefined,
      present: leaf
    })
    expect(assembly.get(Host).leaf).toBe(leaf)
  })

  it('makes edges like declared ones: the order of start, and what needs what', async () => {
    @Service()
    class Feed {}
    @Injectable()
    class Between {
      readonly feed = inject(Feed)
    }
    @Service()
    class Reader {
      readonly between = inject(Between)
      readonly later = inject(lazy(() => Other))
    }
    @Service()
    class Other {
      readonly reader = inject(Reader)
    }
    const assembly = await wire([Reader, Other])
    expect(names(assembly)).toEqual(['Feed', 'Reader', 'Other'])
    expect(needs(assembly)).toEqual({
      Feed: [],
      Reader: ['inject Feed', 'lazy Other'],
      Other: ['inject Reader']
    })
    expect(assembly.get(Reader).later.get()).toBe(assembly.get(Other))
    expect(assembly.get(Reader).later).toBeInstanceOf(Lazy)
  })

  it('finds services that nobody declared, with all that these need, awaited too', async () => {
    @Service({ inject: ['POOL'] })
    class Found {
      constructor(readonly pool: string) {}
    }
    @Service()
    class Host {
      readonly found = inject(lazy(() => Found))
    }
    @Module({ providers: [Host, { provide: 'POOL', useFactory: async () => 'pool' }] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Host).found.get().pool).toBe('pool')
    expect(names(assembly)).toEqual(['Host', 'Found'])
  })

  it('reaches past what is declared by those whom it finds', async () => {
    @Service()
    class Migrations {}
    @Service()
    @DependsOn(Migrations)
    class Db {}
    @Service()
    class Host {
      readonly db = inject(Db)
    }
    const assembly = await wire(Host)
    expect(needs(assembly)).toEqual({ Migrations: [], Db: ['depends-on Migrations'], Host: ['inject Db'] })
    expect(names(assembly)).toEqual(['Migrations', 'Db', 'Host'])
  })

  it('warns of what it finds, as of all else', async () => {
    @Service()
    class Found {
      onModuleInit() {}
    }
    @Service()
    class Host {
      readonly found = inject(Found)
      onModuleDestroy() {}
    }
    const { warnings } = await wire(Host)
    expect(warnings.map(({ code, path }) => [code, path])).toEqual([
      ['KEEL_FOREIGN_HOOK', ['Host']],
      ['KEEL_FOREIGN_HOOK', ['Host', 'Found']]
    ])
  })

  it('sees what the module of its class sees', async () => {
    @Service()
    class Host {
      readonly x = inject('x')
    }
    @Module({ providers: [Host, { provide: 'x', useValue: 'own' }] })
    class Feature {}
    @Module({ imports: [Feature], providers: [{ provide: 'x', useValue: 'root' }] })
    class Root {}
    expect((await wire(Root)).get(Host).x).toBe('own')
  })

  it('works in factories, before they await', async () => {
    @Service()
    class Leaf {}
    @Module({
      providers: [
        { provide: 'sync', useFactory: () => ({ leaf: inject(Leaf) }) },
        {
          provide: 'async',
          useFactory: async () => {
            const leaf = inject(Leaf)
            await Promise.resolve()
            return { leaf }
          }
        }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('sync')).toEqual({ leaf: assembly.get(Leaf) })
    expect(assembly.get('async')).toEqual({ leaf: assembly.get(Leaf) })
  })

  it('works in what is made later, and nests', async () => {
    @Service()
    class Leaf {}
    @Injectable({ lifetime: 'transient' })
    class Inner {
      readonly leaf = inject(Leaf)
    }
    @Injectable({ lifetime: 'transient' })
    class Outer {
      readonly inner = inject(Inner)
    }
    const assembly = await wire(Leaf)
    expect(assembly.get(Outer).inner.leaf).toBe(assembly.get(Leaf))
    expect(assembly.get(Outer)).not.toBe(assembly.get(Outer))
  })

  it('of what is transient gives each its own, with edges of the one who asks', async () => {
    @Service()
    class Db {}
    @Injectable({ lifetime: 'transient' })
    class Repository {
      readonly db = inject(Db)
    }
    @Service()
    class A {
      readonly repository = inject(Repository)
    }
    @Service()
    class B {
      readonly repository = inject(Repository)
    }
    const assembly = await wire([A, B])
    expect(assembly.get(A).repository).not.toBe(assembly.get(B).repository)
    expect(needs(assembly)).toEqual({ Db: [], A: ['inject Db'], B: ['inject Db'] })
  })
})
