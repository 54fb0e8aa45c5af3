import { ConfigurationError } from './configuration-error.js'
import { nearNames } from './near-names.js'

/**
 * What to say of the first option that nobody knows; `undefined` when all are known. An option that is mistyped would
 * otherwise be read by nobody.
 *
 * @param whose names what the options are of, such as `'@Service of Orders'`
 */
export function unknownOption(
  given: object,
  known: readonly string[],
  whose: string
): { readonly message: string; readonly hint: string } | undefined {
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue
    const [near] = nearNames(option, known)
    const meant = near === undefined ? '' : `Did you mean '${near}'? `
    return { message: `${whose} has no option '${option}'.`, hint: `${meant}Known are ${known.join(', ')}.` }
  }
  return undefined
}

/** @throws ConfigurationError `KEEL_INVALID_OPTION` for an option that nobody knows */
export function refuseUnknownOptions(given: object, known: readonly string[], whose: string): void {
  const details = unknownOption(given, known, whose)
  if (details !== undefined) throw new ConfigurationError('KEEL_INVALID_OPTION', details)
}
