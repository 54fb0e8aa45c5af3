/** Whether a value can be awaited. May throw, as everything that reads a user's object. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/**
 * What a hook or body has returned, to be awaited; undefined when it is no promise of any make. What looks like one is
 * called as `await` calls it: a `then` that cannot be read, throws, or answers twice disturbs nobody.
 */
export function promiseOf(result: unknown): Promise<unknown> | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  try {
    if (result instanceof Promise) return result
    return isPromiseLike(result) ? Promise.resolve(result) : undefined
  } catch (error) {
    return Promise.reject(error)
  }
}
