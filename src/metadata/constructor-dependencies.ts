import {
  type Class,
  isClass,
  isToken,
  isUnresolved,
  readDependency,
  type Token,
  tokenName
} from '../tokens/index.js'
import type { DependencyFact } from './class-description.js'
import { readConstructor } from './class-source.js'
import { type ClassFacts, isMarked, type ParameterFacts } from './facts.js'
import { isDelayedClass, ownParameterTypes, ownTsyringeTokens, readTsyringeParameter } from './reflected.js'

/** What a class needs to be constructed. */
export interface ConstructorDependencies {
  readonly dependencies: readonly DependencyFact[]
  /** What those ask for, where each is one token and nothing else. */
  readonly plain: readonly Token[] | undefined
  /** Some parameters are there of which nothing says what they are. */
  readonly missing: boolean
}

const NOTHING: ConstructorDependencies = { dependencies: [], plain: [], missing: false }

/**
 * The same in short, where each parameter is one token and nothing else, as nearly all are: what there is to say of each
 * is {@link spelledOut} when somebody asks. Takes a class less than half of what an object around the list would.
 */
export type PlainTokens = readonly Token[]

/**
 * What a class's constructor takes, from the first that says so: `inject: [...]`, then for each parameter its
 * decorator, then its emitted type. A class without a constructor of its own takes what its base takes.
 */
export function constructorDependencies(
  cls: Class,
  facts: ClassFacts | undefined,
  base: ConstructorDependencies | undefined
): ConstructorDependencies | PlainTokens {
  const listed = listOf(facts)
  return listed === undefined ? fromParameters(cls, facts, base) : fromList(cls, listed)
}

function listOf(facts: ClassFacts | undefined): readonly unknown[] | undefined {
  return facts?.service?.inject ?? facts?.injectable?.inject
}

/** Whether these are tokens and nothing else. */
export function isInShort(taken: ConstructorDependencies | PlainTokens): taken is PlainTokens {
  return Array.isArray(taken)
}

/** At length what was found in short. */
export function spelledOut(
  cls: Class,
  facts: ClassFacts | undefined,
  tokens: PlainTokens
): ConstructorDependencies {
  const from = listOf(facts) === undefined ? 'type' : 'inject-option'
  const dependencies = tokens.map((token, index) => new PlainFact(cls, index, from, token))
  return { dependencies, plain: tokens, missing: false }
}

function fromParameters(
  cls: Class,
  facts: ClassFacts | undefined,
  base: ConstructorDependencies | undefined
): ConstructorDependencies | PlainTokens {
  const types = facts?.parameterTypes ?? ownParameterTypes(cls)
  const tsyringe = ownTsyringeTokens(cls)
  const parameters = facts?.parameters
  const decorated = parameters !== undefined || tsyringe !== undefined
  if (types?.length === 0 && !decorated) return NOTHING

  const needed = lengthOf(cls, types?.length ?? 0)
  let count = Math.max(needed, types?.length ?? 0)
  if (parameters !== undefined) for (const index of parameters.keys()) count = Math.max(count, index + 1)
  if (tsyringe !== undefined)
    for (const index of Object.keys(tsyringe)) count = Math.max(count, Number(index) + 1)
  if (count === 0) {
    const own = readConstructor(cls)
    if (own === undefined || own.forwards) return base ?? NOTHING
    // whoever has no decorator could not have said more, and a default or a rest parameter needs no argument
    if (own.parameters.length === 0 || facts === undefined) return NOTHING
    count = own.parameters.length
  } else if (base !== undefined && count === 1 && needed === 0 && !decorated) {
    // constructor(...args: unknown[]) { super(...args) }, as mixins have it
    if (readConstructor(cls)?.forwards === true) return base
  }

  if (!decorated && types?.length === count && arePlain(types, isPlainType)) return types
  let missing = false
  const dependencies = Array.from({ length: count }, (_, index) => {
    const fact = parameterFact(cls, index, parameters?.get(index), tsyringe?.[index], types)
    if (fact.token === undefined && fact.erased === undefined) missing = true
    return fact
  })
  return { dependencies, plain: undefined, missing }
}

/**
 * What a class without decorators hands down to a class without a constructor. `class Bus extends EventEmitter {}`
 * is fine as it is: what is native, or no `class`, takes nothing, and neither does what has defaults.
 */
export function withoutBuiltIns(cls: Class, own: ConstructorDependencies): ConstructorDependencies {
  return own.missing && !Function.prototype.toString.call(cls).startsWith('class') ? NOTHING : own
}

function fromList(cls: Class, listed: readonly unknown[]): ConstructorDependencies | PlainTokens {
  const length = lengthOf(cls, listed.length)
  if (listed.length >= length && arePlain(listed, isPlainToken)) return listed
  const count = Math.max(listed.length, length)
  const dependencies: DependencyFact[] = new Array<DependencyFact>(count)
  for (let index = 0; index < count; index++) dependencies[index] = listedFact(cls, index, listed)
  return { dependencies, plain: undefined, missing: length > listed.length }
}

/**
 * How many parameters a constructor cannot do without, as far as the class tells.
 *
 * @param known of how many it is known what they are
 */
function lengthOf(cls: Class, known: number): number {
  // see D46
  const length: unknown = Reflect.get(cls, 'length')
  if (typeof length === 'number' && length <= known) return length
  // a static member may be called `length` too
  const own = Object.getOwnPropertyDescriptor(cls, 'length')
  return typeof length === 'number' && own?.writable === false && !own.enumerable ? length : 0
}

function isPlainToken(stated: unknown): stated is Token {
  return typeof stated === 'function' ? isPlainType(stated) : isToken(stated)
}

function isPlainType(type: unknown): type is Class {
  // what decorators have written on is neither a function nor built in: three looks less, for nearly all
  return isMarked(type) || (isClass(type) && !isBuiltIn(type))
}

/** A loop, since `every` passes over holes. */
function arePlain<T extends Token>(
  stated: readonly unknown[],
  isPlain: (one: unknown) => one is T
): stated is readonly T[] {
  for (let index = 0; index < stated.length; index++) if (!isPlain(stated[index])) return false
  return true
}

function listedFact(cls: Class, index: number, listed: readonly unknown[]): DependencyFact {
  const stated = listed[index]
  if (isPlainToken(stated)) return new PlainFact(cls, index, 'inject-option', stated)
  const fact = new ParameterFact(cls, index, 'inject-option')
  // a list that is too short says nothing of the rest
  if (index < listed.length) fact.set(stated)
  return fact
}

function parameterFact(
  cls: Class,
  index: number,
  decorated: ParameterFacts | undefined,
  tsyringe: unknown,
  types: readonly unknown[] | undefined
): DependencyFact {
  const type = types !== undefined && index in types ? types[index] : undefined
  const known = types !== undefined && index < types.length
  const fromTsyringe = tsyringe ?? (readTsyringeParameter(type) === undefined ? undefined : type)
  let fact: ParameterFact
  if (decorated?.given === true) {
    fact = new ParameterFact(cls, index, 'decorator')
    fact.set(decorated.dependency)
  } else if (fromTsyringe !== undefined) {
    fact = new ParameterFact(cls, index, 'decorator')
    fact.setTsyringe(fromTsyringe)
  } else if (decorated === undefined && isPlainType(type)) {
    return new PlainFact(cls, index, 'type', type)
  } else {
    fact = new ParameterFact(cls, index, 'type')
    if (known) fact.setType(type)
  }
  if (decorated?.optional === true) fact.optional = true
  return fact
}

/** A parameter that is one token and nothing else, as nearly all are: half the size of a {@link ParameterFact}. */
class PlainFact implements DependencyFact {
  readonly token: Token
  readonly index: number
  readonly from: DependencyFact['from']
  declare readonly optional: false
  declare readonly all: false
  declare readonly lazy: false
  readonly #class: Class

  static {
    Object.assign(this.prototype, { optional: false, all: false, lazy: false })
  }

  constructor(cls: Class, index: number, from: DependencyFact['from'], token: Token) {
    this.token = token
    this.index = index
    this.from = from
    this.#class = cls
  }

  get parameterName(): string | undefined {
    return parameterNameOf(this.#class, this.index)
  }
}

class ParameterFact implements DependencyFact {
  token: Token | (() => Token) | undefined = undefined
  optional = false
  all = false
  lazy = false
  erased: string | undefined = undefined
  delay: DependencyFact['delay'] = undefined
  transform: DependencyFact['transform'] = undefined
  readonly index: number
  readonly from: DependencyFact['from']
  readonly #class: Class

  constructor(cls: Class, index: number, from: DependencyFact['from']) {
    this.#class = cls
    this.index = index
    this.from = from
  }

  get parameterName(): string | undefined {
    return parameterNameOf(this.#class, this.index)
  }

  /** From a {@link Dependency}, or from what stands in its place by mistake. */
  set(dependency: unknown): void {
    const parts = readDependency(dependency)
    if (parts === undefined) this.erased = isUnresolved(dependency) ? 'undefined' : tokenName(dependency)
    else {
      this.token = parts.token
      this.optional = parts.optional
      this.all = parts.all
      this.lazy = parts.lazy
      if (isBuiltIn(parts.token)) this.#erase(parts.token)
    }
  }

  /** From an emitted type. */
  setType(type: unknown): void {
    if (!isClass(type) || isBuiltIn(type)) this.#erase(type)
    else this.token = type
  }

  /** From what tsyringe's decorators wrote. */
  setTsyringe(described: unknown): void {
    const parameter = readTsyringeParameter(described)
    // without a description it is a token as it stands
    const token = parameter === undefined ? described : parameter.token
    if (isDelayedClass(token)) {
      this.token = token.wrap
      this.lazy = true
      this.delay = token
    } else if (isToken(token) || typeof token === 'function') this.token = token as Token
    else this.#erase(token)
    this.optional = parameter?.optional ?? false
    this.all = parameter?.multiple ?? false
    this.transform = parameter?.transform
  }

  #erase(type: unknown): void {
    this.token = undefined
    this.erased = tokenName(type)
  }
}

function parameterNameOf(cls: Class, index: number): string | undefined {
  return readConstructor(cls)?.parameters[index]?.name
}

/** What compilers emit for a type that does not exist at run time. */
const BUILT_INS: ReadonlySet<unknown> = new Set<unknown>([
  Object,
  Function,
  String,
  Number,
  Boolean,
  Array,
  Promise,
  Symbol,
  BigInt
])
const BUILT_IN_NAMES = new Set([...BUILT_INS].map((type) => (type as Class).name))

function isBuiltIn(type: unknown): boolean {
  if (BUILT_INS.has(type)) return true
  // those of another realm, as under a test runner that uses node:vm
  if (typeof type !== 'function' || !BUILT_IN_NAMES.has(type.name)) return false
  return Function.prototype.toString.call(type).endsWith('{ [native code] }')
}
