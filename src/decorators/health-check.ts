import {
  addMethodFact,
  captureSite,
  type HealthCheckOptions,
  checkOptions,
  type Checks,
  flag,
  limitAboveZero,
  text
} from '../metadata/index.js'
import { type DualMethodDecorator, workDecorator, refuseBare } from './dialect.js'
import type { ContextMethod } from './task.js'

const CHECKS: Checks<HealthCheckOptions> = { name: text, timeout: limitAboveZero, critical: flag }

/**
 * Asks a method whether its service is ready to work: it is when the method returns, it is not when it throws or
 * takes too long. In the last case the signal of its context aborts; probes that come before it has answered wait for that
 * call, and make no second one.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` or `KEEL_INVALID_DURATION`, when the class is defined
 *
 * @example
 * ```ts
 * @HealthCheck({ timeout: '1s' }) async ping() { await this.pool.query('select 1') }
 * ```
 */
export function HealthCheck(options?: HealthCheckOptions): DualMethodDecorator<ContextMethod>
export function HealthCheck(options?: HealthCheckOptions, key?: unknown): DualMethodDecorator<ContextMethod> {
  refuseBare('HealthCheck', options, key)
  return workDecorator('HealthCheck', captureSite(HealthCheck), ({ facts, key: method, what }) => {
    addMethodFact(facts, { kind: 'health', key: method, options: checkOptions(options, CHECKS, what) })
  })
}
