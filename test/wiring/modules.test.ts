import {
  all,
  DependsOn,
  inject,
  Inject,
  Injectable,
  InjectAll,
  InjectionToken,
  Module,
  Optional,
  Service
} from './api.js'
import type { Class, DynamicModule } from 'keelson'
import { describe, expect, it } from 'vitest'
import { StartError } from '../../src/errors/index.js'
import { codesOf, failureOf, names, needs, plan, problemsOf, wire } from './wire.js'

const URL_TOKEN = new InjectionToken<string>('URL')
const PLUGIN = new InjectionToken<string>('PLUGIN')

describe('what is no module', () => {
  class NotOne {}
  @Service()
  class AService {}

  it.each([
    ['a plain class', NotOne, 'imports[0] of Root is NotOne, which is no module'],
    ['a service', AService, 'imports[0] of Root is AService, which is no module'],
    ['undefined, as in an import cycle between files', undefined, 'imports[0] of Root is undefined'],
    ['a function that gives nothing', () => undefined, 'imports[0] of Root is undefined'],
    ['a number', 7, 'imports[0] of Root is 7, which is no module'],
    [
      'a dynamic module of a plain class',
      { module: NotOne },
      'imports[0] of Root is a dynamic module of NotOne'
    ]
  ])('is refused among imports: %s', async (_what, entry, message) => {
    @Module({ imports: [entry as never] })
    class Root {}
    const [problem, ...others] = await problemsOf(Root)
    expect(others).toEqual([])
    expect(problem).toMatchObject({ code: 'KEEL_NOT_A_MODULE', path: ['Root'] })
    expect(problem?.message).toContain(message)
    expect(problem?.location).toMatch(/modules\.test\.ts:\d+$/)
  })

  it.each([
    ['a plain class', NotOne],
    ['a plain object', {}],
    ['undefined, as in an import cycle between files', undefined],
    ['undefined in an array', [undefined]],
    ['an array that has one', [AService, NotOne]]
  ])('is refused as a root: %s', async (_what, root) => {
    expect(await codesOf(root)).toEqual(['KEEL_NOT_A_MODULE'])
  })

  it('is refused among the exports that pass modules on, unless it is imported', async () => {
    @Module({})
    class Other {}
    @Module({ exports: [Other] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_NOT_EXPORTED',
        message: 'exports[0] of Root is the module Other, which Root does not import'
      }
    ])
  })

  it('makes no constructor run, and every problem is told', async () => {
    let constructed = 0
    @Service()
    class Eager {
      constructor() {
        constructed++
      }
    }
    @Module({ imports: [NotOne, undefined as never], providers: [Eager, 7 as never] })
    class Root {}
    const found = await plan(Root)
    expect(found.problems.map((problem) => problem.code)).toEqual([
      'KEEL_INVALID_PROVIDER',
      'KEEL_NOT_A_MODULE',
      'KEEL_NOT_A_MODULE'
    ])
    expect(() => found.throwIfUnsound()).toThrow(/problem 3 of 3/)
    expect(constructed).toBe(0)
  })
})

describe('what is no provider', () => {
  class Plain {}
  @Module({})
  class AModule {}

  it.each<[string, unknown, string, string]>([
    ['undefined', undefined, 'KEEL_INVALID_PROVIDER', 'providers[0] of Root is undefined'],
    ['null', null, 'KEEL_INVALID_PROVIDER', 'providers[0] of Root is null'],
    ['a module', AModule, 'KEEL_INVALID_PROVIDER', 'is the module AModule'],
    [
      'a token of tsyringe shape',
      { token: 'x', useValue: 1 },
      'KEEL_INVALID_PROVIDER',
      'undefined, which is no token'
    ],
    ['no way to make it', { provide: 'x' }, 'KEEL_INVALID_PROVIDER', '(x) has no way to make its value'],
    [
      'two ways',
      { provide: 'x', useValue: 1, useClass: Plain },
      'KEEL_INVALID_PROVIDER',
      'has useClass and useValue'
    ],
    ['no class', { provide: 'x', useClass: undefined }, 'KEEL_INVALID_PROVIDER', 'useClass of'],
    [
      'a class as a factory',
      { provide: 'x', useFactory: Plain },
      'KEEL_INVALID_PROVIDER',
      'is the class Plain'
    ],
    ['no function', { provide: 'x', useFactory: 1 }, 'KEEL_INVALID_PROVIDER', 'useFactory of'],
    ['no alias', { provide: 'x', useExisting: undefined }, 'KEEL_INVALID_PROVIDER', 'useExisting of'],
    [
      'a list that is none',
      { provide: 'x', useFactory: () => 1, inject: 'y' },
      'KEEL_INVALID_OPTION',
      'inject of'
    ],
    [
      'an undefined entry',
      { provide: 'x', useFactory: () => 1, inject: [undefined] },
      'KEEL_INVALID_PROVIDER',
      'inject[0]'
    ],
    [
      'a wrong lifetime',
      { provide: 'x', useClass: Plain, lifetime: 'forever' },
      'KEEL_INVALID_OPTION',
      'lifetime of'
    ],
    [
      'a wrong duration',
      { provide: 'x', useFactory: () => 1, startTimeout: 'soon' },
      'KEEL_INVALID_DURATION',
      'startTimeout of'
    ],
    [
      'no time at all',
      { provide: 'x', useFactory: () => 1, startTimeout: 0 },
      'KEEL_INVALID_OPTION',
      'longer than 0'
    ],
    [
      'a wrong disposer',
      { provide: 'x', useFactory: () => 1, dispose: 1 },
      'KEEL_INVALID_OPTION',
      'dispose of'
    ],
    ['a wrong name', { provide: 'x', useClass: Plain, name: '' }, 'KEEL_INVALID_OPTION', 'name of'],
    ['a wrong multi', { provide: 'x', useValue: 1, multi: 'yes' }, 'KEEL_INVALID_OPTION', 'multi of'],
    [
      'an async factory of one for each scope',
      { provide: 'x', useFactory: async () => 1, lifetime: 'scoped' },
      'KEEL_INVALID_OPTION',
      'is async'
    ]
  ])('is refused: %s', async (_what, entry, code, message) => {
    @Module({ providers: [entry as never] })
    class Root {}
    const [problem, ...others] = await problemsOf(Root)
    expect(others).toEqual([])
    expect(problem?.code).toBe(code)
    expect(problem?.message).toContain(message)
  })
})

describe('dynamic modules', () => {
  it('fail the boot with the error that their promise rejects with, and where', async () => {
    const cause = new Error('no config')
    @Module({ imports: [Promise.reject(cause)] })
    class Root {}
    const error = await failureOf(() => plan(Root))
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({ service: 'Root', phase: 'imports[0] of Root', cause, path: ['Root'] })
  })

  it('that reject while an earlier one is awaited are not unhandled', async () => {
    @Module({})
    class Slow {}
    const cause = new Error('second')
    @Module({
      imports: [
        new Promise((resolve) => setImmediate(() => resolve({ module: Slow }))),
        Promise.reject(cause)
      ]
    })
    class Root {}
    expect(await failureOf(() => plan(Root))).toMatchObject({ cause })
  })

  it('add to their class, may be promised, and may be given by functions', async () => {
    @Injectable()
    class Db {
      constructor(@Inject(URL_TOKEN) readonly url: string) {}
    }
    @Module({ providers: [Db], exports: [Db] })
    class DbModule {
      static async forRoot(url: string) {
        return { module: DbModule, providers: [{ provide: URL_TOKEN, useValue: url }], exports: [URL_TOKEN] }
      }
    }
    @Service()
    class Api {
      constructor(
        readonly db: Db,
        @Inject(URL_TOKEN) readonly url: string
      ) {}
    }
    @Module({ imports: [() => DbModule.forRoot('db://x')], providers: [Api] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Api)).toMatchObject({ url: 'db://x', db: { url: 'db://x' } })
  })

  it('may be the root, promised too', async () => {
    @Module({})
    class Root {}
    const assembly = await wire(Promise.resolve({ module: Root, providers: [{ provide: 'x', useValue: 1 }] }))
    expect(assembly.get('x')).toBe(1)
  })

  it('are a module of their own each, even of one class', async () => {
    @Module({})
    class Feature {
      static of(name: string) {
        return {
          module: Feature,
          providers: [{ provide: PLUGIN, useValue: name, multi: true }],
          exports: [PLUGIN]
        }
      }
    }
    @Service({ inject: [all(PLUGIN)] })
    class Host {
      constructor(readonly plugins: string[]) {}
    }
    @Module({ imports: [Feature.of('a'), Feature.of('b')], providers: [Host] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Host).plugins).toEqual(['a', 'b'])
    expect(assembly.modules.map((module) => module.name)).toEqual(['Feature', 'Feature', 'Root'])
  })

  it('of one object are one module, wherever it is imported', async () => {
    let made = 0
    @Module({})
    class Shared {}
    const once = { module: Shared, providers: [{ provide: 'x', useFactory: () => ++made }], exports: ['x'] }
    @Module({ imports: [once] })
    class Left {}
    @Module({ imports: [once, Left] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get('x')).toBe(1)
    expect(made).toBe(1)
  })

  it('may pass on what they import, by class or by object', async () => {
    @Module({})
    class Inner {}
    const inner = { module: Inner, providers: [{ provide: 'x', useValue: 1 }], exports: ['x'] }
    @Module({ imports: [inner], exports: [Inner] })
    class ByClass {}
    @Module({ imports: [inner], exports: [inner] })
    class ByObject {}
    @Module({ imports: [ByClass] })
    class A {}
    @Module({ imports: [ByObject] })
    class B {}
    expect((await wire(A)).get('x')).toBe(1)
    expect((await wire(B)).get('x')).toBe(1)
  })
})

describe('who sees what', () => {
  @Service()
  class Hidden {}
  @Service()
  class Shown {
    constructor(readonly hidden: Hidden) {}
  }
  @Module({ providers: [Hidden, Shown], exports: [Shown] })
  class Library {}

  it('a module that does not export it keeps it to itself', async () => {
    @Service()
    class Needy {
      constructor(readonly hidden: Hidden) {}
    }
    @Module({ imports: [Library], providers: [Needy] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_NOT_EXPORTED',
        message:
          'Needy needs Hidden (constructor parameter 0, hidden), which Library has but does not export',
        path: ['Root', 'Needy', 'Hidden'],
        hint: expect.stringMatching(/^Add `exports: \[Hidden\]` to Library \(.*modules\.test\.ts:\d+\)\.$/)
      }
    ])
  })

  it('several modules that do not export it keep it to themselves', async () => {
    @Module({ providers: [Hidden] })
    class Annexe {}
    @Service()
    class Needy {
      constructor(readonly hidden: Hidden) {}
    }
    @Module({ imports: [Library, Annexe], providers: [Needy] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_NOT_EXPORTED',
        message: expect.stringMatching(/, which Library and Annexe have but do not export$/)
      }
    ])
  })

  it('an export is seen only where the module is imported', async () => {
    @Service()
    class Needy {
      constructor(readonly shown: Shown) {}
    }
    @Module({ providers: [Needy] })
    class Feature {}
    @Module({ imports: [Feature, Library] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_MISSING_PROVIDER',
        message:
          'Needy needs Shown (constructor parameter 0, shown), which Library exports but Feature does not import',
        path: ['Root', 'Feature', 'Needy', 'Shown'],
        hint: expect.stringMatching(/^Add `imports: \[Library\]` to Feature \(.*\)\.$/)
      }
    ])
  })

  it('of a dynamic module, the same one is to be imported, since its plain class would be another', async () => {
    @Module({})
    class Cache {
      static of = (): DynamicModule => ({ module: Cache, providers: [Hidden], exports: [Hidden] })
    }
    @Service()
    class Needy {
      constructor(readonly hidden: Hidden) {}
    }
    @Module({ providers: [Needy] })
    class Feature {}
    @Module({ imports: [Feature, Cache.of()] })
    class Root {}
    const [problem] = await problemsOf(Root)
    expect(problem).toMatchObject({
      message: expect.stringMatching(/, which Cache exports but Feature does not import$/),
      hint: expect.stringMatching(
        /^Import in Feature \(.*\) the same dynamic module of Cache as Root does, or give it `global: true`\.$/
      )
    })
  })

  it('of two modules of one name, as of two versions of a library, the one that has it is told with its place', async () => {
    const version = (): { Flags: Class; FlagsModule: Class } => {
      @Injectable()
      class Flags {}
      @Module({ providers: [Flags], exports: [Flags] })
      class FlagsModule {}
      return { Flags, FlagsModule }
    }
    const [one, two] = [version(), version()]
    @Service({ inject: [two.Flags] })
    class Needy {
      constructor(readonly flags: object) {}
    }
    @Module({ imports: [one.FlagsModule], providers: [Needy] })
    class Feature {}
    @Module({ imports: [Feature, two.FlagsModule] })
    class Root {}
    const [problem] = await problemsOf(Root)
    expect(problem).toMatchObject({
      message: expect.stringMatching(
        /which FlagsModule \(.*modules\.test\.ts:\d+\) exports but Feature does not import$/
      ),
      hint: expect.stringMatching(/^Add `imports: \[FlagsModule\]` to Feature \(.*\)\.$/)
    })
  })

  it('when it is neither exported nor imported, both edits are named', async () => {
    @Service()
    class Needy {
      constructor(readonly hidden: Hidden) {}
    }
    @Module({ providers: [Needy] })
    class Feature {}
    @Module({ imports: [Feature, Library] })
    class Root {}
    const [problem] = await problemsOf(Root)
    expect(problem?.hint).toMatch(
      /^Add `exports: \[Hidden\]` to Library .* and add `imports: \[Library\]` to Feature/
    )
  })

  it('what is imported and exported is injected', async () => {
    @Service()
    class Happy {
      constructor(readonly shown: Shown) {}
    }
    @Module({ imports: [Library], providers: [Happy] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Happy).shown.hidden).toBeInstanceOf(Hidden)
  })

  it('a token of an imported module can be exported again', async () => {
    @Module({ imports: [Library], exports: [Shown] })
    class Facade {}
    @Service()
    class Happy {
      constructor(readonly shown: Shown) {}
    }
    @Module({ imports: [Facade], providers: [Happy] })
    class Root {}
    expect((await wire(Root)).get(Happy).shown).toBeInstanceOf(Shown)
  })

  it('global modules are seen everywhere, their exports only', async () => {
    @Module({
      providers: [
        { provide: 'x', useValue: 1 },
        { provide: 'secret', useValue: 2 }
      ],
      exports: ['x'],
      global: true
    })
    class Everywhere {}
    @Service({ inject: ['x', 'secret'] })
    class Needy {
      constructor(
        readonly x: unknown,
        readonly secret: unknown
      ) {}
    }
    @Module({ providers: [Needy] })
    class Feature {}
    @Module({ imports: [Feature, Everywhere] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { code: 'KEEL_NOT_EXPORTED', path: ['Root', 'Feature', 'Needy', 'secret'] }
    ])
  })

  it('a dynamic module may be global', async () => {
    @Module({})
    class Config {}
    @Service({ inject: ['x'] })
    class Reader {
      constructor(readonly x: unknown) {}
    }
    @Module({ providers: [Reader] })
    class Feature {}
    @Module({
      imports: [
        Feature,
        { module: Config, global: true, providers: [{ provide: 'x', useValue: 1 }], exports: ['x'] }
      ]
    })
    class Root {}
    expect((await wire(Root)).get(Reader).x).toBe(1)
  })

  it('its own goes before imports, and those before global ones', async () => {
    const provide = (value: string) => ({ providers: [{ provide: 'x', useValue: value }], exports: ['x'] })
    @Module({ ...provide('global'), global: true })
    class Everywhere {}
    @Module(provide('imported'))
    class Imported {}
    @Service({ inject: ['x'] })
    class Reader {
      constructor(readonly x: unknown) {}
    }
    @Module({ imports: [Imported], providers: [Reader] })
    class Importing {}
    @Module({
      imports: [Imported],
      providers: [
        { provide: 'x', useValue: 'own' },
        { provide: 'r', useExisting: 'x' }
      ],
      exports: ['r']
    })
    class Owning {}
    @Module({ imports: [Importing, Owning, Everywhere] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Reader).x).toBe('imported')
    expect(assembly.get('r')).toBe('own')
    expect(assembly.get('x', { from: Root })).toBe('global')
  })

  it('two imports that both export a token are a problem only where it is asked for', async () => {
    const provide = (value: string) => ({ providers: [{ provide: 'x', useValue: value }], exports: ['x'] })
    @Module(provide('left'))
    class Left {}
    @Module(provide('right'))
    class Right {}
    @Module({ imports: [Left, Right] })
    class Quiet {}
    expect(await codesOf(Quiet)).toEqual([])
    @Service({ inject: ['x'] })
    class Reader {
      constructor(readonly x: unknown) {}
    }
    @Module({ imports: [Left, Right], providers: [Reader] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_DUPLICATE_PROVIDER',
        message: expect.stringContaining('which Root gets from Left and Right')
      }
    ])
  })

  it('two dynamic modules of one class that both export a token are told apart by their place', async () => {
    @Module({})
    class Db {}
    const to = (value: string) => ({
      module: Db,
      providers: [{ provide: 'x', useValue: value }],
      exports: ['x']
    })
    @Service({ inject: ['x'] })
    class Reader {
      constructor(readonly x: unknown) {}
    }
    @Module({})
    class Other {}
    @Module({ imports: [to('left'), Other, to('right')], providers: [Reader] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { message: expect.stringContaining('which Root gets from Db (imports[0]) and Db (imports[2])') }
    ])
  })

  it('the plain class of a dynamic module that is imported elsewhere is told as another module', async () => {
    @Module({})
    class Logs {
      static to(useValue: string) {
        return { module: Logs, providers: [{ provide: URL_TOKEN, useValue }], exports: [URL_TOKEN] }
      }
      static closed() {
        return { module: Logs, providers: [{ provide: URL_TOKEN, useValue: '' }] }
      }
    }
    @Service({ inject: [URL_TOKEN] })
    class Reader {
      constructor(readonly url: string) {}
    }
    @Module({ imports: [Logs], providers: [Reader] })
    class Feature {}
    @Module({ imports: [Logs.to('a'), Feature] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_MISSING_PROVIDER',
        message: expect.stringContaining(
          'which a dynamic module of Logs exports, but Feature imports the plain class Logs, which is another module'
        ),
        hint: expect.stringMatching(
          /^Import in Feature( \(.*\))? the same dynamic module of Logs as Root does, or give it `global: true`\.$/
        )
      }
    ])
    @Module({ imports: [Logs.closed(), Feature] })
    class Closed {}
    expect(await problemsOf(Closed)).toMatchObject([
      {
        code: 'KEEL_NOT_EXPORTED',
        hint: expect.stringMatching(/and import in Feature .*the same dynamic module of Logs as Closed does/)
      }
    ])
  })

  it('two imports that lead to one instance are no rivals', async () => {
    @Module({ providers: [Hidden], exports: [Hidden] })
    class Left {}
    @Module({ providers: [Hidden], exports: [Hidden] })
    class Right {}
    @Service()
    class Reader {
      constructor(readonly hidden: Hidden) {}
    }
    @Module({ imports: [Left, Right], providers: [Reader] })
    class Root {}
    expect((await wire(Root)).get(Reader).hidden).toBeInstanceOf(Hidden)
  })

  it('modules may import each other', async () => {
    class X {}
    @Service()
    class A {
      constructor(readonly x: X) {}
    }
    @Service()
    class B {}
    @Module({ imports: [() => Second], providers: [B, X], exports: [B, X] })
    class First {}
    @Module({ imports: [First], providers: [A], exports: [A, First] })
    class Second {}
    @Module({ imports: [Second] })
    class Root {}
    const assembly = await wire(Root)
    expect(names(assembly)).toEqual(['B', 'A'])
    expect(assembly.get(A).x).toBeInstanceOf(X)
    expect(assembly.modules).toHaveLength(3)
  })
})

describe('two providers for one token in one module', () => {
  it('are a problem, unless they are multi', async () => {
    @Module({
      providers: [
        { provide: 'x', useValue: 1 },
        { provide: 'x', useValue: 2 }
      ]
    })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { code: 'KEEL_DUPLICATE_PROVIDER', message: 'Root has 2 providers for x', path: ['Root'] }
    ])
  })

  it('are told how to be several when they are services that say provide, which have no multi', async () => {
    const PART = new InjectionToken<object>('PART')
    @Service({ provide: PART })
    class First {}
    @Service({ provide: PART })
    class Second {}
    @Module({ providers: [First, Second] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_DUPLICATE_PROVIDER',
        hint: 'Keep one, or take `provide: PART` away from First, Second and list { provide: PART, useExisting: First, multi: true } for each, to be had by all(PART).'
      }
    ])

    @Service()
    class Third {}
    @Service()
    class Fourth {}
    @Module({
      providers: [
        Third,
        Fourth,
        { provide: PART, useExisting: Third, multi: true },
        { provide: PART, useExisting: Fourth, multi: true }
      ]
    })
    class Mended {}
    expect(await problemsOf(Mended)).toEqual([])
  })

  it('are a problem when only one is multi', async () => {
    @Module({
      providers: [
        { provide: 'x', useValue: 1 },
        { provide: 'x', useValue: 2, multi: true }
      ]
    })
    class Root {}
    expect(await codesOf(Root)).toEqual(['KEEL_DUPLICATE_PROVIDER'])
  })

  it('are told once, and not again of all that need them', async () => {
    @Service({ inject: ['pool'] })
    class Db {
      constructor(readonly pool: unknown) {}
    }
    @Service({ inject: ['pool'] })
    class Report {
      constructor(readonly pool: unknown) {}
    }
    @Module({
      providers: [
        Db,
        { provide: 'pool', useValue: 1 },
        { provide: 'pool', useValue: 2 },
        { provide: 'connections', useExisting: 'pool' }
      ],
      exports: ['pool']
    })
    class Data {}
    @Module({ providers: [{ provide: 'pool', useValue: 3 }], exports: ['pool'] })
    class Other {}
    @Module({ imports: [Data, Other], providers: [Report] })
    class Reports {}
    @Module({ imports: [Data], providers: [Report] })
    class Small {}
    expect((await problemsOf(Small)).map(({ message }) => message)).toEqual(['Data has 2 providers for pool'])
    expect((await problemsOf(Reports)).map(({ message }) => message)).toEqual([
      'Data has 2 providers for pool',
      expect.stringContaining('which Reports gets from Data and Other')
    ])
    // the application's own providers belong to no module
    const providers = [
      { provide: 'pool', useValue: 4 },
      { provide: 'pool', useValue: 5, multi: true }
    ]
    @Module({ providers: [Report] })
    class Bare {}
    expect(await problemsOf(Bare, { providers })).toMatchObject([
      {
        code: 'KEEL_DUPLICATE_PROVIDER',
        message: expect.stringMatching(
          /^Report needs pool .*, which has 2 providers, of which only some are multi$/
        ),
        hint: "Mark all of them multi: true, and ask for all('pool'), or none: then the last one counts."
      }
    ])
  })

  it('are none when it is the same class, listed twice', async () => {
    @Service()
    class Once {}
    @Module({ providers: [Once, Once] })
    class Root {}
    expect(names(await wire(Root))).toEqual(['Once'])
  })
})

describe('exports of nothing', () => {
  it('are a problem that names what is near', async () => {
    class Mailer {}
    @Module({ providers: [{ provide: 'Mailer', useValue: 1 }], exports: [Mailer, 'nowhere'] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_NOT_EXPORTED',
        message: 'Root exports Mailer, which it neither provides nor imports',
        hint: expect.stringContaining('Did you mean Mailer?')
      },
      { code: 'KEEL_NOT_EXPORTED', message: 'Root exports nowhere, which it neither provides nor imports' }
    ])
  })

  it('are none for a class that is provided by itself', async () => {
    @Service()
    class Everywhere {}
    @Module({ exports: [Everywhere] })
    class Root {}
    expect(await codesOf(Root)).toEqual([])
  })
})

describe('several under one token', () => {
  it('are all injected, those of imports before those of the module itself', async () => {
    @Module({
      providers: [
        { provide: PLUGIN, useValue: 'b', multi: true },
        { provide: PLUGIN, useFactory: async () => 'c', multi: true }
      ],
      exports: [PLUGIN]
    })
    class Feature {}
    @Service()
    class Host {
      constructor(@InjectAll(PLUGIN) readonly plugins: string[]) {}
    }
    @Module({
      imports: [Feature],
      providers: [
        Host,
        { provide: PLUGIN, useValue: 'd', multi: true },
        { provide: 'e', useValue: 'e' },
        { provide: PLUGIN, useExisting: 'e', multi: true }
      ]
    })
    class Root {}
    expect((await wire(Root)).get(Host).plugins).toEqual(['b', 'c', 'd', 'e'])
  })

  it('are an empty array when there are none', async () => {
    @Service()
    class Host {
      constructor(@InjectAll(PLUGIN) readonly plugins: string[]) {}
    }
    expect((await wire(Host)).get(Host).plugins).toEqual([])
  })

  it('are as many as were listed, also where they lead to the same', async () => {
    @Injectable()
    class One {}
    @Injectable()
    class Two {}
    @Service()
    class Host {
      constructor(@InjectAll('p') readonly every: object[]) {}
    }
    @Module({
      providers: [
        Host,
        One,
        { provide: 'p', useExisting: One, multi: true },
        { provide: 'p', useClass: Two, multi: true },
        { provide: 'p', useExisting: One, multi: true },
        { provide: 'p', useClass: One, multi: true }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    const [one, two] = [assembly.get(One), assembly.get(Host).every[1]]
    expect(two).toBeInstanceOf(Two)
    expect(
      assembly.get(Host).every.map((each) => (each === one ? 'one' : each === two ? 'two' : each))
    ).toEqual(['one', 'two', 'one', 'one'])
  })

  it('are another one each where they are transient, and one in each scope where they are scoped', async () => {
    let released = 0
    @Injectable({ lifetime: 'transient' })
    class Fresh {}
    @Injectable({ lifetime: 'scoped' })
    class Kept {
      [Symbol.dispose](): void {
        released++
      }
    }
    @Injectable({ lifetime: 'scoped' })
    class Page {
      constructor(
        @InjectAll('f') readonly fresh: object[],
        @InjectAll('k') readonly kept: object[]
      ) {}
    }
    @Module({
      providers: [
        Page,
        Fresh,
        { provide: 'f', useClass: Fresh, multi: true },
        { provide: 'f', useClass: Fresh, multi: true },
        { provide: 'f', useExisting: Fresh, multi: true },
        { provide: 'k', useClass: Kept, multi: true },
        { provide: 'k', useClass: Kept, multi: true },
        { provide: 'every', inject: [all('f')], useFactory: (every: object[]) => every }
      ]
    })
    class Root {}
    const assembly = await wire(Root)
    const scope = assembly.createScope()
    const { fresh, kept } = scope.get(Page)
    expect([fresh.length, new Set(fresh).size]).toEqual([3, 3])
    expect([kept.length, new Set(kept).size]).toEqual([2, 1])
    await scope[Symbol.asyncDispose]()
    expect(released).toBe(1)
    expect(new Set(assembly.get<object[]>('every')).size).toBe(3)
  })

  it('that are one service or factory are made, waited for and released once, after which comes who has them', async () => {
    const journal: string[] = []
    @Service()
    class Plug {
      constructor() {
        journal.push('Plug')
      }
    }
    @Service()
    class Host {
      readonly again = inject(all('p'))
      constructor(@InjectAll('p') readonly every: unknown[]) {
        journal.push(`Host ${every.length}`)
      }
    }
    const made = {
      provide: 'made',
      useFactory: async () => {
        journal.push('made')
        return 'value'
      },
      dispose: () => void journal.push('released')
    }
    const alias = (useExisting: string | typeof Plug) => ({ provide: 'p', useExisting, multi: true }) as const
    @Module({ providers: [Host, Plug, made, alias(Plug), alias('made'), alias(Plug), alias('made')] })
    class Root {}
    const assembly = await wire(Root)
    const { every, again } = assembly.get(Host)
    expect(every).toEqual([assembly.get(Plug), 'value', assembly.get(Plug), 'value'])
    expect(again).toEqual(every)
    expect(names(assembly)).toEqual(['Plug', 'Host'])
    expect(needs(assembly)).toEqual({ Plug: [], Host: ['inject Plug'] })
    await assembly.dispose()
    expect(journal).toEqual(['made', 'Plug', 'Host 4', 'released'])
  })

  it('are there once each, by however many ways of imports they are seen', async () => {
    @Module({ providers: [{ provide: PLUGIN, useFactory: () => 'a', multi: true }], exports: [PLUGIN] })
    class Feature {}
    @Module({ imports: [Feature], exports: [Feature] })
    class Left {}
    @Module({ imports: [Feature], exports: [PLUGIN] })
    class Right {}
    @Service()
    class Host {
      constructor(@InjectAll(PLUGIN) readonly plugins: string[]) {}
    }
    @Module({ imports: [Left, Right, Feature], providers: [Host] })
    class Root {}
    expect((await wire(Root)).get(Host).plugins).toEqual(['a'])
  })

  it('cannot be asked for as one, or one as several', async () => {
    @Service({ inject: [PLUGIN, all(URL_TOKEN)] })
    class Host {
      constructor(
        readonly one: string,
        readonly several: string[]
      ) {}
    }
    @Module({
      providers: [
        Host,
        { provide: PLUGIN, useValue: 'a', multi: true },
        { provide: PLUGIN, useValue: 'b', multi: true },
        { provide: URL_TOKEN, useValue: 'x' }
      ]
    })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      { code: 'KEEL_DUPLICATE_PROVIDER', hint: 'Ask for all(PLUGIN).' },
      { code: 'KEEL_MISSING_PROVIDER', message: expect.stringContaining('in Root is not marked multi: true') }
    ])
  })

  it('cannot be named by @DependsOn, which is told what to inject instead', async () => {
    @Service()
    class One {}
    @DependsOn('m')
    @Service()
    class Host {}
    @DependsOn(One)
    @Service()
    class Right {
      readonly every = inject(all('m'))
    }
    @Module({
      providers: [
        Host,
        Right,
        { provide: 'm', useClass: One, multi: true },
        { provide: 'm', useValue: 1, multi: true }
      ]
    })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_DUPLICATE_PROVIDER',
        hint: "Name the services themselves, or inject all of them, which orders the start too: `x = inject(all('m'))`."
      }
    ])
  })
})

describe('optional dependencies', () => {
  it('are undefined when nothing provides them, and injected when something does', async () => {
    @Service()
    class Host {
      constructor(
        @Optional() @Inject(URL_TOKEN) readonly url: string | undefined,
        @Optional() @Inject('there') readonly there: unknown
      ) {}
    }
    @Module({ providers: [Host, { provide: 'there', useValue: 1 }] })
    class Root {}
    expect((await wire(Root)).get(Host)).toEqual({ url: undefined, there: 1 })
  })

  it('still have to be in order themselves', async () => {
    @Injectable({ inject: ['missing'] })
    class Broken {
      constructor(readonly missing: unknown) {}
    }
    @Service()
    class Host {
      constructor(@Optional() readonly broken?: Broken) {}
    }
    expect(await problemsOf(Host)).toMatchObject([
      { code: 'KEEL_MISSING_PROVIDER', path: ['Host', 'Broken', 'missing'] }
    ])
  })
})
