import { describe, expect, it } from 'vitest'
import { WiringError } from '../../src/errors/index.js'
import {
  all,
  DependsOn,
  Inject,
  inject,
  Injectable,
  InjectionToken,
  Lazy,
  Module,
  optional,
  Service,
  Timer,
  wanted
} from './api.js'
import {
  Ambient,
  BareService,
  codesOf,
  failureOf,
  listersOf,
  names,
  needs,
  plan,
  problemsOf,
  wire
} from './wire.js'

describe('an entry of providers', () => {
  it.each([
    [{ provide: 'x', useValue: 1, mutli: true }, "(x) has no option 'mutli'.", "Did you mean 'multi'?"],
    [
      { provide: 'x', useValue: 1, lifetime: 'scoped' },
      "(x) has no option 'lifetime'.",
      'Known are useValue,'
    ],
    [
      { provide: 'x', useClass: class X {}, scope: 2 },
      "(x) has no option 'scope'.",
      'Known are useClass, lifetime'
    ],
    [
      { provide: 'x', useFactory: () => 1, injects: [] },
      "(x) has no option 'injects'.",
      "Did you mean 'inject'?"
    ],
    [{ provide: 'x', useVlaue: 1 }, '(x) has no way to make its value', "Did you mean 'useValue'?"],
    [[class X {}], 'providers[0] of Root is an array', 'Spread it'],
    [Promise.resolve(class X {}), 'providers[0] of Root is a promise', 'Await it first']
  ])('that says what nobody reads is a problem: %#', async (entry, message, hint) => {
    @Module({ providers: [entry as never] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { message: expect.stringContaining(message), hint: expect.stringContaining(hint) }
    ])
  })

  it.each([
    { provide: 'tr', useValue: 1, mult: true },
    { provide: 'tr', useFactory: 1 },
    { provide: 'tr', useFactory: () => 1, startTimeout: 'soon' },
    { provide: 'tr', useFactory: async () => 1, lifetime: 'transient' },
    { provide: 'tr', useClass: class X {}, name: 2 },
    { provide: 'tr', useExisting: undefined },
    { provide: 'tr', useValue: 1, useFactory: () => 1 },
    { provide: 'tr' },
    { provide: 'tr', useValue: 1, multi: 'yes' }
  ])('that is refused is not missing as well: %#', async (entry) => {
    @Service({ inject: ['tr', optional('tr')] })
    class One {
      constructor(
        readonly tr: unknown,
        readonly perhaps: unknown
      ) {}
    }
    @DependsOn('tr')
    @Service()
    class Other {}
    @Module({ providers: [One, Other, entry as never], exports: ['tr'] })
    class Part {}
    @Module({ imports: [Part], providers: [{ provide: 'alias', useExisting: 'tr' }] })
    class Root {}
    expect(await problemsOf(Root)).toHaveLength(1)
    expect(await problemsOf([One, Other], { providers: [entry as never] })).toHaveLength(1)
  })

  it('that is refused is one of all under its token', async () => {
    @Service({ inject: [all('tr')] })
    class One {
      constructor(readonly every: unknown) {}
    }
    const entries = [{ provide: 'tr', useValue: 1, multi: true, mult: true } as never]
    @Module({ providers: [One, ...entries, { provide: 'tr', useValue: 2, multi: true }] })
    class Root {}
    @Module({ providers: [One, ...entries] })
    class Alone {}
    expect(await codesOf(Root)).toEqual(['KEEL_INVALID_OPTION'])
    expect(await codesOf(Alone)).toEqual(['KEEL_INVALID_OPTION'])
  })

  it('and of a dynamic module likewise', async () => {
    @Module({})
    class Part {}
    @Module({ imports: [{ module: Part, provider: [], global: 'yes' } as never] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_INVALID_OPTION',
        message: "the dynamic module Part has no option 'provider'.",
        hint: expect.stringContaining("Did you mean 'providers'?")
      },
      { message: 'global of the dynamic module Part must be true or false, but is "yes"' }
    ])
  })
})

describe('a class', () => {
  it('that inherits the constructor of a class without decorators is told to mark that one', async () => {
    class Base {
      constructor(readonly text: string) {}
    }
    @Service()
    class Derived extends Base {}
    expect(await problemsOf(Derived)).toMatchObject([
      {
        code: 'KEEL_NO_METADATA',
        message: 'Nothing says what the constructor of Derived takes as text',
        hint: expect.stringContaining('Mark Base, whose constructor it inherits, with @Injectable()')
      }
    ])
  })

  it('that has Lazy, or what is built in, for the type of a parameter is told to name a token', async () => {
    @Service()
    class Host {
      constructor(
        readonly later: Lazy<object>,
        readonly since: Date,
        readonly seen: Map<string, number>,
        readonly last: Error,
        readonly url: URL
      ) {}
    }
    const problems = await problemsOf(Host)
    expect(problems.map(({ code }) => code)).toEqual(Array(5).fill('KEEL_MISSING_PROVIDER'))
    const [later, ...builtIn] = problems.map(({ hint }) => hint)
    expect(later).toContain('@Inject(lazy(() => X))')
    for (const [index, name] of ['Date', 'Map', 'Error', 'URL'].entries()) {
      expect(builtIn[index]).toBe(
        `${name} is built in, and no service: ask for a token of your own, @Inject(TOKEN), and provide { provide: TOKEN, … }.`
      )
    }
  })

  it('has one instance, whichever tokens and modules lead to it', async () => {
    @Service()
    class Db {}
    @Module({
      providers: [Db, { provide: 'db', useClass: Db }, { provide: 'alias', useExisting: Db }],
      exports: [Db, 'db']
    })
    class One {}
    @Module({ providers: [{ provide: 'other', useClass: Db, lifetime: 'singleton' }], exports: ['other'] })
    class Two {}
    @Module({ imports: [One, Two] })
    class Root {}
    const assembly = await wire(Root)
    const db = assembly.get(Db)
    expect([assembly.get('db'), assembly.get('alias'), assembly.get('other')]).toEqual([db, db, db])
    expect(assembly.get('db')).toBe(db)
    expect(assembly.get('alias')).toBe(db)
    expect(assembly.get('other')).toBe(db)
    expect(names(assembly)).toEqual(['Db'])
  })

  it('with a name of its own is a further instance, a service of its own', async () => {
    @Service()
    class Db {}
    @Module({ providers: [Db, { provide: 'replica', useClass: Db, name: 'Replica' }] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('replica')).toBeInstanceOf(Db)
    expect(assembly.get('replica')).not.toBe(assembly.get(Db))
    expect(names(assembly)).toEqual(['Db', 'Replica'])
  })

  it('needs no decorator when it is listed', async () => {
    class Plain {}
    @Service()
    class Host {
      constructor(readonly plain: Plain) {}
    }
    @Module({ providers: [Host, Plain] })
    class Root {}
    expect((await wire(Root)).get(Host).plain).toBeInstanceOf(Plain)
  })

  it('needs to be listed when it has no decorator', async () => {
    class Plain {}
    @Service()
    class Host {
      constructor(readonly plain: Plain) {}
    }
    expect(await problemsOf(Host)).toMatchObject([
      {
        code: 'KEEL_MISSING_PROVIDER',
        hint: 'Add Plain, or { provide: Plain, … }, to the providers of a module, or mark it with @Injectable().'
      }
    ])
  })

  it('that is marked and that no module lists is provided by itself, in the view of the root', async () => {
    @Service()
    class Unlisted {
      constructor(@Inject('x') readonly x: number) {}
    }
    @Injectable()
    class Helper {
      constructor(readonly unlisted: Unlisted) {}
    }
    @Service()
    class Deep {
      constructor(readonly helper: Helper) {}
    }
    @Module({ providers: [Deep] })
    class Feature {}
    @Module({ imports: [Feature], providers: [{ provide: 'x', useValue: 1 }] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Deep).helper.unlisted.x).toBe(1)
    expect(names(assembly)).toEqual(['Unlisted', 'Deep'])
    expect(listersOf(assembly, 0)).toEqual([])
    expect(listersOf(assembly, 1)).toEqual(['Feature'])
  })

  it('that some module lists is not provided by itself elsewhere', async () => {
    @Service()
    class Kept {}
    @Module({ providers: [Kept] })
    class Keeper {}
    @Service()
    class Host {
      constructor(readonly kept: Kept) {}
    }
    @Module({ imports: [Keeper], providers: [Host] })
    class Root {}
    expect(await codesOf(Root)).toEqual(['KEEL_NOT_EXPORTED'])
  })

  it('listed in several modules must be given the same in each', async () => {
    @Injectable({ inject: ['url'] })
    class Db {
      constructor(readonly url: string) {}
    }
    const at = (useValue: string) => ({ providers: [Db, { provide: 'url', useValue }] })
    @Module(at('a'))
    class East {}
    @Module(at('b'))
    class West {}
    @Module({ providers: [Db] })
    class Nowhere {}
    @Module({ imports: [East, West, Nowhere] })
    class Root {}
    const [problem, ...others] = await problemsOf(Root)
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      code: 'KEEL_DUPLICATE_PROVIDER',
      message:
        'Db needs url (constructor parameter 0, url), but has one instance, and its modules see different things\n' +
        'East gives it url of East\nWest gives it url of West\nNowhere gives it nothing'
    })
  })

  it('listed in dynamic modules of one class they are told apart by where these are imported', async () => {
    @Injectable({ inject: ['url'] })
    class Db {
      constructor(readonly url: string) {}
    }
    @Module({})
    class Store {}
    const at = (useValue: string) => ({ module: Store, providers: [Db, { provide: 'url', useValue }] })
    @Module({ imports: [at('a')] })
    class East {}
    @Module({ imports: [East, at('b')] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_DUPLICATE_PROVIDER',
        message: expect.stringContaining(
          'Store (imports[0] of East) gives it url of Store (imports[0] of East)\n' +
            'Store (imports[1] of Root) gives it url of Store (imports[1] of Root)'
        )
      }
    ])
  })

  it('listed in several modules that see the same is one instance', async () => {
    @Injectable()
    class Leaf {}
    @Injectable()
    class Db {
      constructor(readonly leaf: Leaf) {}
    }
    @Module({ providers: [Db] })
    class East {}
    @Module({ providers: [Db] })
    class West {}
    @Module({ imports: [East, West] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Db, { from: East })).toBe(assembly.get(Db, { from: West }))
  })

  it('that is not alone to answer to a further token is a problem, listed in a root or taken in by itself', async () => {
    @Service({ provide: 'clock' })
    class First {}
    @Service({ provide: 'clock' })
    class Second {}
    @Service({ inject: ['clock'] })
    class Asks {
      constructor(readonly clock: unknown) {}
    }
    @Service({ inject: [First, Second] })
    class TakesIn {
      constructor(
        readonly first: First,
        readonly second: Second
      ) {}
    }
    const [problem, ...others] = await problemsOf([First, Second, Asks])
    expect(others).toEqual([])
    expect(problem?.code).toBe('KEEL_DUPLICATE_PROVIDER')
    expect(problem?.message).toMatch(/^First \(.+\) and Second \(.+\) both provide clock$/)
    expect(problem?.hint).toContain("{ provide: 'clock', useExisting: First }")
    expect(await codesOf(TakesIn)).toEqual(['KEEL_DUPLICATE_PROVIDER'])

    @Service()
    class Later {
      readonly both = [inject(First), inject(Second)]
    }
    expect(await failureOf(() => wire(Later))).toMatchObject({ code: 'KEEL_DUPLICATE_PROVIDER' })

    const chosen = await wire([First, Second, Asks], {
      providers: [{ provide: 'clock', useExisting: Second }]
    })
    expect(chosen.get(Asks).clock).toBe(chosen.get(Second))
  })

  it('answers to a further token only where its module is seen', async () => {
    @Service({ provide: 'clock' })
    class Clock {}
    @Service({ inject: ['clock'] })
    class Asks {
      constructor(readonly clock: unknown) {}
    }
    @Module({ providers: [Clock] })
    class Hides {}
    @Module({ providers: [{ provide: 'summer', useClass: Clock, name: 'summer' }] })
    class Names {}
    @Module({ imports: [Hides, Names], providers: [Asks] })
    class Root {}
    expect(await codesOf(Root)).toEqual(['KEEL_NOT_EXPORTED'])

    @Service({ provide: 'clock' })
    class Mine {}
    const assembly = await wire([Mine, Asks, Hides])
    expect(assembly.get(Asks).clock).toBe(assembly.get(Mine))
  })

  it('answers to a further token, where it is listed and where it is not', async () => {
    abstract class Mailer {}
    @Service({ provide: Mailer })
    class Smtp {}
    @Service()
    class Host {
      constructor(readonly mailer: Mailer) {}
    }
    @Module({ providers: [Smtp], exports: [Smtp] })
    class MailModule {}
    @Module({ imports: [MailModule], providers: [Host] })
    class Root {}
    const listed = await wire(Root)
    expect(listed.get(Host).mailer).toBe(listed.get(Smtp))

    @Module({ imports: [MailModule], exports: [Smtp] })
    class PassesOn {}
    @Module({ imports: [PassesOn], providers: [Host] })
    class Above {}
    const passedOn = await wire(Above)
    expect(passedOn.get(Host).mailer).toBe(passedOn.get(Smtp))

    const roots = await wire([Host, Smtp])
    expect(roots.get(Host).mailer).toBe(roots.get(Smtp))

    @Service()
    @DependsOn(Smtp)
    class Other {
      constructor(readonly mailer: Mailer) {}
    }
    const unlisted = await wire(Other)
    expect(unlisted.get(Other).mailer).toBe(unlisted.get(Smtp))
  })

  it('alone answers to its further token where it is exported again, beside others that answer to that', async () => {
    abstract class Mailer {}
    @Service({ provide: Mailer })
    class Smtp {}
    @Service({ provide: Mailer })
    class Fax {}
    @Service()
    class Host {
      constructor(readonly mailer: Mailer) {}
    }
    @Module({ providers: [Smtp], exports: [Smtp] })
    class Mails {}
    @Module({ providers: [Fax], exports: [Fax] })
    class Faxes {}
    @Module({ imports: [Mails, Faxes], exports: [Smtp] })
    class Office {}
    @Module({ imports: [Office], exports: [Smtp] })
    class Building {}
    @Module({ imports: [Building], providers: [Host] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Host).mailer).toBe(assembly.get(Smtp))

    @Module({ imports: [Mails, Faxes], exports: [Smtp, Fax] })
    class Both {}
    @Module({ imports: [Both], providers: [Host] })
    class Torn {}
    expect(await codesOf(Torn)).toEqual(['KEEL_DUPLICATE_PROVIDER'])
  })

  it('answers to a further token before the default of that, and before the application', async () => {
    const MAILER = new InjectionToken<object>('MAILER', { factory: () => ({}) })
    @Service({ provide: MAILER })
    class Smtp {}
    @Service({ provide: Ambient })
    class Mine {
      readonly requester = undefined
    }
    @Service({ inject: [MAILER, Ambient] })
    class Host {
      constructor(
        readonly mailer: object,
        readonly ambient: Ambient
      ) {}
    }
    const roots = await wire([Host, Smtp, Mine])
    expect(roots.get(Host)).toEqual({ mailer: roots.get(Smtp), ambient: roots.get(Mine) })
    expect(roots.get(Host).mailer).toBe(roots.get(MAILER))

    // one that turns up too late changes nothing for those who come later
    @Service({ inject: [MAILER, Smtp] })
    class Early {
      constructor(
        readonly mailer: object,
        readonly smtp: object
      ) {}
    }
    @Module({ providers: [Early] })
    class First {}
    @Service({ inject: [MAILER] })
    class Late {
      constructor(readonly mailer: object) {}
    }
    @Module({ imports: [First], providers: [Late] })
    class Second {}
    const both = await wire(Second)
    expect(both.get(Early).mailer).not.toBe(both.get(Smtp))
    expect(both.get(Late).mailer).toBe(both.get(Early).mailer)
  })

  it('that is a service cannot live shorter', async () => {
    @Service()
    class Db {}
    @Module({ providers: [{ provide: 'db', useClass: Db, lifetime: 'transient' }] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { code: 'KEEL_INVALID_OPTION', message: 'Db is a service, and so a singleton: it cannot be transient' }
    ])
  })

  it('inherits what its base is given, when it has no constructor of its own', async () => {
    @Injectable()
    class Leaf {}
    @Injectable()
    class Base {
      constructor(readonly leaf: Leaf) {}
    }
    @Service()
    class Heir extends Base {}
    expect((await wire(Heir)).get(Heir).leaf).toBeInstanceOf(Leaf)
  })

  it('gets its properties once its constructor has returned', async () => {
    @Injectable()
    class Leaf {}
    const seen: unknown[] = []
    @Service()
    class Host {
      @Inject(Leaf) declare readonly leaf: Leaf
      @Inject(optional('nothing')) declare readonly nothing: unknown
      constructor() {
        seen.push(this.leaf)
      }
    }
    const assembly = await wire(Host)
    expect(seen).toEqual([undefined])
    expect(assembly.get(Host).leaf).toBeInstanceOf(Leaf)
    expect(assembly.get(Host).nothing).toBeUndefined()
  })
})

describe('lifetimes', () => {
  @Injectable({ lifetime: 'transient' })
  class Fresh {}
  @Injectable({ lifetime: 'scoped' })
  class PerScope {}

  it('transient: a new one for each that asks', async () => {
    @Service()
    class Host {
      readonly third = inject(Fresh)
      constructor(
        readonly first: Fresh,
        readonly second: Fresh
      ) {}
    }
    const assembly = await wire(Host)
    const { first, second, third } = assembly.get(Host)
    expect(new Set([first, second, third, assembly.get(Fresh), assembly.get(Fresh)]).size).toBe(5)
  })

  it('a provider may state another than the class', async () => {
    class Plain {}
    @Module({
      providers: [
        { provide: 'fresh', useClass: Plain, lifetime: 'transient' },
        { provide: 'one', useClass: Fresh, lifetime: 'singleton' },
        { provide: 'made', useFactory: () => ({}), lifetime: 'transient' }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('fresh')).not.toBe(assembly.get('fresh'))
    expect(assembly.get('one')).toBe(assembly.get('one'))
    expect(assembly.get('made')).not.toBe(assembly.get('made'))
  })

  it('a singleton cannot need what is scoped, be it by way of something transient or lazily', async () => {
    @Injectable({ lifetime: 'transient' })
    class Between {
      constructor(readonly scoped: PerScope) {}
    }
    @Service()
    class Direct {
      constructor(readonly scoped: PerScope) {}
    }
    @Service()
    class Indirect {
      constructor(readonly between: Between) {}
    }
    expect(await problemsOf([Direct, Indirect])).toMatchObject([
      {
        code: 'KEEL_CAPTIVE_DEPENDENCY',
        message:
          'Direct lives as long as the application, but needs PerScope, which lives as long as a scope',
        path: ['Direct', 'PerScope'],
        hint: expect.stringContaining('app.createScope()')
      },
      {
        code: 'KEEL_CAPTIVE_DEPENDENCY',
        message:
          'Indirect lives as long as the application, but needs PerScope, which lives as long as a scope, by way of Between',
        path: ['Indirect', 'Between', 'PerScope']
      }
    ])
  })
})

describe('aliases', () => {
  it('that lead back to themselves are a problem', async () => {
    @Module({
      providers: [
        { provide: 'a', useExisting: 'b' },
        { provide: 'b', useExisting: 'a' },
        { provide: 'self', useExisting: 'self' }
      ]
    })
    class Root {}
    const problems = await problemsOf(Root)
    expect(problems.map((problem) => problem.code)).toEqual(Array(2).fill('KEEL_DEPENDENCY_CYCLE'))
    expect(problems[0]?.message).toBe(
      'The alias a of Root stands for b, an alias that leads back to itself: a → b → a'
    )
    expect(problems[1]?.message).toContain('self → self')
  })

  it('that lead into a circle of others are told with it, and the circle once, however one gets there', async () => {
    @Service({ inject: ['b', 'a'] })
    class Host {
      constructor(
        readonly b: unknown,
        readonly a: unknown
      ) {}
    }
    @Module({
      providers: [
        { provide: 'in', useExisting: 'a' },
        { provide: 'a', useExisting: 'b' },
        { provide: 'b', useExisting: 'a' },
        Host
      ]
    })
    class Root {}
    const problems = await problemsOf(Root)
    expect(problems.map(({ message }) => message)).toEqual([
      'The alias in of Root stands for a, an alias that leads back to itself: a → b → a'
    ])
  })

  it('that lead in a circle are told where there are several of each, too', async () => {
    const several = (provide: string, useExisting: string) =>
      [1, 2].map(() => ({ provide, useExisting, multi: true }))
    @Module({ providers: [...several('x', 'y'), ...several('y', 'x')] })
    class Root {}
    const [problem, ...more] = await problemsOf(Root)
    expect(more).toEqual([])
    expect(problem).toMatchObject({
      code: 'KEEL_DEPENDENCY_CYCLE',
      message: expect.stringContaining('an alias that leads back to itself: y → x → y') as string
    })
  })

  it('that lead to nothing are a problem, even when nobody asks for them', async () => {
    @Module({ providers: [{ provide: 'a', useExisting: 'b' }] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { code: 'KEEL_MISSING_PROVIDER', message: 'The alias a of Root stands for b, which nothing provides' }
    ])
  })

  it('are named in the problems of those who ask by them', async () => {
    @Service({ inject: ['a'] })
    class Host {
      constructor(readonly a: unknown) {}
    }
    @Module({ providers: [Host, { provide: 'a', useExisting: 'b' }] })
    class Root {}
    const problems = await problemsOf(Root)
    expect(problems.at(-1)?.message).toBe(
      'Host needs a (constructor parameter 0, a), which nothing provides, by way of the alias a of Root'
    )
  })

  it('may be functions, and long', async () => {
    const length = 20_000
    @Module({
      providers: [
        ...Array.from({ length }, (_, index) => ({
          provide: `a${index}`,
          useExisting: () => `a${index + 1}`
        })),
        { provide: `a${length}`, useValue: 'end' }
      ]
    })
    class Root {}
    expect((await wire(Root)).get('a0')).toBe('end')
  })
})

describe('injection tokens', () => {
  it('bring a default, made once per application, unless something provides them', async () => {
    let made = 0
    const COUNT = new InjectionToken<number>('COUNT', { factory: () => ++made })
    @Service({ inject: [COUNT] })
    class Host {
      readonly again = inject(COUNT)
      constructor(readonly count: number) {}
    }
    const one = await wire(Host)
    expect(one.get(Host)).toEqual({ count: 1, again: 1 })
    expect((await wire(Host)).get(Host).count).toBe(2)
    @Module({ providers: [Host, { provide: COUNT, useValue: 7 }] })
    class Root {}
    expect((await wire(Root)).get(Host).count).toBe(7)
  })

  it('may make their default later: it is awaited, and the value given', async () => {
    const PORT = new InjectionToken<number>('PORT', { factory: async () => 5 })
    @Service({ inject: [PORT] })
    class Host {
      constructor(readonly port: number) {}
    }
    expect((await wire(Host)).get(Host).port).toBe(5)
  })

  it('of the same name are not the same', async () => {
    const A = new InjectionToken<string>('X')
    const B = new InjectionToken<string>('X')
    @Module({
      providers: [
        { provide: A, useValue: 'a' },
        { provide: B, useValue: 'b' }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect([assembly.get(A), assembly.get(B)]).toEqual(['a', 'b'])
  })

  it('may be symbols and abstract classes too', async () => {
    const KEY = Symbol('key')
    abstract class Port {}
    class Adapter extends Port {}
    @Module({
      providers: [
        { provide: KEY, useValue: undefined },
        { provide: Port, useClass: Adapter }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(KEY)).toBeUndefined()
    expect(assembly.get(Port)).toBeInstanceOf(Adapter)
  })
})

describe('what the application supplies', () => {
  it('is asked for each service, before its constructor runs', async () => {
    @Injectable()
    class Plain {
      constructor(readonly ambient: Ambient) {}
    }
    @Injectable({ lifetime: 'transient' })
    class Fresh {
      constructor(readonly ambient: Ambient) {}
    }
    @Service()
    class Host {
      readonly injected = inject(Ambient)
      constructor(
        readonly ambient: Ambient,
        readonly fresh: Fresh,
        readonly plain: Plain
      ) {}
    }
    const assembly = await wire(Host)
    const host = assembly.get(Host)
    const [service] = assembly.services
    expect(host.ambient.requester).toBe(service)
    expect(host.injected.requester).toBe(service)
    expect(host.fresh.ambient.requester).toBe(service)
    expect(host.plain.ambient.requester).toBeUndefined()
    expect(service?.instance).toBe(host)
  })

  it('may be provided otherwise', async () => {
    const fake = { requester: undefined }
    @Service()
    class Host {
      constructor(readonly ambient: Ambient) {}
    }
    @Module({ providers: [Host, { provide: Ambient, useValue: fake }] })
    class Root {}
    expect((await wire(Root)).get(Host).ambient).toBe(fake)
  })
})

describe('services that are instances', () => {
  it('may be the root, alone or several of a class', async () => {
    const worker = new BareService()
    expect((await wire(worker)).services[0]?.instance).toBe(worker)
    const named = BareService.named('named')
    const several = await wire([worker, named, new BareService()])
    expect(names(several)).toEqual(['BareService', 'named', 'BareService#2'])
    expect(await failureOf(() => several.get(BareService))).toMatchObject({ code: 'KEEL_AMBIGUOUS_TOKEN' })
  })

  it('may be values, and are one service under several tokens', async () => {
    const worker = new BareService()
    @Module({
      providers: [
        { provide: 'a', useValue: worker },
        { provide: 'b', useValue: worker }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(names(assembly)).toEqual(['BareService'])
    expect(assembly.get('a')).toBe(worker)
  })

  it('that several factories hand out are one service, which whoever is given it comes after', async () => {
    @Service()
    class Db {}
    const db = new Db()
    const asking = (token: string, name: string) => {
      @Service({ inject: [token], name })
      class Asks {
        constructor(readonly db: unknown) {}
      }
      return Asks
    }
    const asks = [asking('a', 'A'), asking('b', 'B'), asking('c', 'C')]
    const factories = [
      { provide: 'b', useFactory: () => db },
      { provide: 'c', useFactory: async () => db }
    ]
    for (const first of [
      { provide: 'a', useFactory: () => db },
      { provide: 'a', useValue: db }
    ]) {
      @Module({ providers: [...asks, first, ...factories] })
      class Root {}
      const assembly = await wire(Root)
      expect(needs(assembly)).toEqual({
        Db: [],
        A: ['inject Db'],
        B: ['inject Db'],
        C: ['inject Db']
      })
      expect(names(assembly)[0]).toBe('Db')
    }
  })

  it('that a factory hands out while their constructor runs are told to wait for themselves', async () => {
    let early: object | undefined
    @Service()
    class Hub {
      constructor() {
        early = this
        inject<object>('hub')
      }
    }
    @Module({ providers: [Hub, { provide: 'hub', useFactory: () => early }] })
    class Root {}
    const error = await failureOf(() => wire(Root))
    expect(error).toMatchObject({ code: 'KEEL_DEPENDENCY_CYCLE' })
    expect((error as Error).message).toContain('└─ hands out Hub  ← closes the loop')
  })

  it('that a factory hands out to what they wait for are told as that, and not to be asked for later', async () => {
    @Service()
    @DependsOn('user')
    class Hub {}
    @Service({ inject: ['hub'] })
    class User {
      constructor(readonly hub: unknown) {}
    }
    const hub = new Hub()
    @Module({
      providers: [
        { provide: Hub, useValue: hub },
        { provide: 'hub', useFactory: () => hub },
        { provide: 'user', useExisting: User },
        User
      ]
    })
    class Root {}
    const { message } = (await failureOf(() => wire(Root))) as Error
    expect(message).toContain('└─ hands out Hub  ← closes the loop')
    expect(message).toContain("Let User ask for hub later: inject: [… lazy(() => 'hub') …]")

    @Service()
    @DependsOn('itself')
    class Alone {}
    const alone = new Alone()
    @Module({
      providers: [
        { provide: Alone, useValue: alone },
        { provide: 'itself', useFactory: () => alone }
      ]
    })
    class Knot {}
    expect(await failureOf(() => wire(Knot))).toMatchObject({
      message: expect.stringContaining('Take one @DependsOn away, such as that of Alone on itself.') as string
    })
  })

  it('that come out of factories are called as their class says, and warned of as others', async () => {
    @Service({ name: 'api' })
    class Api {
      onModuleInit() {}
    }
    const made = (token: string) => ({ provide: token, useFactory: () => new Api() })
    @Module({ providers: [made('one')] })
    class Root {}
    const assembly = await wire(Root)
    expect(names(assembly)).toEqual(['api'])
    expect(assembly.warnings.map(({ code }) => code)).toEqual(['KEEL_FOREIGN_HOOK'])
    @Module({ providers: [made('one'), made('two')] })
    class Two {}
    expect(await failureOf(() => wire(Two))).toMatchObject({
      code: 'KEEL_DUPLICATE_NAME',
      message: expect.stringContaining("two services are named 'api'") as string
    })
  })

  it('that come out of factories are ordered after what their class depends on', async () => {
    @Service()
    class Db {}
    @Service()
    class Unlisted {}
    @Service()
    @DependsOn(Db, wanted('nothing'))
    class Api {}
    @Service()
    @DependsOn(Unlisted, wanted(Db))
    class Later {}
    @Module({
      providers: [
        { provide: Api, useFactory: () => new Api() },
        { provide: 'later', useFactory: async () => new Later() },
        Db
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(needs(assembly)).toEqual({
      Db: [],
      Unlisted: [],
      Api: ['depends-on Db'],
      Later: ['depends-on Unlisted', 'wanted Db']
    })
    const order = names(assembly)
    expect(order.indexOf('Db')).toBeLessThan(order.indexOf('Api'))
    expect(order.indexOf('Unlisted')).toBeLessThan(order.indexOf('Later'))

    @Service()
    @DependsOn('nothing')
    class Lacking {}
    const released: unknown[] = []
    for (const useFactory of [() => new Lacking(), async () => new Lacking()]) {
      const dispose = (made: unknown): void => void released.push(made)
      @Module({ providers: [{ provide: 'lacking', useFactory, dispose }] })
      class Lacks {}
      expect(await failureOf(() => wire(Lacks))).toMatchObject({
        problems: [{ code: 'KEEL_MISSING_PROVIDER', path: ['Lacks', 'lacking', 'nothing'] }]
      })
    }
    expect(released).toEqual([new Lacking(), new Lacking()])
    @Service()
    @DependsOn('circle')
    class Circle {}
    @Service({ inject: ['made'] })
    class Asks {
      constructor(readonly made: unknown) {}
    }
    @Module({
      providers: [
        { provide: 'made', useFactory: () => new Circle() },
        { provide: 'circle', useExisting: Asks },
        Asks
      ]
    })
    class Circular {}
    expect(await failureOf(() => wire(Circular))).toMatchObject({ code: 'KEEL_DEPENDENCY_CYCLE' })
  })

  it('may come out of factories, whose dependencies are theirs', async () => {
    @Service()
    class Db {}
    @Module({
      providers: [
        Db,
        { provide: 'worker', inject: [Db], useFactory: async () => BareService.named('Worker') },
        { provide: 'same', inject: ['worker'], useFactory: (worker: unknown) => worker }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    expect(names(assembly)).toEqual(['Db', 'Worker'])
    expect(assembly.services[1]?.dependencies.map(({ service }) => service.name)).toEqual(['Db'])
    expect(assembly.services[1]?.instance).toBe(assembly.get('worker'))
    expect(listersOf(assembly, 1)).toEqual(['Root'])
  })

  it('are recognised by their class too, marked or not', async () => {
    class Worker extends BareService {
      onStart() {}
    }
    expect(names(await wire(Worker))).toEqual(['Worker'])
  })
})

describe('a class that has work and is merely injectable', () => {
  it('is told to be a service in place of that, since it cannot be both', async () => {
    @Injectable()
    class Sweeper {
      @Timer('1s') sweep() {}
    }
    class Plain {
      @Timer('1s') sweep() {}
    }
    @Module({ providers: [Sweeper, Plain] })
    class Root {}
    expect((await problemsOf(Root)).map(({ hint }) => hint)).toEqual([
      'Mark Sweeper with @Service() in place of @Injectable().',
      'Mark Plain with @Service().'
    ])
  })

  it('is not told to be one where there are many of it', async () => {
    @Injectable({ lifetime: 'transient' })
    class Sweeper {
      @Timer('1s') sweep() {}
    }
    @Module({ providers: [Sweeper, { provide: 'visit', useClass: Sweeper, lifetime: 'scoped' }] })
    class Root {}
    const hint = 'Move them into a service.'
    expect(await problemsOf(Root)).toMatchObject([{ hint }, { hint }])
  })
})

describe('a hook of NestJS', () => {
  it('is warned of on a class that is no service, and on a module, too', async () => {
    @Injectable()
    class Cache {
      onModuleInit() {}
    }
    @Injectable({ lifetime: 'transient' })
    class Visit {
      onModuleDestroy() {}
    }
    class Plain {
      onApplicationBootstrap() {}
    }
    @Module({ providers: [Cache, Visit, Plain] })
    class Root {
      onModuleInit() {}
      onApplicationShutdown() {}
    }
    const { warnings } = await wire(Root)
    expect(warnings.map(({ code, path, message, hint }) => [code, path, `${message}. ${hint}`])).toEqual([
      [
        'KEEL_FOREIGN_HOOK',
        ['Root'],
        'The module Root has onModuleInit and onApplicationShutdown, which only NestJS calls, and is never constructed. ' +
          'Move them into a service, and rename onModuleInit to onStart and onApplicationShutdown to onShutdown.'
      ],
      [
        'KEEL_FOREIGN_HOOK',
        ['Root', 'Cache'],
        'Cache has onModuleInit, which only NestJS calls. ' +
          'Mark Cache with @Service() in place of @Injectable(), and rename onModuleInit to onStart.'
      ],
      [
        'KEEL_FOREIGN_HOOK',
        ['Root', 'Visit'],
        'Visit has onModuleDestroy, which only NestJS calls. ' +
          'Move them into a service, and rename onModuleDestroy to onShutdown.'
      ],
      [
        'KEEL_FOREIGN_HOOK',
        ['Root', 'Plain'],
        'Plain has onApplicationBootstrap, which only NestJS calls. ' +
          'Mark Plain with @Service(), and rename onApplicationBootstrap to onReady.'
      ]
    ])
  })

  it('is not warned of on what lives as long as a scope, where NestJS calls none', async () => {
    @Injectable({ lifetime: 'scoped' })
    class Visit {
      onModuleDestroy() {}
    }
    class Plain {
      onModuleInit() {}
    }
    @Module({ providers: [Visit, { provide: 'plain', useClass: Plain, lifetime: 'scoped' }] })
    class Root {}
    expect((await wire(Root)).warnings).toEqual([])
  })

  it('is warned of once on a module, however many dynamic modules are made of it', async () => {
    @Module({ providers: [] })
    class Feature {
      onModuleInit() {}
    }
    @Module({ imports: [Feature, { module: Feature, global: true }, { module: Feature, providers: [] }] })
    class Root {}
    expect((await wire(Root)).warnings).toMatchObject([{ path: ['Root', 'Feature'] }])
  })
})

describe('a factory that fails', () => {
  it('is told of with the place of its module, since it has none of its own', async () => {
    const useFactory = (): never => {
      throw new Error('no such host')
    }
    @Module({ providers: [{ provide: 'pool', useFactory }] })
    class Root {}
    expect(await failureOf(() => wire(Root))).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'pool',
      phase: 'factory',
      location: (await plan(Root)).tree.root.location
    })
    expect((await plan(Root)).tree.root.location).toMatch(/providers\.test\.ts:\d+$/)
  })
})

describe('a missing provider', () => {
  it('that only orders the start need not be provided when it is wanted', async () => {
    @Service()
    @DependsOn('feed')
    class Reader {}
    const [problem] = await problemsOf(Reader)
    expect(problem?.hint).toMatch(/^Add \{ provide: 'feed', … \} to .+, or say wanted\('feed'\)\.$/)
  })

  it('of an alias is not helped by whoever asks for the alias', async () => {
    @Service()
    @DependsOn('alias')
    class Reader {}
    @Service({ inject: ['alias'] })
    class Writer {
      constructor(readonly feed: unknown) {}
    }
    @Module({ providers: [Reader, Writer, { provide: 'alias', useExisting: 'feed' }] })
    class Root {}
    const hint = expect.stringMatching(
      /^Add \{ provide: 'feed', … \} to the providers of Root \(.+\)\.$/
    ) as string
    expect(await problemsOf(Root)).toMatchObject([{ hint }, { hint }, { hint }])
  })

  it('among what a factory takes can be marked, as NestJS has it in an object', async () => {
    const inject = [{ token: 'feed', optional: true }] as never[]
    @Module({ providers: [{ provide: 'reader', useFactory: () => 1, inject }] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_INVALID_PROVIDER',
        message: 'inject[0] of providers[0] of Root (reader) is an object, which is no token',
        hint: 'Give a token, () => token, optional(…), all(…) or lazy(…).'
      }
    ])
  })

  it('of an @Inject() that names nothing is no matter of files alone', async () => {
    class Feed {}
    @Service()
    class Reader {
      @((Inject as unknown as () => PropertyDecorator)()) readonly feed!: Feed
    }
    expect(await problemsOf(Reader)).toMatchObject([
      {
        code: 'KEEL_ERASED_TYPE',
        hint: 'Name it, @Inject(TheClass); where files import each other, write @Inject(() => TheClass).'
      }
    ])
  })
})

describe('an object of a class that is no service', () => {
  class Poller {
    @Timer('1s') poll() {}
  }
  class Connection {
    onStart() {}
  }

  it('cannot be a value when its class has work that only a service has called', async () => {
    @Module({ providers: [{ provide: 'feed', useValue: new Poller() }] })
    class Root {}
    const [problem, ...others] = await problemsOf(Root)
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      code: 'KEEL_NOT_A_SERVICE',
      hint: 'Mark Poller with @Service(): its object is a service then, wherever it was made.'
    })
    expect(problem?.message).toMatch(/^feed: the value is a Poller \(.+\), which has @Timer poll, but is not/)
  })

  it('is warned of when a factory makes it, or when it has no more than hooks by their names', async () => {
    @Module({
      providers: [
        { provide: Poller, useFactory: async () => new Poller() },
        { provide: Connection, useFactory: () => new Connection() },
        { provide: 'same', useFactory: (connection: Connection) => connection, inject: [Connection] },
        { provide: 'given', useValue: new Connection() }
      ]
    })
    class Root {}
    const { warnings } = await wire(Root)
    expect(warnings.map(({ code, message }) => [code, message.split(',')[0]])).toEqual([
      ['KEEL_NOT_A_SERVICE', 'given: the value is a Connection'],
      ['KEEL_NOT_A_SERVICE', 'Connection: what the factory makes is a Connection'],
      ['KEEL_NOT_A_SERVICE', expect.stringMatching(/^Poller: what the factory makes is a Poller \(.+\)$/)]
    ])
  })

  it('is left alone where it may be meant otherwise: plain, another library’s, in place of a service', async () => {
    class SpanProcessor {
      onStart(_span: unknown, _parent: unknown) {}
    }
    @Service()
    class Db extends Poller {
      onStart() {}
    }
    class FakeDb extends Db {}
    const strict = new Proxy(
      {},
      {
        get: () => {
          throw new Error('not given')
        }
      }
    )
    @Module({
      providers: [
        { provide: 'plain', useValue: { onStart() {}, onStop() {} } },
        { provide: 'processor', useValue: new SpanProcessor() },
        { provide: 'made', useFactory: () => new SpanProcessor() },
        { provide: Db, useValue: new FakeDb() },
        { provide: 'strict', useValue: strict }
      ]
    })
    class Root {}
    expect((await wire(Root)).warnings).toEqual([])
  })
})

describe('what replaces', () => {
  @Service()
  class Database {
    constructor(@Inject('url') readonly url: string) {}
  }
  @Service()
  class Api {
    constructor(readonly database: Database) {}
  }
  @Module({
    providers: [Database, { provide: 'url', useValue: 'real' }, { provide: 'DB', useClass: Database }],
    exports: [Database, 'DB']
  })
  class DbModule {}
  @Module({ imports: [DbModule], providers: [Api] })
  class Root {}

  it('the application’s own providers go before all others, under every token of the class', async () => {
    const fake = { url: 'fake' }
    const assembly = await wire(Root, { providers: [{ provide: Database, useValue: fake }] })
    expect(assembly.get(Api).database).toBe(fake)
    expect(assembly.get('DB')).toBe(fake)
    expect(names(assembly)).toEqual(['Api'])
  })

  it('a service among them answers to its further token before what modules provide', async () => {
    abstract class Mailer {}
    @Service({ provide: Mailer })
    class Smtp extends Mailer {}
    @Service({ inject: [Mailer] })
    class Orders {
      constructor(readonly mailer: Mailer) {}
    }
    @Module({ providers: [Smtp, Orders] })
    class Shop {}
    @Service({ provide: Mailer })
    class FakeMailer extends Mailer {}
    const assembly = await wire(Shop, { providers: [FakeMailer] })
    expect(assembly.get(Orders).mailer).toBe(assembly.get(FakeMailer))
    expect(assembly.get(Mailer)).toBe(assembly.get(FakeMailer))
    const other = await wire(Shop, { providers: [FakeMailer, { provide: Mailer, useValue: 'given later' }] })
    expect(other.get(Orders).mailer).toBe('given later')
  })

  it('a service that no module lists is replaced under its further token too', async () => {
    abstract class Mailer {}
    @Service({ provide: Mailer })
    class Smtp extends Mailer {}
    @Service({ inject: [Smtp, Mailer] })
    class Orders {
      constructor(
        readonly smtp: Smtp,
        readonly mailer: Mailer
      ) {}
    }
    const fake = { provide: Smtp, useValue: 'fake' }
    for (const root of [[Orders, Smtp], Orders]) {
      const assembly = await wire(root, { providers: [fake] })
      expect(assembly.get(Orders)).toEqual({ smtp: 'fake', mailer: 'fake' })
      const meant = { provide: Mailer, useValue: 'meant' }
      for (const providers of [
        [fake, meant],
        [meant, fake]
      ])
        expect((await wire(root, { providers })).get(Orders).mailer).toBe('meant')
    }
  })

  it('a class that replaces is given what the module of the replaced one sees', async () => {
    @Service()
    class FakeDatabase {
      constructor(@Inject('url') readonly url: string) {}
    }
    const assembly = await wire(Root, { providers: [{ provide: Database, useClass: FakeDatabase }] })
    expect(assembly.get(Api).database).toBeInstanceOf(FakeDatabase)
    expect(assembly.get(Api).database.url).toBe('real')
    expect(names(assembly)).toEqual(['FakeDatabase', 'Api'])
    expect(listersOf(assembly, 0)).toEqual(['DbModule'])
  })

  it('what is replaced may be hidden, and may be configuration', async () => {
    const assembly = await wire(Root, { providers: [{ provide: 'url', useValue: 'test' }] })
    expect(assembly.get(Database).url).toBe('test')
  })

  it('of two for one token the later counts', async () => {
    const assembly = await wire(Root, {
      providers: [
        { provide: 'url', useValue: 'first' },
        { provide: 'url', useValue: 'second' }
      ]
    })
    expect(assembly.get('url')).toBe('second')
  })

  it('what replaces one of several replaces all of them', async () => {
    @Module({
      providers: [
        { provide: 'p', useValue: 1, multi: true },
        { provide: 'p', useValue: 2, multi: true },
        { provide: 'all', inject: [{ ...Object(undefined) }, 'p'].slice(1), useFactory: (p: unknown) => p }
      ]
    })
    class Several {}
    const assembly = await wire(Several, { providers: [{ provide: 'p', useValue: 3 }] })
    expect(assembly.get('all')).toBe(3)
  })

  it('what nobody provides is added, and constructed', async () => {
    @Service()
    class Extra {}
    expect(names(await wire(Root, { providers: [Extra] }))).toEqual(['Database', 'Api', 'Extra'])
  })

  it('faults among them are problems', async () => {
    expect(await codesOf(Root, { providers: [{ provide: 'x' } as never] })).toEqual(['KEEL_INVALID_PROVIDER'])
  })

  it('a module may be taken instead of another, wherever that is imported', async () => {
    @Module({ providers: [{ provide: Database, useValue: { url: 'other' } }], exports: [Database] })
    class OtherDbModule {}
    const assembly = await wire(Root, { overrideModules: new Map([[DbModule, OtherDbModule]]) })
    expect(assembly.get(Api).database.url).toBe('other')
    expect(assembly.modules.map((module) => module.name)).toEqual(['OtherDbModule', 'Root'])
  })

  it('a mocker supplies what is missing, and what it does not stays missing', async () => {
    @Service({ inject: [Database, 'x', 'y'] })
    class Lone {
      constructor(
        readonly database: Database,
        readonly x: unknown,
        readonly y: unknown
      ) {}
    }
    const mocker = (token: unknown) => (token === 'x' || token === 'url' ? { mock: token } : undefined)
    expect(await problemsOf(Lone, { mocker })).toMatchObject([
      { code: 'KEEL_MISSING_PROVIDER', path: ['Lone', 'y'] }
    ])
    const assembly = await wire(Lone, { mocker: (token) => mocker(token) ?? 0 })
    expect(assembly.get(Lone)).toMatchObject({ database: { url: { mock: 'url' } }, x: { mock: 'x' }, y: 0 })
  })

  it('a mocker is asked once for what one constructor needs, whether it supplies that or not', async () => {
    @Service({ inject: ['x', 'y'] })
    class Lone {
      constructor(
        readonly x: unknown,
        readonly y: unknown
      ) {}
    }
    const asked: unknown[] = []
    const mocker = (token: unknown): unknown => {
      asked.push(token)
      return token === 'x' ? 0 : undefined
    }
    await problemsOf(Lone, { mocker })
    expect(asked).toEqual(['x', 'y'])
  })

  it('a mocker supplies nothing that a service answers to, though that turns up later', async () => {
    const asked: unknown[] = []
    const mocker = (token: unknown): unknown => ({ mock: asked.push(token) })
    abstract class Mailer {}
    abstract class Queue {}
    @Service({ provide: Queue })
    class Redis {}
    @Service({ provide: Mailer, inject: [Queue, 'url', Redis] })
    class Smtp {
      constructor(
        readonly queue: unknown,
        readonly url: unknown,
        readonly redis: Redis
      ) {}
    }
    @Service({ inject: [Mailer, 'url', Smtp] })
    class Orders {
      constructor(
        readonly mailer: unknown,
        readonly url: unknown,
        readonly smtp: Smtp
      ) {}
    }
    const { mailer, url, smtp } = (await wire(Orders, { mocker })).get(Orders)
    expect(mailer).toBe(smtp)
    expect(smtp.queue).toBe(smtp.redis)
    expect(smtp.url).toBe(url)
    expect(asked).toEqual([Mailer, 'url', Queue])
  })

  it('a mocker is asked once for a token, whichever modules need it', async () => {
    const asked: unknown[] = []
    const mocker = (token: unknown): unknown => {
      asked.push(token)
      return token === 'x' ? { mock: asked.length } : undefined
    }
    @Service({ inject: ['x', optional('y')] })
    class Inner {
      constructor(
        readonly x: unknown,
        readonly y: unknown
      ) {}
    }
    @Module({ providers: [Inner], exports: [Inner] })
    class InnerModule {}
    @Service({ inject: ['x', optional('y'), Inner] })
    class Outer {
      constructor(
        readonly x: unknown,
        readonly y: unknown,
        readonly inner: Inner
      ) {}
    }
    @Module({ imports: [InnerModule], providers: [Outer] })
    class OuterModule {}
    const assembly = await wire(OuterModule, { mocker })
    const { x, inner } = assembly.get(Outer)
    expect([x, inner.x, assembly.get('x')]).toEqual([{ mock: 1 }, { mock: 1 }, { mock: 1 }])
    expect(asked).toEqual(['x', 'y'])
  })

  it('a mocker supplies nothing that a module keeps to itself', async () => {
    @Service()
    class Inner {}
    @Module({ providers: [Inner] })
    class InnerModule {}
    @Module({ imports: [InnerModule] })
    class Root {}
    const mocker = (): object => ({})
    const assembly = await wire(Root, { mocker })
    expect(assembly.get(Inner)).toBeInstanceOf(Inner)
    @Service({ inject: [Inner] })
    class Asks {
      constructor(readonly inner: Inner) {}
    }
    @Module({ imports: [InnerModule], providers: [Asks] })
    class Wrong {}
    expect(await codesOf(Wrong, { mocker })).toEqual(['KEEL_NOT_EXPORTED'])
  })
})

describe('a slice', () => {
  @Service()
  class Db {}
  @Service()
  class Orders {
    constructor(readonly db: Db) {}
  }
  @Service()
  class Other {}
  @Module({ providers: [Db, Orders, Other] })
  class Shop {}
  @Module({ imports: [Shop] })
  class Root {}

  it('constructs what it names, and what that needs', async () => {
    expect(names(await wire(undefined, { only: [Orders] }))).toEqual(['Db', 'Orders'])
    expect(names(await wire(Root, { only: [Orders] }))).toEqual(['Db', 'Orders'])
  })

  it('names what is missing', async () => {
    expect(await problemsOf(Root, { only: ['nothing'] })).toMatchObject([
      { code: 'KEEL_MISSING_PROVIDER', message: 'The slice asks for nothing, which nothing provides' }
    ])
  })
})

describe('what is wrong', () => {
  it('is told all at once, before any constructor runs', async () => {
    let constructed = 0
    @Service({ inject: ['missing'] })
    class One {
      constructor(readonly missing: unknown) {
        constructed++
      }
    }
    @Injectable({ lifetime: 'scoped' })
    class Scoped {}
    @Service()
    class Two {
      constructor(readonly scoped: Scoped) {
        constructed++
      }
    }
    @Module({
      providers: [One, Two, { provide: 'x', useFactory: () => ++constructed }, { provide: 'x', useValue: 1 }]
    })
    class Root {}
    const found = await plan(Root)
    expect(found.problems.map((problem) => problem.code)).toEqual([
      'KEEL_DUPLICATE_PROVIDER',
      'KEEL_MISSING_PROVIDER',
      'KEEL_CAPTIVE_DEPENDENCY'
    ])
    const error = await failureOf(() => found.throwIfUnsound())
    expect(error).toBeInstanceOf(WiringError)
    expect((error as WiringError).problems).toEqual(found.problems)
    expect(constructed).toBe(0)
  })
})
