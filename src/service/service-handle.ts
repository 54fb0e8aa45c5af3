import type { Observable } from '../streams/index.js'
import type { Duration } from '../time/index.js'
import type { ServiceState } from '../lifecycle/index.js'

/** A service at one moment, as {@link ServiceHandle.state$} emits it. */
export interface ServiceSnapshot {
  /** The service's name. */
  readonly service: string
  readonly state: ServiceState
  /** The number of the current or last run; 0 before the first start. */
  readonly run: number
  /** When it came into this state, in milliseconds since the epoch. */
  readonly since: number
  /** How often it has been restarted. */
  readonly restartCount: number
  /** What was thrown, when it has crashed. */
  readonly crashReason?: unknown
}

/** A task, timer or cron of a service at one moment. */
export interface TaskSnapshot {
  readonly name: string
  /** `added`: by `addTask`, `addTimer` or `addCron`. */
  readonly kind: 'task' | 'timer' | 'cron' | 'added'
  /** `waiting`: for the start, or for its next slot. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  /** When the call under way, or else the last one, began: milliseconds since the epoch. */
  readonly startedAt: number | undefined
  /** Calls begun in this run of the service. */
  readonly runs: number
  /**
   * Slots at which no call could begin; of a cron, at most 1000 of one gap are counted. Those that a call has covered count
   * once it has ended.
   */
  readonly missed: number
  /** Calls that failed. */
  readonly errors: number
  /** How long the last call took, in milliseconds. */
  readonly lastDurationMs?: number
  /** How late the last call began, in milliseconds. */
  readonly lastLatenessMs?: number
  /** The worst lateness of this run of the service, in milliseconds. */
  readonly worstLatenessMs?: number
  /** What the last call that ended threw, when it failed. */
  readonly lastError?: unknown
  /** The next slot, in milliseconds since the epoch; absent while none is waited for, as during a call beside which none begins. */
  readonly nextDueAt?: number
  /** Where it was declared or added: `file:line`. */
  readonly location?: string
}

/** Options of {@link ServiceHandle.waitUntilStopped}. */
export interface WaitUntilStoppedOptions {
  /** How long to wait at most. Default `Infinity`. */
  readonly timeout?: Duration | undefined
}

/**
 * One service, seen from outside: what it is doing, and the levers.
 *
 * @example
 * ```ts
 * const orders = app.service(Orders)
 * orders.state$.subscribe(({ state }) => console.log(state))
 * await orders.restart()
 * ```
 */
export interface ServiceHandle {
  /** Unique in its application. A child's is `Owner/Name`. */
  readonly name: string
  /** Where it is in its life, at this moment. */
  readonly state: ServiceState
  /** Replays the current snapshot, then emits each change once. Never fails; completes at disposal. */
  readonly state$: Observable<ServiceSnapshot>
  /** How often it has been restarted, by a supervisor or by hand. */
  readonly restartCount: number
  /** What was thrown, as it was thrown, when the service has crashed. */
  readonly crashReason: unknown
  /** Names of the activities under way. */
  readonly activities: ReadonlySet<string>
  /** The last `setStatus()` of this run; empty when there was none. */
  readonly statusText: string
  /** Declared and added work; settled added work is not listed. */
  readonly tasks: readonly TaskSnapshot[]
  /** The service that owns it, for a child. */
  readonly parent: ServiceHandle | undefined
  /** Those that it owns, in the order in which they were added. */
  readonly children: readonly ServiceHandle[]
  /** Where it is in the tree of owners: `'App/Owner/Child'`. */
  readonly path: string
  /**
   * Starts it, and first what it needs. Asked for while a stop by hand is under way, it comes after that.
   *
   * @throws LifecycleError `KEEL_ALREADY_STARTED` while it runs; `KEEL_START_ABORTED` when it was stopped meanwhile;
   *   `KEEL_ILLEGAL_TRANSITION` when it is `stopping` and lives alone or is a child, or goes down and nobody asked for that
   * @throws StartError when a hook failed or took too long
   */
  start(): Promise<void>
  /** Starts it if it is not started, awaits a start that is under way. True when this call started it. */
  maybeStart(): Promise<boolean>
  /**
   * Stops it, and first what needs it. The same promise while a stop is under way; nothing when it does not run. Called by
   * the service's own work it is `context.stop()`: it does not wait for that work, and what is permanent is restarted.
   *
   * @throws StopError with everything that went wrong; everything else was stopped all the same
   */
  stop(reason?: unknown): Promise<void>
  /**
   * Stops and starts it alone: those that need it keep the same instance. A service that never ran just starts. When one
   * that ran cannot start again, that counts as another crash for its supervisor, if it has one.
   *
   * @throws StartError when it cannot start again
   */
  restart(): Promise<void>
  /**
   * Declares that it failed. The first reason wins and is kept as it is; a later one is reported among the errors of its stop,
   * or in its log once that is over.
   *
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` when it is not started
   */
  crash(reason: unknown): void
  /**
   * Resolves once it has stopped and no restart is planned.
   *
   * @throws the crash reason, when it crashed
   * @throws LifecycleError `KEEL_WAIT_TIMEOUT` when the time is up; `KEEL_SELF_WAIT` when called by its own work, or by
   * that of a service that stops before it, and does already
   * @throws an `AbortError` when called by the work of a service that stops before it, once that is to
   */
  waitUntilStopped(options?: WaitUntilStoppedOptions): Promise<void>
  /** Stops it. */
  [Symbol.asyncDispose](): Promise<void>
  /** One line for people, such as `'<Orders: running>'`. */
  toString(): string
}
