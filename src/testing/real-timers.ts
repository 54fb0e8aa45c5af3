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
const timers = new Map<number, RealTimer>()
let set = 0

interface RealTimer {
  readonly timer: NodeJS.Timeout
  /** None for those of a test, and of who runs it. */
  readonly owner: TimerOwner | undefined
  readonly number: number
}

// One for the process: a hook costs something at each promise, so they must not add up where tests do not dispose.
const hook = createHook({
  init(id, type, _trigger, timer) {
    if (type === 'PROMISE') return
    if (type !== 'Timeout') return noteBegin(id, type, timer)
    const owner = currentCall()?.runtime ?? underConstruction.getStore()
    timers.set(id, { timer: timer as NodeJS.Timeout, owner, number: ++set })
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
  return openTimersOf(one).filter((timer) => timer.hasRef()).length
}

/** The timers of an owner that are open, whether they keep the process alive or not. */
export function openTimersOf(one: TimerOwner): NodeJS.Timeout[] {
  return [...timers.values()].filter(({ owner }) => owner === one).map(({ timer }) => timer)
}

/** How many timers have been set so far: a mark for {@link timersSince}. */
export function timersSoFar(): number {
  return set
}

/** The timers set after a mark, by whomever, that are open. */
export function timersSince(mark: number): NodeJS.Timeout[] {
  return [...timers.values()].filter(({ number }) => number > mark).map(({ timer }) => timer)
}
