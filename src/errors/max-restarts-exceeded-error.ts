import { errorToJSON, type ErrorJSON, hide, KeelsonError, nameAfterClass } from './keelson-error.js'
import { describeThrown } from './thrown.js'

/** What a {@link MaxRestartsExceededError} tells. */
export interface MaxRestartsDetails {
  /** The supervisor that gave up. */
  readonly supervisor: string
  /** The service whose crash, or end, was one too many. */
  readonly service: string
  /** How many restarts were allowed … */
  readonly maxRestarts: number
  /** … within how many milliseconds. */
  readonly withinMs: number
  /** The reason of that last crash, untouched. */
  readonly cause: unknown
  /** It has not crashed, but stopped itself although it is `permanent`. Default: false. */
  readonly byItself?: boolean | undefined
  readonly hint?: string | undefined
}

/** A supervisor restarted its services more often than it may, stopped them and crashed. */
export class MaxRestartsExceededError extends KeelsonError {
  declare readonly service: string
  /** The supervisor that gave up. */
  declare readonly supervisor: string
  /** How many restarts were allowed. */
  declare readonly maxRestarts: number
  /** In how many milliseconds they were allowed. */
  declare readonly withinMs: number

  static {
    nameAfterClass(this)
  }

  constructor(details: MaxRestartsDetails) {
    const { supervisor, service, maxRestarts, withinMs, cause, byItself = false } = details
    const restarts = maxRestarts === 1 ? '1 restart' : `${maxRestarts} restarts`
    super('KEEL_MAX_RESTARTS', {
      message:
        `${supervisor} gave up: ${service} ${byItself ? 'stopped itself' : 'crashed'} again after ${restarts} ` +
        `within ${withinMs / 1000}s${byItself ? '' : `: ${describeThrown(cause)}`}`,
      hint: details.hint,
      cause,
      service
    })
    hide(this, { supervisor, maxRestarts, withinMs })
  }

  override toJSON(): ErrorJSON {
    const { supervisor, maxRestarts, withinMs } = this
    return errorToJSON(this, { supervisor, maxRestarts, withinMs })
  }
}
