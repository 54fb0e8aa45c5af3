import { createHook } from 'node:async_hooks'
import { ownerNow, type Owner } from './owners.js'
import { noteHandle, noteHandleEnd } from './real-handles.js'
import { noteJob, noteJobEnd } from './real-jobs.js'

/** What was set with `setTimeout` or `setInterval`, and nobody has cleared, by its id. */
const timers = new Map<number, RealTimer>()
let set = 0

interface RealTimer {
  readonly timer: NodeJS.Timeout
  /** None for those of a test, and of who runs it. */
  readonly owner: Owner | undefined
  readonly number: number
}

// One for the process: a hook costs something at each promise, so they must not add up where tests do not dispose.
const hook = createHook({
  init(id, type, trigger, resource) {
    if (type === 'PROMISE') return
    if (type === 'Timeout') {
      timers.set(id, { timer: resource as NodeJS.Timeout, owner: ownerNow(), number: ++set })
      return
    }
    if (!noteJob(id, type, resource)) noteHandle(id, type, trigger, resource)
  },
  destroy(id) {
    timers.delete(id)
    noteHandleEnd(id)
    noteJobEnd(id)
  }
})

/** Begins to remember who sets which real timer and opens what, and what goes on in other threads; once is enough. */
export function watchRealWork(): void {
  // Made when they are first asked for: they are to be the process's, not those of the service that asks.
  for (const name of ['stdout', 'stderr'] as const) Reflect.get(process, name)
  hook.enable()
}

/** How many timers of an owner are open that keep the process alive. */
export function realTimersOf(one: Owner): number {
  return openTimersOf(one).filter((timer) => timer.hasRef()).length
}

/** The timers of an owner that are open, whether they keep the process alive or not. */
export function openTimersOf(one: Owner): NodeJS.Timeout[] {
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

/** Those of them that are an application's, not of a test or of who runs it. */
export function ownedTimersSince(mark: number): NodeJS.Timeout[] {
  return [...timers.values()]
    .filter(({ number, owner }) => number > mark && owner !== undefined)
    .map(({ timer }) => timer)
}
