/**
 * Errors: a class for what a caller can do about it, a code for what went wrong, and the layout of messages.
 * It refuses to know where errors come from; every room makes its own from these.
 * Start reading at `codes.ts`, the table of all codes, then `problem.ts`, the layout.
 */
export { AbortError, isAbortError, isEndOfSignal } from './abort-error.js'
export {
  extendsAnotherCopy,
  isItselfOfAnotherCopy,
  isOfAnotherCopy,
  markAsOwn,
  ONE_COPY
} from './another-copy.js'
export { ERROR_CODES } from './codes.js'
export type { CodeCarrier, CodeEntry, KeelsonErrorCode } from './codes.js'
export { ConfigurationError } from './configuration-error.js'
export { errorOfProblems } from './error-of-problems.js'
export type { ProblemsError } from './error-of-problems.js'
export { ExitError, isExit } from './exit-error.js'
export type { ExitDetails } from './exit-error.js'
export { isKeelsonError, KeelsonError } from './keelson-error.js'
export type { ErrorDetails, ErrorJSON } from './keelson-error.js'
export { LifecycleError } from './lifecycle-error.js'
export { MaxRestartsExceededError } from './max-restarts-exceeded-error.js'
export type { MaxRestartsDetails } from './max-restarts-exceeded-error.js'
export { nearNames } from './near-names.js'
export { formatProblems } from './problem.js'
export type { Problem } from './problem.js'
export { isThenable } from './is-thenable.js'
export { show } from './show.js'
export { isStartError, StartError } from './start-error.js'
export type { StartErrorDetails } from './start-error.js'
export { StopError } from './stop-error.js'
export type { StopErrorDetails, StopFailure } from './stop-error.js'
export { describeThrown, thrownToJSON } from './thrown.js'
export type { ThrownJSON } from './thrown.js'
export { canHoldOptions, refuseUnknownOptions, unknownOption } from './unknown-option.js'
export { WiringError } from './wiring-error.js'
