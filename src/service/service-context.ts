import { markAsOwn } from '../errors/index.js'
import type { Logger } from '../logging/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { CronOptions, TaskOptions, TimerOptions } from '../metadata/index.js'
import type { IntervalOptions, Tick } from '../schedule/index.js'
import type { Observable } from '../streams/index.js'
import type { Clock, Duration } from '../time/index.js'
import type { Provider, ServiceClass } from '../tokens/index.js'
import type { WaitOptions, WaitResult, Work, Worked } from '../waits/index.js'
import { markAsHandle } from './handle-mark.js'
import type {
  ServiceHandle,
  ServiceSnapshot,
  TaskSnapshot,
  WaitUntilStoppedOptions
} from './service-handle.js'

/**
 * Work that was added at run time. Awaiting it gives the value of the work, or throws what it threw; nobody has to.
 */
export interface TaskHandle<T> extends PromiseLike<T> {
  readonly name: string
  /** The work at this moment. */
  readonly snapshot: TaskSnapshot
  /**
   * Ends this work alone: its signal is aborted, no further call begins. Resolves when it has ended; called by that
   * work itself, at once.
   */
  cancel(): Promise<void>
}

/** Options of {@link ServiceContext.addChild}. */
export interface AddChildOptions {
  /** Its last name. Default: that of its class. */
  readonly name?: string | undefined
  /** For the class that is constructed, before those of the application. */
  readonly providers?: readonly Provider[] | undefined
}

/** The type of {@link ServiceContext.waitFirst}: work of one type, or of several. */
export interface WaitFirst {
  <T>(work: readonly Work<T>[], options?: WaitOptions): Promise<WaitResult<{ index: number; value: T }>>
  <W extends Work<unknown>>(
    work: readonly W[],
    options?: WaitOptions
  ): Promise<WaitResult<{ index: number; value: Worked<W> }>>
}

/** The type of {@link ServiceContext.waitAll}: work of one type, or of several. */
export interface WaitAll {
  <T>(work: readonly Work<T>[], options?: WaitOptions): Promise<WaitResult<PromiseSettledResult<T>[]>>
  <W extends Work<unknown>>(
    work: readonly W[],
    options?: WaitOptions
  ): Promise<WaitResult<PromiseSettledResult<Worked<W>>[]>>
}

/**
 * What a service can do. Given to every hook, task, timer and cron, and injectable: each service gets its own.
 *
 * Its functions may be destructured. The one given to the body of a task, timer or cron belongs to that call: its
 * `signal`, `sleep` and `wait…` end with the call. The injected one follows the service from run to run. What is no
 * service, and may be used by several, is injected a context of the application, which bears its name, starts before all
 * services and ends after them. `get()` gives none.
 *
 * A class, so that it can be a token; never constructed by users (tests have `createTestContext`).
 *
 * @example
 * ```ts
 * @Task() async poll({ sleep, log }: ServiceContext) {
 *   while (await sleep('5s')) log.info('still here')
 * }
 * ```
 */
export abstract class ServiceContext implements ServiceHandle {
  static {
    markAsOwn(this)
    markAsHandle(this)
  }

  abstract readonly name: string
  abstract readonly state: ServiceState
  abstract readonly state$: Observable<ServiceSnapshot>
  abstract readonly restartCount: number
  abstract readonly crashReason: unknown
  abstract readonly activities: ReadonlySet<string>
  abstract readonly statusText: string
  abstract readonly tasks: readonly TaskSnapshot[]
  abstract readonly parent: ServiceHandle | undefined
  abstract readonly children: readonly ServiceHandle[]
  abstract readonly path: string
  abstract readonly start: () => Promise<void>
  abstract readonly maybeStart: () => Promise<boolean>
  /** As {@link ServiceHandle.stop}; called by the service's own work it does not wait for that work. */
  abstract readonly stop: (reason?: unknown) => Promise<void>
  abstract readonly restart: () => Promise<void>
  abstract readonly crash: (reason: unknown) => void
  abstract readonly waitUntilStopped: (options?: WaitUntilStoppedOptions) => Promise<void>;
  abstract [Symbol.asyncDispose](): Promise<void>
  abstract toString(): string

  /**
   * Aborts when the run stops or crashes. Its reason is an `AbortError` whose `cause` is the {@link stopReason}: work that
   * then rejects with it, or with any error of that name, has ended normally.
   */
  abstract readonly signal: AbortSignal
  /** Aborts when the application drains, at the latest with {@link signal}: take no new work, finish what is in hand. */
  abstract readonly draining: AbortSignal
  /** Why the run ends; undefined while it is to go on. */
  abstract readonly stopReason: StopReason | undefined
  /** Whether the run is to end. */
  abstract readonly shouldStop: boolean
  /** A pino child bound to `{ service }`. */
  abstract readonly log: Logger
  /** What the framework takes the time from: asked instead of `Date`, it lets a test move it. */
  abstract readonly clock: Clock
  /**
   * Waits. True when the time elapsed, false when it was cut short because the run (or call) ends.
   *
   * @throws ConfigurationError `KEEL_INVALID_DURATION`
   */
  abstract readonly sleep: (duration: Duration) => Promise<boolean>
  /**
   * Waits for work, the end of the run, or the time-out, whichever is first; tells the losers by signal.
   *
   * @throws what the work throws or rejects with
   * @throws ConfigurationError `KEEL_INVALID_DURATION`
   */
  abstract readonly wait: <T>(work: Work<T>, options?: WaitOptions) => Promise<WaitResult<T>>
  /** Waits for the first of several to settle, and throws when that one has failed. The others are told to end. */
  abstract readonly waitFirst: WaitFirst
  /** Waits until all have settled; what has failed is among the results, as of `Promise.allSettled`. */
  abstract readonly waitAll: WaitAll
  /**
   * Resolves when this run is to stop, or has crashed; in a task, timer or cron also when that call is told to end.
   *
   * The run keeps the promise, so that what a call leaves behind is told too. Work that comes again and again had better
   * race by {@link wait}, which ends with the call.
   */
  abstract readonly stopRequested: () => Promise<void>
  /** Ticks at absolute slots until the run (or call) ends. */
  abstract readonly interval: (every: Duration, options?: IntervalOptions) => AsyncIterable<Tick>
  /**
   * Adds a background task. Before the start it begins with it, and with every run after that.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION`, `KEEL_INVALID_DURATION`
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` when the service stops or has crashed
   */
  abstract readonly addTask: <T>(
    work: (context: ServiceContext) => Promise<T>,
    options?: TaskOptions
  ) => TaskHandle<T>
  /** Adds a timer, as `@Timer()` declares one. Throws as {@link addTask} does. */
  abstract readonly addTimer: (
    every: Duration | ((self: never) => Duration),
    work: (context: ServiceContext, tick: Tick) => unknown,
    options?: TimerOptions
  ) => TaskHandle<void>
  /** Adds a cron, as `@Cron()` declares one. Throws as {@link addTask} does, and `KEEL_INVALID_CRON`. */
  abstract readonly addCron: (
    expression: string | ((self: never) => string),
    work: (context: ServiceContext, tick: Tick) => unknown,
    options?: CronOptions
  ) => TaskHandle<void>
  /**
   * Gives this service a child: another service, or a class that is constructed anew from providers the application
   * already has. Before the owner runs it resolves once the child is registered; while it runs, once the child runs.
   *
   * What it needs, by injection or `@DependsOn`, runs before it starts and stops after it, as for any service. It starts
   * none of that by itself.
   *
   * It is named `Owner/Name`, then `Owner/Name#2`; a name that was given is free again once nobody has it. Its crash goes
   * to its supervisor, else crashes its owner. One that is added during a run is gone in the next, one added before stays.
   * A child that ends by itself meanwhile stays among {@link children}, to be looked at or started again: where they come
   * and go, as connections do, call {@link removeChild} for each.
   *
   * Its `@HealthCheck`s are asked, and it counts for readiness once it runs, until it is stopped or has ended; an owner that
   * cannot do without it says so in a check of its own.
   *
   * @throws StartError when it fails to start while the owner runs: then it is let go of
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for what cannot be a child: a promise, its own owner, a handle, a
   * service that another one owns or that runs
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` when the owner stops or has crashed, `KEEL_DISPOSED` once it has been
   * disposed of, `KEEL_UNKNOWN_TOKEN` for a class that depends on what is no service of the application
   *
   * @example
   * ```ts
   * @Service()
   * class Gateway {
   *   onStart({ addChild, removeChild, defer, log }: ServiceContext) {
   *     const server = createServer((socket) => {
   *       const session = new Session(socket)
   *       addChild(session).catch(() => socket.destroy()) // it may fail, and is refused during the stop
   *       socket.once('close', () => removeChild(session).catch((error) => log.debug(error))) // it may be gone
   *     })
   *     server.listen(7000)
   *     defer(() => void server.close())
   *   }
   * }
   * ```
   */
  abstract readonly addChild: (
    child: object | ServiceClass,
    options?: AddChildOptions
  ) => Promise<ServiceHandle>
  /**
   * Stops a child, given as the object or as the handle that {@link addChild} resolved with, and lets go of it: the object
   * may be added again, here or elsewhere.
   *
   * @throws StopError when its stop failed; it is let go of all the same
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when it is no child of this service
   */
  abstract readonly removeChild: (child: object) => Promise<void>
  /**
   * Takes a resource into care: released, last in first out, when this run ends; at once, when it has ended.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for what cannot be disposed of
   */
  abstract readonly use: <T extends Disposable | AsyncDisposable>(resource: T) => T
  /**
   * Calls `release` when this run ends, last in first out; at once, when it has ended. What it returns is awaited, and may be
   * anything.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- see D49
  abstract readonly defer: (release: () => any) => void
  /** While `work` runs, `name` is among the service's activities. */
  abstract readonly activity: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** One line for people: what this service is doing now. Cleared at stop. */
  abstract readonly setStatus: (text: string) => void
  /** Ends the wait of a service declared with `waitForShutdown: true`. */
  abstract readonly setShutdown: () => void
}
