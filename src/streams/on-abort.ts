import { Roster } from './roster.js'

/** Those who wait for one signal. */
interface Waiters {
  readonly listeners: Roster<() => void>
  readonly wake: () => void
  /** The event listener stays although nobody waits. */
  readonly isKept: boolean
}

const waitersOf = new WeakMap<AbortSignal, Waiters>()

/**
 * Calls `listener` once when the signal aborts; not when it is aborted already.
 *
 * However many wait, the signal has one event listener: Node warns of a leak from the eleventh on, and takes one
 * off in a time that grows with their number.
 */
export function onAbort(signal: AbortSignal, listener: () => void): void {
  let waiters = waitersOf.get(signal)
  if (waiters === undefined) waitersOf.set(signal, (waiters = newWaiters(false)))
  if (waiters.listeners.size === 0 && !waiters.isKept) signal.addEventListener('abort', waiters.wake, ONCE)
  waiters.listeners.add(listener)
}

/** Forgets a listener of {@link onAbort}; with the last one gone, nothing is left on the signal. */
export function offAbort(signal: AbortSignal, listener: () => void): void {
  const waiters = waitersOf.get(signal)
  if (waiters === undefined || !waiters.listeners.delete(listener)) return
  if (waiters.listeners.size === 0 && !waiters.isKept) signal.removeEventListener('abort', waiters.wake)
}

/**
 * Has a signal of our own keep its event listener from now on: many are going to wait for it, one after the other, and to
 * put it on and take it off again is a third of such a wait.
 */
export function keepListening(signal: AbortSignal): void {
  const waiters = newWaiters(true)
  waitersOf.set(signal, waiters)
  signal.addEventListener('abort', waiters.wake, ONCE)
}

const ONCE = { once: true } as const

function newWaiters(isKept: boolean): Waiters {
  const listeners = new Roster<() => void>()
  const wake = (): void => {
    const woken = listeners.all()
    listeners.clear()
    for (const listener of woken) listener()
  }
  return { listeners, wake, isKept }
}
