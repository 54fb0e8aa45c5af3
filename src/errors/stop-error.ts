import { ERROR_CODES, type KeelsonErrorCode } from './codes.js'
import { brand, errorToJSON, type ErrorJSON, formatError, hide } from './keelson-error.js'
import { describeThrown, thrownToJSON } from './thrown.js'

/** One thing that went wrong during a stop. */
export interface StopFailure {
  /** The service, or the token of the factory, that failed. */
  readonly service: string
  /** Where it failed: `'onStop'`, `'onShutdown'`, a task's name, `'tasks'` when several did not end, `'dispose'`, … */
  readonly phase: string
  /** What was thrown, untouched; a `KEEL_STOP_TIMEOUT` when it took too long. */
  readonly error: unknown
}

/** The details of a {@link StopError}, besides its failures. */
export interface StopErrorDetails {
  /** Name of what was stopped: the application, or one service. */
  readonly service?: string | undefined
  readonly hint?: string | undefined
  /** Why it was to stop, when that was a crash. */
  readonly cause?: unknown
}

/**
 * Something failed while stopping. Nothing was skipped for it: all the rest has been stopped too.
 *
 * An `AggregateError`: `errors` are the failures as they were thrown, in the order they came; `failures` says of
 * each whose it is.
 */
export class StopError extends AggregateError {
  readonly code: KeelsonErrorCode = 'KEEL_STOP_FAILED'
  /** How to fix it. */
  declare readonly hint: string
  /** Name of what was stopped, where it has one. */
  declare readonly service: string | undefined
  declare readonly path: readonly string[]
  declare readonly location: string | undefined
  /** `errors`, each with the service it comes from. */
  declare readonly failures: readonly StopFailure[]

  static {
    brand(this)
  }

  constructor(failures: readonly StopFailure[], details: StopErrorDetails = {}) {
    super(
      failures.map((failure) => failure.error),
      formatError('KEEL_STOP_FAILED', { message: messageOf(failures, details.service), hint: details.hint }),
      'cause' in details ? { cause: details.cause } : undefined
    )
    hide(this, {
      hint: details.hint ?? ERROR_CODES.KEEL_STOP_FAILED.fix,
      service: details.service,
      path: Object.freeze([]),
      location: undefined,
      failures: Object.freeze([...failures])
    })
  }

  /** Plain data for logs and wires. */
  toJSON(): ErrorJSON {
    return errorToJSON(this, {
      errors: this.failures.map(({ service, phase, error }) => ({ service, phase, ...thrownToJSON(error) }))
    })
  }
}

function messageOf(failures: readonly StopFailure[], stopped: string | undefined): string {
  const names = [...new Set(failures.map((failure) => failure.service))]
  const whose =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
  const lines = [`${stopped === undefined ? '' : `${stopped} stopped, but `}${whose} failed to stop in order`]
  for (const { service, phase, error } of failures)
    lines.push(`${service}, in ${phase}: ${describeThrown(error)}`)
  return lines.join('\n')
}
