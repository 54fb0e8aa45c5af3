import type { RestartType } from '../metadata/index.js'
import type { ServiceRuntime } from '../service/index.js'
import type { Unit } from './restarter.js'

/** A unit that is one service. */
export class ServiceUnit implements Unit {
  readonly #runtime: ServiceRuntime
  readonly isForeign: boolean
  readonly mayFail: boolean
  readonly runtimes: readonly ServiceRuntime[]

  constructor(runtime: ServiceRuntime, fate: { readonly isForeign?: boolean; readonly mayFail?: boolean } = {}) {
    this.#runtime = runtime
    this.isForeign = fate.isForeign ?? false
    this.mayFail = fate.mayFail ?? false
    this.runtimes = [runtime]
  }

  get name(): string {
    return this.#runtime.name
  }

  get restart(): RestartType {
    return this.#runtime.definition.restart
  }

  get isAlive(): boolean {
    const { state } = this.#runtime
    return state === 'running' || state === 'starting' || state === 'waiting' || this.#runtime.isRestartPlanned
  }
}
