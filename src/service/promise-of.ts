import { isThenable } from '../errors/index.js'

/**
 * What a hook or body has returned, to be awaited; undefined when it is no promise of any make. What looks like one is
 * called as `await` calls it: a `then` that cannot be read, throws, or answers twice disturbs nobody.
 */
export function promiseOf(result: unknown): Promise<unknown> | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  try {
    if (result instanceof Promise) return result
    return isThenable(result) ? Promise.resolve(result) : undefined
  } catch (error) {
    return Promise.reject(error)
  }
}
