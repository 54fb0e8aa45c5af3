import { type HookName, refuseGenerator } from '../metadata/index.js'
import { ScopedContext } from './bound-context.js'
import { callOf, runAs } from './call.js'
import { promiseOf } from './promise-of.js'
import type { Run } from './run.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Calls a hook as a call of its service, with the context of its run, and tells of it, if anybody listens. */
export function callHook(runtime: ServiceRuntime, hook: HookName): unknown {
  return runtime.host.listens ? callAloud(runtime, hook) : callQuietly(runtime, hook)
}

function callQuietly(runtime: ServiceRuntime, hook: HookName): unknown {
  return runAs(callOf(runtime), invoke, runtime, hook, runtime.currentRun)
}

function callAloud(runtime: ServiceRuntime, hook: HookName): unknown {
  const { host, name: service } = runtime
  const { clock } = host
  const begun = clock.monotonic()
  host.publish({ type: 'hook.started', at: clock.now(), service, hook }, runtime)
  const finished = (...failure: [] | [unknown]): void => {
    const at = clock.now()
    const durationMs = clock.monotonic() - begun
    const plain = { type: 'hook.finished', at, service, hook, durationMs } as const
    host.publish(failure.length === 0 ? plain : { ...plain, error: failure[0] }, runtime)
  }
  let result: unknown
  try {
    result = callQuietly(runtime, hook)
  } catch (error) {
    finished(error)
    throw error
  }
  const promise = promiseOf(result)
  if (promise === undefined) {
    finished()
    return result
  }
  return promise.then(
    () => finished(),
    (error: unknown) => {
      finished(error)
      throw error
    }
  )
}

/** Without a closure for each call: bound to nothing, it is given what it needs by {@link runAs}. */
function invoke(runtime: ServiceRuntime, hook: HookName, run: Run): unknown {
  const { instance } = runtime
  // each class has its own, see D46
  const method = Reflect.get(instance, hook) as ((context: ServiceContext) => unknown) | undefined
  const result = method?.call(instance, new ScopedContext(runtime, run))
  if (typeof result === 'object' && result !== null && !(result instanceof Promise))
    refuseGenerator(method, `${hook} of ${runtime.name}`)
  return result
}
