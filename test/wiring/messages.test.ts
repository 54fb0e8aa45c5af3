import { describe, expect, it } from 'vitest'
import { formatProblems, type Problem } from '../../src/errors/index.js'
import { describe as describeClass } from '../../src/metadata/index.js'
import { explainCycle } from '../../src/wiring/explain-cycle.js'
import { explainMetadata } from '../../src/wiring/explain-metadata.js'
import { ModuleNode } from '../../src/wiring/module-node.js'
import { type LinkedDependency, ProviderNode } from '../../src/wiring/provider-node.js'
import { detectToolchain, type ProcessFacts } from '../../src/wiring/toolchain.js'
import { expectGolden } from '../golden.js'
import { Inject, Injectable, Module, Service } from './api.js'
import {
  Asking,
  BrokenModule,
  CaptiveModule,
  CircularModule,
  ErasedModule,
  Hen,
  HiddenModule,
  IdleModule,
  MissingModule,
  RivalModule,
  WaitingModule
} from './faulty-shop.js'
import { codesOf, failureOf, plan, problemsOf, wire } from './wire.js'

describe('what is wrong is told in full', () => {
  it.each([
    ['missing', MissingModule],
    ['hidden', HiddenModule],
    ['circular', CircularModule],
    ['erased', ErasedModule],
    ['rivals', RivalModule],
    ['captive', CaptiveModule],
    ['no-services', IdleModule]
  ])('%s', async (name, root) => {
    expectGolden(`wiring/${name}.txt`, formatProblems(await problemsOf(root)))
  })

  it('hooks that only NestJS calls are a warning', async () => {
    const { warnings } = await plan(IdleModule)
    expectGolden('wiring/foreign-hooks.txt', formatProblems(warnings))
  })

  it.each([
    ['inject-circular', Hen],
    ['inject-missing', Asking],
    ['inject-not-ready', WaitingModule],
    ['broken-constructor', BrokenModule]
  ])('%s, when it is constructed', async (name, root) => {
    const error = (await failureOf(() => wire(root))) as Error
    expectGolden(`wiring/${name}.txt`, error.message)
  })
})

describe('a long circle', () => {
  it('shows both its ends', () => {
    const nodes = Array.from({ length: 1000 }, (_, index) => nodeOf(`Link${index}`))
    const steps = nodes.map((node, index) => {
      const dependency: LinkedDependency = {
        request: {
          token: nodes[(index + 1) % nodes.length]!.label,
          optional: false,
          all: false,
          lazy: false,
          index: 0
        },
        kind: 'inject',
        at: 'class',
        token: nodes[(index + 1) % nodes.length]!.label,
        targets: [],
        failure: undefined,
        transform: undefined
      }
      return { node, dependency }
    })
    const { message } = explainCycle(steps)
    expect(message.split('\n').length).toBeLessThan(40)
    expect(message).toMatch(/^Link0, Link1, Link2 and 997 more wait for each other/)
    expect(message).toContain('… 976 more …')
    expect(message).toContain('Link0  ← closes the loop')
  })
})

describe('missing metadata', () => {
  const home = new ModuleNode({ name: 'Root' })
  class A {
    constructor(readonly b: object) {}
  }
  class B {
    constructor(
      readonly c: object,
      readonly d: object
    ) {}
  }
  class Unmarked {
    constructor(readonly e: object) {}
  }
  Service()(A)
  Injectable()(B)

  const facts: ProcessFacts = { execArgv: [], argv: [], env: {}, versions: {} }
  it.each<[string, Partial<ProcessFacts>]>([
    ['tsx', { execArgv: ['--import', 'tsx'] }],
    ['vitest', { env: { VITEST: 'true' } }],
    ['swc', { execArgv: ['-r', '@swc-node/register'] }],
    ['unknown', {}]
  ])('is told for all classes at once, with what to do under %s', (name, more) => {
    const nodes = [A, B, Unmarked].map((cls) => nodeOf(cls.name, cls))
    const found = explainMetadata(nodes, false, detectToolchain({ ...facts, ...more }))
    const problems = found.map(({ fault, node }): Problem => ({ hint: '', path: [node.label], ...fault }))
    // where these classes are is of no matter here
    expectGolden(
      `wiring/no-metadata-${name}.txt`,
      formatProblems(problems).replaceAll(/messages\.test\.ts:\d+/g, 'messages.test.ts')
    )
  })

  it('is told for each when others have it', () => {
    const nodes = [A, B, Unmarked].map((cls) => nodeOf(cls.name, cls))
    const found = explainMetadata(nodes, true, detectToolchain(facts))
    const problems = found.map(({ fault, node }): Problem => ({ hint: '', path: [node.label], ...fault }))
    expectGolden('wiring/no-metadata-of-some.txt', formatProblems(problems))
  })

  it('names the parameters that have no decorator, where others have one', async () => {
    class Some {
      constructor(
        readonly a: unknown,
        readonly forgotten: unknown,
        readonly c: unknown,
        readonly missed: unknown
      ) {}
    }
    // by hand: these tests are compiled with emitted types
    Inject('a')(Some, undefined, 0)
    Inject('c')(Some, undefined, 2)
    Service()(Some)
    const unsaid = 'parameter 1 (forgotten) and parameter 3 (missed)'
    const nodes = [Some, B].map((cls) => nodeOf(cls.name, cls))
    const alone = explainMetadata([nodes[0]!], false, detectToolchain(facts))
    const hint = expect.stringMatching(/^Mark these parameters with @Inject\(X\), or inject in fields, /)
    expect(alone).toMatchObject([
      {
        fault: {
          message: `Some relies on emitted types for ${unsaid} of its constructor, and the compiler emitted none`,
          hint
        }
      }
    ])
    const [both] = explainMetadata(nodes, false, detectToolchain(facts))
    expect(both?.fault.message.split('\n')[1]).toMatch(/^Some \(.*\): parameter 1 \(forgotten\) and/)
    expect(both?.fault.message.split('\n')[2]).toMatch(/^B \([^)]*\)$/)
    expect(both?.fault.hint).toEqual(hint)
    const [one] = explainMetadata([nodes[0]!], true, detectToolchain(facts))
    expect(one?.fault.hint).toBe(
      'Say it: @Inject(X), @Service({ inject: [X] }), or `x = inject(X)` in a field.'
    )
  })

  it('is no matter of options of the compiler where decorators are the standard ones', () => {
    const marked = (cls: new (...args: never[]) => object): ProviderNode => {
      const metadata = {}
      const decorate = Service() as (target: unknown, context: object) => void
      decorate(cls, { kind: 'class', name: cls.name, metadata })
      const { metadata: symbol } = Symbol as unknown as { readonly metadata: symbol }
      Object.defineProperty(cls, symbol, { value: metadata })
      return nodeOf(cls.name, cls)
    }
    class Standard {
      constructor(readonly a: object) {}
    }
    class Unsaid {
      constructor(readonly a: object) {}
    }
    class Heir extends Unsaid {}
    const node = marked(Standard)
    const [alone] = explainMetadata([node], false, detectToolchain(facts))
    expect(alone?.fault).toMatchObject({
      message: 'Standard relies on emitted parameter types, and none are emitted for standard decorators',
      hint: 'Inject in fields, `x = inject(X)`, or list what constructors take, @Service({ inject: [X] }).'
    })
    const [mixed] = explainMetadata([node, nodeOf('A', A)], false, detectToolchain(facts))
    expect(mixed?.fault.hint).toContain('emitDecoratorMetadata')
    const [heir] = explainMetadata([marked(Heir)], false, detectToolchain(facts))
    expect(heir?.fault.hint).toBe('Say it: @Service({ inject: [X] }), or `x = inject(X)` in a field.')
  })

  it('is not the fault of the compiler when inject is shorter than the constructor', async () => {
    @Service({ inject: [] })
    class Short {
      constructor(readonly maybe?: unknown) {}
    }
    const [problem] = await problemsOf(Short)
    expect(problem?.message).toBe('Nothing says what the constructor of Short takes as maybe')
    expect(problem?.hint).toContain('optional(X)')
  })

  it('is found in an application, undecorated classes included', async () => {
    class Unsaid {
      constructor(readonly what: object) {}
    }
    @Module({ providers: [A, B, Unsaid] })
    class Root {}
    expect(await codesOf(Root)).toEqual(['KEEL_NO_METADATA', 'KEEL_NO_METADATA'])
    const [all, one] = await problemsOf(Root)
    expect(all?.message).toMatch(
      /^2 classes rely on emitted parameter types, and vitest emitted none\nA \(.*\)\nB \(/
    )
    expect(one?.message).toBe('Nothing says what the constructor of Unsaid takes as what')
  })

  function nodeOf(label: string, cls?: new (...args: never[]) => object): ProviderNode {
    return new ProviderNode({
      source: cls === undefined ? { kind: 'value', value: 0 } : { kind: 'class', class: cls },
      lifetime: 'singleton',
      label,
      homes: [home],
      description: cls === undefined ? undefined : describeClass(cls)
    })
  }
})

function nodeOf(label: string): ProviderNode {
  return new ProviderNode({
    source: { kind: 'value', value: 0 },
    lifetime: 'singleton',
    label,
    homes: [new ModuleNode({ name: 'Root' })]
  })
}
