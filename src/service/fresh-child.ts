import type { StopFailure } from '../errors/index.js'
import { releaseUnbegun } from './family.js'
import { drives, runtimeOf } from './runtime-registry.js'
import type { ServiceContext } from './service-context.js'
import type { UnfinishedChild } from './service-host.js'
import type { ServiceRuntime } from './service-runtime.js'
import { LEAST_MS, stopLimit } from './step-limits.js'

/** A child that is made from a class: what drives it is there before its constructor has returned, if that asks for it. */
export class FreshChild implements UnfinishedChild {
  readonly #make: () => ServiceRuntime
  #runtime: ServiceRuntime | undefined
  #hasObject = false

  constructor(make: () => ServiceRuntime) {
    this.#make = make
  }

  get runtime(): ServiceRuntime {
    return (this.#runtime ??= this.#make())
  }

  /** That, if it was asked for. */
  get runtimeIfAny(): ServiceRuntime | undefined {
    return this.#runtime
  }

  context(): ServiceContext {
    return this.runtime.liveContext
  }

  appeared(object: object): void {
    // a further one is of the same class, and made by hand
    if (this.#hasObject || runtimeOf(object) !== undefined) return
    this.#hasObject = true
    drives(this.runtime, object)
  }

  release(): Promise<readonly StopFailure[]> | undefined {
    return this.#runtime === undefined ? undefined : releaseFresh(this.#runtime)
  }

  /** Its object turned out to have another runtime already. */
  giveWayTo(own: ServiceRuntime): void {
    if (this.#runtime === undefined) return
    this.#runtime.liveContext.retarget(own)
    own.inherit(this.#runtime)
  }
}

/** Releases what the constructor of a child has taken for a run that never came, in as long as a stop may take. */
export function releaseFresh(runtime: ServiceRuntime): Promise<readonly StopFailure[]> | undefined {
  return releaseUnbegun(runtime, () => Math.max(LEAST_MS, stopLimit(runtime.settings, 0, runtime.host)))
}
