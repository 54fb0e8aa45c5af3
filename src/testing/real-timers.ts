import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { currentCall, type ServiceRuntime } from '../service/index.js'
import { noteBegin, noteEnd } from './real-jobs.js'

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
    if (type === 'PROMISE') return
    if (type !== 'Timeout') return noteBegin(id, type, timer)
    const owner = currentCall()?.runtime ?? underConstruction.getStore()
    if (owner !== undefined) timers.set(id, { timer: timer as NodeJS.Timeout, owner })
  },
  destroy(id) {
    timers.delete(id)
    noteEnd(id)
  }
})

/** Begins to remember who sets which real timer, and what goes on in other threads; once is enough. */
export function watchRealWork(): void {
  hook.enable()
}

/** How many timers of an owner are open that keep the process alive. */
export function realTimersOf(one: TimerOwner): number {
  let count = 0
  for (const { timer, owner } of timers.values()) if (owner === one && timer.hasRef()) count++
  return count
}
