import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { currentCall, type ServiceRuntime } from '../service/index.js'

/** Whose timer it is: a service, or the construction of an application. */
export type TimerOwner = ServiceRuntime | Construction

/** One application being constructed. */
export class Construction {
  /** Does the work; what constructors and factories set meanwhile, or later on, is kept in mind. */
  run<T>(work: () => T): T {
    return underConstruction.run(this, work)
  }
}

const underConstruction = new AsyncLocalStorage<Construction>()

/** What was set with `setTimeout` or `setInterval`, and nobody has cleared, by its id. */
const timers = new Map<number, { readonly timer: NodeJS.Timeout; readonly owner: TimerOwner }>()

// One for the process: a hook costs something at each promise, so they must not add up where tests do not dispose.
const hook = createHook({
  init(id, type, _trigger, timer) {
    if (type !== 'Timeout') return
    const owner = currentCall()?.runtime ?? underConstruction.getStore()
    if (owner !== undefined) timers.set(id, { timer: timer as NodeJS.Timeout, owner })
  },
  destroy(id) {
    timers.delete(id)
  }
})

/** Begins to remember who sets which real timer; once is enough. */
export function watchRealTimers(): void {
  hook.enable()
}

/** How many timers of an owner are open that keep the process alive. */
export function realTimersOf(one: TimerOwner): number {
  let count = 0
  for (const { timer, owner } of timers.values()) if (owner === one && timer.hasRef()) count++
  return count
}
