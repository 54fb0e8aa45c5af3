/**
 * Tells the error that Node raises when the stack is full, also behind an error that was made of it on the way up.
 * Nobody may take it for an answer.
 */
export function isOverflow(error: unknown): boolean {
  // causes may go in a circle
  const seen = new Set<unknown>()
  try {
    for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
      seen.add(at)
      if (at instanceof RangeError && at.message.includes('call stack')) return true
    }
  } catch {
    // a revoked proxy, or a getter that throws: anything can be thrown
  }
  return false
}

/** More calls than a constructor or two take. */
const PROBE = 200

/**
 * Whether hardly anything is left of the stack. With nothing left Node may also raise a `TypeError`, when it can no
 * longer call what a language construct calls.
 */
export function isStackNearlyFull(): boolean {
  try {
    return descend(PROBE) < 0
  } catch {
    return true
  }
}

function descend(left: number): number {
  return left === 0 ? 0 : 1 + descend(left - 1)
}
