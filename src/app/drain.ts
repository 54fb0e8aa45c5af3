import type { StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { OrderedWalk } from './ordered-walk.js'
import type { ServiceNodes } from './service-nodes.js'

/** A later hook gets at least this, even when nothing is left. */
const FLOOR_MS = 100

/**
 * Calls `onDrain` on everything that runs, dependants first, while all of it is still up. No timer or cron begins a
 * run from now on.
 *
 * @param left milliseconds until the drain as a whole is to be over, asked anew for every hook
 */
export async function drain(
  nodes: ServiceNodes,
  reason: StopReason,
  left: () => number
): Promise<readonly StopFailure[]> {
  const failures: StopFailure[] = []
  let anyHook = false
  for (const runtime of nodes.runtimes) {
    for (const one of family(runtime)) {
      one.beginDrain(reason)
      anyHook ||= one.state === 'running' && one.hasHook('onDrain')
    }
  }
  if (!anyHook) return failures
  const walk = new OrderedWalk(nodes.stopOrder, {
    fromLast: true,
    visit: (index) => {
      void drainOne(nodes.runtimes[index]!, left, failures).then(() => walk.done(index))
    }
  })
  walk.begin()
  await walk.finished
  return failures
}

async function drainOne(runtime: ServiceRuntime, left: () => number, failures: StopFailure[]): Promise<void> {
  for (const one of family(runtime).toReversed()) {
    if (one.state !== 'running' || !one.hasHook('onDrain')) continue
    try {
      await one.callHook('onDrain', Math.max(FLOOR_MS, left()))
    } catch (error) {
      failures.push({ service: one.name, phase: 'onDrain', error })
    }
  }
}

/** A service and all it owns, owners first. */
export function family(runtime: ServiceRuntime): ServiceRuntime[] {
  const all = [runtime]
  // The array grows while it is walked.
  for (const one of all) all.push(...one.children_.runtimes)
  return all
}
