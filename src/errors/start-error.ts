import {
  errorToJSON,
  type ErrorJSON,
  hide,
  isKeelsonError,
  KeelsonError,
  nameAfterClass
} from './keelson-error.js'
import { describeThrown, thrownToJSON } from './thrown.js'

/** The details of a {@link StartError}. */
export interface StartErrorDetails {
  /** The service, or the token of the factory, that could not start. */
  readonly service: string
  /** Names from one that nothing depends on down to it. */
  readonly path?: readonly string[] | undefined
  /** Where it failed: `'constructor'`, `'factory'`, `'onStart'`, the name of a task that crashed, … */
  readonly phase: string
  /** What was thrown, untouched; a `KEEL_START_TIMEOUT` when it took too long. */
  readonly cause: unknown
  /** What failed while the rest was stopped again. */
  readonly errors?: readonly unknown[] | undefined
  /** `file:line` of the class. */
  readonly location?: string | undefined
  readonly hint?: string | undefined
}

/** A service could not start; everything that had started was stopped again. `cause` is the user's own error. */
export class StartError extends KeelsonError {
  declare readonly service: string
  /** Where it failed: `'constructor'`, `'factory'`, `'onStart'`, the name of a task that crashed, … */
  declare readonly phase: string
  /** What failed while the rest was stopped again. */
  declare readonly errors: readonly unknown[]

  static {
    nameAfterClass(this)
  }

  constructor(details: StartErrorDetails) {
    const { service, phase, cause, errors = [] } = details
    const lines = [`${service} failed to start, in ${phase}: ${describeThrown(cause)}`]
    for (const error of errors) lines.push(`while stopping the rest: ${describeThrown(error)}`)
    super('KEEL_START_FAILED', {
      message: lines.join('\n'),
      hint: details.hint,
      cause,
      service,
      path: details.path,
      location: details.location
    })
    hide(this, { phase, errors: Object.freeze([...errors]) })
  }

  override toJSON(): ErrorJSON {
    return errorToJSON(this, {
      phase: this.phase,
      errors: this.errors.map((error) => thrownToJSON(error))
    })
  }
}

/** Whether something thrown is a {@link StartError}, of another copy of the package too. Never throws. */
export function isStartError(value: unknown): value is StartError {
  return isKeelsonError(value, 'KEEL_START_FAILED')
}
