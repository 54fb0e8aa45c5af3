import { LifecycleError } from '../errors/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Somebody waits in their own work for what ends only after it. */
export function selfWaitError(name: string, what: string): LifecycleError {
  return new LifecycleError('KEEL_SELF_WAIT', {
    message: `${name} waits for ${what} in its own work, which would never come`,
    service: name
  })
}

/** Everything is about to stop: nothing starts again. */
export function drainingError(runtime: ServiceRuntime): LifecycleError {
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${runtime.name} cannot restart: ${runtime.host.rootName} is about to stop`,
    service: runtime.name
  })
}

/** It is of the past. */
export function disposedError(name: string): LifecycleError {
  return new LifecycleError('KEEL_DISPOSED', {
    message: `${name} was removed, or disposed with its application`,
    service: name
  })
}
