/** A backoff with every default filled in; lengths in milliseconds. */
export interface Backoff {
  /** Before the first restart. */
  readonly initial: number
  /** By which each further delay is longer than the one before; 1 or more. */
  readonly factor: number
  /** The longest delay, jitter included. */
  readonly max: number
  /** How far chance may move a delay, as a share of it, either way; 0 to 1. */
  readonly jitter: number
  /** A run at least this long makes the next crash count as the first again. */
  readonly resetAfter: number
}

/**
 * The delay before the next restart, and how many restarts in a row that makes.
 *
 * @param attempts - restarts in a row before this one, as the last call gave; 0 at first
 * @param upFor - how long the run that ended had been up, in milliseconds; 0 for one that failed to start
 * @param random - gives numbers from 0 to 1, 1 excluded, such as `Math.random`
 */
export function nextBackoff(
  backoff: Backoff,
  attempts: number,
  upFor: number,
  random: () => number
): { delay: number; attempts: number } {
  const before = upFor >= backoff.resetAfter ? 0 : attempts
  const spread = 1 + backoff.jitter * (2 * random() - 1)
  const delay = Math.min(backoffDelay(backoff, before) * spread, backoff.max)
  return { delay: Math.round(delay), attempts: before + 1 }
}

/** The delay before restart number `attempt` in a row, counted from 0, without jitter. */
export function backoffDelay({ initial, factor, max }: Backoff, attempt: number): number {
  // without the first case a large power would make 0 × Infinity
  return initial === 0 ? 0 : Math.min(initial * factor ** attempt, max)
}

/** The first `count` delays together, without jitter. */
export function backoffSum(backoff: Backoff, count: number): number {
  const { initial, factor, max } = backoff
  if (count === 0 || initial === 0) return 0
  const growing =
    factor === 1 ? count : Math.min(count, Math.ceil(Math.log(max / initial) / Math.log(factor)))
  const grown = factor === 1 ? initial * growing : (initial * (factor ** growing - 1)) / (factor - 1)
  return count === growing ? grown : grown + (count - growing) * max
}
