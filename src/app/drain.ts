import type { StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { drainFamily, family, type ServiceRuntime } from '../service/index.js'
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
  const begin = (runtime: ServiceRuntime): void => {
    runtime.beginDrain(reason)
    anyHook ||= runtime.state === 'running' && runtime.hasHook('onDrain')
  }
  for (let n = 0; n < nodes.size; n++) {
    const runtime = nodes.runtimes[n]!
    if (runtime.childrenIfAny === undefined) begin(runtime)
    else family(runtime).forEach(begin)
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
