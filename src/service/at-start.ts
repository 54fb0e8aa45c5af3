import type { Moments } from '../time/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** What may depend on the instance is read at each start. */
export type AtStart<T> = T | ((self: never) => T)

/** @param moments told when it was the user's code that said it */
export function valueAtStart<T>(value: AtStart<T>, runtime: ServiceRuntime, moments: Moments): T {
  if (typeof value !== 'function') return value
  moments.pass()
  return (value as (self: object) => T)(runtime.instance)
}
