import type { StopFailure } from '../errors/index.js'
import type { ServiceRuntime } from './service-runtime.js'

/** A service and all it owns, owners first. */
export function family(runtime: ServiceRuntime): ServiceRuntime[] {
  const all = [runtime]
  if (runtime.childRuntimes.length === 0) return all
  // The array grows while it is walked.
  for (const one of all) all.push(...one.childRuntimes)
  return all
}

/** Names from the owner that nobody owns down to a service. */
export function lineage(runtime: ServiceRuntime): string[] {
  const names: string[] = []
  for (let one: ServiceRuntime | undefined = runtime; one !== undefined; one = one.owner) names.push(one.name)
  return names.toReversed()
}

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

/** A later hook of a drain gets at least this, even when nothing is left. */
const FLOOR_MS = 100

/**
 * Calls `onDrain` of a service and of its children, the youngest first, as far as they run. Resolves with what failed.
 *
 * @param left milliseconds until the drain as a whole is to be over, asked anew for every hook
 */
export async function drainFamily(runtime: ServiceRuntime, left: () => number): Promise<StopFailure[]> {
  const failures: StopFailure[] = []
  for (const one of family(runtime).toReversed()) {
    if (one.state !== 'running' || !one.hasHook('onDrain')) continue
    try {
      await one.callHook('onDrain', Math.max(FLOOR_MS, left()))
    } catch (error) {
      failures.push({ service: one.name, phase: 'onDrain', error })
    }
  }
  return failures
}
