import { ConfigurationError, show } from '../errors/index.js'

/** An option of the logger has a value that it cannot have. */
export function refused(name: string, value: unknown, hint: string): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option logger.${name} is ${show(value)}`,
    hint
  })
}
