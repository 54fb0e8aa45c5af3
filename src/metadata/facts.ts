import { ConfigurationError } from '../errors/index.js'
import { type Class, type Dependency, type Token, tokenName, type WantedDependency } from '../tokens/index.js'
import type { Duration } from '../time/index.js'
import type {
  CronOptions,
  HealthCheckOptions,
  InjectableOptions,
  MethodDecoratorOptions,
  ModuleOptions,
  ServiceOptions,
  TaskOptions,
  TimerOptions
} from './options.js'
import { ownParameterTypes } from './reflected.js'
import type { Site } from './site.js'

/** A decorator of `createMethodDecorator`, known by its identity. */
export type CustomDecorator = (...args: never[]) => unknown

interface MethodFactBase<Kind extends string, Options> {
  readonly kind: Kind
  /** The method's key. */
  readonly key: string | symbol
  /** As they were given, checked and frozen; defaults are not filled in. */
  readonly options: Options
  /** Where the decorator stands. */
  readonly site?: Site
}

/** What one decorator says of one method. */
export type MethodFact =
  | MethodFactBase<'task', TaskOptions>
  | (MethodFactBase<'timer', TimerOptions> & { readonly every: Duration | ((self: never) => Duration) })
  | (MethodFactBase<'cron', CronOptions> & { readonly expression: string | ((self: never) => string) })
  | (MethodFactBase<'activity', undefined> & { readonly name: string })
  | MethodFactBase<'health', HealthCheckOptions>
  | (MethodFactBase<'custom', unknown> & {
      readonly name: string
      readonly decorator: CustomDecorator
      readonly onError?: MethodDecoratorOptions['onError']
    })

/** The {@link MethodFact} of one kind, such as `MethodFactOf<'timer'>`. */
export type MethodFactOf<Kind extends MethodFact['kind']> = Extract<MethodFact, { readonly kind: Kind }>

/** What `@DependsOn` says, as it was written. */
export type DependsOnEntry = Token | (() => Token) | WantedDependency

/** What decorators say of one constructor parameter. */
export interface ParameterFacts {
  /** Has `@Inject` or `@InjectAll` said something, be it `undefined`? */
  readonly given?: boolean
  readonly dependency?: Dependency | undefined
  readonly optional?: boolean
}

/** All that decorators have written about one class itself; nothing of its bases. */
export interface ClassFacts {
  site: Site | undefined
  service: ServiceOptions | undefined
  injectable: InjectableOptions | undefined
  module: ModuleOptions | undefined
  readonly dependsOn: DependsOnEntry[]
  readonly methods: MethodFact[]
  readonly properties: { readonly key: string | symbol; readonly dependency: Dependency }[]
  /** By index. */
  parameters: Map<number, ParameterFacts> | undefined
  /** Copied when a class decorator ran, before tsyringe could write into the emitted array. */
  parameterTypes: readonly unknown[] | undefined
}

/** Registered and versioned: two copies of the package share what has this shape. */
const FACTS: unique symbol = Symbol.for('keelson.facts@1')

// Standard decorators hang their metadata on it, and compilers look for it when a decorated class is evaluated,
// which is after this module. No Node.js has it yet. https://github.com/tc39/proposal-decorator-metadata
const symbols = Symbol as unknown as { metadata?: symbol }
symbols.metadata ??= Symbol.for('Symbol.metadata')
const METADATA: symbol = symbols.metadata

interface FactsBearer {
  [FACTS]?: ClassFacts
}

/**
 * The facts of one bearer, made when it has none: of a class (legacy decorators), or of the `context.metadata` that
 * a class and its members share (standard ones).
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` when nothing can be written on it
 */
export function writableFacts(bearer: object): ClassFacts {
  if (Object.hasOwn(bearer, FACTS)) return (bearer as FactsBearer)[FACTS] as ClassFacts
  if (!Object.isExtensible(bearer)) throw frozen(bearer)
  const facts: ClassFacts = {
    site: undefined,
    service: undefined,
    injectable: undefined,
    module: undefined,
    dependsOn: [],
    methods: [],
    properties: [],
    parameters: undefined,
    parameterTypes: undefined
  }
  Object.defineProperty(bearer, FACTS, { value: facts })
  return facts
}

function frozen(bearer: object): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${tokenName(bearer)} is frozen, so that no decorator can say anything of it.`,
    hint: 'Freeze it after its decorators: the one that stands nearest to the class is applied first.'
  })
}

/**
 * The same of a class that a decorator is called with by hand, or that legacy decorators stand on: standard ones may have
 * written of its members already.
 */
export function writableFactsOf(cls: Class): ClassFacts {
  return readFacts(cls) ?? writableFacts(cls)
}

/** The facts of a class itself, in whichever dialect they were written; `undefined` for one without decorators. */
export function readFacts(cls: Class): ClassFacts | undefined {
  if (Object.hasOwn(cls, FACTS)) return (cls as FactsBearer)[FACTS]
  // a class without standard decorators of its own inherits the metadata of its base
  if (!Object.hasOwn(cls, METADATA)) return undefined
  const metadata = (cls as unknown as Record<symbol, unknown>)[METADATA]
  if (typeof metadata !== 'object' || metadata === null || !Object.hasOwn(metadata, FACTS)) return undefined
  return (metadata as FactsBearer)[FACTS]
}

/** Whether legacy decorators have written on this class itself. */
export function isMarked(value: unknown): value is Class {
  return typeof value === 'function' && Object.hasOwn(value, FACTS)
}

/** Whether standard decorators have: compilers emit no types of parameters for those. */
export function isOfStandardDialect(cls: Class): boolean {
  return !isMarked(cls) && readFacts(cls) !== undefined
}

/** Adds to what decorators say of one constructor parameter. */
export function addParameterFacts(facts: ClassFacts, index: number, more: ParameterFacts): void {
  facts.parameters ??= new Map()
  facts.parameters.set(index, { ...facts.parameters.get(index), ...more })
}

/** Keeps the emitted parameter types of a class before anybody writes into them, unless a list says what it takes. */
export function keepParameterTypes(facts: ClassFacts, cls: Class): void {
  if ((facts.service?.inject ?? facts.injectable?.inject) !== undefined) return
  facts.parameterTypes ??= ownParameterTypes(cls)
}

/**
 * Adds a fact about a method. Facts of one method stay together and in the order in which they are written above
 * it: decorators of one member are applied from the bottom up.
 */
export function addMethodFact(facts: ClassFacts, fact: MethodFact): void {
  const { methods } = facts
  const last = methods.at(-1)
  if (last?.key !== fact.key) {
    methods.push(fact)
    return
  }
  let at = methods.length - 1
  while (at > 0 && methods[at - 1]?.key === fact.key) at--
  methods.splice(at, 0, fact)
}
