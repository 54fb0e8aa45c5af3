import { ConfigurationError, LifecycleError, refuseUnknownOptions, show } from '../errors/index.js'
import { flag } from '../metadata/index.js'
import {
  type AllDependency,
  type DependencyParts,
  type Lazy,
  type LazyDependency,
  type OptionalDependency,
  readDependency,
  type Token,
  tokenName
} from '../tokens/index.js'

/** Options of {@link inject}. */
export interface InjectOptions {
  /** Gives `undefined` when nothing provides the token. Default false. */
  readonly optional?: boolean | undefined
}

/** Whoever constructs something, for as long as its constructor runs. */
export interface InjectionContext {
  /** Answers one `inject()` call. */
  inject(dependency: DependencyParts): unknown
  /** Why one cannot be answered that was given something else than a dependency. */
  refusal?(given: unknown): Error
  /** An object is there whose constructor, or that of its base, runs: perhaps the one that is constructed. */
  appeared?(object: object): void
}

/** Shared by all copies of the package, so that a library with a copy of its own can `inject()` too. */
const HOLDER: unique symbol = Symbol.for('keelson.injection') as never

type Holder = { current: InjectionContext | undefined }

const holder: Holder = ((globalThis as { [HOLDER]?: Holder })[HOLDER] ??= { current: undefined })

/**
 * Says who answers `inject()` from now on, nobody for `undefined`, and gives back who did so far: to be put back
 * when the constructor has returned or thrown.
 */
export function setInjectionContext(context: InjectionContext | undefined): InjectionContext | undefined {
  const before = holder.current
  holder.current = context
  return before
}

/** Lets whoever constructs know of an object before its constructor has returned, or thrown. */
export function appear(object: object): void {
  holder.current?.appeared?.(object)
}

/**
 * Gives a dependency of the object that is being constructed. To be called in a field initialiser or constructor
 * of something that the application constructs; needs neither decorators nor emitted types.
 *
 * A service injected so is constructed first and starts before the one that asks; constructors nest. An async
 * factory has to be declared as well, since a constructor cannot wait: `@DependsOn(TOKEN)` is enough.
 *
 * @example
 * ```ts
 * @Service()
 * class Orders {
 *   readonly #db = inject(Database)
 *   readonly #mail = inject(MAILER, { optional: true })
 *   readonly #plugins = inject(all(PLUGIN))
 *   readonly #billing = inject(lazy(() => Billing))
 * }
 * ```
 *
 * @throws LifecycleError `KEEL_INJECT_OUTSIDE_CONSTRUCTION` when nothing is being constructed,
 * `KEEL_ASYNC_NOT_READY` for the value of an async factory that is not there yet
 * @throws WiringError when it is missing, closes a cycle or lives shorter than what asks; `KEEL_ERASED_TYPE` for
 * `undefined`, an import cycle between files
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for options that nobody reads
 */
export function inject<T>(dependency: LazyDependency<T>): Lazy<T>
export function inject<T>(
  dependency: LazyDependency<T>,
  options: { readonly optional: true }
): Lazy<T> | undefined
export function inject<T>(dependency: AllDependency<T>): T[]
export function inject<T>(dependency: OptionalDependency<T>): T | undefined
export function inject<T>(
  token: Token<T> | (() => Token<T>),
  options: { readonly optional: true }
): T | undefined
export function inject<T>(token: Token<T> | (() => Token<T>), options?: InjectOptions): T
export function inject(dependency: unknown, options?: InjectOptions): unknown {
  const { current } = holder
  const parts = readDependency(dependency)
  if (parts === undefined) {
    throw (
      current?.refusal?.(dependency) ??
      new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `inject() was given ${show(dependency)}, which is no token`,
        hint: 'Give a class, an InjectionToken, a string or a symbol; an undefined class is an import cycle between files: write inject(() => TheClass).'
      })
    )
  }
  if (current === undefined) {
    throw new LifecycleError('KEEL_INJECT_OUTSIDE_CONSTRUCTION', {
      message: `inject(${tokenName(parts.token)}) was called while nothing was being constructed`
    })
  }
  if (options === undefined) return current.inject(parts)
  return current.inject(isOptional(options) ? { ...parts, optional: true } : parts)
}

function isOptional(options: InjectOptions): boolean {
  refuseUnknownOptions(options, ['optional'], 'inject()')
  const { optional = false } = options
  flag(optional, 'optional of inject()')
  return optional
}
