import { describe as about, expect, it } from 'vitest'
import {
  Activity,
  createMethodDecorator,
  Cron,
  DependsOn,
  HealthCheck,
  Inject,
  Injectable,
  InjectAll,
  Module,
  Optional,
  Service,
  Task,
  Timer
} from '../../src/decorators/index.js'
import { isKeelsonError } from '../../src/errors/index.js'
import { captureSite, describe } from '../../src/metadata/index.js'
import { lazy, wanted, type Class } from '../../src/tokens/index.js'

// what TypeScript would refuse, and JavaScript would not
type Loose = (...args: unknown[]) => unknown
const loose = (decorator: unknown): Loose => decorator as Loose

class A {
  run(): void {}
}
const method = Object.getOwnPropertyDescriptor(A.prototype, 'run')

function thrown(run: () => unknown): Error & { code: string; location?: string } {
  try {
    run()
  } catch (error) {
    if (isKeelsonError(error)) return error as never
    throw error
  }
  throw new Error('nothing was thrown')
}

const sentence = (run: () => unknown): string => thrown(run).message.split('\n')[0] ?? ''

/** Calls the class decorator on a new class of that name. */
const onClass =
  (decorator: (cls: never) => void): (() => void) =>
  () =>
    decorator(class Orders {} as never)
/** Calls the method decorator as the legacy dialect does. */
const onMethod =
  (decorator: unknown): (() => void) =>
  () =>
    (decorator as (...args: unknown[]) => void)(
      class Orders {
        run(): void {}
      }.prototype,
      'run',
      method
    )

about('options', () => {
  it.each([
    [
      onClass(Service({ name: ' ' })),
      'name of @Service of Orders must be a string that is not empty, but is " ".'
    ],
    [
      onClass(Service({ startTimeout: 0 })),
      'startTimeout of @Service of Orders must be longer than 0, but is 0.'
    ],
    [
      onClass(Service({ restart: 'always' as never })),
      `restart of @Service of Orders must be 'permanent' or 'transient' or 'temporary', but is "always".`
    ],
    [
      onClass(Service({ lifecycleLogLevel: 'loud' as never })),
      'lifecycleLogLevel of @Service of Orders must be'
    ],
    [
      onClass(Service({ critical: 1 as never })),
      'critical of @Service of Orders must be true or false, but is 1.'
    ],
    [
      onClass(Service({ waitForShutdown: 'yes' as never })),
      'waitForShutdown of @Service of Orders must be true or false, but is "yes".'
    ],
    [
      onClass(Service({ provide: {} as never })),
      'provide of @Service of Orders must be a class, a string, a symbol or an InjectionToken, but is an object.'
    ],
    [
      onClass(Service({ inject: A as never })),
      'inject of @Service of Orders must be an array of tokens, but is a function.'
    ],
    [
      onClass(Service({ inject: [A, 5 as never] }) as never),
      'entry 1 of inject of @Service of Orders must be a token'
    ],
    [onClass(Service({ retsart: 'permanent' } as never)), "@Service of Orders has no option 'retsart'."],
    [
      onClass(Service([] as never)),
      'what stands in the parentheses of @Service of Orders must be an object with options, but is an array.'
    ],
    [
      onClass(Injectable({ lifetime: 'request' as never })),
      "lifetime of @Injectable of Orders must be 'singleton' or 'scoped' or 'transient'"
    ],
    [
      onClass(Module({ imports: A as never })),
      'imports of @Module of Orders must be an array, but is a function.'
    ],
    [onClass(Module({ global: 1 as never })), 'global of @Module of Orders must be true or false'],
    [
      onClass(DependsOn(A, undefined as never)),
      'token 1 of @DependsOn of Orders must be a token, () => token or wanted(…), but is undefined.'
    ],
    // not taken for the context of a decorator without parentheses
    [
      onClass((cls) => DependsOn(A, lazy(() => A) as never)(cls)),
      'token 1 of @DependsOn of Orders must be a token, () => token or wanted(…), but is an object.'
    ],
    [
      onClass(DependsOn(wanted(null as never))),
      'what is wanted by token 0 of @DependsOn of Orders must be a token, () => token or wanted(…), but is null.'
    ],
    [
      onClass(DependsOn(wanted(wanted(A) as never))),
      'what is wanted by token 0 of @DependsOn of Orders must be a token, () => token or wanted(…), but is an object.'
    ],
    [
      onMethod(Task({ onError: 'ignore' as never })),
      "onError of @Task of Orders.run must be 'crash' or 'log', but is \"ignore\"."
    ],
    [onMethod(Task({ timeout: 0 })), 'timeout of @Task of Orders.run must be longer than 0, but is 0.'],
    [
      onMethod(Timer('1s', { failAfter: 0 })),
      'failAfter of @Timer of Orders.run must be a whole number from 1 on, but is 0.'
    ],
    [
      onMethod(Timer('1s', { enabled: 'no' as never })),
      'enabled of @Timer of Orders.run must be true, false or a function, but is "no".'
    ],
    [onMethod(Timer('1s', { timezone: 'UTC' } as never)), "@Timer of Orders.run has no option 'timezone'."],
    [onMethod(Timer(() => 1, { overlap: 'never' as never })), 'overlap of @Timer of Orders.run is "never".'],
    [onMethod(Cron('0 3 * * *', { misfire: 'all' as never })), 'misfire of @Cron of Orders.run is "all".'],
    [onMethod(Cron('0 3 * * *', { mode: 'rate' } as never)), "@Cron of Orders.run has no option 'mode'."],
    [
      onMethod(HealthCheck({ critical: 'no' as never })),
      'critical of @HealthCheck of Orders.run must be true or false'
    ],
    [
      onMethod(Activity('')),
      'the name of @Activity of Orders.run must be a string that is not empty, but is "".'
    ],
    [() => Inject(5 as never), 'what stands in @Inject must be a token or () => token, but is 5.']
  ])('that cannot be are refused: %#', (run, message) => {
    expect(sentence(run)).toContain(`KEEL_INVALID_OPTION: ${message}`)
  })

  it.each([
    [
      onClass(Service({ startTimeout: '5 parsecs' })),
      'KEEL_INVALID_DURATION',
      'startTimeout of @Service of Orders'
    ],
    [onClass(Service({ stopTimeout: -1 })), 'KEEL_INVALID_DURATION', 'stopTimeout of @Service of Orders'],
    [
      onClass(Service({ shutdownTimeout: NaN })),
      'KEEL_INVALID_DURATION',
      'shutdownTimeout of @Service of Orders'
    ],
    [onMethod(Timer('soon')), 'KEEL_INVALID_DURATION', '@Timer of Orders.run'],
    [onMethod(Timer(0)), 'KEEL_INVALID_DURATION', '@Timer of Orders.run'],
    [
      onMethod(HealthCheck({ timeout: 'x' })),
      'KEEL_INVALID_DURATION',
      'timeout of @HealthCheck of Orders.run'
    ],
    [onMethod(Cron('0 25 * * *')), 'KEEL_INVALID_CRON', '@Cron of Orders.run'],
    [onMethod(Cron('0 0 30 2 *')), 'KEEL_INVALID_CRON', '@Cron of Orders.run'],
    [onMethod(Cron('0 3 * * *', { timezone: 'Mars/Base' })), 'KEEL_INVALID_CRON', '@Cron of Orders.run'],
    [onMethod(Cron('0 3 * * *', { timezone: '' })), 'KEEL_INVALID_CRON', '@Cron of Orders.run']
  ])(
    'that are no duration, expression or zone are refused when the decorator runs: %#',
    (run, code, what) => {
      const error = thrown(run)
      expect(error.code).toBe(code)
      expect(error.message).toContain(what)
    }
  )

  it.each([[''], [' '], [5], [undefined]])('of one’s own need a name: %j is refused', (name) => {
    const { code, message, location } = thrown(() => createMethodDecorator(name as string))
    expect(code).toBe('KEEL_INVALID_OPTION')
    expect(message).toContain('what stands in createMethodDecorator() must be a string that is not empty')
    expect(location).toMatch(/decorators\.test\.ts:\d+$/)
  })

  it('and their parentheses are missed everywhere, where the decorator stands', () => {
    const bare: [string, () => unknown][] = [
      ['Optional', () => loose(Optional)(A, undefined, 0)],
      ['Inject', () => loose(Inject)(A, undefined, 0)],
      ['Inject', () => loose(Inject)(A.prototype, 'x', undefined)],
      ['Inject', () => loose(Inject)(undefined, { kind: 'field' })],
      ['InjectAll', () => loose(InjectAll)(A, undefined, 0)],
      ['Service', () => loose(Service)(A)],
      ['Task', () => loose(Task)(A.prototype, 'run', method)]
    ]
    for (const [name, run] of bare) {
      const { message, location } = thrown(run)
      expect(message).toContain(`@${name} stands without parentheses.`)
      expect(location).toMatch(/decorators\.test\.ts:\d+$/)
    }
  })

  it('and so are those of a parameter, whose helper has no name in what tsc writes', () => {
    const param = (index: number, decorate: (...given: unknown[]) => unknown) => (target: unknown) =>
      decorate(target, undefined, index)
    const __decorate = (decorators: ((target: unknown) => unknown)[], target: unknown) => {
      for (const decorate of decorators) decorate(target)
    }
    const here = (): string | undefined => captureSite(here).location
    let line: string | undefined
    const { location } = thrown(() => [(line = here()), __decorate([param(0, loose(Optional))], A)])
    expect(location).toBe(line)
  })

  it('on the wrong thing name it', () => {
    expect(sentence(() => loose(Task())(A))).toContain('@Task stands on the class A, where it cannot work.')
  })

  it('are called by hand with a prototype and a name, as in JavaScript', () => {
    class Feed {
      poll(): void {}
      *read(): Iterable<number> {
        yield 1
      }
    }
    loose(Timer('1s'))(Feed.prototype, 'poll')
    expect(describe(Feed).methods.map(({ kind, key }) => [kind, key])).toEqual([['timer', 'poll']])
    expect(sentence(() => loose(Task())(Feed.prototype, 'pol'))).toContain("@Task stands on 'pol'")
    expect(sentence(() => loose(Task())(Feed.prototype, 'read'))).toContain('generator')
  })

  it('on a generator, which does nothing when it is called, say so', () => {
    class Feed {
      *read(): Iterable<number> {
        yield 1
      }
      async *readLater(): AsyncIterable<number> {
        yield 1
      }
    }
    const { prototype } = Feed
    for (const decorate of [Task(), Timer('1s'), Cron('0 3 * * *'), HealthCheck()]) {
      for (const key of ['read', 'readLater']) {
        const descriptor = Object.getOwnPropertyDescriptor(prototype, key)
        expect(sentence(() => loose(decorate)(prototype, key, descriptor))).toContain(
          `of Feed.${key} is a generator`
        )
      }
    }
    const context = { kind: 'method', name: 'read', static: false, private: false, metadata: {} }
    expect(sentence(() => loose(Task())(prototype.read, context))).toContain('@Task of read is a generator')
  })

  it('that are unknown are refused with the one that was meant', () => {
    const error = thrown(onClass(Service({ retsart: 'permanent' } as never)))
    expect(error.message).toContain("Fix:  Did you mean 'restart'? Known are name, inject, provide,")
  })

  it('are refused with the line of the decorator', () => {
    const decorate = onClass(Service({ startTimeout: 0 }))
    expect(thrown(decorate).location).toMatch(/^test\/decorators\/decorators\.test\.ts:\d+$/)
    expect(thrown(decorate).message).toContain('\n  at    test/decorators/decorators.test.ts:')
    expect(thrown(onMethod(Timer('soon'))).location).toMatch(/^test\/decorators\//)
  })

  it('must not name a token to provide that does not exist yet, as in an import cycle', () => {
    const error = thrown(onClass(Service({ provide: undefined } as never)))
    expect(error).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      hint: expect.stringMatching(/^The files import each other/)
    })
    expect(error.message).toContain(
      'provide of @Service of Orders must be a class, a string, a symbol or an InjectionToken, but is undefined'
    )
  })

  it('are frozen copies without what is undefined', () => {
    const list = [A]
    const options = { name: 'orders', inject: list, restart: undefined } as never
    class Orders {
      constructor(readonly a: A) {}
    }
    ;(Service(options) as (cls: Class) => void)(Orders)
    list.push(A)
    const { service } = describe(Orders)
    expect(service).toEqual({ name: 'orders', inject: [A] })
    expect(Object.isFrozen(service) && Object.isFrozen(service?.inject)).toBe(true)
  })

  it('are read of an object that inherits or computes them too', () => {
    class Settings {
      restart = 'permanent' as const
      get name(): string {
        return 'orders'
      }
      static shared = 'no option of its instances'
      helper(): void {}
    }
    @Service(new Settings())
    class Orders {}
    @Service(Object.create({ name: 'invoices', critical: undefined }) as object)
    class Invoices {}
    expect(describe(Orders).service).toEqual({ restart: 'permanent', name: 'orders' })
    expect(describe(Invoices).service).toEqual({ name: 'invoices' })
    const wrong = thrown(onClass(Service(Object.create({ name: 5 }) as object)))
    expect(wrong.message).toContain('name of @Service of Orders must be a string that is not empty, but is 5')
  })

  it('may be limits without end, or not awaited', () => {
    @Service({ startTimeout: Infinity, stopTimeout: 0, shutdownTimeout: '2h' })
    class Patient {}
    expect(describe(Patient).service).toEqual({
      startTimeout: Infinity,
      stopTimeout: 0,
      shutdownTimeout: '2h'
    })
  })
})

about('a decorator that stands in the wrong place', () => {
  const context = (kind: string, more: object = {}): object => ({
    kind,
    name: 'thing',
    metadata: {},
    static: false,
    private: false,
    ...more
  })
  const statics = class {
    static run(): void {}
  }

  it.each([
    ['@Service on a method', () => loose(Service())(A.prototype, 'run', method), 'It goes on a class.'],
    ['@Service on a method', () => loose(Service())(() => {}, context('method')), 'It goes on a class.'],
    ['@Task on a class', () => loose(Task())(A), 'It goes on a method'],
    ['@Task on a property', () => loose(Task())(A.prototype, 'x'), 'It goes on a method'],
    ['@Task on a getter', () => loose(Task())(A.prototype, 'x', { get: () => 1 }), 'It goes on a method'],
    [
      '@Task on a static method',
      () => loose(Task())(statics, 'run', { value: statics.run }),
      'It goes on a method'
    ],
    ['@Task on a field', () => loose(Task())(undefined, context('field')), 'It goes on a method'],
    [
      '@Task on a #private method',
      () => loose(Task())(() => {}, context('method', { private: true })),
      'neither static nor #private'
    ],
    [
      '@Task on a static method',
      () => loose(Task())(() => {}, context('method', { static: true })),
      'neither static nor #private'
    ],
    [
      '@Inject on a method',
      () => loose(Inject(A))(A.prototype, 'run', method),
      'a parameter of a constructor'
    ],
    [
      '@Inject on a method parameter',
      () => loose(Inject(A))(A.prototype, 'run', 0),
      'a parameter of a constructor'
    ],
    [
      '@Inject on a setter',
      () => loose(Inject(A))(A.prototype, 'x', { set: () => {} }),
      'a field, no getter or setter, that is'
    ],
    ['@Inject on a class', () => loose(Inject(A))(A), 'a parameter of a constructor'],
    [
      '@Inject on a #private field',
      () => loose(Inject(A))(undefined, context('field', { private: true })),
      '#private'
    ],
    [
      '@Inject on a static field',
      () => loose(Inject(A))(undefined, context('field', { static: true })),
      'static'
    ],
    [
      '@Optional on a property',
      () => loose(Optional())(A.prototype, 'x'),
      'It goes on a parameter of a constructor.'
    ],
    [
      '@Optional on a field',
      () => loose(Optional())(undefined, context('field')),
      'It goes on a parameter of a constructor.'
    ]
  ])('is refused: %s', (_case, run, hint) => {
    const error = thrown(run)
    expect(error.code).toBe('KEEL_INVALID_OPTION')
    expect(error.message).toContain('where it cannot work')
    expect(error.message).toContain(hint)
  })

  it.each([
    ['@Service', () => loose(Service)(A)],
    ['@Service', () => loose(Service)(A, context('class'))],
    ['@Injectable', () => loose(Injectable)(A)],
    ['@Module', () => loose(Module)(A)],
    ['@Task', () => loose(Task)(A.prototype, 'run', method)],
    ['@Task', () => loose(Task)(A.prototype.run, context('method'))],
    ['@Timer', () => loose(Timer)(A.prototype, 'run', method)],
    ['@Timer', () => loose(Timer)(A.prototype.run, context('method'))],
    ['@Cron', () => loose(Cron)(A.prototype, 'run', method)],
    ['@Activity', () => loose(Activity)(A.prototype, Symbol('run'), method)],
    ['@HealthCheck', () => loose(HealthCheck)(A.prototype, 'run', method)],
    ['@Marked', () => loose(createMethodDecorator('Marked'))(A.prototype, 'run', method)],
    ['@Service', () => loose(Service)(A.prototype, 'run', method)],
    ['@Module', () => loose(Module)(A.prototype, 'x')],
    ['@Injectable', () => loose(Injectable)(A.prototype, Symbol('x'), undefined)],
    ['@Task', () => loose(Task)(A)],
    ['@Task', () => loose(Task)(A, 'run', method)],
    ['@Timer', () => loose(Timer)(A)],
    ['@Cron', () => loose(Cron)(A)],
    ['@Activity', () => loose(Activity)(A)],
    ['@HealthCheck', () => loose(HealthCheck)(A)],
    ['@Optional', () => loose(Optional)(A)],
    ['@DependsOn', () => loose(DependsOn)(A, context('class'))],
    ['@DependsOn', () => loose(DependsOn)(A.prototype.run, context('method'))],
    ['@DependsOn', () => loose(DependsOn)(A.prototype, 'run', method)],
    ['@Marked', () => loose(createMethodDecorator('Marked'))(A, context('class'))],
    ['@Inject', () => loose(Inject)(A, context('class'))]
  ])('is refused without parentheses: %s', (name, run) => {
    expect(sentence(run)).toBe(`KEEL_INVALID_OPTION: ${name} stands without parentheses.`)
  })

  it('may be given a class, or a function written as one could be', () => {
    const given = [
      () => DependsOn(A),
      () => Inject(A),
      () => createMethodDecorator<typeof A>('Handles')(A),
      () =>
        Timer(function period() {
          return 1000
        }),
      () =>
        Cron(function pattern() {
          return '* * * * *'
        })
    ]
    for (const decorate of given) expect(decorate).not.toThrow()
  })

  it('is refused twice in one place, which can be given one thing only', () => {
    class Orders {}
    const sentences = [Inject('b'), InjectAll('c')].map((second) => {
      return sentence(() => {
        const cls = class Orders {}
        loose(Inject('a'))(cls, undefined, 0)
        loose(second)(cls, undefined, 0)
      })
    })
    expect(sentences).toEqual([
      'KEEL_INVALID_OPTION: @Inject of parameter 0 of Orders stands beside another @Inject or @InjectAll.',
      'KEEL_INVALID_OPTION: @InjectAll of parameter 0 of Orders stands beside another @Inject or @InjectAll.'
    ])
    loose(Inject('a'))(Orders.prototype, 'mailer')
    expect(sentence(() => loose(Inject('b'))(Orders.prototype, 'mailer'))).toBe(
      'KEEL_INVALID_OPTION: @Inject of Orders.mailer stands beside another @Inject or @InjectAll.'
    )
    const inField = context('field')
    loose(Inject('a'))(undefined, inField)
    expect(sentence(() => loose(Inject('b'))(undefined, inField))).toContain('stands beside another @Inject')
  })

  it('is refused where the compiler gives standard decorators no metadata', () => {
    const run = (): unknown => loose(Task())(() => {}, context('method', { metadata: undefined }))
    expect(sentence(run)).toBe('KEEL_INVALID_OPTION: @Task of thing gets no metadata from the compiler.')
  })

  it('is refused on a class that is frozen already', () => {
    const frozen = (decorate: (cls: Class) => void): (() => void) => {
      class Orders {
        poll(): void {}
      }
      Object.freeze(Orders)
      return () => decorate(Orders)
    }
    const complaint = 'KEEL_INVALID_OPTION: Orders is frozen, so that no decorator can say anything of it.'
    expect(sentence(frozen(Service()))).toBe(complaint)
    expect(sentence(frozen(Module({})))).toBe(complaint)
    expect(sentence(frozen((cls) => loose(Task())(cls.prototype, 'poll', { value: () => {} })))).toBe(
      complaint
    )
    expect(sentence(frozen((cls) => loose(Inject('x'))(cls, undefined, 0)))).toBe(complaint)
  })

  it('is refused beside another that says what the class is', () => {
    const both = (first: () => unknown, second: () => unknown): (() => void) => {
      class Orders {}
      ;(first() as (cls: Class) => void)(Orders)
      return () => (second() as (cls: Class) => void)(Orders)
    }
    expect(sentence(both(Service, Module))).toBe(
      'KEEL_INVALID_OPTION: @Module of Orders stands on a class that is a service already.'
    )
    expect(sentence(both(Injectable, Service))).toContain('is an injectable already.')
    expect(sentence(both(Service, Service))).toContain('is a service already.')
  })
})

about('decorators', () => {
  it('only write metadata: methods stay what they are, nothing is called', () => {
    const calls: string[] = []
    @Service()
    class Orders {
      constructor() {
        calls.push('constructor')
      }
      @Task() @Activity('run') run(): string {
        return 'ran'
      }
      @Timer(() => {
        throw new Error('read too early')
      })
      tick(): void {}
    }
    expect(calls).toEqual([])
    expect(new Orders().run()).toBe('ran')
    expect(Object.getOwnPropertyNames(Orders.prototype)).toEqual(['constructor', 'run', 'tick'])
  })

  it('of a property in the standard dialect write to the metadata that the class shares', () => {
    const metadata = {}
    const context = { name: 'mailer', metadata, static: false, private: false }
    loose(Inject('mailer'))(undefined, { ...context, kind: 'field' })
    loose(InjectAll('plugin'))(undefined, { ...context, name: 'plugins', kind: 'accessor' })
    class Orders {}
    loose(Service())(Orders, { kind: 'class', name: 'Orders', metadata })
    Object.defineProperty(Orders, (Symbol as unknown as { metadata: symbol }).metadata, { value: metadata })
    class Special extends Orders {}
    for (const cls of [Orders, Special]) {
      expect(describe(cls).propertyDependencies.map((fact) => fact.property)).toEqual(['mailer', 'plugins'])
    }
    expect(describe(Orders).service).toEqual({})
    expect(describe(Special).service).toBeUndefined()
  })

  it('of one’s own are found by their identity, with their options', () => {
    const Subscribe = createMethodDecorator<{ topic: string }>('Subscribe')
    const Other = createMethodDecorator<{ topic: string }>('Subscribe')
    class Orders {
      @Subscribe({ topic: 'a' }) @Other({ topic: 'b' }) on(): void {}
    }
    expect(Subscribe.decoratorName).toBe('Subscribe')
    expect(describe(Orders).methods).toEqual([
      { kind: 'custom', key: 'on', name: 'Subscribe', decorator: Subscribe, options: { topic: 'a' } },
      { kind: 'custom', key: 'on', name: 'Subscribe', decorator: Other, options: { topic: 'b' } }
    ])
  })
})
