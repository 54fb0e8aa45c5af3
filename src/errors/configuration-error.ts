import type { KeelsonErrorCode } from './codes.js'
import { type ErrorDetails, KeelsonError, nameAfterClass } from './keelson-error.js'

/** A decorator, an option or a module says something that cannot be. Thrown before anything runs. */
export class ConfigurationError extends KeelsonError {
  readonly #details: ErrorDetails

  static {
    nameAfterClass(this)
  }

  constructor(code: KeelsonErrorCode, details: ErrorDetails) {
    super(code, details)
    this.#details = details
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
}
