import { ConfigurationError } from './configuration-error.js'
import { show } from './show.js'
import {
  errorToJSON,
  type ErrorJSON,
  hide,
  isKeelsonError,
  KeelsonError,
  nameAfterClass
} from './keelson-error.js'

/** Why a program is to end. */
export interface ExitDetails {
  /** Default: the code in words. */
  readonly message?: string | undefined
  readonly cause?: unknown
}

/**
 * Thrown in a task, stops the application in order and lets the process exit with `exitCode`.
 *
 * @example
 * ```ts
 * @Task() async migrate() {
 *   if (!(await this.db.migrate())) throw new ExitError(3, { message: 'the database is newer than this program' })
 * }
 * ```
 */
export class ExitError extends KeelsonError {
  declare readonly exitCode: number

  static {
    nameAfterClass(this)
  }

  /**
   * @param exitCode a whole number from 0 to 255
   * @param details why: a text, an error that is the cause, or both by name
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for any other
   */
  constructor(exitCode: number, details: string | Error | ExitDetails = {}) {
    if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255) {
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `an exit code must be a whole number from 0 to 255, but is ${show(exitCode)}`,
        hint: 'Use 0 for success and 1 for failure, or a code of your own below 126.'
      })
    }
    const known = detailsOf(details)
    super('KEEL_EXIT', { ...known, message: known.message ?? `exit with code ${exitCode}` })
    hide(this, { exitCode })
  }

  override toJSON(): ErrorJSON {
    return errorToJSON(this, { exitCode: this.exitCode })
  }
}

function detailsOf(given: string | Error | ExitDetails): ExitDetails {
  if (typeof given === 'string') return { message: given }
  if (given instanceof Error) return { message: given.message, cause: given }
  if (typeof given === 'object' && (given as unknown) !== null) return given
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `what an ExitError is given beside the code is ${show(given)}`,
    hint: 'Give a text, an error that is the cause, or { message, cause }.'
  })
}

/** Whether something thrown asks for the end of the process: an {@link ExitError}, of another copy of the package too. Never throws. */
export function isExit(value: unknown): value is ExitError {
  return isKeelsonError(value, 'KEEL_EXIT')
}
