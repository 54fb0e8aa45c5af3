import { captureSite, type InjectableOptions, checkOptions, type Checks, oneOf } from '../metadata/index.js'
import type { Dependency } from '../tokens/index.js'
import { dependencies, takeRole } from './class-role.js'
import { classDecorator, type DualClassDecorator, refuseBareClass } from './dialect.js'
import type { InjectingClassDecorator } from './inject-check.js'

const CHECKS: Checks<InjectableOptions> = {
  lifetime: oneOf('singleton', 'scoped', 'transient'),
  inject: dependencies
}

/**
 * Marks a class as a provider without a lifecycle, by default one instance per application. Not inherited.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the class is defined
 *
 * @example
 * ```ts
 * @Injectable({ lifetime: 'scoped', inject: [Database] })
 * class Cart {
 *   constructor(private readonly db: Database) {}
 * }
 * ```
 */
export function Injectable<const D extends readonly Dependency[]>(
  options: InjectableOptions & { readonly inject: D }
): InjectingClassDecorator<D>
export function Injectable(options?: InjectableOptions): DualClassDecorator
export function Injectable(options?: InjectableOptions, context?: unknown): DualClassDecorator {
  refuseBareClass('Injectable', options, context)
  const site = captureSite(Injectable)
  return classDecorator('Injectable', site, (place) => {
    takeRole(place, site, 'injectable', checkOptions(options, CHECKS, place.what))
  })
}
