import { describe, expect, it } from 'vitest'
import { DependsOn, Injectable, InjectionToken, lazy, Lazy, Module, Service, wanted } from './api.js'
import { names, needs, problemsOf, wire } from './wire.js'

describe('what services need', () => {
  it('passes through what is no service: classes, factories, aliases, what is transient', async () => {
    @Service()
    class Db {}
    @Injectable()
    class Plain {
      constructor(readonly db: Db) {}
    }
    @Injectable({ lifetime: 'transient' })
    class Fresh {
      constructor(readonly plain: Plain) {}
    }
    @Service({ inject: ['made'] })
    class Api {
      constructor(readonly made: unknown) {}
    }
    @Module({
      providers: [
        Db,
        Plain,
        Fresh,
        Api,
        { provide: 'made', inject: ['alias'], useFactory: (value: unknown) => value },
        { provide: 'alias', useExisting: Fresh }
      ]
    })
    class Root {}
    expect(needs(await wire(Root))).toEqual({ Db: [], Api: ['inject Db'] })
  })

  it('tells how: injected, depended on, wanted, lazily', async () => {
    @Service()
    class Injected {}
    @Service()
    class DependedOn {}
    @Service()
    class Wanted {}
    @Service()
    class Later {}
    @Service({ inject: [Injected, lazy(() => Later)] })
    @DependsOn(DependedOn, wanted(Wanted), wanted('absent'), wanted(() => 'absent too'))
    class Api {
      constructor(
        readonly injected: Injected,
        readonly later: Lazy<Later>
      ) {}
    }
    const assembly = await wire(Api)
    expect(needs(assembly)).toMatchObject({
      Api: ['inject Injected', 'depends-on DependedOn', 'wanted Wanted', 'lazy Later']
    })
    expect(names(assembly)).toEqual(['Injected', 'DependedOn', 'Wanted', 'Api', 'Later'])
    expect(assembly.edges.map(({ from, service, kind }) => [from.name, kind, service.name])).toEqual([
      ['Api', 'inject', 'Injected'],
      ['Api', 'depends-on', 'DependedOn'],
      ['Api', 'wanted', 'Wanted'],
      ['Api', 'lazy', 'Later']
    ])
  })

  it('of several ways takes the strongest, of each way its weakest step', async () => {
    @Service()
    class Db {}
    @Service()
    class Cache {}
    @Injectable()
    @DependsOn(Db, wanted(Cache))
    class Plain {}
    @Injectable({ inject: [lazy(() => Plain)] })
    class LazyPlain {
      constructor(readonly plain: Lazy<Plain>) {}
    }
    @Service({ inject: [Plain] })
    class ByPlain {
      constructor(readonly plain: Plain) {}
    }
    @Service({ inject: [LazyPlain] })
    class ByLazy {
      constructor(readonly plain: LazyPlain) {}
    }
    @Service({ inject: [Plain, LazyPlain, Db] })
    class ByAll {
      constructor(
        readonly plain: Plain,
        readonly later: LazyPlain,
        readonly db: Db
      ) {}
    }
    expect(needs(await wire([ByPlain, ByLazy, ByAll]))).toMatchObject({
      ByPlain: ['depends-on Db', 'wanted Cache'],
      ByLazy: ['lazy Db', 'lazy Cache'],
      ByAll: ['inject Db', 'wanted Cache']
    })
  })

  it('passes through what injects itself lazily', async () => {
    @Service()
    class Db {}
    @Injectable({ inject: [lazy(() => Round), Db] })
    class Round {
      constructor(
        readonly self: Lazy<unknown>,
        readonly db: Db
      ) {}
    }
    @Service({ inject: [Round, lazy(() => Api)] })
    class Api {
      constructor(
        readonly round: Round,
        readonly self: Lazy<unknown>
      ) {}
    }
    expect(needs(await wire(Api))).toEqual({ Db: [], Api: ['inject Db'] })
  })

  it('through a long chain of what is no service costs no more than the chain', async () => {
    const length = 20_000
    @Service()
    class End {}
    const providers: object[] = [{ provide: 'p0', inject: [End], useFactory: () => 0 }]
    for (let index = 1; index < length; index++) {
      providers.push({ provide: `p${index}`, inject: [`p${index - 1}`], useFactory: () => index })
    }
    @Service({ inject: [`p${length - 1}`] })
    class Api {
      constructor(readonly last: unknown) {}
    }
    @Module({ providers: [...(providers as never[]), Api] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Api).last).toBe(length - 1)
    expect(needs(assembly)).toEqual({ End: [], Api: ['inject End'] })
  })
})

describe('@DependsOn', () => {
  it('needs its tokens, unless they are only wanted', async () => {
    @Service()
    @DependsOn('missing', wanted('absent'))
    class Api {}
    expect(await problemsOf(Api)).toMatchObject([
      {
        code: 'KEEL_MISSING_PROVIDER',
        message: 'Api depends on missing (@DependsOn), which nothing provides'
      }
    ])
  })

  it('of a token that is no service waits for what that needs', async () => {
    const READY = new InjectionToken<boolean>('READY')
    @Service()
    class Migrations {}
    @Service()
    @DependsOn(READY)
    class Api {}
    @Module({ providers: [Api, { provide: READY, inject: [Migrations], useFactory: async () => true }] })
    class Root {}
    expect(needs(await wire(Root))).toEqual({ Migrations: [], Api: ['depends-on Migrations'] })
  })

  it('is inherited, as a union', async () => {
    @Service()
    class One {}
    @Service()
    class Two {}
    @DependsOn(One)
    class Base {}
    @Service()
    @DependsOn(Two)
    class Heir extends Base {}
    expect(needs(await wire(Heir))).toMatchObject({ Heir: ['depends-on One', 'depends-on Two'] })
  })
})

describe('names of services', () => {
  it('are those of their classes, or given', async () => {
    @Service()
    class Plain {}
    @Service({ name: 'orders' })
    class Orders {}
    expect(names(await wire([Plain, Orders]))).toEqual(['Plain', 'orders'])
  })

  it('that clash are told apart by their modules', async () => {
    const mailer = () => {
      @Service()
      class Mailer {}
      return Mailer
    }
    @Module({ providers: [mailer()] })
    class Billing {}
    @Module({ providers: [mailer(), mailer()] })
    class Shipping {}
    @Module({ imports: [Billing, Shipping] })
    class Root {}
    expect(names(await wire(Root))).toEqual(['Billing.Mailer', 'Shipping.Mailer', 'Shipping.Mailer#2'])
  })

  it('that clash in one module, or without one, are numbered', async () => {
    const mailer = () => {
      @Service()
      class Mailer {}
      return Mailer
    }
    expect(names(await wire([mailer(), mailer(), mailer()]))).toEqual(['Mailer', 'Mailer#2', 'Mailer#3'])
  })

  it('make way for those that are given', async () => {
    @Service()
    class Mailer {}
    @Service({ name: 'Mailer' })
    class Other {}
    @Module({ providers: [Mailer, Other] })
    class Root {}
    expect(names(await wire(Root))).toEqual(['Root.Mailer', 'Mailer'])
  })

  it('that are given have to be unique', async () => {
    @Service({ name: 'one' })
    class A {}
    @Service()
    class B {}
    @Module({ providers: [A, B, { provide: 'b', useClass: B, name: 'one' }] })
    class Root {}
    expect(await problemsOf(Root)).toMatchObject([
      {
        code: 'KEEL_DUPLICATE_NAME',
        message: expect.stringMatching(/^2 services are named 'one': A \(.*\) and B \(.*\)$/)
      }
    ])
  })
})
