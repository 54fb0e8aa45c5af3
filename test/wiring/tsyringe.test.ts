import {
  autoInjectable,
  container as globalContainer,
  delay,
  type DependencyContainer,
  inject as inject_,
  injectable,
  injectAll,
  injectAllWithTransform,
  injectWithTransform,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  Lifecycle,
  predicateAwareClassFactory,
  scoped,
  singleton
} from 'tsyringe'
import { describe, expect, it } from 'vitest'
import { all, inject, Injectable, Module, Service } from './api.js'
import { BareService, codesOf, failureOf, names, needs, problemsOf, wire } from './wire.js'

const fresh = () => globalContainer.createChildContainer()

/** Is something registered in `container` now that was not before, or held? */
function picture(container: DependencyContainer): unknown {
  const inside = container as unknown as {
    _registry: { _registryMap: Map<unknown, readonly { readonly instance?: unknown }[]> }
  }
  return [...inside._registry._registryMap].map(([token, found]) => [
    token,
    found.map((each) => each.instance)
  ])
}

@injectable()
class Part {}

@Service()
class Host {
  readonly first = inject('t')
  readonly second = inject('t')
}

/**
 * What Keelson makes of each registration: are two who ask given the same, is it what a parent holds, and is the
 * same in a scope?
 */
describe.each([
  {
    kind: 'class, transient',
    register: (c: DependencyContainer) => c.register('t', { useClass: Part }),
    same: false,
    sharesHeld: false,
    sameInScope: false
  },
  {
    kind: 'class, singleton',
    register: (c: DependencyContainer) =>
      c.register('t', { useClass: Part }, { lifecycle: Lifecycle.Singleton }),
    same: true,
    sharesHeld: true,
    sameInScope: true
  },
  {
    kind: 'class, container scoped',
    register: (c: DependencyContainer) =>
      c.register('t', { useClass: Part }, { lifecycle: Lifecycle.ContainerScoped }),
    same: true,
    sharesHeld: true,
    sameInScope: false
  },
  {
    kind: 'class, resolution scoped',
    register: (c: DependencyContainer) =>
      c.register('t', { useClass: Part }, { lifecycle: Lifecycle.ResolutionScoped }),
    same: true,
    sharesHeld: false,
    sameInScope: false
  },
  {
    kind: 'value',
    register: (c: DependencyContainer) => c.register('t', { useValue: { a: 'value' } }),
    same: true,
    sharesHeld: true,
    sameInScope: true
  },
  {
    kind: 'factory',
    register: (c: DependencyContainer) => c.register('t', { useFactory: () => ({}) }),
    same: false,
    sharesHeld: false,
    sameInScope: false
  },
  {
    kind: 'factory, caching',
    register: (c: DependencyContainer) => c.register('t', { useFactory: instanceCachingFactory(() => ({})) }),
    same: true,
    sharesHeld: true,
    sameInScope: true
  },
  {
    kind: 'factory, caching per container',
    register: (c: DependencyContainer) =>
      c.register('t', { useFactory: instancePerContainerCachingFactory(() => ({})) }),
    same: true,
    sharesHeld: false,
    sameInScope: false
  },
  {
    kind: 'token, transient',
    register: (c: DependencyContainer) =>
      c.register('p', { useClass: Part }).register('t', { useToken: 'p' }),
    same: false,
    sharesHeld: false,
    sameInScope: false
  },
  {
    kind: 'token, singleton',
    register: (c: DependencyContainer) =>
      c
        .register('p', { useClass: Part })
        .register('t', { useToken: 'p' }, { lifecycle: Lifecycle.Singleton }),
    same: true,
    sharesHeld: false,
    sameInScope: true
  },
  {
    kind: 'token of a value',
    register: (c: DependencyContainer) => c.register('p', { useValue: {} }).register('t', { useToken: 'p' }),
    same: true,
    sharesHeld: true,
    sameInScope: true
  }
])('registered with tsyringe: $kind', ({ register, same, sharesHeld, sameInScope }) => {
  it('is given to those who ask', async () => {
    const container = fresh()
    register(container)
    const before = picture(container)
    const assembly = await wire(Host, { container })
    const host = assembly.get(Host)
    expect(host.first).toBeTypeOf('object')
    expect(host.first === host.second).toBe(same)
    expect(picture(container)).toEqual(before)
  })

  it('is given when a parent has it', async () => {
    const container = fresh()
    register(container)
    const host = (await wire(Host, { container: container.createChildContainer() })).get(Host)
    expect(host.first === host.second).toBe(same)
  })

  it('is shared, or not, when the container has resolved it already', async () => {
    const container = fresh()
    register(container)
    const held = container.resolve('t')
    const host = (await wire(Host, { container })).get(Host)
    expect(host.first === held).toBe(sharesHeld)
  })

  it('is the same in a scope, or not', async () => {
    const container = fresh()
    register(container)
    const assembly = await wire(Host, { container })
    const scope = assembly.createScope()
    expect(scope.get('t') === assembly.get(Host).first).toBe(sameInScope)
  })

  it('is another in another application, unless the container holds it', async () => {
    const container = fresh()
    register(container)
    const one = (await wire(Host, { container })).get(Host).first
    const two = (await wire(Host, { container })).get(Host).first
    const isOfTheUser = container.resolve('t') === one
    expect(one === two).toBe(isOfTheUser)
  })

  it('is seen when it is registered after the application was made', async () => {
    const container = fresh()
    const assembly = await wire([], { container })
    register(container)
    expect(assembly.get('t')).toBeTypeOf('object')
  })

  it('is not seen without the container', async () => {
    register(fresh())
    expect(await failureOf(() => wire(Host))).toMatchObject({ code: 'KEEL_MISSING_PROVIDER' })
  })
})

describe('a container', () => {
  it('has to be one of tsyringe', async () => {
    for (const container of [{}, { resolve() {} }, null]) {
      expect(await failureOf(() => wire([], { container: container as never }))).toMatchObject({
        code: 'KEEL_INVALID_OPTION'
      })
    }
  })

  it('that makes a singleton later than the application did does not give the application two of it', async () => {
    @singleton()
    class Shared {}
    const container = fresh()
    const given: Shared[] = []
    @Injectable({ lifetime: 'transient', inject: [Shared] })
    class Part {
      constructor(shared: Shared) {
        given.push(shared)
      }
    }
    @Service({ inject: [Shared] })
    class First extends Part {}
    const assembly = await wire(First, { container })
    expect(container.resolve(Shared)).not.toBe(given[0])
    assembly.create(Part)
    expect(given[1]).toBe(given[0])
    expect(assembly.get(Shared)).toBe(given[0])
  })

  it('is not disposed with the application', async () => {
    const container = fresh()
    let disposed = 0
    @singleton()
    class Held {
      dispose() {
        disposed++
      }
    }
    container.resolve(Held)
    const assembly = await wire([], { container })
    assembly.get(Held)
    await assembly.dispose()
    expect(disposed).toBe(0)
    expect(container.isRegistered(Held, true)).toBe(true)
  })

  it('comes after what modules provide', async () => {
    const container = fresh()
    container.registerInstance('t', 'registered')
    @Module({ providers: [Host, { provide: 't', useValue: 'provided' }] })
    class Root {}
    expect((await wire(Root, { container })).get(Host).first).toBe('provided')
  })

  it('comes before classes that would be provided by themselves', async () => {
    @Service()
    class Db {}
    @Service()
    class Api {
      constructor(readonly db: Db) {}
    }
    const fake = { fake: true }
    const container = fresh()
    container.registerInstance(Db, fake)
    const assembly = await wire(Api, { container })
    expect(assembly.get(Api).db).toBe(fake)
    expect(names(assembly)).toEqual(['Api'])
  })

  it('with several under a token gives the last, and all of them to those who ask for all', async () => {
    const container = fresh()
    container.registerInstance('t', 1)
    container.register('t', { useFactory: () => 2 })
    @Service({ inject: ['t', all('t')] })
    class Asking {
      constructor(
        readonly one: unknown,
        readonly every: unknown[]
      ) {}
    }
    expect((await wire(Asking, { container })).get(Asking)).toEqual({ one: 2, every: [1, 2] })
  })

  it('gives all that are registered under a token, as often as they are', async () => {
    class Plug {}
    const container = fresh()
    container.register('t', Plug)
    container.register('t', Plug)
    @Service({ inject: [all('t')] })
    class Asking {
      constructor(readonly every: unknown[]) {}
    }
    const { every } = (await wire(Asking, { container })).get(Asking)
    expect([every.length, new Set(every).size]).toEqual([2, 2])
  })

  it('may have null registered', async () => {
    const container = fresh()
    container.register('t', { useValue: null })
    expect((await wire(Host, { container })).get(Host).first).toBeNull()
  })

  it('names what is near in what is missing', async () => {
    const container = fresh()
    container.registerInstance('DATABASE_URL', 'x')
    @Service({ inject: ['DATABASE_URLS'] })
    class Asking {
      constructor(readonly url: unknown) {}
    }
    expect(await problemsOf(Asking, { container })).toMatchObject([
      { code: 'KEEL_MISSING_PROVIDER', hint: expect.stringContaining('Did you mean DATABASE_URL?') }
    ])
  })

  it('that holds an instance of a service shares it; what it depends on by name starts first', async () => {
    const made: string[] = []
    @singleton()
    @Service()
    class Config {
      constructor() {
        made.push('Config')
      }
    }
    @singleton()
    @Service()
    class Db {
      constructor(readonly config: Config) {
        made.push('Db')
      }
    }
    const container = fresh()
    const db = container.resolve(Db)
    @Service()
    class Api {
      constructor(readonly db: Db) {}
    }
    const assembly = await wire(Api, { container })
    expect(assembly.get(Api).db).toBe(db)
    expect(assembly.get(Config)).toBe(db.config)
    expect(made).toEqual(['Config', 'Db'])
    expect(needs(assembly)).toEqual({ Config: [], Db: ['inject Config'], Api: ['inject Db'] })
  })

  it('with an instance that has a lifecycle makes it a service', async () => {
    const container = fresh()
    const worker = new BareService()
    container.registerInstance('worker', worker)
    @Service({ inject: ['worker'] })
    class Api {
      constructor(readonly worker: unknown) {}
    }
    expect(needs(await wire(Api, { container }))).toEqual({ BareService: [], Api: ['inject BareService'] })
  })
})

describe('tsyringe’s decorators', () => {
  it('@injectable() is transient, @singleton() one, @scoped one per container', async () => {
    @injectable()
    class Fresh {}
    @singleton()
    class One {}
    @scoped(Lifecycle.ContainerScoped)
    class PerContainer {}
    @Service()
    class Asking {
      readonly fresh = inject(Fresh)
      readonly one = inject(One)
      readonly per = inject(PerContainer)
      constructor(
        readonly fresh2: Fresh,
        readonly one2: One,
        readonly per2: PerContainer
      ) {}
    }
    const assembly = await wire(Asking, { container: globalContainer })
    const asking = assembly.get(Asking)
    expect(asking.fresh).not.toBe(asking.fresh2)
    expect(asking.one).toBe(asking.one2)
    expect(asking.per).toBe(asking.per2)
    expect(assembly.createScope().get(PerContainer)).not.toBe(asking.per)
    expect(globalContainer.resolve(One)).not.toBe(asking.one)
  })

  it('are not seen without the container, and the problem says so', async () => {
    @Service()
    class Asking {
      constructor(readonly part: Part) {}
    }
    expect(await problemsOf(Asking)).toMatchObject([
      { code: 'KEEL_MISSING_PROVIDER', hint: expect.stringContaining('{ container }') }
    ])
  })

  it('@inject, @injectAll, isOptional and delay work in services', async () => {
    @Service()
    class Later {}
    @Service()
    @injectable()
    class Asking {
      constructor(
        @inject_('one') readonly one: unknown,
        @injectAll('many') readonly many: unknown[],
        @inject_('absent', { isOptional: true }) readonly absent: unknown,
        @inject_(delay(() => Later)) readonly later: Later,
        readonly part: Part
      ) {}
    }
    const container = fresh()
    container.registerInstance('one', 1)
    container.registerInstance('many', 2)
    container.registerInstance('many', 3)
    const assembly = await wire([Asking, Later], { container })
    const asking = assembly.get(Asking)
    expect(asking).toMatchObject({ one: 1, many: [2, 3], absent: undefined })
    expect(asking.later).toBeInstanceOf(Later)
    expect(asking.part).toBeInstanceOf(Part)
    expect(needs(assembly)).toEqual({ Asking: ['lazy Later'], Later: [] })
  })

  it('delay() closes a circle', async () => {
    @Service()
    @injectable()
    class Hen {
      constructor(@inject_(delay(() => Egg)) readonly egg: { name: string; hen: unknown }) {}
    }
    @Service()
    @injectable()
    class Egg {
      readonly name = 'egg'
      constructor(readonly hen: Hen) {}
    }
    const assembly = await wire([Hen, Egg], { container: fresh() })
    expect(assembly.get(Hen).egg.name).toBe('egg')
    expect(assembly.get(Hen).egg.hen).toBe(assembly.get(Hen))
  })

  it('delay() of a registration gives its proxy', async () => {
    class Late {
      readonly name = 'late'
    }
    Injectable()(Late)
    const container = fresh()
    container.register('t', { useToken: delay(() => Late) })
    const host = (await wire(Host, { container })).get(Host)
    expect((host.first as Late).name).toBe('late')
  })

  it('transforms work, of one and of all', async () => {
    class Upper {
      transform(text: string, ending: string) {
        return text.toUpperCase() + ending
      }
    }
    class Join {
      transform(texts: string[], glue: string) {
        return texts.join(glue)
      }
    }
    @Service()
    class Asking {
      constructor(
        @injectWithTransform('one', Upper, '!') readonly one: string,
        @injectAllWithTransform('many', Join, '+') readonly many: string
      ) {}
    }
    const container = fresh()
    container.registerInstance('one', 'a')
    container.registerInstance('many', 'b')
    container.registerInstance('many', 'c')
    expect((await wire(Asking, { container })).get(Asking)).toEqual({ one: 'A!', many: 'b+c' })
  })

  it('@autoInjectable() is given what Keelson has', async () => {
    @Service()
    class Db {}
    @autoInjectable()
    class Auto {
      constructor(readonly db?: Db) {}
    }
    @Module({ providers: [Db, Auto] })
    class Root {}
    const assembly = await wire(Root, { container: fresh() })
    expect(assembly.get(Auto as never)).toMatchObject({ db: assembly.get(Db) })
  })

  it('name their parameters in what is missing', async () => {
    @Service()
    class Asking {
      constructor(@inject_('missing') readonly what: unknown) {}
    }
    expect(await problemsOf(Asking, { container: fresh() })).toMatchObject([
      { message: 'Asking needs missing (constructor parameter 0, what), which nothing provides' }
    ])
  })
})

describe('tsyringe’s factories', () => {
  it('are given a container that resolves what Keelson has, and make edges', async () => {
    @Service()
    class Db {
      readonly url = 'db'
    }
    const container = fresh()
    container.register('url', { useFactory: (c) => c.resolve(Db).url })
    @Service({ inject: ['url'] })
    class Api {
      constructor(readonly url: string) {}
    }
    const assembly = await wire([Api, Db], { container })
    expect(assembly.get(Api).url).toBe('db')
    expect(needs(assembly)).toEqual({ Db: [], Api: ['inject Db'] })
    expect(names(assembly)).toEqual(['Db', 'Api'])
  })

  it('may resolve all, ask whether something is registered, choose by predicate, and do without', async () => {
    @injectable()
    class Yes {}
    @injectable()
    class No {}
    const container = fresh()
    container.registerInstance('many', 1)
    container.registerInstance('many', 2)
    container.register('chosen', {
      useFactory: predicateAwareClassFactory<object>((c) => c.isRegistered('many'), Yes, No)
    })
    container.register('t', {
      useFactory: (c) => ({
        many: c.resolveAll('many'),
        chosen: c.resolve('chosen'),
        registered: [c.isRegistered('many', true), c.isRegistered('nothing', true), c.isRegistered(Host)]
      })
    })
    const host = (await wire(Host, { container })).get(Host)
    expect(host.first).toEqual({ many: [1, 2], chosen: new Yes(), registered: [true, false, true] })
    expect((host.first as { chosen: unknown }).chosen).toBeInstanceOf(Yes)
  })

  it('may ask for several of a module, and keep the container to do without what is missing', async () => {
    let kept: DependencyContainer | undefined
    const container = fresh()
    container.register('t', {
      useFactory: (c) => {
        kept = c
        return [c.isRegistered('plugin', true), c.resolveAll('plugin')]
      }
    })
    @Module({
      providers: [
        Host,
        { provide: 'plugin', useValue: 1, multi: true },
        { provide: 'plugin', useValue: 2, multi: true }
      ]
    })
    class Root {}
    expect((await wire(Root, { container })).get(Host).first).toEqual([true, [1, 2]])
    // as tsyringe itself calls it, for what `injectAll(token, { isOptional: true })` marks
    const all = (token: string): unknown =>
      (kept!.resolveAll as (...given: unknown[]) => unknown)(token, undefined, true)
    expect([kept!.isRegistered('plugin'), all('plugin'), all('nothing')]).toEqual([true, [1, 2], []])
  })

  it('that resolve what closes a circle fail with the way', async () => {
    const container = fresh()
    container.register('t', { useFactory: (c) => c.resolve(Host) })
    const error = await failureOf(() => wire(Host, { container }))
    expect(error).toMatchObject({ code: 'KEEL_DEPENDENCY_CYCLE' })
    expect((error as Error).message).toContain('the factory of t')
  })

  it('that resolve what is missing fail with a WiringError', async () => {
    const container = fresh()
    container.register('t', { useFactory: (c) => c.resolve('missing') })
    expect(await failureOf(() => wire(Host, { container }))).toMatchObject({
      problems: [
        { code: 'KEEL_MISSING_PROVIDER', message: 'The factory of t injects missing, which nothing provides' }
      ]
    })
  })

  it('that keep their container may resolve from it later, until the application is disposed', async () => {
    @Service()
    class Db {}
    let kept: DependencyContainer | undefined
    const container = fresh()
    container.register('t', {
      useFactory: (c) => {
        kept = c
        return {}
      }
    })
    const assembly = await wire([Host, Db], { container })
    expect(kept).not.toBe(container)
    expect(kept?.resolve(Db)).toBe(assembly.get(Db))
    expect(kept?.resolveAll(Db)).toEqual([assembly.get(Db)])
    await assembly.dispose()
    expect(await failureOf(() => kept?.resolve('anything'))).toBeInstanceOf(Error)
  })

  it('may register on their container, which stays there', async () => {
    const container = fresh()
    container.register('t', {
      useFactory: (c) => {
        c.registerInstance('inside', 7)
        return { inside: c.resolve('inside') }
      }
    })
    const host = (await wire(Host, { container })).get(Host)
    expect(host.first).toEqual({ inside: 7 })
    expect(container.isRegistered('inside')).toBe(false)
  })

  it('in a scope are given what the scope has', async () => {
    const container = fresh()
    container.register('t', { useFactory: (c) => ({ request: c.resolve('request') }) })
    const assembly = await wire([], { container })
    const scope = assembly.createScope([{ provide: 'request', useValue: 1 }])
    expect(scope.get('t')).toEqual({ request: 1 })
  })

  it('of promises give promises, as they do there', async () => {
    const container = fresh()
    container.register('t', { useFactory: async () => 1 })
    const host = (await wire(Host, { container })).get(Host)
    expect(host.first).toBeInstanceOf(Promise)
  })
})

describe('a class of tsyringe’s', () => {
  it('with hooks is no service', async () => {
    @singleton()
    class Hooked {
      onStart() {}
    }
    @Service()
    class Asking {
      constructor(readonly hooked: Hooked) {}
    }
    expect(await codesOf(Asking, { container: globalContainer })).toEqual(['KEEL_NOT_A_SERVICE'])
  })

  it('that is a service is a singleton of the application, however it is registered', async () => {
    @Service()
    class Db {}
    const container = fresh()
    container.register(Db, { useClass: Db })
    container.register('db', { useClass: Db })
    const assembly = await wire(Db, { container })
    expect(assembly.get('db')).toBe(assembly.get(Db))
    expect(container.resolve(Db)).not.toBe(assembly.get(Db))
  })
})
