import { ConfigurationError } from '../errors/index.js'
import {
  type ClassFacts,
  findBareUse,
  forget,
  keepParameterTypes,
  refuseGenerator,
  type Site,
  writableFacts,
  writableFactsOf
} from '../metadata/index.js'
import { type Class, isClass, tokenName } from '../tokens/index.js'

/** Any class, for the signatures of decorators. */
export type AnyClass = abstract new (...args: never[]) => unknown

/** Any method, for the signatures of decorators. */
export type AnyMethod = (...args: never[]) => unknown

/** A class decorator of both dialects: TypeScript's `experimentalDecorators`, and the standard one. */
export interface DualClassDecorator {
  (target: AnyClass): void
  (target: AnyClass, context: ClassDecoratorContext): void
}

/**
 * A method decorator of both dialects, for methods that can be called as a `Method` is, of classes whose instances
 * are a `Self`.
 */
export interface DualMethodDecorator<Method extends AnyMethod = AnyMethod, Self = unknown> {
  <M extends Method>(target: Self, key: string | symbol, descriptor: TypedPropertyDescriptor<M>): void
  <This extends Self>(method: Method, context: ClassMethodDecoratorContext<This>): void
}

/** Where a decorator writes, once it knows what it stands on. */
export interface Place {
  readonly facts: ClassFacts
  /** Names the place in messages, such as `@Timer of Feed.poll`. */
  readonly what: string
}

/** Where a decorator of a member writes. */
export interface MemberPlace extends Place {
  readonly key: string | symbol
}

/** Where a decorator of a constructor parameter writes. */
export interface ParameterPlace extends Place {
  readonly index: number
}

/**
 * Makes a class decorator of both dialects. It refuses, with `KEEL_INVALID_OPTION`, to stand on anything else.
 *
 * @param decorator its name, for messages
 * @param site where it was written
 */
export function classDecorator(
  decorator: string,
  site: Site,
  write: (place: Place) => void
): (target: unknown, context?: unknown) => void {
  return (target, context) => {
    ConfigurationError.locating(site, () => {
      if (!isClass(target) || (isContext(context) ? context.kind !== 'class' : context !== undefined)) {
        throw misplaced(decorator, 'a class', target, context)
      }
      const what = `@${decorator} of ${tokenName(target)}`
      const isStandard = isContext(context)
      const facts = isStandard ? writableFacts(metadataOf(context, what)) : factsOfClass(target)
      write({ facts, what })
      if (!isStandard) keepParameterTypes(facts, target)
    })
  }
}

/**
 * Makes a method decorator of both dialects. It refuses, with `KEEL_INVALID_OPTION`, to stand on anything but a
 * method of instances that can be called from outside the class.
 */
export function methodDecorator(
  decorator: string,
  site: Site,
  write: (place: MemberPlace) => void
): (target: unknown, keyOrContext: unknown, descriptor?: unknown) => void {
  return (target, keyOrContext, descriptor) => {
    ConfigurationError.locating(site, () => {
      const wanted = 'a method that is neither static nor #private'
      if (isContext(keyOrContext)) {
        if (!isPublic(keyOrContext, 'method')) throw misplaced(decorator, wanted, target, keyOrContext)
      } else {
        if (!isPrototype(target) || typeof methodAt(target, keyOrContext, descriptor) !== 'function')
          throw misplaced(decorator, wanted, target, keyOrContext)
      }
      write(placeOfMember(decorator, site, target, keyOrContext))
    })
  }
}

/** The same for a method that is called by itself, which a generator would answer by doing nothing. */
export function workDecorator(
  decorator: string,
  site: Site,
  write: (place: MemberPlace) => void
): (target: unknown, keyOrContext: unknown, descriptor?: unknown) => void {
  return (target, keyOrContext, descriptor) => {
    methodDecorator(decorator, site, (place) => {
      const method: unknown = isContext(keyOrContext) ? target : methodAt(target, keyOrContext, descriptor)
      refuseGenerator(method, place.what)
      write(place)
    })(target, keyOrContext, descriptor)
  }
}

/** Whoever calls a decorator by hand, as in JavaScript, gives a prototype and a name, and no descriptor. */
function methodAt(target: unknown, key: unknown, descriptor: unknown): unknown {
  const given = descriptor as PropertyDescriptor | undefined
  return (given ?? Object.getOwnPropertyDescriptor(target, key as string | symbol))?.value
}

/**
 * Makes a decorator of properties, in both dialects, and of constructor parameters, which only the legacy dialect
 * has. It refuses, with `KEEL_INVALID_OPTION`, to stand on anything else.
 */
export function injectionDecorator(
  decorator: string,
  site: Site,
  write: {
    readonly parameter: (place: ParameterPlace) => void
    readonly property?: (place: MemberPlace) => void
  }
): (target: unknown, keyOrContext: unknown, index?: unknown) => void {
  const parameter = 'a parameter of a constructor'
  const wanted =
    write.property === undefined
      ? parameter
      : `${parameter}, or on a field, no getter or setter, that is neither static nor #private`
  return (target, keyOrContext, index) => {
    ConfigurationError.locating(site, () => {
      if (typeof index === 'number') {
        if (keyOrContext !== undefined || !isClass(target)) {
          throw misplaced(decorator, wanted, target, keyOrContext)
        }
        const facts = factsOfClass(target)
        facts.site ??= site
        write.parameter({ facts, index, what: `@${decorator} of parameter ${index} of ${tokenName(target)}` })
        return
      }
      const isProperty = isContext(keyOrContext)
        ? isPublic(keyOrContext, 'field') || isPublic(keyOrContext, 'accessor')
        : isPrototype(target) && !isMethodDescriptor(index)
      if (!isProperty || write.property === undefined) {
        throw misplaced(decorator, wanted, target, keyOrContext)
      }
      write.property(placeOfMember(decorator, site, target, keyOrContext))
    })
  }
}

/**
 * Refuses `@Name` without parentheses on a method or a class: the factory is called like a decorator then, and what it
 * returns would take the place of the method or class. Where it takes a class itself, in its parentheses, one that it
 * stands on cannot be told from that in the legacy dialect.
 */
export function refuseBare(decorator: string, first: unknown, second: unknown, takesClass = false): void {
  if (isContext(second) || (isKey(second) && isPrototype(first)) || (!takesClass && isWrittenAsClass(first)))
    throw bare(decorator, findBareUse(refuseBare))
}

/** The same for a decorator of classes, which takes neither a function nor anything beside its options. */
export function refuseBareClass(decorator: string, first: unknown, second: unknown): void {
  if (isContext(second) || isKey(second) || typeof first === 'function')
    throw bare(decorator, findBareUse(refuseBareClass))
}

/** The same for a parameter or a property: such a factory takes one argument at most, a decorator is given more. */
export function refuseBareInjection(decorator: string, more: readonly unknown[]): void {
  if (more.length > 0) throw bare(decorator, findBareUse(refuseBareInjection))
}

function bare(decorator: string, location: string | undefined): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `@${decorator} stands without parentheses.`,
    hint: `Write @${decorator}(…).`,
    location
  })
}

function isKey(value: unknown): value is string | symbol {
  return typeof value === 'string' || typeof value === 'symbol'
}

/** What is written as a function may be an option: `@Timer(function (self) { … })`. */
function isWrittenAsClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

/** The dialect shows in the second argument: standard decorators get a context with a `kind`. */
function isContext(value: unknown): value is DecoratorContext {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { readonly kind?: unknown }).kind === 'string'
  )
}

function placeOfMember(decorator: string, site: Site, target: unknown, keyOrContext: unknown): MemberPlace {
  let facts: ClassFacts
  let owner = ''
  let key: string | symbol
  if (isContext(keyOrContext)) {
    key = keyOrContext.name as string | symbol
    facts = writableFacts(metadataOf(keyOrContext, `@${decorator} of ${String(key)}`))
  } else {
    const cls = (target as { readonly constructor: Class }).constructor
    key = keyOrContext as string | symbol
    facts = factsOfClass(cls)
    owner = `${tokenName(cls)}.`
  }
  facts.site ??= site
  return { facts, key, what: `@${decorator} of ${owner}${String(key)}` }
}

function factsOfClass(cls: Class): ClassFacts {
  forget(cls)
  return writableFactsOf(cls)
}

function metadataOf(context: DecoratorContext, what: string): object {
  // typed as always there, but compilers of older proposals know nothing of it
  const metadata: object | undefined = context.metadata
  if (typeof metadata === 'object' && metadata !== null) return metadata
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} gets no metadata from the compiler.`,
    hint: 'Use a compiler of the 2023 decorators, such as TypeScript 5.2 or later, and import keelson before the class.'
  })
}

function misplaced(
  decorator: string,
  wanted: string,
  target: unknown,
  keyOrContext: unknown
): ConfigurationError {
  const name = isContext(keyOrContext) ? keyOrContext.name : keyOrContext
  const isNamed = typeof name === 'string' || typeof name === 'symbol'
  const place = isNamed
    ? `'${String(name)}'`
    : isClass(target)
      ? `the class ${tokenName(target)}`
      : 'something'
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `@${decorator} stands on ${place}, where it cannot work.`,
    hint: `It goes on ${wanted}.`
  })
}

function isPublic(context: DecoratorContext, kind: DecoratorContext['kind']): boolean {
  return (
    context.kind === kind &&
    !('static' in context && context.static) &&
    !('private' in context && context.private)
  )
}

function isPrototype(value: unknown): value is { readonly constructor: Class } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'constructor') &&
    isClass(value.constructor)
  )
}

/** Of a property, the third argument is `undefined`, or describes no value yet (Babel's legacy mode). */
function isMethodDescriptor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('value' in value || 'get' in value || 'set' in value)
}
