import { refuseUnknownOptions } from '../errors/index.js'
import { toMilliseconds } from '../time/index.js'
import type { WaitOptions } from './wait.js'

const KNOWN = ['timeout'] as const
const LIMIT = { allowInfinity: true } as const

/**
 * How long something may be waited for, in milliseconds; default `Infinity`.
 *
 * @param what names it in errors, such as `'waitUntilStopped() of Orders'`
 * @throws ConfigurationError `KEEL_INVALID_DURATION`, or `KEEL_INVALID_OPTION` for an option that nobody reads: with a
 *   mistyped `timeout` the wait would have no end
 */
export function timeoutOf(options: WaitOptions | undefined, what: string): number {
  if (options === undefined) return Infinity
  refuseUnknownOptions(options, KNOWN, what)
  const { timeout } = options
  return timeout === undefined ? Infinity : toMilliseconds(timeout, `the timeout of ${what}`, LIMIT)
}
