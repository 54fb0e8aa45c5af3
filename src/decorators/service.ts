import {
  captureSite,
  type ServiceOptions,
  checkOptions,
  type Checks,
  flag,
  limit,
  limitAboveZero,
  oneOf,
  text
} from '../metadata/index.js'
import type { Dependency, Token } from '../tokens/index.js'
import { dependencies, refuseUnresolved, takeRole, token } from './class-role.js'
import { classDecorator, type DualClassDecorator, refuseBareClass } from './dialect.js'
import type { InjectingClassDecorator } from './inject-check.js'

const CHECKS: Checks<ServiceOptions> = {
  name: text,
  inject: dependencies,
  provide: token,
  startTimeout: limitAboveZero,
  stopTimeout: limit,
  restart: oneOf('permanent', 'transient', 'temporary'),
  lifecycleLogLevel: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  waitForShutdown: flag,
  shutdownTimeout: limit,
  critical: flag
}

/**
 * Marks a class as a service: a singleton of its application, with a lifecycle. Not inherited.
 *
 * Inherited are `@DependsOn` (as a union), tasks, timers, crons, health checks and, by a class without a constructor of
 * its own, what that is given. A decorated method that is overridden is dropped, or replaced, in its place in the order,
 * where the override is decorated again.
 *
 * It only writes metadata. With `inject`, TypeScript checks the list against the constructor, with `provide` the class
 * against the token.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` or `KEEL_INVALID_DURATION`, when the class is defined
 *
 * @example
 * ```ts
 * @Service({ inject: [Database, optional(MAILER)], stopTimeout: '30s' })
 * class Orders {
 *   constructor(private readonly db: Database, private readonly mailer: Mailer | undefined) {}
 *   async onStart({ log }: ServiceContext) { log.info('%d orders open', await this.db.count('orders')) }
 * }
 * ```
 */
export function Service<const D extends readonly Dependency[], T extends Token = Token>(
  options: ServiceOptions & { readonly inject: D; readonly provide?: T }
): InjectingClassDecorator<D, T>
export function Service<T extends Token>(
  options: ServiceOptions & { readonly provide: T }
): InjectingClassDecorator<readonly Dependency[], T>
export function Service(options?: ServiceOptions): DualClassDecorator
export function Service(options?: ServiceOptions, context?: unknown): DualClassDecorator {
  refuseBareClass('Service', options, context)
  const site = captureSite(Service)
  return classDecorator('Service', site, (place) => {
    const checked = checkOptions(options, CHECKS, place.what)
    if (options !== undefined) refuseUnresolved(options, 'provide', place.what)
    takeRole(place, site, 'service', checked)
  })
}
