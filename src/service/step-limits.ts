import type { Step } from '../lifecycle/index.js'

/** Each hook of a stop or drain gets at least this, even when nothing is left. Milliseconds. */
export const LEAST_MS = 100
/** How long a stop waits for `setShutdown()` where no application limits it. */
const SHUTDOWN_GATE_MS = 60_000

/** What limits the steps of one service. */
interface Limits {
  readonly startTimeout: number
  readonly stopTimeout: number
  readonly shutdownTimeout: number | undefined
}

/** Knows how long the whole stop may take yet: asked by steps of a stop only. */
interface Budget {
  /** @param now the monotonic clock, where it has been read */
  shutdownBudget(now?: number): number
}

/**
 * How long a step may take, in milliseconds; 0: it is not awaited.
 *
 * @param spent what the steps before it have taken of the limit of the start or stop
 * @param begun when it began: a reading of the monotonic clock
 */
export function stepLimit(step: Step, limits: Limits, spent: number, budget: Budget, begun: number): number {
  switch (step) {
    case 'children':
    case 'stop-children':
      return Infinity
    case 'release': // limits each resource itself
      return limits.stopTimeout === 0 ? 0 : Infinity
    case 'shutdown-gate': {
      const left = budget.shutdownBudget(begun)
      const own = limits.shutdownTimeout ?? (left === Infinity ? SHUTDOWN_GATE_MS : Infinity)
      return Math.max(LEAST_MS, Math.min(own, left))
    }
    case 'first-start':
    case 'restart':
    case 'start':
    case 'work':
    case 'started':
      return Math.max(1, limits.startTimeout - spent)
    case 'settle':
    case 'stop':
    case 'end-work':
    case 'shutdown':
      return stopLimit(limits, spent, budget, begun)
  }
}

/** Whether a step has no longer than the whole stop, see {@link stepLimit}. */
export function isOfShutdown(step: Step): boolean {
  return step === 'stop' || step === 'end-work' || step === 'shutdown' || step === 'shutdown-gate'
}

/** How long what is left of a stop may take, in milliseconds; 0: nothing of it is awaited. */
export function stopLimit({ stopTimeout }: Limits, spent: number, budget: Budget, now?: number): number {
  return stopTimeout === 0 ? 0 : Math.max(LEAST_MS, Math.min(stopTimeout - spent, budget.shutdownBudget(now)))
}
