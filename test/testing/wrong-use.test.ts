import { describe, expect, it } from 'vitest'
import { createApplication, dump, Module, Service, ServiceBase, snapshot } from 'keelson'
import { createTestApplication, createTestContext, slice } from 'keelson/testing'
import { rejection, thrown } from '../app/journal.js'

@Service()
class Orders extends ServiceBase {}
@Module({ providers: [Orders], exports: [Orders] })
class OrdersModule {}
@Module({ imports: [OrdersModule] })
class AppModule {}

const invalid = (message: string) => ({
  code: 'KEEL_INVALID_OPTION',
  message: expect.stringContaining(message) as string
})

describe('options of createTestApplication()', () => {
  it.each<[wrong: unknown, message: string]>([
    [null, 'must be an object with options, but is null'],
    ['prod', 'must be an object with options, but is "prod"'],
    [{ providers: Orders }, 'the option providers must be an array, but is a function'],
    [{ providers: null }, 'the option providers must be an array, but is null'],
    [{ providers: '' }, 'the option providers must be an array, but is ""'],
    [{ providers: new Map() }, 'the option providers must be an array, but is a Map'],
    [{ providers: new Set() }, 'the option providers must be an array, but is a Set']
  ])('are refused as those of createApplication() are: %j', async (wrong, message) => {
    expect(await rejection(createTestApplication(AppModule, wrong as never).create())).toMatchObject(
      invalid(message)
    )
    expect(await rejection(createApplication(AppModule, wrong as never))).toMatchObject(invalid(message))
  })

  it('may give providers, which those of override() come after', async () => {
    const providers = [{ provide: 'url', useValue: 'first' }]
    const app = await createTestApplication(AppModule, { providers })
      .override('url')
      .useValue('second')
      .create()
    expect(app.get('url')).toBe('second')
    expect(providers).toHaveLength(1)
  })
})

describe('slice()', () => {
  it.each<[what: string, tokens: unknown, message: string]>([
    ['undefined', undefined, 'what slice() is given must be a token, but is undefined'],
    ['a list of undefined', [undefined], 'entry 0 of slice() must be a token, but is undefined'],
    ['a list with a number', [Orders, 5], 'entry 1 of slice() must be a token, but is 5'],
    ['null', null, 'what slice() is given must be a token, but is null']
  ])('refuses %s at once', (_what, tokens, message) => {
    expect(thrown(() => slice(tokens as never))).toMatchObject(invalid(message))
  })

  it('tells of an undefined class that files import each other', () => {
    expect(thrown(() => slice(undefined as never))).toMatchObject({
      hint: expect.stringContaining('import cycle')
    })
  })

  it.each<[wrong: unknown, message: string]>([
    [null, 'the options of slice() are null'],
    [AppModule, 'the options of slice() are a function'],
    [{ form: AppModule }, "slice() has no option 'form'"],
    [{ from: null }, 'from of slice() must be']
  ])('refuses options that say nothing of modules: %j', (wrong, message) => {
    expect(thrown(() => slice(Orders, wrong as never))).toMatchObject(invalid(message))
  })
})

describe('overrideModule()', () => {
  it.each<[other: unknown, shown: string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    [Orders, 'a function'],
    [{}, 'an object'],
    [Promise.resolve(OrdersModule), 'a promise']
  ])('refuses at once what is no module: %s', (other, shown) => {
    const builder = createTestApplication(AppModule)
    expect(thrown(() => builder.overrideModule(OrdersModule).useModule(other as never))).toMatchObject(
      invalid(`what stands in for OrdersModule must be a module, but is ${shown}`)
    )
  })
})

describe('until()', () => {
  it.each<[state: unknown]>([[['running']], [Object.create(null)], [5n], [Symbol('running')], ['toString']])(
    'takes no state that has to be read first: %#',
    async (state) => {
      const app = await createTestApplication(AppModule).start()
      expect(await rejection(app.until(Orders, state as never))).toMatchObject(invalid('state of until()'))
    }
  )
})

describe('events.ofType()', () => {
  it('refuses a type that no event has, with the one that was perhaps meant', async () => {
    const app = await createTestApplication(AppModule).start()
    expect(thrown(() => app.events.ofType('service.startd' as never))).toMatchObject({
      ...invalid('no event has the type "service.startd"'),
      hint: expect.stringContaining("Did you mean 'service.started'?")
    })
    for (const type of [undefined, Symbol('service.started'), 'toString', ['service.started']]) {
      expect(thrown(() => app.events.ofType(type as never))).toMatchObject(invalid('no event has the type'))
    }
    expect(app.events.ofType('service.started')).toHaveLength(1)
    expect(app.events.ofType('supervisor.gave-up')).toEqual([])
  })
})

describe('what is no application', () => {
  it.each<[given: unknown, shown: string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'an object'],
    [AppModule, 'a function'],
    [Promise.resolve(), 'a promise']
  ])('has no dump: %s', (given, shown) => {
    for (const [name, call] of [
      ['dump', dump],
      ['snapshot', snapshot]
    ] as const) {
      expect(thrown(() => call(given as never))).toMatchObject(
        invalid(`what ${name}() is given must be an application, but is ${shown}`)
      )
    }
  })
})

describe('createTestContext()', () => {
  it.each<[given: unknown, message: string]>([
    [{ slep: async () => false }, "createTestContext() has no option 'slep'"],
    [
      { signal: new AbortController() },
      'signal of createTestContext() must be an AbortSignal, but is an object'
    ],
    [{ signal: null }, 'signal of createTestContext() must be an AbortSignal, but is null'],
    [{ clock: { now: () => 0 } }, 'clock of createTestContext() must be a Clock, but is an object']
  ])('refuses what no context has, and what is none of it: %j', (given, message) => {
    expect(thrown(() => createTestContext(given as never))).toMatchObject(invalid(message))
  })

  it('says which member was perhaps meant, and takes every member that there is', () => {
    expect(thrown(() => createTestContext({ slep: async () => false } as never))).toMatchObject({
      hint: expect.stringContaining("Did you mean 'sleep'?")
    })
    const mine = {
      log: createTestContext().log,
      setStatus: () => {},
      signal: AbortSignal.abort(),
      name: 'mine',
      toString: () => 'my context'
    }
    const context = createTestContext(mine)
    expect(context).toMatchObject({ name: 'mine', shouldStop: true, log: mine.log })
    expect(String(context)).toBe('my context')
  })

  it.each<[given: unknown, shown: string]>([
    [null, 'null'],
    [5, '5'],
    [[], 'an array'],
    [Promise.resolve({}), 'a promise']
  ])('refuses %s for what is to be different', (given, shown) => {
    expect(thrown(() => createTestContext(given as never))).toMatchObject(
      invalid(`what createTestContext() is given must be an object, but is ${shown}`)
    )
  })
})
