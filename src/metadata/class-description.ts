import type { Class, Lifetime, Token } from '../tokens/index.js'
import type { MethodFact } from './facts.js'
import type { ModuleOptions, ServiceOptions } from './options.js'
import type { DelayedClass } from './reflected.js'

/** One dependency that a class declares. */
export interface DependencyFact {
  /** `undefined` when nothing usable is known: then `erased` tells what came out instead, or nothing is known at all. */
  readonly token: Token | (() => Token) | undefined
  /** `undefined` is injected when nothing provides it. */
  readonly optional: boolean
  /** All providers under the token are injected, as an array. */
  readonly all: boolean
  /** A `Lazy` is injected, or what `delay` says; it does not order the start. */
  readonly lazy: boolean
  /** The type that stands in the emitted metadata, or the value in a list, and cannot be a token: `'Object'`, `'undefined'`, … */
  readonly erased?: string | undefined
  /** Which constructor parameter. */
  readonly index?: number
  /** Which property. */
  readonly property?: string | symbol
  /** For messages, read from the source of the class when asked for. */
  readonly parameterName?: string | undefined
  readonly from: 'inject-option' | 'decorator' | 'type'
  /** From tsyringe's `delay()`: what is injected is `delay.createProxy(…)`, not a `Lazy`. */
  readonly delay?: DelayedClass | undefined
  /** From tsyringe's `@injectWithTransform`: what is injected is `transform(value, ...args)` of an instance of `by`. */
  readonly transform?: { readonly by: Class; readonly args: readonly unknown[] } | undefined
}

/** All that is known of a class before it is constructed, with what it inherits. */
export interface ClassDescription {
  /** Tells it from what else something can be made of. */
  readonly kind: 'class'
  readonly class: Class
  readonly name: string
  /** `file:line` of its decorators; `undefined` for a class without any. */
  readonly location: string | undefined
  /** Does it extend another class? */
  readonly isDerived: boolean
  /** Options of its own `@Service()`, checked and frozen; `undefined` when it has none, whatever its bases have. */
  readonly service: ServiceOptions | undefined
  /** Of its own `@Injectable()`. */
  readonly injectable: { readonly lifetime: Lifetime } | undefined
  /** Options of its own `@Module()`. */
  readonly module: ModuleOptions | undefined
  /** In order of the parameters, one each. */
  readonly constructorDependencies: readonly DependencyFact[]
  /**
   * What those ask for, where each is one token and nothing else, as nearly all are: whoever has enough with this spares
   * the making of {@link constructorDependencies}, of which a program may have 100,000.
   */
  readonly plainDependencies: readonly Token[] | undefined
  /** The constructor has parameters of which nothing says what they are. */
  readonly metadataMissing: boolean
  readonly propertyDependencies: readonly DependencyFact[]
  readonly dependsOn: readonly { readonly token: Token | (() => Token); readonly wanted: boolean }[]
  readonly methods: readonly MethodFact[]
  /** Names of the lifecycle hooks among its methods, inherited ones too. */
  readonly hooks: readonly HookName[]
  /** Names of the hooks of NestJS among its methods, which nobody calls here. */
  readonly foreignHooks: readonly string[]
}

/** The hooks that a service may have. */
export const HOOK_NAMES = [
  'onFirstStart',
  'onStart',
  'onStarted',
  'onReady',
  'onDrain',
  'onStop',
  'onShutdown',
  'onRestart'
] as const

/** The name of a hook. */
export type HookName = (typeof HOOK_NAMES)[number]

/** NestJS's names of hooks. */
export const FOREIGN_HOOK_NAMES = [
  'onModuleInit',
  'onModuleDestroy',
  'onApplicationBootstrap',
  'beforeApplicationShutdown',
  'onApplicationShutdown'
] as const
