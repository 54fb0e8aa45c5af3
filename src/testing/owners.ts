import { AsyncLocalStorage } from 'node:async_hooks'
import { currentCall, type ServiceRuntime } from '../service/index.js'

/** Whose doing something is: a service's, or the construction of an application. */
export type Owner = ServiceRuntime | Construction

/** What an application constructs, at its boot and later on. */
export class Construction {
  /** Does the work; what constructors and factories begin meanwhile, or later on, is kept in mind. */
  run<T>(work: () => T): T {
    return underConstruction.run(this, work)
  }
}

const underConstruction = new AsyncLocalStorage<Construction>()

/** Whose doing is what begins now; nobody's when it is done by a test, or by who runs it. */
export function ownerNow(): Owner | undefined {
  return currentCall()?.runtime ?? underConstruction.getStore()
}
