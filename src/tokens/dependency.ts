import { isInjectionToken, isToken, type AbstractClass, type InjectionToken, type Token } from './token.js'

/** Registered, so that dependencies written with another copy of the package are understood. */
const KIND: unique symbol = Symbol.for('keelson.dependency')

/**
 * Injected in place of a service that is to be asked for later. A class and not an interface, so that it can stand
 * in a signature whose types are emitted.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a type of one method is a type all the same
export abstract class Lazy<out T> {
  /**
   * The dependency itself, the same at every call.
   *
   * @throws LifecycleError `KEEL_ASYNC_NOT_READY` while the application is still being constructed
   */
  abstract get(): T
}

/** Made by {@link optional}. */
export interface OptionalDependency<out T = unknown> {
  readonly kind: 'optional'
  readonly token: Token<T> | (() => Token<T>) | LazyDependency
}

/** Made by {@link all}. */
export interface AllDependency<out T = unknown> {
  readonly kind: 'all'
  readonly token: Token<T> | (() => Token<T>)
}

/** Made by {@link lazy}. */
export interface LazyDependency<out T = unknown> {
  readonly kind: 'lazy'
  readonly token: () => Token<T>
}

/** Made by {@link wanted}. */
export interface WantedDependency<out T = unknown> {
  readonly kind: 'wanted'
  readonly token: Token<T> | (() => Token<T>)
}

/** One entry of `inject: [...]`. `() => token` is for classes that are defined later or in an import cycle. */
export type Dependency<T = unknown> =
  | Token<T>
  | (() => Token<T>)
  | OptionalDependency<T>
  | AllDependency<T>
  | LazyDependency<T>

/** What a parameter must accept to be given this {@link Dependency}; `unknown` for a string or a symbol, which carry no type. */
export type DependencyValue<D> =
  D extends OptionalDependency<infer T>
    ? T | undefined
    : D extends AllDependency<infer T>
      ? T[]
      : D extends LazyDependency<infer T>
        ? Lazy<T>
        : D extends AbstractClass<infer T>
          ? T
          : D extends InjectionToken<infer T>
            ? T
            : D extends () => infer T
              ? DependencyValue<T>
              : unknown

/**
 * A dependency that may be absent: `undefined` is injected when nothing provides the token.
 *
 * @example
 * ```ts
 * @Service({ inject: [Database, optional(MAILER)] })
 * class Orders { constructor(db: Database, mailer: Mailer | undefined) {} }
 * ```
 */
export function optional<T>(token: LazyDependency<T>): OptionalDependency<Lazy<T>>
export function optional<T>(token: Token<T> | (() => Token<T>)): OptionalDependency<T>
export function optional(token: Token | (() => Token) | LazyDependency): OptionalDependency {
  return mark({ kind: 'optional', token })
}

/**
 * Every provider registered under the token with `multi: true`, as an array in the order of registration. A value
 * that several of them lead to appears once for each.
 *
 * @example
 * ```ts
 * @Service()
 * class Shop {
 *   readonly plugins = inject(all(PLUGIN))
 * }
 * ```
 */
export function all<T>(token: Token<T> | (() => Token<T>)): AllDependency<T> {
  return mark({ kind: 'all', token })
}

/**
 * A dependency to be asked for later: a {@link Lazy} is injected. It does not order the start, and so may close
 * a cycle.
 *
 * @example
 * ```ts
 * @Service()
 * class Orders {
 *   readonly #billing = inject(lazy(() => Billing))
 *   cancel(id: string) { this.#billing.get().refund(id) }
 * }
 * ```
 */
export function lazy<T>(token: () => Token<T>): LazyDependency<T> {
  return mark({ kind: 'lazy', token })
}

/**
 * For `@DependsOn`: ordered after the token's service when there is one, which may fail without failing this one: in its
 * constructor or factory, in its start, or later. One that could not be constructed is crashed for good; `get()` fails
 * with why.
 */
export function wanted<T>(token: Token<T> | (() => Token<T>)): WantedDependency<T> {
  return mark({ kind: 'wanted', token })
}

/** A {@link Dependency}, read. */
export interface DependencyParts {
  readonly token: Token | (() => Token)
  readonly optional: boolean
  readonly all: boolean
  readonly lazy: boolean
}

/** Reads any {@link Dependency}; gives `undefined` for what is none. */
export function readDependency(dependency: unknown): DependencyParts | undefined {
  if (isToken(dependency) || typeof dependency === 'function') {
    return { token: dependency as Token | (() => Token), optional: false, all: false, lazy: false }
  }
  if (!isMarked(dependency) || dependency.kind === 'wanted') return undefined
  const inner = dependency.token
  if (dependency.kind === 'optional') {
    const parts = readDependency(inner)
    return parts === undefined || parts.optional || parts.all ? undefined : { ...parts, optional: true }
  }
  if (!isToken(inner) && typeof inner !== 'function') return undefined
  return { token: inner, optional: false, all: dependency.kind === 'all', lazy: dependency.kind === 'lazy' }
}

/** Is it `undefined`, or made of `undefined`? That is how a class looks in files that import each other. */
export function isUnresolved(dependency: unknown): boolean {
  return dependency === undefined || (isMarked(dependency) && isUnresolved(dependency.token))
}

/** Tells whether a value was made by {@link wanted}. */
export function isWanted(value: unknown): value is WantedDependency {
  return isMarked(value) && value.kind === 'wanted'
}

type Marked = OptionalDependency | AllDependency | LazyDependency | WantedDependency

function mark<M extends Marked>(marked: M): M {
  return Object.freeze(Object.defineProperty(marked, KIND, { value: true }))
}

function isMarked(value: unknown): value is Marked {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isInjectionToken(value) &&
    (value as { [KIND]?: unknown })[KIND] === true
  )
}
