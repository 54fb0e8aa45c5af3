import { describe, expect, it } from 'vitest'
import { StartError } from '../../src/errors/index.js'
import { DependsOn, Inject, Injectable, Lazy, lazy, Module, Service } from './api.js'
import { deferred, failureOf, HandClock, names, plan, turns, wire } from './wire.js'

describe('a constructor that throws', () => {
  it('fails the boot with its own error, its name, and the way to it; no later one runs', async () => {
    const cause = new TypeError('no disk')
    const made: string[] = []
    @Service()
    class Disk {
      constructor() {
        throw cause
      }
    }
    @Injectable()
    class Files {
      constructor(readonly disk: Disk) {
        made.push('Files')
      }
    }
    @Service()
    class Api {
      constructor(readonly files: Files) {
        made.push('Api')
      }
    }
    const error = await failureOf(() => wire(Api))
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({
      code: 'KEEL_START_FAILED',
      service: 'Disk',
      phase: 'constructor',
      path: ['Api', 'Files', 'Disk'],
      cause,
      errors: [],
      location: expect.stringMatching(/construct\.test\.ts:\d+$/)
    })
    expect(made).toEqual([])
  })

  it('may throw what is no error', async () => {
    @Service()
    class Odd {
      constructor() {
        throw 'odd'
      }
    }
    expect(await failureOf(() => wire(Odd))).toMatchObject({ cause: 'odd', service: 'Odd' })
  })

  it('disposes of what factories had made, in reverse, and tells what fails at that', async () => {
    const calls: string[] = []
    const failure = new Error('cannot close')
    @Service({ inject: ['c'] })
    class Broken {
      constructor(_c: unknown) {
        throw new Error('broken')
      }
    }
    @Module({
      providers: [
        { provide: 'a', useFactory: () => 'A', dispose: (value: string) => void calls.push(value) },
        { provide: 'b', inject: ['a'], useFactory: () => 'B', dispose: () => Promise.reject(failure) },
        {
          provide: 'c',
          inject: ['b'],
          useFactory: async () => 'C',
          dispose: async (value: string) => void calls.push(value)
        },
        Broken
      ]
    })
    class Root {}
    const error = await failureOf(() => wire(Root))
    expect(error).toMatchObject({ service: 'Broken', path: ['Broken'], errors: [failure] })
    expect(calls).toEqual(['C', 'A'])
  })
})

describe('a factory', () => {
  it('that throws or rejects fails the boot with its own error', async () => {
    for (const useFactory of [
      () => {
        throw new Error('no pool')
      },
      () => Promise.reject(new Error('no pool'))
    ]) {
      @Service({ inject: ['POOL'] })
      class Db {
        constructor(readonly pool: unknown) {}
      }
      @Module({ providers: [Db, { provide: 'POOL', useFactory }] })
      class Root {}
      const error = await failureOf(() => wire(Root))
      expect(error).toMatchObject({
        code: 'KEEL_START_FAILED',
        service: 'POOL',
        phase: 'factory',
        path: ['Db', 'POOL'],
        cause: { message: 'no pool' }
      })
    }
  })

  it('that takes too long fails the boot; what it makes later is disposed of', async () => {
    const clock = new HandClock()
    const pool = deferred<string>()
    const disposed: string[] = []
    @Module({
      providers: [
        {
          provide: 'POOL',
          useFactory: () => pool.promise,
          startTimeout: '5s',
          dispose: (value: string) => void disposed.push(value)
        }
      ]
    })
    class Root {}
    const failed = failureOf(() => wire(Root, {}, { clock }))
    await turns()
    clock.pass(4999)
    await turns()
    expect(clock.timers.size).toBe(1)
    clock.pass(1)
    expect(await failed).toMatchObject({
      service: 'POOL',
      phase: 'factory',
      cause: { code: 'KEEL_START_TIMEOUT', message: expect.stringContaining('within 5s') }
    })
    pool.resolve('late')
    await turns()
    expect(disposed).toEqual(['late'])
    expect(clock.timers.size).toBe(0)
  })

  it('has 30s by default, and as long as it takes with Infinity', async () => {
    const clock = new HandClock()
    @Module({
      providers: [
        { provide: 'a', useFactory: () => new Promise(() => {}) },
        { provide: 'b', useFactory: () => new Promise(() => {}), startTimeout: Infinity }
      ]
    })
    class Root {}
    const failed = failureOf(() => wire(Root, {}, { clock }))
    await turns()
    clock.pass(29_999)
    await turns()
    clock.pass(1)
    expect(await failed).toMatchObject({ service: 'a' })
  })

  it('that rejects when nobody waits any more is told to the port, not lost', async () => {
    const clock = new HandClock()
    const pool = deferred<string>()
    const lost: unknown[] = []
    @Module({ providers: [{ provide: 'POOL', useFactory: () => pool.promise }] })
    class Root {}
    const failed = failureOf(() =>
      wire(Root, {}, { clock, lost: (error, provider) => void lost.push([provider, error]) })
    )
    await turns()
    clock.pass(30_000)
    await failed
    pool.reject('too late')
    await turns()
    expect(lost).toEqual([['POOL', 'too late']])
  })

  it('can be abandoned', async () => {
    const abort = new AbortController()
    @Module({ providers: [{ provide: 'POOL', useFactory: () => new Promise(() => {}) }] })
    class Root {}
    const failed = failureOf(() =>
      wire(Root, {}, { watch: { signal: abort.signal }, clock: new HandClock() })
    )
    await turns()
    const reason = new Error('SIGTERM')
    abort.abort(reason)
    expect(await failed).toBe(reason)
    expect(await failureOf(() => wire(Root, {}, { watch: { signal: abort.signal } }))).toBe(reason)
  })

  it('is awaited before any class that may come to need it; those that need not wait for each other do not', async () => {
    const clock = new HandClock()
    const slow = deferred<string>()
    const quick = deferred<string>()
    const made: string[] = []
    @Service({ inject: ['slow'] })
    class NeedsSlow {
      constructor(readonly slow: string) {
        made.push('NeedsSlow')
      }
    }
    @Service({ inject: ['quick'] })
    class NeedsQuick {
      constructor(readonly quick: string) {
        made.push('NeedsQuick')
      }
    }
    @Service()
    class NeedsBoth {
      constructor(
        readonly a: NeedsSlow,
        readonly b: NeedsQuick
      ) {
        made.push('NeedsBoth')
      }
    }
    @Service()
    class NeedsNone {
      constructor() {
        made.push('NeedsNone')
      }
    }
    class NeededByFactory {
      constructor() {
        made.push('NeededByFactory')
      }
    }
    @Module({
      providers: [
        NeedsNone,
        { provide: 'slow', useFactory: () => slow.promise },
        NeededByFactory,
        { provide: 'quick', useFactory: () => quick.promise, inject: [NeededByFactory] },
        NeedsSlow,
        NeedsQuick,
        NeedsBoth
      ]
    })
    class Root {}
    const booting = wire(Root, {}, { clock })
    await turns()
    expect(made).toEqual(['NeededByFactory'])
    expect(clock.timers.size).toBe(2)
    quick.resolve('q')
    await turns()
    expect(made).toEqual(['NeededByFactory'])
    slow.resolve('s')
    const assembly = await booting
    expect(made.toSorted()).toEqual(['NeededByFactory', 'NeedsBoth', 'NeedsNone', 'NeedsQuick', 'NeedsSlow'])
    expect(made.at(-1)).toBe('NeedsBoth')
    expect(assembly.get(NeedsBoth)).toMatchObject({ a: { slow: 's' }, b: { quick: 'q' } })
    expect(clock.timers.size).toBe(0)
  })

  it('is given services that are constructed, and values of other async factories', async () => {
    @Service()
    class Config {
      readonly url = 'db://x'
    }
    @Module({
      providers: [
        { provide: 'b', inject: ['a'], useFactory: async (a: string) => `${a}/b` },
        { provide: 'a', inject: [Config], useFactory: async ({ url }: Config) => url },
        Config
      ]
    })
    class Root {}
    expect((await wire(Root)).get('b')).toBe('db://x/b')
  })

  it('may give undefined, and a class is awaited through what is transient', async () => {
    @Injectable({ lifetime: 'transient', inject: ['nothing'] })
    class Between {
      constructor(readonly nothing: unknown) {}
    }
    @Service()
    class Host {
      constructor(readonly between: Between) {}
    }
    @Module({ providers: [Host, { provide: 'nothing', useFactory: async () => undefined }] })
    class Root {}
    const assembly = await wire(Root)
    expect(assembly.get(Host).between.nothing).toBeUndefined()
    expect(assembly.get('nothing')).toBeUndefined()
  })

  it('cannot be async when it is called for each that asks', async () => {
    @Service({ inject: ['each'] })
    class Host {
      constructor(readonly each: unknown) {}
    }
    @Module({
      providers: [Host, { provide: 'each', useFactory: () => Promise.resolve(1), lifetime: 'transient' }]
    })
    class Root {}
    expect(await failureOf(() => wire(Root))).toMatchObject({ code: 'KEEL_ASYNC_NOT_READY' })
  })
})

describe('the order of construction', () => {
  it('is dependencies first, and as listed among those that could come next', async () => {
    const made: string[] = []
    const note = (name: string) => void made.push(name)
    @Service()
    class Zeta {
      constructor() {
        note('Zeta')
      }
    }
    @Service()
    class Alpha {
      constructor(readonly zeta: Zeta) {
        note('Alpha')
      }
    }
    @Service()
    @DependsOn(() => Late)
    class Early {
      constructor() {
        note('Early')
      }
    }
    @Service()
    class Late {
      constructor() {
        note('Late')
      }
    }
    @Module({ providers: [Early, Alpha, Late, Zeta] })
    class Root {}
    const assembly = await wire(Root)
    expect(made).toEqual(['Late', 'Early', 'Zeta', 'Alpha'])
    expect(names(assembly)).toEqual(made)
    expect(names(await wire(Root))).toEqual(names(assembly))
  })

  it('takes imported modules before those that import them', async () => {
    @Service()
    class Inner {}
    @Service()
    class Outer {}
    @Module({ providers: [Inner] })
    class InnerModule {}
    @Module({ imports: [InnerModule], providers: [Outer] })
    class Root {}
    expect(names(await wire(Root))).toEqual(['Inner', 'Outer'])
  })
})

describe('lazy dependencies', () => {
  it('are looked up after construction, once, and may close a circle', async () => {
    @Service()
    class Hen {
      constructor(@Inject(lazy(() => Egg)) readonly egg: Lazy<Egg>) {}
    }
    @Service()
    class Egg {
      constructor(readonly hen: Hen) {}
    }
    const assembly = await wire(Hen)
    const hen = assembly.get(Hen)
    expect(hen.egg).toBeInstanceOf(Lazy)
    expect(hen.egg.get()).toBe(assembly.get(Egg))
    expect(hen.egg.get().hen).toBe(hen)
    expect(names(assembly)).toEqual(['Hen', 'Egg'])
  })

  it('cannot be asked for while the application is being constructed', async () => {
    @Service()
    class Egg {}
    @Service()
    class Hen {
      constructor(@Inject(lazy(() => Egg)) egg: Lazy<Egg>) {
        egg.get()
      }
    }
    expect(await failureOf(() => wire(Hen))).toMatchObject({
      code: 'KEEL_ASYNC_NOT_READY',
      message: expect.stringContaining('Egg')
    })
  })

  it('give the same at every call, also of what is transient', async () => {
    @Injectable({ lifetime: 'transient' })
    class Fresh {}
    @Service()
    class Host {
      constructor(@Inject(lazy(() => Fresh)) readonly fresh: Lazy<Fresh>) {}
    }
    const host = (await wire(Host)).get(Host)
    expect(host.fresh.get()).toBe(host.fresh.get())
    expect(host.fresh.get()).toBeInstanceOf(Fresh)
  })

  it('have to be provided all the same', async () => {
    @Service({ inject: [lazy(() => 'missing')] })
    class Host {
      constructor(readonly missing: Lazy<unknown>) {}
    }
    expect((await plan(Host)).problems).toMatchObject([{ code: 'KEEL_MISSING_PROVIDER' }])
  })
})
