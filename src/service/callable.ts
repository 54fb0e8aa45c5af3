import { ConfigurationError } from '../errors/index.js'
import { refuseGenerator } from '../metadata/index.js'

/**
 * What is to be called.
 *
 * @param what takes it, such as `'addTask() of Orders'`
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no function, and for a generator
 */
export function callable<T>(work: T, what: string): T {
  if (typeof work === 'function') {
    refuseGenerator(work, `what ${what} is given`)
    return work
  }
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} takes a function, but was given ${work === null ? 'null' : typeof work}.`,
    hint: isPlain(work)
      ? 'Give the function where it belongs: addTask(work, options), addTimer(every, work, options), addCron(expression, work, options), activity(name, work).'
      : 'Give the function itself, (context) => …, not what a call of it returns.'
  })
}

/** A name or an interval: something else stands in the place of the function. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
