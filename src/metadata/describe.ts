import {
  type Class,
  className,
  isClass,
  isWanted,
  isUnresolved,
  prototypeOf,
  readDependency,
  type Token,
  tokenName
} from '../tokens/index.js'
import {
  type ClassDescription,
  type DependencyFact,
  FOREIGN_HOOK_NAMES,
  HOOK_NAMES,
  type HookName
} from './class-description.js'
import {
  type ConstructorDependencies,
  constructorDependencies,
  isInShort,
  type PlainTokens,
  spelledOut,
  withoutBuiltIns
} from './constructor-dependencies.js'
import { type ClassFacts, type MethodFact, readFacts } from './facts.js'

const described = new WeakMap<Class, Description>()

/**
 * Tells all that is known of a class, decorated or not, with what it inherits. Constructs nothing, and is computed
 * once per class: decorators have run by the time anybody has the class in hand.
 *
 * `@Service`, `@Injectable` and `@Module` are not inherited. `@DependsOn` is, as a union; property dependencies
 * are; constructor dependencies are, without a constructor of one's own; methods are as {@link mergeMethods} says.
 */
export function describe(cls: Class): ClassDescription {
  let description = described.get(cls)
  if (description === undefined) {
    if (!isClass(cls)) throw new TypeError(`${tokenName(cls)} is not a class`)
    description = new Description(cls, describeBase(cls))
    described.set(cls, description)
  }
  return description
}

/** What a class inherits. The deepest base is described first, so that each finds its own described. */
function describeBase(cls: Class): Description | undefined {
  const base: unknown = Object.getPrototypeOf(cls)
  return isClass(base) ? (described.get(base) ?? describeBases(base)) : undefined
}

function describeBases(cls: Class): Description | undefined {
  const unknown: Class[] = []
  let base: unknown = cls
  while (isClass(base) && !described.has(base)) {
    unknown.push(base)
    base = Object.getPrototypeOf(base)
  }
  let description = described.get(base as Class)
  for (let one = unknown.pop(); one !== undefined; one = unknown.pop())
    described.set(one, (description = new Description(one, description)))
  return description
}

/** Forgets what was told of a class, since a decorator has been called on it by hand later. */
export function forget(cls: Class): void {
  described.delete(cls)
}

const NONE: readonly never[] = Object.freeze([])

/** What a class and its bases say of its members: nothing, of most. */
interface MemberFacts {
  readonly propertyDependencies: readonly DependencyFact[]
  readonly dependsOn: ClassDescription['dependsOn']
  readonly methods: readonly MethodFact[]
}

const NO_MEMBERS: MemberFacts = { propertyDependencies: NONE, dependsOn: NONE, methods: NONE }

/** Reads what decorators have written rather than copy it: of 20,000 classes each field is 160 kB that stay. */
class Description implements ClassDescription {
  declare readonly kind: 'class'
  declare readonly class: Class
  declare readonly hooks: ClassDescription['hooks']
  declare readonly foreignHooks: readonly string[]
  readonly #facts: ClassFacts | undefined
  readonly #base: Description | undefined
  readonly #members: MemberFacts
  #taken: ConstructorDependencies | PlainTokens | undefined

  static {
    Object.assign(this.prototype, { kind: 'class' })
  }

  constructor(cls: Class, base: Description | undefined) {
    const facts = readFacts(cls)
    const prototype = prototypeOf(cls)
    this.class = cls
    this.#facts = facts
    this.#base = base
    this.#members = mergeMembers(base === undefined ? NO_MEMBERS : base.#members, facts, prototype)
    this.hooks = methodsNamed(HOOKS, prototype)
    this.foreignHooks = methodsNamed(FOREIGN_HOOKS, prototype)
    // nearly certain to be asked for, and the class is at hand: to fetch 20,000 from memory again is a twelfth of a boot
    if (facts !== undefined) this.#taken = this.#find()
  }

  get name(): string {
    return className(this.class)
  }

  get location(): string | undefined {
    return this.#facts?.site?.location
  }

  get isDerived(): boolean {
    return this.#base !== undefined
  }

  get service(): ClassDescription['service'] {
    return this.#facts?.service
  }

  get injectable(): ClassDescription['injectable'] {
    const injectable = this.#facts?.injectable
    return injectable === undefined ? undefined : { lifetime: injectable.lifetime ?? 'singleton' }
  }

  get module(): ClassDescription['module'] {
    return this.#facts?.module
  }

  get propertyDependencies(): readonly DependencyFact[] {
    return this.#members.propertyDependencies
  }

  get dependsOn(): ClassDescription['dependsOn'] {
    return this.#members.dependsOn
  }

  get methods(): readonly MethodFact[] {
    return this.#members.methods
  }

  get constructorDependencies(): readonly DependencyFact[] {
    return this.#takes().dependencies
  }

  get plainDependencies(): readonly Token[] | undefined {
    const taken = (this.#taken ??= this.#find())
    return isInShort(taken) ? taken : taken.plain
  }

  get metadataMissing(): boolean {
    const taken = (this.#taken ??= this.#find())
    return !isInShort(taken) && taken.missing
  }

  #takes(): ConstructorDependencies {
    const taken = (this.#taken ??= this.#find())
    return isInShort(taken) ? (this.#taken = spelledOut(this.class, this.#facts, taken)) : taken
  }

  #find(): ConstructorDependencies | PlainTokens {
    const base = this.#base === undefined ? undefined : this.#base.#handsDown()
    return constructorDependencies(this.class, this.#facts, base)
  }

  #handsDown(): ConstructorDependencies {
    const own = this.#takes()
    return this.#facts === undefined ? withoutBuiltIns(this.class, own) : own
  }
}

function mergeMembers(base: MemberFacts, facts: ClassFacts | undefined, prototype: object): MemberFacts {
  const propertyDependencies = mergeProperties(base.propertyDependencies, facts)
  const dependsOn = mergeDependsOn(base.dependsOn, facts)
  const methods = mergeMethods(base.methods, facts?.methods ?? NONE, prototype)
  return propertyDependencies.length + dependsOn.length + methods.length === 0
    ? NO_MEMBERS
    : { propertyDependencies, dependsOn, methods }
}

/**
 * The base's methods in their places: one that the class overrides is replaced by what its own decorators say, or
 * dropped when they say nothing. Then the class's further methods, in the order of definition.
 */
function mergeMethods(
  inherited: readonly MethodFact[],
  own: readonly MethodFact[],
  prototype: object
): readonly MethodFact[] {
  return inherited.length === 0 ? own : mergeIntoInherited(inherited, own, prototype)
}

function mergeIntoInherited(
  inherited: readonly MethodFact[],
  own: readonly MethodFact[],
  prototype: object
): readonly MethodFact[] {
  if (own.length === 0 && !inherited.some((fact) => Object.hasOwn(prototype, fact.key))) return inherited
  const ownByKey = new Map<string | symbol, MethodFact[]>()
  for (const fact of own) {
    const facts = ownByKey.get(fact.key)
    if (facts === undefined) ownByKey.set(fact.key, [fact])
    else facts.push(fact)
  }
  const merged: MethodFact[] = []
  const placed = new Set<string | symbol>()
  for (const fact of inherited) {
    if (!Object.hasOwn(prototype, fact.key)) merged.push(fact)
    else if (!placed.has(fact.key)) {
      placed.add(fact.key)
      merged.push(...(ownByKey.get(fact.key) ?? NONE))
    }
  }
  for (const fact of own) if (!placed.has(fact.key)) merged.push(fact)
  return merged
}

function mergeProperties(
  inherited: readonly DependencyFact[],
  facts: ClassFacts | undefined
): readonly DependencyFact[] {
  if (facts === undefined || facts.properties.length === 0) return inherited
  const merged = new Map<string | symbol | undefined, DependencyFact>()
  for (const fact of inherited) merged.set(fact.property, fact)
  for (const { key, dependency } of facts.properties) {
    const parts = readDependency(dependency)
    merged.set(key, {
      ...(parts ?? {
        token: undefined,
        optional: false,
        all: false,
        lazy: false,
        erased: isUnresolved(dependency) ? 'undefined' : tokenName(dependency)
      }),
      property: key,
      from: 'decorator'
    })
  }
  return [...merged.values()]
}

function mergeDependsOn(
  inherited: ClassDescription['dependsOn'],
  facts: ClassFacts | undefined
): ClassDescription['dependsOn'] {
  if (facts === undefined || facts.dependsOn.length === 0) return inherited
  const merged = new Map<unknown, { token: Token | (() => Token); wanted: boolean }>()
  for (const entry of inherited) merged.set(entry.token, entry)
  for (const entry of facts.dependsOn) {
    const wanted = isWanted(entry)
    const token = wanted ? entry.token : entry
    // of "needed" and "wanted" the stronger holds
    merged.set(token, { token, wanted: wanted && merged.get(token)?.wanted !== false })
  }
  return [...merged.values()]
}

/** Which of these an object has. Classes with the same ones share a list: most have two or three. */
function methodsNamed<Name extends string>(names: NamedMethods<Name>, prototype: object): readonly Name[] {
  let key = 0
  let hasOthers = false
  const { all } = names
  for (let n = 0; n < all.length; n++) {
    const name = all[n]!
    const isThere = name in prototype
    const isFound = isThere && isMethod(prototype, name)
    if (isThere && !isFound) hasOthers = true
    key = key * 2 + (isFound ? 1 : 0)
  }
  if (hasOthers) return keepInPart(names, key)
  return names.found.get(key) ?? keepNamed(names, key)
}

/** Lists of those whose class has something else under another of the names, such as a getter. */
const inPart = new WeakSet<readonly string[]>()

/** Whether there may be more hooks than these: what a getter gives only the instance can tell. */
export function areInPart(hooks: readonly HookName[]): boolean {
  return inPart.has(hooks)
}

function keepInPart<Name extends string>(names: NamedMethods<Name>, key: number): readonly Name[] {
  const named = [...(names.found.get(key) ?? keepNamed(names, key))]
  inPart.add(named)
  return named
}

/** @param key a bit for each name, the last one the lowest */
function keepNamed<Name extends string>({ all, found }: NamedMethods<Name>, key: number): readonly Name[] {
  const named = all.filter((_, index) => (key >> (all.length - 1 - index)) & 1)
  found.set(key, named)
  return named
}

interface NamedMethods<Name extends string> {
  readonly all: readonly Name[]
  readonly found: Map<number, readonly Name[]>
}

const HOOKS: NamedMethods<HookName> = { all: HOOK_NAMES, found: new Map() }
const FOREIGN_HOOKS: NamedMethods<string> = { all: FOREIGN_HOOK_NAMES, found: new Map() }

/** Looks without reading: a getter could do anything. */
function isMethod(prototype: object, name: string): boolean {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const property = Object.getOwnPropertyDescriptor(at, name)
    if (property !== undefined) return typeof property.value === 'function'
  }
  return false
}
