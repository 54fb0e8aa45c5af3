import type { LifecycleEvent } from '../events/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { ServiceRuntime } from '../service/index.js'
import type { Clock } from '../time/index.js'
import type { Unit } from './unit.js'

/** A restart that failed. */
export interface FailedRestart {
  readonly runtime: ServiceRuntime
  readonly error: unknown
}

/** What a supervisor needs from where it stands. */
export interface RestarterPort {
  /** Name of the supervisor, for events and errors. */
  readonly name: string
  readonly clock: Clock
  /**
   * Everything it may decide about when `unit` ended and `along` were stopped with it, in start order, with what
   * the strategy asks of each.
   */
  candidates(
    unit: Unit,
    along: readonly ServiceRuntime[]
  ): readonly { readonly unit: Unit; readonly isDependent: boolean }[]
  /** The unit that stands for a service. */
  unitOf(runtime: ServiceRuntime): Unit
  /**
   * Stops services, dependants first, and releases what crashed ones held. Resolves when they are at rest; undefined
   * when they are already. Twenty promises less on the way of a restart saved a third of what it takes: on Node 20 each is
   * twenty calls of `AsyncLocalStorage`.
   */
  stop(runtimes: readonly ServiceRuntime[], reason: StopReason): Promise<void> | undefined
  /** Those of these, in start order, that need nothing but each other and what is not about to be restarted itself. */
  startable(runtimes: readonly ServiceRuntime[]): readonly ServiceRuntime[]
  /** Resolves when there may be more that are {@link startable}. */
  changed(): Promise<void>
  /**
   * Starts services at rest as restarts, dependencies first. Resolves with the one that could not start; undefined when
   * they run already.
   */
  start(runtimes: readonly ServiceRuntime[]): Promise<FailedRestart | undefined> | undefined
  /** Gives what is to run in place of a service that crashed and is at rest. */
  replace?(runtime: ServiceRuntime): Promise<ServiceRuntime>
  /** The supervisor has crashed: its services are to be stopped, and the one above decides. */
  crash(error: unknown, because: Unit): void | Promise<void>
  /** Whether a supervisor above is going to restart a service, along with all that stands below it. */
  isPlannedAbove?(runtime: ServiceRuntime): boolean
  /** A surprise in restarting a unit, which ends nothing. */
  report(error: unknown, unit: Unit): void
  /**
   * Publishes an event, if anybody listens.
   *
   * @param build makes it, of the time at which it is published
   * @param about the unit that it is about
   */
  publish(build: (at: number) => LifecycleEvent, about: Unit): void
  random(): number
}
