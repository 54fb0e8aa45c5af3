import { EventEmitter } from 'node:events'
import { delay, inject, injectable, injectAll, injectWithTransform } from 'tsyringe'
import { describe as about, expect, it } from 'vitest'
import {
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
import { type DependencyFact, describe } from '../../src/metadata/index.js'
import { all, type Class, InjectionToken, lazy, type Lazy, optional, wanted } from '../../src/tokens/index.js'

class A {}
class B {}
interface Shape {
  sides: number
}
const SHAPE = new InjectionToken<Shape>('SHAPE')

/** The parts of a fact that say something. */
function told(fact: DependencyFact): Record<string, unknown> {
  const {
    token,
    optional: isOptional,
    all: isAll,
    lazy: isLazy,
    erased,
    index,
    property,
    parameterName,
    from
  } = fact
  const entries = Object.entries({ token, erased, index, property, parameterName, from })
  const parts = Object.fromEntries(entries.filter(([, value]) => value !== undefined))
  return { ...parts, ...(isOptional && { isOptional }), ...(isAll && { isAll }), ...(isLazy && { isLazy }) }
}

const takes = (cls: Class): unknown[] => describe(cls).constructorDependencies.map((fact) => told(fact))
const tokens = (cls: Class): unknown[] => describe(cls).constructorDependencies.map((fact) => fact.token)
const methods = (cls: Class): unknown[] =>
  describe(cls).methods.map((fact) => `${fact.kind} ${String(fact.key)}`)

about('constructor dependencies', () => {
  it('tell which types were erased, with the name of the parameter', () => {
    @Service()
    class Erased {
      constructor(
        readonly shape: Shape,
        readonly text: string,
        readonly count: number,
        readonly on: boolean,
        readonly many: A[],
        readonly later: Promise<A>,
        readonly call: () => void,
        readonly either: A | B,
        readonly big: bigint,
        readonly sign: symbol
      ) {}
    }
    expect(describe(Erased).metadataMissing).toBe(false)
    expect(describe(Erased).constructorDependencies.map((fact) => [fact.parameterName, fact.erased])).toEqual(
      [
        ['shape', 'Object'],
        ['text', 'String'],
        ['count', 'Number'],
        ['on', 'Boolean'],
        ['many', 'Array'],
        ['later', 'Promise'],
        ['call', 'Function'],
        ['either', 'Object'],
        ['big', 'BigInt'],
        ['sign', 'Symbol']
      ]
    )
    expect(tokens(Erased)).toEqual(Array.from({ length: 10 }))
  })

  it('are missing when a constructor has parameters and nothing says what they are', () => {
    class Plain {
      constructor(readonly a: A) {}
    }
    expect(describe(Plain).metadataMissing).toBe(true)
    expect(takes(Plain)).toEqual([{ index: 0, parameterName: 'a', from: 'type' }])
  })

  it('are missing for default and rest parameters of a decorated class too', () => {
    const Defaulted = undecoratedTypes(
      class Defaulted {
        constructor(
          readonly a: A = new A(),
          ...rest: B[]
        ) {
          void rest
        }
      }
    )
    Service()(Defaulted)
    expect(Defaulted.length).toBe(0)
    expect(describe(Defaulted).metadataMissing).toBe(true)
    expect(describe(Defaulted).constructorDependencies.map((fact) => fact.parameterName)).toEqual([
      'a',
      'rest'
    ])
  })

  it('are not missing for defaults of a class that has no decorator at all', () => {
    class Plain {
      constructor(readonly a: A = new A()) {}
    }
    expect(describe(Plain).metadataMissing).toBe(false)
    expect(takes(Plain)).toEqual([])
  })

  it('are missing when the list is shorter than the constructor', () => {
    const Short = class Short {
      constructor(
        readonly a: A,
        readonly b: B
      ) {}
    }
    Service({ inject: [A] as never[] })(Short)
    expect(describe(Short).metadataMissing).toBe(true)
    expect(tokens(Short)).toEqual([A, undefined])
  })

  it('do not depend on a static member that is called length', () => {
    const withLength = (cls: Class, value: unknown): Class =>
      Object.defineProperty(cls, 'length', { value, enumerable: true, writable: true, configurable: true })
    for (const length of ['10m', 10, () => 10]) {
      class Listed {
        constructor(readonly a: A) {}
      }
      Service({ inject: [A] })(withLength(Listed, length) as typeof Listed)
      class Bare {}
      for (const cls of [Listed, withLength(Bare, length)])
        expect([describe(cls).metadataMissing, describe(cls).plainDependencies?.length]).toEqual([
          false,
          cls === Listed ? 1 : 0
        ])
    }
  })

  it('tell an entry of a list that was not there yet', () => {
    class Cyclic {
      constructor(readonly a: A) {}
    }
    Service({ inject: [undefined] as never[] })(Cyclic)
    expect(takes(Cyclic)).toEqual([
      { index: 0, parameterName: 'a', from: 'inject-option', erased: 'undefined' }
    ])
  })

  it('come from emitted types', () => {
    @Service()
    class Typed {
      constructor(
        readonly a: A,
        readonly b?: B
      ) {}
    }
    expect(takes(Typed)).toEqual([
      { token: A, index: 0, parameterName: 'a', from: 'type' },
      { token: B, index: 1, parameterName: 'b', from: 'type' }
    ])
  })

  it('come from a list, which wins over types and parameter decorators', () => {
    @Service({
      inject: [B, optional(SHAPE), all('plugins'), lazy(() => A), () => B, optional(lazy(() => A))]
    })
    class Listed {
      constructor(
        @Inject(A) readonly b: B,
        readonly shape: Shape | undefined,
        readonly plugins: unknown[],
        readonly a: Lazy<A>,
        readonly b2: B,
        readonly a2: Lazy<A> | undefined
      ) {}
    }
    const { constructorDependencies } = describe(Listed)
    expect(constructorDependencies.map(({ from }) => from)).toEqual(
      Array.from({ length: 6 }, () => 'inject-option')
    )
    expect(constructorDependencies.map((fact) => [fact.optional, fact.all, fact.lazy])).toEqual([
      [false, false, false],
      [true, false, false],
      [false, true, false],
      [false, false, true],
      [false, false, false],
      [true, false, true]
    ])
    expect(constructorDependencies.slice(0, 3).map(({ token }) => token)).toEqual([B, SHAPE, 'plugins'])
  })

  it('come from parameter decorators, the rest from types', () => {
    @Service()
    class Mixed {
      constructor(
        @Inject(SHAPE) readonly shape: Shape,
        @Optional() readonly a: A,
        @InjectAll('plugins') readonly plugins: unknown[],
        @Inject(lazy(() => B)) readonly b: Lazy<B>,
        @Inject(SHAPE) @Optional() readonly maybe: Shape | undefined
      ) {}
    }
    expect(describe(Mixed).metadataMissing).toBe(false)
    expect(takes(Mixed)).toEqual([
      { token: SHAPE, index: 0, parameterName: 'shape', from: 'decorator' },
      { token: A, index: 1, parameterName: 'a', from: 'type', isOptional: true },
      { token: 'plugins', index: 2, parameterName: 'plugins', from: 'decorator', isAll: true },
      { token: expect.any(Function), index: 3, parameterName: 'b', from: 'decorator', isLazy: true },
      { token: SHAPE, index: 4, parameterName: 'maybe', from: 'decorator', isOptional: true }
    ])
  })

  it('are inherited without a constructor of its own, and not with one', () => {
    @Service()
    class Base {
      constructor(readonly a: A) {}
    }
    @Service()
    class Same extends Base {
      readonly extra = inject === undefined
    }
    @Service()
    class Fewer extends Base {
      constructor() {
        super(new A())
      }
    }
    class Undecorated extends Base {}
    @Service()
    class Twice extends Undecorated {}
    expect(tokens(Same)).toEqual([A])
    expect(tokens(Fewer)).toEqual([])
    expect(tokens(Undecorated)).toEqual([A])
    expect(tokens(Twice)).toEqual([A])
  })

  it('are inherited from a list too', () => {
    const Base = class Base {
      constructor(readonly a: A) {}
    }
    Service({ inject: [A] })(Base)
    class Sub extends Base {}
    Service()(Sub)
    class Own extends Base {
      constructor() {
        super(new A())
      }
    }
    Service()(Own)
    expect(tokens(Sub)).toEqual([A])
    expect(tokens(Own)).toEqual([])
  })

  it('are missing when the base needs some and has no decorator', () => {
    class Base {
      constructor(readonly a: A) {}
    }
    @Service()
    class Sub extends Base {}
    expect(describe(Sub).metadataMissing).toBe(true)
  })

  it('are none below classes of Node.js and of the language', () => {
    @Service()
    class Bus extends EventEmitter {}
    @Service()
    class Registry extends Map<string, A> {}
    @Service()
    class List extends Array<A> {}
    for (const cls of [Bus, Registry, List]) {
      expect(describe(cls).metadataMissing).toBe(false)
      expect(takes(cls)).toEqual([])
    }
  })
})

about('classes decorated for tsyringe', () => {
  class Upper {
    transform(text: string): string {
      return text.toUpperCase()
    }
  }

  it('say the same whichever decorator ran first', () => {
    @Service()
    @injectable()
    class Outside {
      constructor(
        @inject('url') readonly url: string,
        readonly a: A,
        @injectAll('plugin') readonly plugins: B[]
      ) {}
    }
    @injectable()
    @Service()
    class Inside {
      constructor(
        @inject('url') readonly url: string,
        readonly a: A,
        @injectAll('plugin') readonly plugins: B[]
      ) {}
    }
    @injectable()
    class Alone {
      constructor(
        @inject('url') readonly url: string,
        readonly a: A,
        @injectAll('plugin') readonly plugins: B[]
      ) {}
    }
    for (const cls of [Outside, Inside, Alone]) {
      expect(takes(cls)).toEqual([
        { token: 'url', index: 0, parameterName: 'url', from: 'decorator' },
        { token: A, index: 1, parameterName: 'a', from: 'type' },
        { token: 'plugin', index: 2, parameterName: 'plugins', from: 'decorator', isAll: true }
      ])
    }
  })

  it('tell what is optional, delayed and transformed', () => {
    const delayed = delay(() => B)
    @injectable()
    class Full {
      constructor(
        @inject('maybe', { isOptional: true }) readonly maybe: string | undefined,
        @inject(delayed) readonly b: B,
        @injectWithTransform('name', Upper, 1, 2) readonly name: string
      ) {}
    }
    const [maybe, b, name] = describe(Full).constructorDependencies
    expect(maybe).toMatchObject({ token: 'maybe', optional: true })
    expect(b).toMatchObject({ lazy: true, delay: delayed })
    expect((b as { token: () => unknown }).token()).toBe(B)
    expect(name).toMatchObject({ token: 'name', transform: { by: Upper, args: [1, 2] } })
  })
})

about('properties', () => {
  it('are inherited, and an own one of the same name wins', () => {
    @Injectable()
    class Base {
      @Inject(A) readonly a!: A
      @Inject(B) readonly b: B | undefined
    }
    @Injectable()
    class Sub extends Base {
      @Inject(optional(B)) declare readonly b: B | undefined
    }
    const facts = describe(Sub).propertyDependencies.map((fact) => told(fact))
    expect(facts).toEqual([
      { token: A, property: 'a', from: 'decorator' },
      { token: B, property: 'b', from: 'decorator', isOptional: true }
    ])
    expect(describe(Base).propertyDependencies.map((fact) => fact.token)).toEqual([A, B])
  })
})

about('what a class is', () => {
  it('is not inherited', () => {
    @Service({ name: 'base' })
    class Base {}
    class Sub extends Base {}
    @Module({ providers: [A] })
    class Mod {}
    class SubMod extends Mod {}
    @Injectable()
    class Thing {}
    expect(describe(Base)).toMatchObject({ name: 'Base', service: { name: 'base' } })
    expect(describe(Sub)).toMatchObject({ name: 'Sub', service: undefined, location: undefined })
    expect(describe(SubMod).module).toBeUndefined()
    expect(describe(Mod).module).toEqual({ providers: [A] })
    expect(describe(Thing).injectable).toEqual({ lifetime: 'singleton' })
  })

  it('is told of plain classes, and once per class', () => {
    expect(describe(A)).toBe(describe(A))
    expect(describe(A)).toMatchObject({ class: A, name: 'A', service: undefined, methods: [], hooks: [] })
  })

  it('is told anew after a decorator that was called later', () => {
    class Late {}
    expect(describe(Late).service).toBeUndefined()
    Service()(Late)
    expect(describe(Late).service).toEqual({})
  })

  it('has a location in the source', () => {
    @Service()
    class Here {}
    class Member {
      @Task() run(): void {}
    }
    expect(describe(Here).location).toMatch(/^test\/metadata\/describe\.test\.ts:\d+$/)
    expect(describe(Member).location).toMatch(/^test\/metadata\/describe\.test\.ts:\d+$/)
    expect(lineOf(describe(Member).location) - lineOf(describe(Here).location)).toBe(3)
    expect(describe(A).location).toBeUndefined()
  })
})

about('@DependsOn', () => {
  it('is the union with what the base says, of "needed" and "wanted" the stronger', () => {
    class Base {}
    DependsOn(A, wanted(B), wanted('metrics'))(Base)
    @Service()
    @DependsOn(SHAPE)
    @DependsOn(B, wanted(A))
    class Sub extends Base {}
    expect(describe(Sub).dependsOn).toEqual([
      { token: A, wanted: false },
      { token: B, wanted: false },
      { token: 'metrics', wanted: true },
      { token: SHAPE, wanted: false }
    ])
    expect(describe(Base).dependsOn).toContainEqual({ token: B, wanted: true })
  })
})

about('decorated methods', () => {
  class Base {
    @Task() first(): void {}
    @Timer('1s') second(): void {}
    @HealthCheck() third(): void {}
    @Cron('0 3 * * *') fourth(): void {}
  }

  it('come in the order of definition, several decorators of one in the order they are written', () => {
    class Many {
      @Timer('1s')
      @Cron('0 3 * * *')
      @Timer('2s')
      both(): void {}
      @Task() other(): void {}
    }
    const site = { location: expect.stringMatching(/^test\/metadata\/describe\.test\.ts:\d+$/) as string }
    const seen = describe(Many).methods.map((fact) => ({ ...fact, site: { location: fact.site?.location } }))
    expect(seen).toEqual([
      { kind: 'timer', key: 'both', every: '1s', options: {}, site },
      { kind: 'cron', key: 'both', expression: '0 3 * * *', options: {}, site },
      { kind: 'timer', key: 'both', every: '2s', options: {}, site },
      { kind: 'task', key: 'other', options: {}, site }
    ])
  })

  it('are inherited as they are by a class that touches none of them', () => {
    class Sub extends Base {
      other(): void {}
    }
    expect(describe(Sub).methods).toBe(describe(Base).methods)
  })

  it('are replaced in their place by an override that is decorated again, dropped by one that is not', () => {
    class Sub extends Base {
      @Task() last(): void {}
      @Timer('1m')
      @Timer('2m')
      override second(): void {}
      override third(): void {}
    }
    expect(methods(Sub)).toEqual(['task first', 'timer second', 'timer second', 'cron fourth', 'task last'])
    expect(describe(Sub).methods[1]).toMatchObject({ every: '1m' })
    class SubSub extends Sub {
      @HealthCheck() override first(): void {}
    }
    expect(methods(SubSub)).toEqual([
      'health first',
      'timer second',
      'timer second',
      'cron fourth',
      'task last'
    ])
    expect(methods(Base)).toEqual(['task first', 'timer second', 'health third', 'cron fourth'])
  })

  it('are found under symbols', () => {
    const key = Symbol('run')
    class Symbolic {
      @Task() [key](): void {}
    }
    const site: unknown = expect.anything()
    expect(describe(Symbolic).methods).toEqual([{ kind: 'task', key, options: {}, site }])
  })
})

about('hooks', () => {
  it('are found along the prototypes, those of NestJS apart, getters are not', () => {
    class Base {
      onStart(): void {}
      onModuleInit(): void {}
    }
    class Sub extends Base {
      onShutdown(): void {}
      get onDrain(): never {
        throw new Error('read')
      }
    }
    expect(describe(Sub).hooks).toEqual(['onStart', 'onShutdown'])
    expect(describe(Sub).foreignHooks).toEqual(['onModuleInit'])
  })
})

it('describes thousands of classes, a few microseconds each', () => {
  const classes = Array.from({ length: 4000 }, () => {
    class Many {
      run(): void {}
      onStart(): void {}
    }
    Service({ name: 'many' })(Many)
    Task()(Many.prototype, 'run', { value: Many.prototype.run })
    return Many
  })
  // of the processor, not of the clock: the machine may be busy with other things
  const before = process.cpuUsage()
  for (const cls of classes) void describe(cls).constructorDependencies
  const { user, system } = process.cpuUsage(before)
  // in microseconds; an order of magnitude above what it takes
  expect((user + system) / classes.length).toBeLessThan(100)
})

/** What a compiler that emits no types leaves: classes in expressions get none from vitest's either. */
function undecoratedTypes<C extends Class>(cls: C): C {
  return cls
}

function lineOf(location: string | undefined): number {
  return Number(/:(\d+)$/.exec(location ?? '')?.[1])
}
