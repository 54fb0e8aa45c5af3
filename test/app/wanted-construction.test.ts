import { describe, expect, it } from 'vitest'
import {
  type Application,
  createApplication,
  createMethodDecorator,
  DependsOn,
  ExitError,
  HealthCheck,
  inject,
  Inject,
  InjectionToken,
  Injectable,
  Module,
  Service,
  ServiceContext,
  StartError,
  Task,
  Timer,
  wanted,
  type Class,
  type Token,
  type ServiceHandle
} from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { Journal, rejection } from './journal.js'

const boom = new Error('boom')
const Mark = createMethodDecorator('Mark')

@Service()
class Broken {
  readonly context = inject(ServiceContext)
  constructor() {
    throw boom
  }
  onStart(): never {
    throw new Error('it must not be called')
  }
  @Mark() @Task() work(): never {
    throw new Error('it must not be called')
  }
  @HealthCheck() check(): never {
    throw new Error('it must not be called')
  }
}

function tolerant<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

const got = async (app: Application, token: Token): Promise<unknown> => app.get(token)

const states = (services: readonly ServiceHandle[]): string[] =>
  services.map(({ name, state }) => `${name} ${state}`).toSorted()

function mainThatWants(...tokens: (Class | InjectionToken)[]): Class {
  @Service()
  @DependsOn(...tokens.map((token) => wanted(token)))
  class Main {}
  return Main
}

describe('a service that is merely wanted and cannot be constructed', () => {
  it('is crashed once the application starts, and the start goes on', async () => {
    const app = await createTestApplication(mainThatWants(Broken)).start()
    expect(app.state).toBe('running')
    expect(states(app.services)).toEqual(['Broken crashed', 'Main running'])
    expect(app.service(Broken).crashReason).toBe(boom)
    expect(app.logs.map(({ msg }) => msg).join('\n')).toContain('crashed: Error: boom')
    await app.stop()
    expect(app.state).toBe('stopped')
  })

  it('is told as such by whoever asks for it, starts it by hand or looks at its health', async () => {
    const app = await createTestApplication(mainThatWants(Broken)).start()
    const told = { service: 'Broken', path: ['Main', 'Broken'], phase: 'constructor', cause: boom }
    expect(() => app.get(Broken)).toThrow(StartError)
    expect(await rejection(got(app, Broken))).toMatchObject(told)
    expect(await rejection(app.service(Broken).start())).toMatchObject({ ...told, path: ['Main', 'Broken'] })
    expect(await rejection(app.service(Broken).restart())).toMatchObject({ service: 'Broken', cause: boom })
    expect(await app.checkHealth()).toMatchObject({
      live: true,
      services: [{ state: 'crashed', checks: [] }, {}]
    })
    expect(app.methodsWith(Mark)).toEqual([])
    expect(app.state).toBe('running')
  })

  it('fails again when the application starts again, which goes on again', async () => {
    const app = await createTestApplication(mainThatWants(Broken)).start()
    await app.stop()
    await app.start()
    expect(states(app.services)).toEqual(['Broken crashed', 'Main running'])
  })

  it('takes along what is given it, or waits for it, and is merely wanted too', async () => {
    const journal = new Journal()
    @Service()
    class Given {
      readonly broken = inject(Broken)
    }
    @Service({ inject: [Broken] })
    class Declared {
      constructor(readonly broken: Broken) {}
    }
    const waiting = journal.service('Waiting', { needs: [Broken] })
    const app = await createTestApplication(mainThatWants(Given, Declared, waiting)).start()
    expect(states(app.services)).toEqual([
      'Broken crashed',
      'Declared crashed',
      'Given crashed',
      'Main running',
      'Waiting crashed'
    ])
    expect(journal.lines).toEqual([])
    for (const token of [Given, Declared]) {
      const error = await rejection(got(app, token))
      expect(error).toMatchObject({ service: token.name, phase: 'constructor' })
    }
  })

  it.each(['inject()', 'declared'] as const)(
    'fails the start where something else cannot do without it: %s',
    async (how) => {
      @Service()
      class Other {
        constructor() {
          if (how === 'inject()') inject(Broken)
        }
      }
      if (how === 'declared') DependsOn(Broken)(Other)
      const error = await rejection(createApplication([mainThatWants(Broken), Other], { logger: false }))
      expect(error).toBeInstanceOf(StartError)
      expect((error as StartError).code).toBe('KEEL_START_FAILED')
    }
  )

  it.each([true, false])(
    'is done without by whoever catches its error, made before it: %s',
    async (isFirst) => {
      @Service()
      class Tolerant {
        readonly broken = tolerant(() => inject(Broken))
      }
      const main = mainThatWants(Broken)
      const app = await createTestApplication(isFirst ? [Tolerant, main] : [main, Tolerant]).start()
      expect(states(app.services)).toEqual(['Broken crashed', 'Main running', 'Tolerant running'])
      expect(app.get(Tolerant).broken).toBeUndefined()
    }
  )

  it('may inject what fails, which is no more needed than it', async () => {
    @Service()
    class Given {
      readonly broken = inject(Broken)
    }
    const app = await createTestApplication(mainThatWants(Given)).start()
    expect(states(app.services)).toEqual(['Broken crashed', 'Given crashed', 'Main running'])
  })

  it.each(['constructor', 'factory'] as const)(
    'is obeyed when its %s asks for the end of the program',
    async (phase) => {
      const exit = new ExitError(3)
      @Service()
      class Leaving {
        constructor() {
          throw exit
        }
      }
      const factory = { provide: Leaving, useFactory: async () => Promise.reject(exit) } as const
      @Module({ providers: [mainThatWants(Leaving), phase === 'factory' ? factory : Leaving] })
      class Root {}
      const error = await rejection(createApplication(Root, { logger: false }))
      expect(error).toMatchObject({ code: 'KEEL_START_FAILED', phase, cause: exit })
    }
  )

  it('is named where another one that needs it fails because of it', async () => {
    @Injectable({ lifetime: 'singleton' })
    class Pool {
      constructor() {
        throw boom
      }
    }
    @Service()
    class Wanted {
      readonly pool = inject(Pool)
    }
    @Service()
    class Needing {
      readonly pool = inject(Pool)
    }
    const error = await rejection(createApplication([mainThatWants(Wanted), Needing], { logger: false }))
    expect(error).toMatchObject({
      service: 'Pool',
      path: ['Needing', 'Pool'],
      phase: 'constructor',
      cause: boom
    })
  })

  it('fails the start where a service that is needed is wanted by it, and fails', async () => {
    @Service()
    class Base {
      constructor() {
        throw boom
      }
    }
    const error = await rejection(
      createApplication([mainThatWants(Base), Base, mainThatNeeds(Base)], { logger: false })
    )
    expect(error).toMatchObject({ service: 'Base', phase: 'constructor', cause: boom })
  })
})

function mainThatNeeds(token: Class): Class {
  @Service()
  @DependsOn(token)
  class Needing {}
  return Needing
}

describe('what a service that is merely wanted needs', () => {
  it('may fail with it, and is named as the cause', async () => {
    const URL_OF_CACHE = new InjectionToken<string>('URL_OF_CACHE')
    @Service()
    class Cache {
      constructor(@Inject(URL_OF_CACHE) readonly url: string) {}
      @Timer(1000) refresh(): void {}
    }
    @Module({
      providers: [
        mainThatWants(Cache),
        Cache,
        {
          provide: URL_OF_CACHE,
          useFactory: () => {
            throw boom
          }
        }
      ]
    })
    class Root {}
    const app = await createTestApplication(Root).start()
    expect(states(app.services)).toEqual(['Cache crashed', 'Main running'])
    expect(app.service(Cache).crashReason).toMatchObject({
      service: 'URL_OF_CACHE',
      phase: 'factory',
      cause: boom
    })
    expect(await rejection(got(app, URL_OF_CACHE))).toMatchObject({
      phase: 'factory',
      cause: boom
    })
    expect(app.logs.some(({ msg }) => msg.startsWith('URL_OF_CACHE could not be made'))).toBe(true)
  })

  it('may fail when it is made for it alone', async () => {
    @Injectable()
    class Pool {
      constructor() {
        throw boom
      }
    }
    @Service()
    class Cache {
      readonly pool = inject(Pool)
    }
    const app = await createTestApplication(mainThatWants(Cache)).start()
    expect(states(app.services)).toEqual(['Cache crashed', 'Main running'])
  })
})

describe('the factory of a service that is merely wanted', () => {
  @Service()
  class Cache {}

  const rootWith = (useFactory: () => unknown, startTimeout?: string): Class => {
    @Module({
      providers: [
        mainThatWants(Cache),
        {
          provide: Cache,
          useFactory: useFactory as never,
          ...(startTimeout ? { startTimeout: '5s' as const } : {})
        }
      ]
    })
    class Root {}
    return Root
  }

  it.each([
    [
      'throws',
      () => {
        throw boom
      }
    ],
    ['rejects', async () => Promise.reject(boom)]
  ])('%s: the service is crashed, and the start goes on', async (_, factory) => {
    const app = await createTestApplication(rootWith(factory)).start()
    expect(states(app.services)).toEqual(['Cache crashed', 'Main running'])
    expect(app.service(Cache).crashReason).toBe(boom)
    expect(await rejection(got(app, Cache))).toMatchObject({ phase: 'factory', cause: boom })
  })

  it('does not settle in time: the same', async () => {
    const app = await createTestApplication(rootWith(async () => new Promise(() => {}), '5s')).start()
    expect(states(app.services)).toEqual(['Cache crashed', 'Main running'])
    expect(app.service(Cache).crashReason).toMatchObject({ code: 'KEEL_START_TIMEOUT' })
  })
})
