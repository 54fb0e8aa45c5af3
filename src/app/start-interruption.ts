import { isExit, LifecycleError, StartError, StopError, type StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { family, type ServiceRuntime } from '../service/index.js'
import { formatDuration } from '../time/index.js'
import { notReadyError } from './service-levers.js'
import type { FailedMember } from './start-sequence.js'

/** What cuts the start of an application short. */
export type StartInterruption =
  | ({ readonly kind: 'failed' } & FailedMember)
  | { readonly kind: 'not-ready'; readonly runtime: ServiceRuntime; readonly cause: unknown }
  /** Without a service, when it is not known whose crash it was. */
  | {
      readonly kind: 'crashed'
      readonly runtime?: ServiceRuntime
      readonly phase: string
      readonly reason: unknown
    }
  | { readonly kind: 'overdue'; readonly late: Latecomer | undefined; readonly limit: number }
  | { readonly kind: 'stopped'; readonly reason: StopReason }

/** What a start that took too long waited for. */
export interface Latecomer {
  readonly runtime: ServiceRuntime
  readonly phase: string
}

/** What a start waits for: the innermost child of the first service that has not started, or is not ready. */
export function latecomerAmong(runtimes: readonly ServiceRuntime[]): Latecomer | undefined {
  const starting = runtimes.find((one) => one.state === 'starting')
  const families =
    starting === undefined ? runtimes.flatMap((one) => family(one)) : family(starting).toReversed()
  const runtime = families.find((one) => one.pendingStep !== undefined)
  return runtime && { runtime, phase: runtime.pendingStep!.name }
}

/** The service that is to blame; undefined when it is none. */
export function culpritOf(interruption: StartInterruption): ServiceRuntime | undefined {
  switch (interruption.kind) {
    case 'failed':
    case 'not-ready':
    case 'crashed':
      return interruption.runtime
    case 'overdue':
      return interruption.late?.runtime
    case 'stopped':
      return undefined
  }
}

/**
 * What the start rejects with.
 *
 * @param name of the application
 * @param path names from one that nothing depends on down to the one that is to blame
 * @param failures of the roll-back
 */
export function interruptionError(
  interruption: StartInterruption,
  name: string,
  path: readonly string[],
  failures: readonly StopFailure[]
): Error {
  const errors = failures.map((failure) => failure.error)
  const culprit = culpritOf(interruption)
  const service = culprit?.name ?? name
  const location = culprit?.described.location
  switch (interruption.kind) {
    case 'failed':
      return interruption.runtime.startError(errors, path)
    case 'not-ready':
      return notReadyError(interruption.runtime, interruption.cause, path, errors)
    case 'crashed':
      return new StartError({
        service,
        path,
        location,
        errors,
        phase: interruption.phase,
        cause: interruption.reason
      })
    case 'overdue': {
      const phase = interruption.late?.phase ?? 'start'
      const limit = `${formatDuration(interruption.limit)}, the startTimeout of the application`
      const message = `${name} did not start within ${limit}: it waited for ${phase} of ${service}`
      const hint = 'Move long work into a @Task(), or raise the startTimeout of the application.'
      const cause = new LifecycleError('KEEL_START_TIMEOUT', { message, service, hint })
      return new StartError({ service, path, location, errors, phase, cause })
    }
    case 'stopped':
      return abortedError(name, interruption.reason, failures)
  }
}

function abortedError(
  name: string,
  { detail }: StopReason,
  failures: readonly StopFailure[]
): LifecycleError {
  const exit = isExit(detail) ? detail : undefined
  const cause = failures.length > 0 ? new StopError(failures, { service: name }) : exit
  const why = exit === undefined ? '' : `: exit with code ${exit.exitCode} was asked for`
  return new LifecycleError('KEEL_START_ABORTED', {
    message: `${name} was stopped before it had started${why}`,
    ...(cause === undefined ? {} : { cause })
  })
}
