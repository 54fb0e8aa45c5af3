import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServiceHost } from './service-host.js'
import type { ServiceRuntime } from './service-runtime.js'

/** One call of user code: a hook, or the body of a task, timer or cron. */
export interface Call {
  readonly runtime: ServiceRuntime
  /** The number of the run that it is part of. */
  readonly run: number
  /** The call that this one was made from. */
  readonly parent: Call | undefined
  /** Of the body of a task, timer or cron: the start of its service does not wait for it. */
  readonly isBackground: boolean
  /** The background work it is a call of, where that can be cancelled alone. */
  readonly work: object | undefined
}

const calls = new AsyncLocalStorage<Call | undefined>()

/** The call of a service that the code now running belongs to, across awaits. */
export function currentCall(): Call | undefined {
  return calls.getStore()
}

/** A call of `runtime`, made from the one that the code now running belongs to. */
export function callOf(runtime: ServiceRuntime): Call {
  return { runtime, run: runtime.run, parent: calls.getStore(), isBackground: false, work: undefined }
}

/** Runs user code as a call of `runtime`. */
export function runCall<T>(runtime: ServiceRuntime, code: () => T): T {
  return calls.run(callOf(runtime), code)
}

/** A call that nobody waits in for whoever happened to start the service: of the body of a task, timer or cron. */
export function rootCall(runtime: ServiceRuntime, work?: object): Call {
  return { runtime, run: runtime.run, parent: undefined, isBackground: true, work }
}

/** Runs user code as a call that nobody waits in. */
export function runAlone<T>(runtime: ServiceRuntime, work: object, code: () => T): T {
  return calls.run(rootCall(runtime, work), code)
}

/** Runs user code as this call. */
export function runAs<A, B, C, T>(call: Call, code: (a: A, b: B, c: C) => T, a: A, b: B, c: C): T {
  // three, not any number: a list of them that is made and spread out again takes as long as all else here
  return calls.run(call, code, a, b, c)
}

/** Runs what a call has brought about without being made to wait for it: it is nobody's call. */
export function outsideCalls<T>(code: () => T): T {
  return calls.run(undefined, code)
}

/** Whether the code now running was called, directly or not, by a service for which `matches` holds. */
export function calledFrom(matches: (runtime: ServiceRuntime) => boolean): boolean {
  for (let call = currentCall(); call !== undefined; call = call.parent)
    if (matches(call.runtime)) return true
  return false
}

/** Whether the code now running was called, directly or not, by a hook of a service for which `matches` holds. */
export function calledFromHook(matches: (runtime: ServiceRuntime) => boolean): boolean {
  for (let call = currentCall(); call !== undefined; call = call.parent)
    if (!call.isBackground && matches(call.runtime)) return true
  return false
}

/** Whether the code now running was called by work of a run that ended, or was to, of a service that lives there. */
export function isLeftBehind(host: ServiceHost): boolean {
  for (let call = currentCall(); call !== undefined; call = call.parent) {
    const { run, runtime } = call
    if (runtime.host === host && (runtime.run !== run || runtime.stopReason !== undefined)) return true
  }
  return false
}

/** Whether the code now running was called, directly or not, by this work. */
export function calledFromWork(work: object): boolean {
  for (let call = currentCall(); call !== undefined; call = call.parent) if (call.work === work) return true
  return false
}

/**
 * Runs what waits for the services that `waitsFor` tells. Asked for by a call of one of them, it is not awaited, since
 * that call would wait for itself; its failure goes to `failed`.
 */
export function unlessFromWithin(
  waitsFor: (runtime: ServiceRuntime) => boolean,
  code: () => Promise<void>,
  failed: (error: unknown) => void
): Promise<void> {
  if (!calledFrom(waitsFor)) return code()
  outsideCalls(code).catch(failed)
  return Promise.resolve()
}
