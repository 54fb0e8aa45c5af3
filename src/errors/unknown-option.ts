import { ConfigurationError } from './configuration-error.js'
import { isThenable } from './is-thenable.js'
import { nearNames } from './near-names.js'
import { show } from './show.js'

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

/** @throws ConfigurationError `KEEL_INVALID_OPTION` for an option that nobody knows, and for what can hold none */
export function refuseUnknownOptions(given: unknown, known: readonly string[], whose: string): void {
  if (!canHoldOptions(given)) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `the options of ${whose} are ${show(given)}`,
      hint: `Give an object with ${known.join(', ')}, or leave them out.`
    })
  }
  const details = unknownOption(given, known, whose)
  if (details !== undefined) throw new ConfigurationError('KEEL_INVALID_OPTION', details)
}

/**
 * Can it hold options? A promise that nobody has awaited, a list, a `Map` or a `Set` has none by name, and would be taken for
 * one that leaves all of them out.
 */
export function canHoldOptions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  try {
    return !(Array.isArray(value) || value instanceof Map || value instanceof Set || isThenable(value))
  } catch {
    return false
  }
}
