import type { StopFailure } from '../errors/index.js'
import type { Logger } from '../logging/index.js'

/** For a stop that nobody is told of who could be given its errors. */
export function logFailures(log: Logger, failures: readonly StopFailure[]): void {
  for (const { service, phase, error } of failures)
    log.error({ err: error }, '%s failed in %s while it was stopped', service, phase)
}
