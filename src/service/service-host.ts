import type { StopFailure } from '../errors/index.js'
import type { StopReason, ServiceState } from '../lifecycle/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { Logger } from '../logging/index.js'
import type { Clock } from '../time/index.js'
import type { Class, Provider } from '../tokens/index.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'

/**
 * What a service needs from the place it lives in: an application, or nothing but itself.
 * Those who order services among each other live behind this port; the runtime below it knows only its own.
 */
export interface ServiceHost {
  /** First part of every path; empty for a service that lives alone. */
  readonly rootName: string
  readonly clock: Clock
  /** The time zone of crons that name none. */
  readonly timezone: string
  /** Whether every service is to take no new work. */
  readonly isDraining: boolean
  /** How often it has begun to stop as a whole: what was asked for before is off then. */
  readonly stops: number
  /** It has stopped as a whole, and was not started again. */
  readonly isStopped: boolean
  /** Whether anybody listens to events; nothing is built for nobody. */
  readonly listens: boolean
  publish(event: LifecycleEvent, about: ServiceRuntime): void
  logger(runtime: ServiceRuntime): Logger
  /** A state stream's subscriber threw. */
  subscriberFailed(runtime: ServiceRuntime, error: unknown): void
  /**
   * The service moved; its new state can be read everywhere.
   *
   * @param at a reading of the monotonic clock
   * @param now the same, unless somebody's code has run since
   */
  transitioned(runtime: ServiceRuntime, to: ServiceState, at: number, now: number | undefined): void
  /** A task began (1) or ended (-1); timers and crons do not count. */
  tasksChanged(change: 1 | -1): void
  /** A running service crashed, and neither a supervisor nor an owner answers for it. */
  crashed(runtime: ServiceRuntime, reason: unknown): void
  /** @throws LifecycleError `KEEL_SELF_WAIT` when its start waits for the work that asks for it */
  assertNoSelfWait(runtime: ServiceRuntime): void
  /** @param isRestart its run is a further one: `onRestart` runs, `restartCount` grows */
  start(runtime: ServiceRuntime, isRestart?: boolean): Promise<void>
  /**
   * @param ending told before anything stops, with those that are stopped along because they need it; what it gives
   *   back is called once all of them rest
   */
  stop(
    runtime: ServiceRuntime,
    reason: StopReason,
    ending?: (along: readonly ServiceRuntime[]) => () => void
  ): Promise<void>
  /** Whether it is about to be stopped for good, and only waits until those have stopped that need it. */
  isToStop(runtime: ServiceRuntime): boolean
  /** Whether a stop of `runtime` stops `other` too. */
  stopsAlong(runtime: ServiceRuntime, other: ServiceRuntime): boolean
  /** Whether `other` stops before `runtime` does when all stops, since it is ordered after that. */
  stopsBefore(other: ServiceRuntime, runtime: ServiceRuntime): boolean
  /** A restart that was planned will not be. */
  restartDropped(runtime: ServiceRuntime): void
  /**
   * Milliseconds left of the whole shutdown; `Infinity` when there is no limit.
   *
   * @param now the monotonic clock, where it has been read
   */
  shutdownBudget(now?: number): number
  /** Calls `tell` when the whole is to stop, and {@link shutdownBudget} is limited. @returns takes that back */
  onShutdown(tell: () => void): () => void
  /** A child that was asked to start does once all runs that it needs. */
  letProceed(child: ServiceRuntime): void
  /**
   * Makes a child from a class.
   *
   * @param fresh what is to be the child
   */
  construct(
    child: Class,
    providers: readonly Provider[],
    owner: ServiceRuntime,
    fresh: UnfinishedChild
  ): ConstructedChild
  /** A child began or ceased to belong to the tree. */
  childrenChanged(owner: ServiceRuntime): void
}

/** A child whose constructor has not returned. */
export interface UnfinishedChild {
  /** Its context, for one that has it injected. */
  context(): ServiceContext
  /** Its object is there. Told of one that extends a service. */
  appeared(object: object): void
  /** It does not come to be: releases what its constructor has taken; says what failed. */
  release(): Promise<readonly StopFailure[]> | undefined
}

/** A child that was made from a class. */
export interface ConstructedChild {
  readonly instance: object
  /** Releases what its own providers have made for it, when it was let go of; says what failed. */
  release(): Promise<readonly StopFailure[]>
}

/** Who answers for a service when it crashes or ends. */
export interface Supervision {
  /** Whether it answers for no crash, but has each climb. */
  readonly passesOn: boolean
  /** A running service crashed. Says at once, by {@link ServiceRuntime.planRestart}, whether it will be restarted. */
  crashed(runtime: ServiceRuntime, reason: unknown): void
  /**
   * A service is about to end itself by `context.stop()`, and `along` are stopped with it, since they need it. Says
   * at once which of them will be restarted; what it gives back is called once they rest.
   */
  ending(runtime: ServiceRuntime, along: readonly ServiceRuntime[]): () => void
}

/** Who is going to restart services. */
export interface RestartPlanner {
  /** It was asked for by hand, and is tried once. */
  readonly isByHand?: boolean
  /** The service is stopped by hand, or another is going to restart it: it is no longer this one's matter. */
  dropped(runtime: ServiceRuntime): void
}
