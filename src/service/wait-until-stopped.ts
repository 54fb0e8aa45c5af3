import { LifecycleError } from '../errors/index.js'
import { formatDuration, type Duration, type TimerHandle } from '../time/index.js'
import { timeoutOf } from '../waits/index.js'
import { calledFrom } from './call.js'
import { selfWaitError } from './service-errors.js'
import type { ServiceRuntime } from './service-runtime.js'

/**
 * Waits for the end of a service, after which nobody is going to start it again: rejects with what crashed it.
 *
 * @param onEnd calls back once it has ended, which may be at once; what it gives back takes that out again
 */
export function waitUntilStopped(
  runtime: ServiceRuntime,
  onEnd: (ended: () => void) => (() => void) | undefined,
  options: { readonly timeout?: Duration } | undefined
): Promise<void> {
  // Its end waits for the work of its children too.
  if (calledFrom((caller) => caller === runtime || caller.isOwnedBy(runtime)))
    return Promise.reject(selfWaitError(runtime.name, 'its own end'))
  return new Promise((resolve, reject) => {
    const limit = timeoutOf(options, `waitUntilStopped() of ${runtime.name}`)
    const { clock } = runtime.host
    let timer: TimerHandle
    const leave = onEnd(() => {
      clock.clearTimeout(timer)
      if (runtime.hasCrashed) reject(runtime.crashReason)
      else resolve()
    })
    if (leave === undefined || limit === Infinity) return
    timer = clock.setTimeout(() => {
      leave()
      const message = `${runtime.name} did not stop within ${formatDuration(limit)}`
      reject(new LifecycleError('KEEL_WAIT_TIMEOUT', { message, service: runtime.name }))
    }, limit)
  })
}
