import { describeThrown, LifecycleError } from '../errors/index.js'
import { isClass, tokenName } from '../tokens/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { formatDuration } from '../time/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** What to do instead of waiting for a start in work that this start waits for. */
export const INSTEAD_OF_A_START =
  'leave that call out of work that the start waits for: what comes after it goes into onReady, or is done from outside.'

/** Somebody waits in their own work for what ends only after it. */
export function selfWaitError(name: string, what: string, hint?: string): LifecycleError {
  return new LifecycleError('KEEL_SELF_WAIT', {
    message: `${name} waits for ${what} in its own work, which would never come`,
    service: name,
    hint
  })
}

/** Whether it is to be ordered after others, and lives where nobody orders anything. */
export function lacksContainer({ host, described }: ServiceRuntime): boolean {
  return host.rootName === '' && (described.dependsOn ?? []).length > 0
}

/** It depends on others, which nobody starts. */
export function noContainerError({ name, described }: ServiceRuntime): LifecycleError {
  const [first] = described.dependsOn ?? []
  const token = first?.token
  const needed = typeof token === 'function' && !isClass(token) ? 'another service' : tokenName(token)
  return new LifecycleError('KEEL_NO_CONTAINER', {
    message: `${name} depends on ${needed}, but lives without a container that could start it`,
    hint: 'give it to bootstrap() or createApplication(), or start what it needs yourself and drop @DependsOn.',
    service: name,
    location: described.location
  })
}

/** Everything is about to stop: nothing starts again. */
export function drainingError(runtime: ServiceRuntime, what: 'start' | 'restart'): LifecycleError {
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${runtime.name} cannot ${what}: ${runtime.host.rootName} is about to stop`,
    service: runtime.name
  })
}

/** It is asked to start by what should have ended when everything stopped. */
export function leftBehindError(name: string): LifecycleError {
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${name} cannot start: its application has stopped, and what asks for it is work that was to end then`,
    service: name,
    hint: 'Let work end when its signal aborts.'
  })
}

/** It is asked to start, but runs, or is on its way up or down. */
export function notAtRestError({ name, state }: ServiceRuntime): LifecycleError {
  const isGoingDown = state === 'stopping' || state === 'crashed'
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${name} cannot start: it is '${state}'`,
    service: name,
    hint: isGoingDown
      ? 'wait until it has stopped: await its stop().'
      : 'it is started already: maybeStart() waits for that.'
  })
}

/** A supervisor stopped it while others waited for it, or for itself, to start, and leaves it down. */
export function letGoError(name: string, reason: StopReason | undefined): LifecycleError {
  const cause = reason?.detail
  const why = cause === undefined ? '' : `, because of ${describeThrown(cause)}`
  return new LifecycleError('KEEL_START_ABORTED', {
    message: `${name} was stopped by a supervisor before everything had started${why}, and is not restarted`,
    service: name,
    hint: `only a service that is not 'temporary' comes back, under a strategy that restarts; wanted(${name}) does without it.`,
    ...(cause === undefined ? {} : { cause })
  })
}

/** What it took for a run that never came is not released in time; there may be no object yet whose hooks could be looked at. */
export function unreleasedError({ name, described }: ServiceRuntime, limitMs: number): LifecycleError {
  return new LifecycleError('KEEL_STOP_TIMEOUT', {
    message: `${name}: release did not end within ${formatDuration(limitMs)}`,
    service: name,
    location: described.location
  })
}

/** It is of the past. */
export function disposedError(name: string): LifecycleError {
  return new LifecycleError('KEEL_DISPOSED', {
    message: `${name} was removed, or disposed with its application`,
    service: name,
    hint: 'What was removed starts once it is added again, by addChild() or to a Supervisor; after an application is over, create a new one.'
  })
}
