import { isStartError, StartError } from '../errors/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** A start step that failed, kept for the one who waits for the start. */
export interface StartFailure {
  readonly phase: string
  readonly error: unknown
  /** How to mend it, where that is not the user's own matter. */
  readonly hint?: string | undefined
}

/**
 * Why a service could not start: the child that did not, where it was one.
 *
 * @param errors what went wrong in the roll-back
 * @param path names from where the start began down to the service
 */
export function startErrorOf(
  { name, described: { location } }: ServiceRuntime,
  { phase, error, hint }: StartFailure,
  errors: readonly unknown[],
  path: readonly string[] = [name]
): StartError {
  if (phase !== 'children' || !isStartError(error))
    return new StartError({ service: name, path, phase, cause: error, errors, location, hint })
  return new StartError({
    service: error.service,
    path: [...path, ...error.path],
    phase: error.phase,
    cause: error.cause,
    errors: [...error.errors, ...errors],
    location: error.location
  })
}
