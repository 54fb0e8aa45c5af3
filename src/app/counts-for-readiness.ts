import type { ServiceRuntime } from '../service/index.js'

/**
 * Whether readiness depends on a service: it is `critical`, and so are its owners, and none of these is a child that is
 * still to come or has gone; see D38.
 */
export function countsForReadiness(runtime: ServiceRuntime): boolean {
  for (let one: ServiceRuntime | undefined = runtime; one !== undefined; one = one.owner)
    if (!one.settings.critical || (one.owner !== undefined && comesOrHasGone(one, one.owner))) return false
  return true
}

/** Children come and go while their owner runs, which is nothing wrong with it. What crashed, or restarts, has not gone. */
function comesOrHasGone(child: ServiceRuntime, owner: ServiceRuntime): boolean {
  if (child.state === 'running' || child.isOwedARestart) return false
  if (!child.hasRun) return owner.state === 'running'
  if (child.isRestartPlanned) return false
  // nobody wants that one back, however it ended
  return child.settings.restart === 'temporary' || child.isStoppedAtWill
}
