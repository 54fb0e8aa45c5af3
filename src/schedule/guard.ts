/**
 * Calls user code so that every way of failing comes out in one place: throwing counts as rejecting, nothing
 * stays unhandled, and a result that is not a promise costs none.
 *
 * @param settled called exactly once; at once when the code has ended by then
 */
export function callGuarded(code: () => unknown, settled: (failed: boolean, value: unknown) => void): void {
  let result: unknown
  let pending: boolean
  try {
    result = code()
    pending = isThenable(result)
  } catch (error) {
    settled(true, error)
    return
  }
  if (!pending) {
    settled(false, result)
    return
  }
  void Promise.resolve(result).then(
    (value) => settled(false, value),
    (error: unknown) => settled(true, error)
  )
}

function isThenable(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  return typeof (value as { readonly then?: unknown }).then === 'function'
}
