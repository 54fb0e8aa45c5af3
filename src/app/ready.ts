import type { ServiceRuntime } from '../service/index.js'
import { family } from './drain.js'

/** A service whose `onReady` failed. */
export interface NotReady {
  readonly runtime: ServiceRuntime
  readonly cause: unknown
}

/** Calls `onReady` of services that run, and of their children, all at once. Resolves with the first that fails. */
export async function tellReady(runtimes: Iterable<ServiceRuntime>): Promise<NotReady | undefined> {
  let first: NotReady | undefined
  const calls: Promise<void>[] = []
  for (const runtime of runtimes) {
    if (runtime.state !== 'running') continue
    for (const one of family(runtime)) {
      if (one.state !== 'running' || !one.hasHook('onReady')) continue
      const call = one.callHook('onReady', one.definition.startTimeout).catch((cause: unknown) => {
        first ??= { runtime: one, cause }
        throw cause
      })
      calls.push(call)
    }
  }
  try {
    await Promise.all(calls)
  } catch {
    return first
  }
  return undefined
}
