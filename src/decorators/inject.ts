import { ConfigurationError } from '../errors/index.js'
import { addParameterFacts, captureSite, type Site, refuse } from '../metadata/index.js'
import {
  all,
  type Dependency,
  type DependencyValue,
  isUnresolved,
  readDependency,
  type Token
} from '../tokens/index.js'
import { type AnyClass, injectionDecorator, refuseBareInjection } from './dialect.js'
import type { InjectDecorator } from './inject-check.js'

/**
 * Chooses what is injected for a constructor parameter (legacy decorators only) or a property. A property is set
 * once the constructor has returned.
 *
 * @param token also `() => token` for a class defined later, and `optional(…)`, `all(…)`, `lazy(() => …)`
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the class is defined
 *
 * @example
 * ```ts
 * @Service()
 * class Orders {
 *   @Inject(CLOCK) private readonly clock!: Clock
 *   constructor(@Inject(MAILER) private readonly mailer: Mailer) {}
 * }
 * ```
 */
export function Inject<const D extends Dependency>(token: D): InjectDecorator<DependencyValue<D>>
export function Inject(token: Dependency, ...more: readonly unknown[]): InjectDecorator<unknown> {
  refuseBareInjection('Inject', more)
  return injecting('Inject', captureSite(Inject), token)
}

/**
 * Injects every provider registered under the token with `multi: true`, in order. A value that several of
 * them lead to appears once for each.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the class is defined
 *
 * @example
 * ```ts
 * constructor(@InjectAll(PLUGIN) private readonly plugins: readonly Plugin[]) {}
 * ```
 */
export function InjectAll<T>(token: Token<T> | (() => Token<T>)): InjectDecorator<T[]>
export function InjectAll(
  token: Token | (() => Token),
  ...more: readonly unknown[]
): InjectDecorator<unknown[]> {
  refuseBareInjection('InjectAll', more)
  const site = captureSite(InjectAll)
  return injecting('InjectAll', site, token === undefined ? undefined : all(token))
}

/** The parameter of a constructor, legacy decorators only. */
export type ParameterDecoratorOf = (target: AnyClass, key: undefined, index: number) => void

/**
 * Lets a constructor parameter be `undefined` when nothing provides it.
 *
 * @example
 * ```ts
 * constructor(@Optional() private readonly metrics?: Metrics) {}
 * ```
 */
export function Optional(): ParameterDecoratorOf
export function Optional(...more: readonly unknown[]): ParameterDecoratorOf {
  refuseBareInjection('Optional', more)
  return injectionDecorator('Optional', captureSite(Optional), {
    parameter: ({ facts, index }) => {
      addParameterFacts(facts, index, { optional: true })
    }
  })
}

function injecting<V>(decorator: string, site: Site, dependency: unknown): InjectDecorator<V> {
  // `undefined` is an import cycle between files, which the wiring reports with all else
  if (!isUnresolved(dependency) && readDependency(dependency) === undefined) {
    ConfigurationError.locating(site, () => {
      throw refuse(`what stands in @${decorator}`, dependency, 'a token or () => token')
    })
  }
  const known = dependency as Dependency
  return injectionDecorator(decorator, site, {
    parameter: ({ facts, index, what }) => {
      if (facts.parameters?.get(index)?.given === true) throw beside(what)
      addParameterFacts(facts, index, { given: true, dependency: known })
    },
    property: ({ facts, key, what }) => {
      if (facts.properties.some((property) => property.key === key)) throw beside(what)
      facts.properties.push({ key, dependency: known })
    }
  })
}

function beside(what: string): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} stands beside another @Inject or @InjectAll.`,
    hint: 'Keep one of them.'
  })
}
