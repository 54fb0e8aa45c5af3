import { ERROR_CODES, type KeelsonErrorCode } from './codes.js'
import {
  type ErrorDetails,
  type ErrorJSON,
  errorToJSON,
  hide,
  KeelsonError,
  nameAfterClass
} from './keelson-error.js'
import { formatProblems, type Problem } from './problem.js'

/** A decorator, an option or a module says something that cannot be. Thrown before anything runs. */
export class ConfigurationError extends KeelsonError {
  /** At least one; more when the check of an application found several at once. */
  declare readonly problems: readonly Problem[]
  readonly #details: ErrorDetails
  readonly #isOfCheck: boolean

  static {
    nameAfterClass(this)
  }

  /** @param problems all that is wrong, when a check found it; `code` and `details` are those of the first then */
  constructor(code: KeelsonErrorCode, details: ErrorDetails, problems?: readonly Problem[]) {
    super(code, details, problems === undefined ? undefined : formatProblems(problems))
    this.#details = details
    this.#isOfCheck = problems !== undefined
    const { message, path = [], location, hint = ERROR_CODES[code].fix } = details
    hide(this, { problems: Object.freeze([...(problems ?? [{ code, message, path, location, hint }])]) })
  }

  /**
   * Calls `read`, and lets a ConfigurationError that it throws tell where the mistake is. For those who know the
   * place around checks that do not.
   *
   * @param place read only when something is thrown
   */
  static locating<T>(place: { readonly location: string | undefined }, read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ConfigurationError) || error.location !== undefined) throw error
      throw new ConfigurationError(error.code, { ...error.#details, location: place.location })
    }
  }

  override toJSON(): ErrorJSON {
    return errorToJSON(this, this.#isOfCheck ? { problems: this.problems } : {})
  }
}
