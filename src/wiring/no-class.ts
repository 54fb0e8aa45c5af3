import { ConfigurationError } from '../errors/index.js'
import type { Token } from '../tokens/index.js'
import { nameOf } from './module-entry.js'

/**
 * Something that is no class is to be constructed.
 *
 * @param what takes it, such as `'create()'`
 */
export function noClassError(what: string, given: Token): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} was given ${nameOf(given)}, which is no class`,
    hint: 'Give it a class; one that is undefined is an import cycle between files.'
  })
}
