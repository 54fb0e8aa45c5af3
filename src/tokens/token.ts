import { ConfigurationError, refuseUnknownOptions, show } from '../errors/index.js'

/** Any class whose instances are a `T`, whatever its constructor takes. */
export type Class<T = unknown> = new (...args: never[]) => T

/** A class that is constructed to be a service, marked or not: a child, as of `addChild()`. */
export type ServiceClass<T extends object = object> = Class<T>

/** Any class whose instances are a `T`, an abstract one too. */
export type AbstractClass<T = unknown> = abstract new (...args: never[]) => T

/** Registered, so that tokens made by another copy of the package are recognised. */
const BRAND = Symbol.for('keelson.token')

/** What an {@link InjectionToken} may bring along. */
export interface InjectionTokenOptions<T> {
  /**
   * Makes the value when nothing provides the token; called once per application. It may be async: it is awaited before
   * anything that declares the dependency is constructed, and dependants get the value, never a promise.
   */
  readonly factory?: (() => T | Promise<T>) | undefined
}

/**
 * A token for what is no class: configuration, an interface, a function.
 *
 * Every `new InjectionToken` is a token of its own; the name is for messages only.
 *
 * @example
 * ```ts
 * interface Mailer { send(text: string): Promise<void> }
 * const MAILER = new InjectionToken<Mailer>('MAILER', { factory: () => new NoMailer() })
 * ```
 */
export class InjectionToken<out T = unknown> {
  readonly name: string
  readonly options: InjectionTokenOptions<T> | undefined

  static {
    Object.defineProperty(this.prototype, BRAND, { value: true })
  }

  /** @throws ConfigurationError `KEEL_INVALID_OPTION` for a name that is no text, and for options that nobody reads */
  constructor(name: string, options?: InjectionTokenOptions<T>) {
    checkToken(name, options)
    this.name = name
    this.options = options
  }

  toString(): string {
    return `InjectionToken(${this.name})`
  }
}

function checkToken(name: unknown, options: unknown): void {
  if (typeof name !== 'string' || name.trim() === '') {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `the name of an InjectionToken must be a string that is not empty, but is ${show(name)}`,
      hint: 'It is what messages call it: new InjectionToken<Mailer>("MAILER").'
    })
  }
  if (options === undefined) return
  const whose = `InjectionToken(${name})`
  refuseUnknownOptions(options, ['factory'], whose)
  const { factory } = options as InjectionTokenOptions<unknown>
  if (factory === undefined || typeof factory === 'function') return
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `factory of ${whose} must be a function, but is ${show(factory)}`
  })
}

/** What a dependency is asked for by. Strings and symbols are compared by value, all others by identity. */
export type Token<T = unknown> = Class<T> | AbstractClass<T> | string | symbol | InjectionToken<T>

/**
 * Tells a class from a function that returns a token. Anything that can have instances counts as a class: what
 * has no `prototype`, as arrow functions have none, does not.
 */
export function isClass(value: unknown): value is Class {
  if (typeof value !== 'function') return false
  const prototype: unknown = prototypeOf(value as Class)
  // that of Function is a function
  return (typeof prototype === 'object' && prototype !== null) || typeof prototype === 'function'
}

/** What its instances inherit from; read so since each class has its own, see D46. */
export function prototypeOf(cls: Class): object {
  return Reflect.get(cls, 'prototype') as object
}

/** Is it a class of the language or the platform, such as `Date`, of another realm too? */
export function isOfPlatform(cls: Class): boolean {
  return (
    (globalThis as Readonly<Record<string, unknown>>)[className(cls)] === cls ||
    Function.prototype.toString.call(cls).endsWith('{ [native code] }')
  )
}

/** Tells whether a value is an {@link InjectionToken}, of another copy of the package too. */
export function isInjectionToken(value: unknown): value is InjectionToken {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true
}

/** Tells whether a value can be a token as it stands, which `() => token` cannot. */
export function isToken(value: unknown): value is Token {
  return typeof value === 'string' || typeof value === 'symbol' || isClass(value) || isInjectionToken(value)
}

/** The token behind `token` or `() => token`; `undefined` when it does not exist (yet), as in an import cycle. */
export function unwrapToken(token: Token | (() => Token)): Token | undefined {
  return typeof token === 'function' && !isClass(token) ? (token as () => Token | undefined)() : token
}

/** The name of a token in messages and graphs. Takes anything, since what is no token must be named as well. */
export function tokenName(token: unknown): string {
  // one without a letter would be a gap in the sentence
  if (typeof token === 'string') return token === '' ? "''" : token
  if (typeof token === 'symbol') return token.description || 'Symbol()'
  if (isInjectionToken(token)) return token.name
  if (typeof token === 'function') return isClass(token) ? className(token) : 'a function'
  return show(token)
}

/** The name of a class in messages and graphs. */
export function className(cls: Class): string {
  // a static member may be called `name` too
  const name: unknown = Reflect.get(cls, 'name')
  return typeof name === 'string' && name !== '' ? name : 'an anonymous class'
}
