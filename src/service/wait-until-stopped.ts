import { LifecycleError } from '../errors/index.js'
import { offAbort, onAbort } from '../streams/index.js'
import { formatDuration, type TimerHandle } from '../time/index.js'
import { timeoutOf } from '../waits/index.js'
import { calledFrom } from './call.js'
import { selfWaitError } from './service-errors.js'
import type { WaitUntilStoppedOptions } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'

/**
 * Waits for the end of a service, after which nobody is going to start it again: rejects with what crashed it. Whoever
 * waits in the work of a service that stops before it is waiting in vain from then on.
 *
 * @param onEnd calls back once it has ended, which may be at once; what it gives back takes that out again
 */
export function waitUntilStopped(
  runtime: ServiceRuntime,
  onEnd: (ended: () => void) => (() => void) | undefined,
  options: WaitUntilStoppedOptions | undefined
): Promise<void> {
  // Its end waits for the work of its children too.
  if (calledFrom((caller) => caller === runtime || caller.isOwnedBy(runtime)))
    return Promise.reject(selfWaitError(runtime.name, 'its own end'))
  return new Promise((resolve, reject) => {
    const limit = timeoutOf(options, `waitUntilStopped() of ${runtime.name}`)
    const { clock } = runtime.host
    const before = callerThatStopsBefore(runtime)
    const signal = before?.currentRun.signal
    let timer: TimerHandle
    const settled = (): void => {
      clock.clearTimeout(timer)
      if (signal !== undefined) offAbort(signal, inVain)
    }
    const inVain = (): void => {
      leave?.()
      settled()
      // work that rejects with that has ended normally
      reject(signal?.reason as Error)
    }
    const leave = onEnd(() => {
      settled()
      if (runtime.hasCrashed) reject(runtime.crashReason)
      else resolve()
    })
    if (leave === undefined) return
    if (signal?.aborted === true) {
      leave()
      reject(selfWaitError(before!.name, `the end of ${runtime.name}`))
      return
    }
    if (signal !== undefined) onAbort(signal, inVain)
    if (limit === Infinity) return
    timer = clock.setTimeout(() => {
      leave()
      settled()
      const message = `${runtime.name} did not stop within ${formatDuration(limit)}`
      reject(new LifecycleError('KEEL_WAIT_TIMEOUT', { message, service: runtime.name }))
    }, limit)
  })
}

/** The service in whose work somebody waits, if that stops first. */
function callerThatStopsBefore(runtime: ServiceRuntime): ServiceRuntime | undefined {
  const { host } = runtime
  let found: ServiceRuntime | undefined
  calledFrom((caller) => {
    if (caller.host !== host || caller.isAtRest || !host.stopsBefore(caller, runtime)) return false
    found = caller
    return true
  })
  return found
}
