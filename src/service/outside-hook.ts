import type { HookName } from '../metadata/index.js'
import { isAbortError } from '../waits/index.js'
import { callHook } from './call-hook.js'
import { HookInFlight } from './hook-in-flight.js'
import { promiseOf } from './promise-of.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'
import type { OutsideHook } from './service-shape.js'

/** Calls a hook that stands outside the machine, `onReady` or `onDrain`, within a time limit. */
export async function callOutsideHook(
  runtime: ServiceRuntime,
  hook: OutsideHook,
  limitMs: number
): Promise<void> {
  const members = runtime.instance as Partial<Record<HookName, (context: ServiceContext) => unknown>>
  if (members[hook] === undefined) return
  const run = runtime.currentRun
  const result = promiseOf(callHook(runtime, hook))
  if (result === undefined) return
  const overdue = (): unknown => runtime.overdue(hook, limitMs)
  const limit = { clock: runtime.host.clock, ms: limitMs, overdue }
  const call = new HookInFlight(hook, result, limit, runtime.hookInFlight)
  runtime.hookInFlight = call
  try {
    await call.outcome
  } catch (error) {
    if (!(run.stopReason !== undefined && isAbortError(error))) throw error
  } finally {
    call.close()
    if (runtime.hookInFlight === call) runtime.hookInFlight = call.earlier
  }
}
