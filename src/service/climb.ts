import { isExit } from '../errors/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** A service has crashed: tells who answers for that. Its supervisor, else its owner, else its host. */
export function climb(runtime: ServiceRuntime, reason: unknown): void {
  const { host, owner, supervision } = runtime
  // Asking the process to end is nobody's to restart, and nothing restarts while everything is to stop.
  if (isExit(reason) || host.isDraining) host.crashed(runtime, reason)
  else if (staysDown(runtime)) runtime.stopAlone({ kind: 'crash', detail: reason })
  else if (supervision !== undefined) supervision.crashed(runtime, reason)
  else if (owner !== undefined && !owner.isAtRest) owner.crash(reason, 'children')
  else host.crashed(runtime, reason)
}

/** Nobody is asked: it is never restarted, or was about to be stopped anyway, and not to come back. */
function staysDown(runtime: ServiceRuntime): boolean {
  if (runtime.settings.restart === 'temporary') return true
  return runtime.supervision !== undefined && !runtime.isRestartPlanned && runtime.host.isToStop(runtime)
}
