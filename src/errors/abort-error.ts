/** The reason of an aborted signal, shaped as Node's own: `name`, `code` and `cause`. */
export class AbortError extends Error {
  readonly code = 'ABORT_ERR'

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'AbortError', configurable: true, writable: true })
  }
}

/**
 * Whether this is an `AbortError` of whatever make: Node's, the web platform's (`DOMException`), ours. Once its
 * signal is aborted, work that rejects with one ended normally. Never throws.
 */
export function isAbortError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  try {
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown }
    return name === 'AbortError' || code === 'ABORT_ERR'
  } catch {
    // a revoked proxy, or a getter that throws: anything can be thrown
    return false
  }
}

/** Whether work ended because a signal of ours was aborted: with its reason, or with an `AbortError` of that cause. Never throws. */
export function isEndOfSignal(error: unknown): boolean {
  if (!isAbortError(error)) return false
  try {
    return error instanceof AbortError || (error as Error).cause instanceof AbortError
  } catch {
    return false
  }
}
