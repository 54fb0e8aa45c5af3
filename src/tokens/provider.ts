import type { Duration } from '../time/index.js'
import type { Dependency } from './dependency.js'
import type { AbstractClass, Class, Token } from './token.js'

/**
 * How long the container keeps an instance: one per application, one per scope, or a new one each time it is
 * asked for.
 */
export type Lifetime = 'singleton' | 'scoped' | 'transient'

/** What every provider says. Each of the four has one way more to make its value, and none of the others. */
export interface ProviderBase<T> {
  /** What it is asked for by. */
  readonly provide: Token<T>
  /** One of several under the token, all of which `all(token)` gives. Default false. */
  readonly multi?: boolean | undefined
}

/** Provides an instance of a class; with a name of its own, a further instance, a service of its own. */
export interface ClassProvider<T = unknown> extends ProviderBase<T> {
  readonly useClass: Class<T>
  /** Default: what the class says, else `'singleton'`. */
  readonly lifetime?: Lifetime | undefined
  /** Names the service, and makes it one of its own beside others of the class. Must be unique. Default: what the class says. */
  readonly name?: string | undefined
  readonly useValue?: never
  readonly useFactory?: never
  readonly useExisting?: never
}

/** Provides a value as it is. It is never disposed: whoever made it keeps it. */
export interface ValueProvider<T = unknown> extends ProviderBase<T> {
  readonly useValue: T
  readonly useClass?: never
  readonly useFactory?: never
  readonly useExisting?: never
}

/**
 * Provides what a function makes. It may be async: it is awaited before anything that declares the dependency
 * is constructed, and dependants get the value, never a promise. It is called before anything starts: services that it
 * injects are constructed then, and do not run.
 */
export interface FactoryProvider<T = unknown> extends ProviderBase<T> {
  // the parameters follow from `inject`, which TypeScript cannot see inside a list of unlike providers
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  readonly useFactory: (...dependencies: any[]) => T | Promise<T>
  /** What the function is called with, in order. */
  readonly inject?: readonly Dependency[] | undefined
  /** Default `'singleton'`, which is all that an async one can be. */
  readonly lifetime?: Lifetime | undefined
  /**
   * Releases the value when the application is disposed of, after every service has stopped. A `scoped` value is released
   * with its scope, a `transient` one with what it was made for: the scope, or the application where that is a singleton.
   * What `get()` and `create()` of an application give out is the caller's to release. What a factory among the `providers`
   * of `addChild()` made is released when that child is let go of. Default: `Symbol.asyncDispose` or `Symbol.dispose` of the
   * value.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above; what it returns is awaited, see D49
  readonly dispose?: ((value: any) => any) | undefined
  /** How long it may take. Default 30s. */
  readonly startTimeout?: Duration | undefined
  readonly useClass?: never
  readonly useValue?: never
  readonly useExisting?: never
}

/** Provides what another token stands for: the same instance under a further token. */
export interface AliasProvider<T = unknown> extends ProviderBase<T> {
  readonly useExisting: Token<T> | (() => Token<T>)
  readonly useClass?: never
  readonly useValue?: never
  readonly useFactory?: never
}

/** An entry of `providers`. A class needs no decorator: being listed is enough. */
export type Provider<T = unknown> =
  | Class<T>
  | ClassProvider<T>
  | ValueProvider<T>
  | FactoryProvider<T>
  | AliasProvider<T>

/** A class marked `@Module()`. It is never constructed. */
export type ModuleClass = Class | AbstractClass

/** A module made at run time, such as `DbModule.forRoot(url)` returns. Each object is a module of its own. */
export interface DynamicModule {
  /** The module class that it adds to. */
  readonly module: ModuleClass
  /** In addition to those of the class; so are the next two. */
  readonly imports?: readonly ModuleImport[] | undefined
  readonly providers?: readonly Provider[] | undefined
  readonly exports?: readonly ModuleExport[] | undefined
  /** Are the exports visible everywhere? Default: what the class says. */
  readonly global?: boolean | undefined
}

/** An entry of `imports`. `() => Module` is for files that import each other. */
export type ModuleImport =
  | ModuleClass
  | DynamicModule
  | Promise<DynamicModule>
  | (() => ModuleClass | DynamicModule | Promise<DynamicModule>)

/** An entry of `exports`: the token of a provider, or an imported module whose exports are passed on. */
export type ModuleExport = Token | DynamicModule | (() => Token)
