import { ConfigurationError, extendsAnotherCopy, isOfAnotherCopy } from '../errors/index.js'
import { isClass, type Class, tokenName } from '../tokens/index.js'

/**
 * Refuses a service that extends the `ServiceBase` of another copy of the package: that copy alone answers for its
 * members, and knows nothing of a start here.
 *
 * @param service an instance, or the class of one
 * @throws ConfigurationError `KEEL_INVALID_OPTION`
 */
export function refuseOtherCopy(service: object | Class): void {
  if (!isOfAnotherCopy(isClass(service) ? (service.prototype as object) : service)) return
  const { code, ...details } = extendsAnotherCopy(tokenName(isClass(service) ? service : service.constructor))
  throw new ConfigurationError(code, details)
}
