import type { ServiceRuntime } from './service-runtime.js'

const runtimes = new WeakMap<object, ServiceRuntime>()

/** The runtime that drives this object, if it is a service already. */
export function runtimeOf(instance: object): ServiceRuntime | undefined {
  return runtimes.get(instance)
}

/** Remembers who drives an object: nothing is driven twice. */
export function registerRuntime(instance: object, runtime: ServiceRuntime): void {
  runtimes.set(instance, runtime)
}

/** From now on this runtime drives the object, be it still under construction. */
export function drives(runtime: ServiceRuntime, instance: object): ServiceRuntime {
  runtime.bind(instance)
  registerRuntime(instance, runtime)
  return runtime
}
