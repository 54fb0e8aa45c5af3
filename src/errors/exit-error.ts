import { ConfigurationError } from './configuration-error.js'
import { show } from './show.js'
import { isError, messageOf } from './thrown.js'
import { canHoldOptions, refuseUnknownOptions } from './unknown-option.js'
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
 * Thrown in a task or a hook, stops the application in order and lets the process exit with `exitCode`.
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
    super('KEEL_EXIT', { ...known, message: known.message || `exit with code ${exitCode}` })
    hide(this, { exitCode })
  }

  override toJSON(): ErrorJSON {
    return errorToJSON(this, { exitCode: this.exitCode })
  }
}

const KNOWN = ['message', 'cause'] as const

function detailsOf(given: unknown): ExitDetails {
  if (typeof given === 'string') return { message: given }
  if (isError(given)) return { message: messageOf(given), cause: given }
  if (!canHoldOptions(given)) throw refused('what an ExitError is given beside the code', given)
  refuseUnknownOptions(given, KNOWN, 'an ExitError')
  const { message } = given as { readonly message?: unknown }
  if (message !== undefined && typeof message !== 'string') throw refused('message of an ExitError', message)
  return given
}

function refused(what: string, given: unknown): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} is ${show(given)}`,
    hint: 'Give a text, an error that is the cause, or { message, cause }.'
  })
}

/** Whether something thrown asks for the end of the process: an {@link ExitError}, of another copy of the package too. Never throws. */
export function isExit(value: unknown): value is ExitError {
  return isKeelsonError(value, 'KEEL_EXIT')
}
