import { constructOne } from '../app/index.js'
import type { Class, Provider } from '../tokens/index.js'
import { TestClock } from './test-clock.js'

/**
 * Constructs one object with its dependencies, `inject()` working in it; nothing is started. What is not a service is
 * made in a scope of its own: what is `scoped` can be had, and is one.
 *
 * @param providers stand in for what it needs; classes that are marked provide themselves
 *
 * @example
 * ```ts
 * const orders = construct(OrderService, [{ provide: Database, useValue: fake }])
 * ```
 */
export function construct<T>(class_: Class<T>, providers: readonly Provider[] = []): T {
  return constructOne(class_, { logger: false, clock: new TestClock(), providers })
}
