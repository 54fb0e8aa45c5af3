import type { StopFailure } from '../errors/index.js'
import { callOutsideHook } from './outside-hook.js'
import type { ServiceRuntime } from './service-runtime.js'
import { LEAST_MS } from './step-limits.js'

/** A service and all it owns, owners first. */
export function family(runtime: ServiceRuntime): ServiceRuntime[] {
  const all = [runtime]
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

/**
 * What a service, and all it owns, has taken for runs that never came is released, the youngest first; undefined when
 * there is no such thing.
 *
 * @param left milliseconds for each release, asked anew for every one
 */
export function releaseUnbegun(
  runtime: ServiceRuntime,
  left: () => number
): Promise<readonly StopFailure[]> | undefined {
  return runtime.childrenIfAny === undefined
    ? runtime.releaseUnbegun(left)
    : releaseEach(family(runtime).toReversed(), left)
}

async function releaseEach(
  runtimes: readonly ServiceRuntime[],
  left: () => number
): Promise<readonly StopFailure[]> {
  const failures: StopFailure[] = []
  for (const one of runtimes) failures.push(...((await one.releaseUnbegun(left)) ?? []))
  return failures
}

/** A service whose `onReady` failed. */
export interface NotReady {
  readonly runtime: ServiceRuntime
  readonly cause: unknown
}

/** Calls `onReady` of services that run, and of their children, all at once; once in a run. Resolves with the first that fails. */
export async function tellReady(
  runtimes: readonly ServiceRuntime[],
  isOver: () => boolean = () => false
): Promise<NotReady | undefined> {
  let first: NotReady | undefined
  const calls: Promise<void>[] = []
  const tell = (runtime: ServiceRuntime): void => {
    if (isOver() || runtime.state !== 'running' || !runtime.hasHook('onReady')) return
    const run = runtime.currentRun
    // one that has just started is told by whoever started it, and by a start of all that comes to it now
    if (run.isToldReady) return
    run.isToldReady = true
    const call = callOutsideHook(runtime, 'onReady', runtime.settings.startTimeout).catch(
      (cause: unknown) => {
        first ??= { runtime, cause }
        throw cause
      }
    )
    calls.push(call)
  }
  for (let n = 0; n < runtimes.length; n++) {
    const runtime = runtimes[n]!
    if (runtime.childrenIfAny === undefined) tell(runtime)
    else if (runtime.state === 'running') family(runtime).forEach(tell)
  }
  try {
    await Promise.all(calls)
  } catch {
    return first
  }
  return undefined
}

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
      await callOutsideHook(one, 'onDrain', Math.max(LEAST_MS, left()))
    } catch (error) {
      failures.push({ service: one.name, phase: 'onDrain', error })
    }
  }
  return failures
}
