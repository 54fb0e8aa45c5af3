import { ConfigurationError } from '../errors/index.js'

/** An option of the logger has a value that it cannot have. */
export function refused(name: string, value: unknown, hint: string): ConfigurationError {
  const shown = JSON.stringify(value) ?? String(value)
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option logger.${name} is ${shown}`,
    hint
  })
}
