import { type CodeEntry, ERROR_CODES } from './codes.js'
import { ConfigurationError } from './configuration-error.js'
import type { Problem } from './problem.js'
import { WiringError } from './wiring-error.js'

/** What an error about problems is: by class, what a caller can do about it. */
export type ProblemsError = ConfigurationError | WiringError

/**
 * One error that tells all problems: a {@link ConfigurationError} when each of them is something said wrongly, else a
 * {@link WiringError}.
 *
 * @param problems at least one
 */
export function errorOfProblems(problems: readonly Problem[]): ProblemsError {
  const [first] = problems
  if (first === undefined || problems.some(({ code }) => carrierOf(code) !== 'ConfigurationError')) {
    return new WiringError(problems)
  }
  return new ConfigurationError(first.code, first, problems)
}

function carrierOf(code: Problem['code']): CodeEntry['carrier'] {
  return ERROR_CODES[code].carrier
}
