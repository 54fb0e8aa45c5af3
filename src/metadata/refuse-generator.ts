import { ConfigurationError } from '../errors/index.js'

/**
 * Refuses what does nothing when it is called, though it looks like any other function.
 *
 * @param what where it stands, such as `@Task of Feed.read`
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for a generator
 */
export function refuseGenerator(work: unknown, what: string): void {
  const tag = Object.prototype.toString.call(work)
  if (tag !== '[object GeneratorFunction]' && tag !== '[object AsyncGeneratorFunction]') return
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} is a generator: called, it does nothing before somebody goes through what it yields.`,
    hint: 'Leave out the *, and do inside of it what is to be done with each: for await (const … of …).'
  })
}
