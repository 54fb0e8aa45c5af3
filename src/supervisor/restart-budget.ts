import { type Backoff, backoffSum } from './backoff.js'

/** How often a supervisor may restart. */
export interface RestartLimits {
  /** Restarts in one window; `Infinity`: no limit. */
  readonly maxRestarts: number
  /** Least length of the window, in milliseconds. */
  readonly within: number
  /** `undefined`: restarts at once. */
  readonly backoff: Backoff | undefined
}

/** Whether one more restart is within the budget, and the history to ask with next time. */
export interface RestartVerdict {
  readonly allowed: boolean
  readonly history: readonly number[]
}

/**
 * Asks for one restart out of the budget: at most `maxRestarts` in any window, as Erlang/OTP's `intensity` in `period`.
 *
 * @param history - when earlier restarts were allowed, ascending, as the last verdict gave; empty at first
 * @param now - milliseconds on the same, monotonic clock
 */
export function spendRestart(history: readonly number[], now: number, limits: RestartLimits): RestartVerdict {
  // nothing to count, and nothing that could grow for ever
  if (limits.maxRestarts === Infinity) return { allowed: true, history: [] }
  const window = budgetWindow(limits)
  const recent = history.filter((time) => now - time < window)
  return recent.length < limits.maxRestarts
    ? { allowed: true, history: [...recent, now] }
    : { allowed: false, history: recent }
}

/**
 * The length of the window in milliseconds: `within`, but at least twice the sum of the first `maxRestarts` delays.
 * Else the delays alone would spread restarts so thin that no number of them ever exceeded the limit.
 */
export function budgetWindow({ maxRestarts, within, backoff }: RestartLimits): number {
  return backoff === undefined ? within : Math.max(within, 2 * backoffSum(backoff, maxRestarts))
}
