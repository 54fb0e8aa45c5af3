import { describe, expect, it } from 'vitest'
import {
  createApplication,
  createMethodDecorator,
  inject,
  Injectable,
  Module,
  Service,
  ServiceBase,
  Supervisor,
  Task,
  Timer,
  validate,
  type ApplicationOptions
} from 'keelson'
import { createTestApplication } from 'keelson/testing'
import { rejection, thrown } from './journal.js'

@Service()
class Orders extends ServiceBase {}
@Module({ providers: [Orders], exports: [Orders] })
class AppModule {}

const invalid = (message: string) => ({
  code: 'KEEL_INVALID_OPTION',
  message: expect.stringContaining(message) as string
})

describe('options that somebody forgot to await, or that are a list', () => {
  const noOptions: readonly [given: unknown, shown: string][] = [
    [Promise.resolve({}), 'a promise'],
    [new Map([['name', 'Shop']]), 'a Map'],
    [new Set(['name']), 'a Set'],
    [[], 'an array']
  ]

  it.each(noOptions)('are refused by an application: %s', async (given, shown) => {
    const options = given as ApplicationOptions
    const error = invalid(`must be an object with options, but is ${shown}`)
    expect(await rejection(createApplication(AppModule, options))).toMatchObject(error)
    expect(await rejection(validate(AppModule, options))).toMatchObject(error)
    expect(await rejection(createTestApplication(AppModule, options as never).create())).toMatchObject(error)
  })

  it.each(noOptions)('are refused by decorators and added work: %s', async (given, shown) => {
    const line = `must be an object with options, but is ${shown}`
    expect(thrown(() => Service(given as never)(class {}))).toMatchObject(invalid(line))
    const app = await createTestApplication(Orders).start()
    const orders = app.get(Orders)
    expect(await rejection((async () => orders.addTask(async () => {}, given as never))())).toMatchObject(
      invalid(line)
    )
  })

  it.each(noOptions)('are refused by a supervisor: %s', (given, shown) => {
    expect(thrown(() => new Supervisor([], given as never))).toMatchObject(
      invalid(`the Supervisor must be an object, but is ${shown}`)
    )
    expect(thrown(() => new Supervisor([], { backoff: given as never }))).toMatchObject(
      invalid(`the backoff of the Supervisor must be an object, but is ${shown}`)
    )
  })

  it.each(noOptions)('are refused by get() and waitUntilStopped(): %s', async (given, shown) => {
    const app = await createTestApplication(AppModule).start()
    const line = `are ${shown}`
    expect(thrown(() => app.get(Orders, given as never))).toMatchObject(invalid(line))
    expect(await rejection(app.service(Orders).waitUntilStopped(given as never))).toMatchObject(invalid(line))
  })

  it.each(noOptions)('are no logger: %s', async (given, shown) => {
    expect(await rejection(createApplication(AppModule, { logger: given as never }))).toMatchObject(
      invalid(`logger is ${shown}`)
    )
  })

  it('are options all the same when an object of a class holds them', async () => {
    class Config {
      readonly name = 'Shop'
      readonly logger = false
      get port(): number {
        return 80
      }
    }
    expect((await createApplication(AppModule, new Config())).name).toBe('Shop')
  })
})

describe('null for an option', () => {
  class Feed {
    poll(): void {}
  }
  const { poll } = Object.getOwnPropertyDescriptors(Feed.prototype)
  const timer = (options: object) => () => (Timer('1s', options) as Function)(Feed.prototype, 'poll', poll)

  it.each(['mode', 'overlap', 'onError', 'jitter', 'timeout', 'failAfter'])(
    'is refused as any other value is: %s of a timer',
    (option) => {
      expect(thrown(timer({ [option]: null }))).toMatchObject({
        message: expect.stringMatching(
          new RegExp(`^KEEL_INVALID_(OPTION|DURATION): ${option} of @Timer of Feed.poll`)
        )
      })
      expect(thrown(timer({ [option]: undefined }))).toBeUndefined()
    }
  )

  it.each([
    { backoff: null },
    { backoff: { resetAfter: null } },
    { backoff: { initial: null } },
    { within: null }
  ])('is refused as any other value is: %j of a supervisor', (options) => {
    expect(thrown(() => new Supervisor([], options as never))).toMatchObject({ name: 'ConfigurationError' })
  })
})

describe('the name of a provider', () => {
  it('is not blank', async () => {
    @Module({ providers: [{ provide: 'other', useClass: Orders, name: ' ' }] })
    class Root {}
    expect(await rejection(createApplication(Root, { logger: false }))).toMatchObject(
      invalid('name of providers[0] of Root (other) must be a string that is not empty, but is " "')
    )
  })
})

describe('validate()', () => {
  it.each<[wrong: object, option: string]>([
    [{ logger: 5 }, 'logger'],
    [{ logger: { level: 'loud' } }, 'logger.level'],
    [{ logger: console }, 'logger'],
    [{ runUntil: 'x' }, 'runUntil'],
    [{ signals: ['SIGFOO'] }, 'signals'],
    [{ signals: ['SIGTERM'], dumpSignal: 'SIGTERM' }, 'dumpSignal'],
    [{ control: 5 }, 'control'],
    [{ dumpSignal: 'x' }, 'dumpSignal'],
    [{ redirectConsole: 'loud' }, 'redirectConsole'],
    [{ blockingTimeout: 0 }, 'blockingTimeout'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ timezone: 5 }, 'timezone']
  ])('refuses options that no application takes: %j', async (options, option) => {
    expect(await rejection(validate(AppModule, options as ApplicationOptions))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(option)
    })
  })

  it('takes those of bootstrap() and of createApplication()', async () => {
    const options: ApplicationOptions = {
      logger: { level: 'debug' },
      runUntil: 'tasks-done',
      signals: true,
      dumpSignal: 'SIGUSR1',
      control: true,
      redirectConsole: 'info',
      blockingTimeout: '1s'
    }
    expect(await validate(AppModule, options)).toEqual({ problems: [] })
  })
})

describe('createApplication()', () => {
  it.each(['started', 'tasks-done'] as const)(
    'refuses runUntil %s, which bootstrap() alone heeds',
    async (runUntil) => {
      expect(await rejection(createApplication(AppModule, { logger: false, runUntil }))).toMatchObject({
        ...invalid(`the option runUntil is "${runUntil}", which only bootstrap() heeds`),
        hint: expect.stringContaining('stop()')
      })
    }
  )

  it("takes runUntil 'stopped', which is what it does", async () => {
    const app = await createApplication(AppModule, { logger: false, runUntil: 'stopped' })
    expect(app.state).toBe('created')
  })
})

describe('createMethodDecorator()', () => {
  it.each<[what: string, options: unknown, message: string]>([
    [
      'an unknown word',
      { onError: 'log' },
      "onError of createMethodDecorator('Get') must be 'crash' or 'throw', but is \"log\""
    ],
    ['an unknown option', { onErorr: 'throw' }, 'onErorr'],
    ['what holds no options', 'throw', "what stands in the parentheses of createMethodDecorator('Get')"]
  ])('refuses %s, with the place', (_what, options, message) => {
    expect(thrown(() => createMethodDecorator('Get', options as never))).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining(message),
      location: expect.stringContaining('options.test.ts')
    })
  })
})

describe('methodsWith()', () => {
  const Subscribe = createMethodDecorator<{ topic: string }>('Subscribe')
  @Service()
  class Mailer {
    @Subscribe({ topic: 'orders' }) onOrder(): void {}
    @Task() run(): void {}
  }

  it.each<[what: string, decorator: unknown, shown: string]>([
    ['what the decorator was called with', Subscribe({ topic: 'orders' }), 'a function'],
    ['nothing', undefined, 'undefined'],
    ['a decorator of ours', Task, 'a function'],
    ['a name', 'Subscribe', '"Subscribe"']
  ])('refuses %s, of which there never are any', async (_what, decorator, shown) => {
    const app = await createApplication(Mailer, { logger: false })
    expect(thrown(() => app.methodsWith(decorator as never))).toMatchObject({
      ...invalid(
        `what methodsWith() is given must be a decorator of createMethodDecorator(), but is ${shown}`
      ),
      hint: expect.stringContaining('methodsWith(Subscribe)')
    })
    expect(app.methodsWith(Subscribe)).toHaveLength(1)
  })
})

describe('options of get() and inject()', () => {
  it('are looked at by get() each time, also of what it has given before', async () => {
    const app = await createApplication(AppModule, { logger: false })
    app.get(Orders)
    for (const wrong of [true, null, { form: AppModule }, 'AppModule']) {
      expect(thrown(() => app.get(Orders, wrong as never))).toMatchObject({ code: 'KEEL_INVALID_OPTION' })
    }
    expect(app.get(Orders, {})).toBe(app.get(Orders))
    expect(app.get(Orders, { from: undefined })).toBe(app.get(Orders))
  })

  it.each<[wrong: unknown, message: string]>([
    [true, 'the options of inject() are true'],
    [null, 'the options of inject() are null'],
    [{ optionall: true }, "inject() has no option 'optionall'"],
    [{ optional: 'yes' }, 'optional of inject() must be true or false, but is "yes"']
  ])('are looked at by inject(): %j', async (wrong, message) => {
    @Injectable()
    class Basket {
      readonly orders = inject(Orders, wrong as never)
    }
    const app = await createApplication(Orders, { logger: false })
    expect(thrown(() => app.create(Basket))).toMatchObject(invalid(message))
  })
})
