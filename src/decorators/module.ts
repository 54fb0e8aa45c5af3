import {
  captureSite,
  type ModuleOptions,
  checkOptions,
  type Checks,
  flag,
  list,
  readElsewhere
} from '../metadata/index.js'
import { takeRole } from './class-role.js'
import { classDecorator, type DualClassDecorator, refuseBareClass } from './dialect.js'

const CHECKS: Checks<ModuleOptions> = {
  imports: list,
  providers: list,
  exports: list,
  global: flag,
  supervisor: readElsewhere
}

/**
 * Marks a class as a module: what it lists in `providers` is visible inside it and, when listed in `exports`, in
 * the modules that import it. The class is never constructed and has no hooks. Not inherited.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, when the class is defined
 *
 * @example
 * ```ts
 * @Module({ imports: [DatabaseModule], providers: [Orders, Invoices], exports: [Orders] })
 * class ShopModule {}
 * ```
 */
export function Module(options?: ModuleOptions): DualClassDecorator
export function Module(options?: ModuleOptions, context?: unknown): DualClassDecorator {
  refuseBareClass('Module', options, context)
  const site = captureSite(Module)
  return classDecorator('Module', site, (place) => {
    takeRole(place, site, 'module', checkOptions(options, CHECKS, place.what))
  })
}
