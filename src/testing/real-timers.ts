import { createHook } from 'node:async_hooks'
import { currentCall, type ServiceRuntime } from '../service/index.js'

/** What a call of a service set with `setTimeout` or `setInterval`, and nobody has cleared, by its id. */
const timers = new Map<number, { readonly timer: NodeJS.Timeout; readonly runtime: ServiceRuntime }>()

// One for the process: a hook costs something at each promise, so they must not add up where tests do not dispose.
const hook = createHook({
  init(id, type, _trigger, timer) {
    if (type !== 'Timeout') return
    const runtime = currentCall()?.runtime
    if (runtime !== undefined) timers.set(id, { timer: timer as NodeJS.Timeout, runtime })
  },
  destroy(id) {
    timers.delete(id)
  }
})

/** Begins to remember which service sets which real timer; once is enough. */
export function watchRealTimers(): void {
  hook.enable()
}

/** How many timers of a service are open that keep the process alive. */
export function realTimersOf(service: ServiceRuntime): number {
  let count = 0
  for (const { timer, runtime } of timers.values()) if (runtime === service && timer.hasRef()) count++
  return count
}
