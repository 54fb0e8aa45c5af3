import type { RestartType } from '../metadata/index.js'
import type { RestartPlanner, ServiceRuntime } from '../service/index.js'

/** What a supervisor answers for as one thing: a service, or a whole supervisor below it with its services. */
export interface Unit {
  /** The same object whenever the same thing is meant. */
  readonly key: object
  readonly name: string
  readonly restart: RestartType
  /** Running, starting, or owed a restart. */
  readonly isAlive: boolean
  readonly isForeign: boolean
  readonly mayFail: boolean
  /** Its services, in start order. */
  readonly runtimes: readonly ServiceRuntime[]
  /** Those that start when it restarts: none that was down before, or restarts never. */
  readonly restarting: readonly ServiceRuntime[]
  /** It starts anew: its own restart budget is whole again. What it was about to restart is left to `planner`. */
  renew?(planner: RestartPlanner): readonly ServiceRuntime[]
}

/** A unit that is one service. */
export class ServiceUnit implements Unit {
  readonly key: ServiceRuntime
  readonly isForeign: boolean
  readonly mayFail: boolean
  readonly runtimes: readonly ServiceRuntime[]
  readonly restarting: readonly ServiceRuntime[]

  constructor(
    runtime: ServiceRuntime,
    fate: { readonly isForeign?: boolean; readonly mayFail?: boolean } = {}
  ) {
    this.key = runtime
    this.isForeign = fate.isForeign ?? false
    this.mayFail = fate.mayFail ?? false
    this.runtimes = this.restarting = [runtime]
  }

  get name(): string {
    return this.key.name
  }

  get restart(): RestartType {
    return this.key.settings.restart
  }

  get isAlive(): boolean {
    const { state, isOwedARestart } = this.key
    return state === 'running' || state === 'starting' || state === 'waiting' || isOwedARestart
  }
}

/** The service that a unit is; undefined for a whole supervisor. */
export function serviceOf(unit: Unit): ServiceRuntime | undefined {
  return unit instanceof ServiceUnit ? unit.key : undefined
}
