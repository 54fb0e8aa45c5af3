import { flag } from '../metadata/index.js'
import type { Moments } from '../time/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** What may depend on the instance is read at each start. */
export type AtStart<T> = T | ((self: never) => T)

/**
 * Whether a timer or cron is on.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is neither true nor false, such as a promise
 */
export function enabledAtStart(
  enabled: AtStart<boolean>,
  runtime: ServiceRuntime,
  moments: Moments,
  what: string
): boolean {
  if (typeof enabled === 'boolean') return enabled
  const value = valueAtStart(enabled, runtime, moments)
  flag(value, `enabled of ${what}`)
  return value
}

/** @param moments told when it was the user's code that said it */
export function valueAtStart<T>(value: AtStart<T>, runtime: ServiceRuntime, moments: Moments): T {
  if (typeof value !== 'function') return value
  moments.pass()
  const found = (value as (self: object) => T)(runtime.instance)
  // it is refused, and what it fails with is not to be the end of the process as well
  if (found instanceof Promise) found.catch(() => {})
  return found
}
