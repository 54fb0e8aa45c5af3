import { isExit } from '../errors/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** A service has crashed: tells who answers for that. Its supervisor, else its owner, else its host. */
export function climb(runtime: ServiceRuntime, reason: unknown): void {
  const { host, owner, supervision } = runtime
  // Asking the process to end is nobody's to restart, and nothing restarts while everything is to stop.
  if (isExit(reason)) host.crashed(runtime, reason)
  else if (isTemporary(runtime)) runtime.stopAlone({ kind: 'crash', detail: reason })
  else if (host.isDraining) host.crashed(runtime, reason)
  else if (isToStayDown(runtime)) runtime.stopAlone({ kind: 'crash', detail: reason })
  else if (supervision !== undefined) supervision.crashed(runtime, reason)
  else if (owner !== undefined && !owner.isAtRest) owner.crash(reason, 'children')
  else host.crashed(runtime, reason)
}

/** Does a supervisor, of it or of what owns it, answer for its crashes? */
export function isAnsweredFor(runtime: ServiceRuntime): boolean {
  for (let at: ServiceRuntime | undefined = runtime; at !== undefined; at = at.owner)
    if (at.supervision?.passesOn === false) return true
  return false
}

/** It is never restarted, and nobody is asked. */
function isTemporary(runtime: ServiceRuntime): boolean {
  return runtime.settings.restart === 'temporary'
}

/** It was about to be stopped anyway, and not to come back. */
function isToStayDown(runtime: ServiceRuntime): boolean {
  if (runtime.supervision === undefined || runtime.isRestartPlanned) return false
  return runtime.isStoppedByHand || runtime.host.isToStop(runtime)
}
