import type { StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { drainFamily, family } from '../service/index.js'
import { OrderedWalk } from './ordered-walk.js'
import type { ServiceNodes } from './service-nodes.js'

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
      void drainFamily(nodes.runtimes[index]!, left).then((failed) => {
        failures.push(...failed)
        walk.done(index)
      })
    }
  })
  walk.begin()
  await walk.finished
  return failures
}
