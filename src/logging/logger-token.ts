import { markAsOwn } from '../errors/index.js'
import { InjectionToken } from '../tokens/index.js'
import type { Logger } from './create-logger.js'

/**
 * The logger of the application, for injection anywhere. A service logs through `context.log`, which tells the
 * service's name in each line.
 *
 * @example
 * ```ts
 * class Repository {
 *   private readonly log = inject(LOGGER)
 * }
 * ```
 */
export const LOGGER = new InjectionToken<Logger>('LOGGER')

markAsOwn(LOGGER)
