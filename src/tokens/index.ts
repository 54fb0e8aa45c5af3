/**
 * Tokens: what dependencies are asked for by, and the small words around them, `optional`, `all`, `lazy`, `wanted`;
 * the shapes of providers and modules. It refuses to know how anything is looked up or made.
 * Start reading at `token.ts`, then `dependency.ts`.
 */
export { all, isUnresolved, isWanted, Lazy, lazy, optional, readDependency, wanted } from './dependency.js'
export type {
  AllDependency,
  Dependency,
  DependencyParts,
  DependencyValue,
  LazyDependency,
  OptionalDependency,
  WantedDependency
} from './dependency.js'
export type {
  AliasProvider,
  ClassProvider,
  DynamicModule,
  FactoryProvider,
  Lifetime,
  ModuleClass,
  ModuleExport,
  ModuleImport,
  Provider,
  ProviderBase,
  ValueProvider
} from './provider.js'
export {
  className,
  InjectionToken,
  isClass,
  isInjectionToken,
  isOfPlatform,
  isToken,
  prototypeOf,
  tokenName,
  unwrapToken
} from './token.js'
export type { AbstractClass, Class, InjectionTokenOptions, ServiceClass, Token } from './token.js'
