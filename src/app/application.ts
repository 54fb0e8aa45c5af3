import { markAsOwn } from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { ServiceGraph } from '../graph/index.js'
import type { Logger } from '../logging/index.js'
import type { LogLevel } from '../metadata/index.js'
import { markAsHandle, type ServiceHandle } from '../service/index.js'
import type { Observable } from '../streams/index.js'
import type { Class, Provider, Token } from '../tokens/index.js'
import type { GetOptions, Scope } from '../wiring/index.js'
import type { BootReport } from './boot-report.js'
import type { HealthReport } from './health.js'
import type { DecoratedMethod, MethodDecoratorFactory } from './decorated-methods.js'

/**
 * Where an application is in its life.
 *
 * | state | meaning |
 * |---|---|
 * | `created` | built and checked, never started |
 * | `starting` | its services start, or their `onReady` runs |
 * | `running` | everything has started |
 * | `draining` | it is to stop, after a crash too: `drainDelay`, then `onDrain` of every service that runs |
 * | `stopping` | its services stop, or a start is rolled back |
 * | `stopped` | stopped, or rolled back; it may be started again |
 * | `crashed` | it had to stop for a crash that nobody answered for, and all that ran has been stopped |
 */
export type ApplicationState =
  | 'created'
  | 'starting'
  | 'running'
  | 'draining'
  | 'stopping'
  | 'stopped'
  | 'crashed'

/**
 * A program of services: wired, checked, and driven. Made by `bootstrap` and `createApplication`; can be injected.
 *
 * @example
 * ```ts
 * const app = await createApplication(AppModule)
 * await app.start()
 * app.get(Orders).place(order)
 * await app.stop()
 * ```
 */
export abstract class Application {
  static {
    markAsOwn(this)
    markAsHandle(this)
  }

  /** The option `name`, else that of the root's class. */
  abstract readonly name: string
  /** Where it is in its life, at this moment. */
  abstract readonly state: ApplicationState
  /** Replays the current state, then emits each change once. Completes at disposal. */
  abstract readonly state$: Observable<ApplicationState>
  /** Everything that happens, as one discriminated union. Completes at disposal. */
  abstract readonly events$: Observable<LifecycleEvent>
  /** Who needs whom: as data, as pictures, as order. */
  abstract readonly graph: ServiceGraph
  /** The logger of the application itself; a service logs through its context. */
  abstract readonly log: Logger
  /** Every service that the application constructed, in start order. */
  abstract readonly services: readonly ServiceHandle[]

  /**
   * What a token stands for. What is `transient` is made anew, and is the caller's to release.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when nothing provides it; `KEEL_AMBIGUOUS_TOKEN` when several modules
   * do and `from` does not say which; `KEEL_DISPOSED` after disposal
   * @throws WiringError `KEEL_CAPTIVE_DEPENDENCY` for what is `scoped`: {@link createScope} gives that
   */
  abstract get<T>(token: Token<T>, options?: GetOptions): T

  /**
   * Constructs a class that is not registered, with its dependencies. It has no lifecycle, and is the caller's to release.
   *
   * @throws LifecycleError `KEEL_DISPOSED` after disposal
   * @throws WiringError when something that it needs is missing, or `scoped`
   * @throws what its constructor throws, as it is
   */
  abstract create<T>(class_: Class<T>): T

  /**
   * The handle of a service.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when the token is no service of this application; `KEEL_AMBIGUOUS_TOKEN` when
   * it stands for several, each of which is among {@link services} by its name
   */
  abstract service(token: Token): ServiceHandle

  /**
   * Starts every service as soon as its own dependencies run, and waits for every `onReady`.
   * After a stop it may be called again, unless the application has crashed, or was made by `bootstrap`.
   *
   * @throws StartError when a service could not start; everything was rolled back, and it may be tried again
   * @throws LifecycleError `KEEL_ALREADY_STARTED` while it runs; `KEEL_ILLEGAL_TRANSITION` while it stops and once it has
   *   crashed; `KEEL_DISPOSED` after disposal; `KEEL_START_ABORTED` when it was stopped meanwhile,
   *   by an `ExitError` too, which is its cause then; `KEEL_SELF_WAIT` when called by a start hook, which it waits for,
   *   or by work of a service that stops
   */
  abstract start(): Promise<void>

  /**
   * Drains, then stops every service as soon as those that need it have stopped. The same promise while under way;
   * does nothing before a start. Called from within a service's own work it resolves once the stop is under way. What
   * `bootstrap()` has started is disposed of after any stop. `stop()` waits for that too, for a second at most, since what is
   * disposed of may itself wait for the caller: a server that a factory made, for the request that asked for the stop.
   *
   * @throws StopError with everything that went wrong; everything else was stopped all the same
   */
  abstract stop(reason?: string): Promise<void>

  /**
   * Resolves once it has stopped.
   *
   * @throws the reason, when it crashed
   */
  abstract waitUntilStopped(): Promise<void>

  /**
   * From which level on a service writes log lines; without one, the application.
   *
   * @param service its name or token, a child's name too
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when there is no such service
   */
  abstract logLevel(service?: Token): LogLevel

  /**
   * Sets from which level on log lines are written, from now on: what a service logs, and what is logged of it.
   *
   * @param service its name or token, a child's name too; `'*'`: the application and every service, none of which then
   * has a level of its own any more. A logger that was given as `logger` is changed too, by `'*'` only
   * @param level a name such as `'debug'`; undefined: the application's again
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` when there is no such service
   * @throws ConfigurationError `KEEL_INVALID_OPTION` when there is no such level
   *
   * @example
   * ```ts
   * app.setLogLevel('*', 'warn')
   * app.setLogLevel(Orders, 'debug')
   * app.setLogLevel(Orders, undefined)
   * ```
   */
  abstract setLogLevel(service: Token, level: LogLevel | undefined): void

  /**
   * Opens a scope for `scoped` providers, such as one for a request.
   *
   * @throws LifecycleError `KEEL_DISPOSED` after disposal
   */
  abstract createScope(providers?: readonly Provider[]): Scope

  /**
   * The methods of its services that carry a decorator made by `createMethodDecorator`: in start order, those of the children
   * that a service has now right behind its own, then in the order of definition. What is added later is found by asking again.
   */
  abstract methodsWith<Options>(decorator: MethodDecoratorFactory<Options>): DecoratedMethod<Options>[]

  /** What is known now, without asking anybody. */
  abstract health(): HealthReport

  /** Asks every `@HealthCheck` of what runs, children included, then tells. */
  abstract checkHealth(): Promise<HealthReport>

  /** How the start went: who waited how long, for what. */
  abstract bootReport(): BootReport

  /**
   * Stops it, disposes what factories made, completes the streams. Its state can still be read. `bootstrap` does so after any
   * stop, and an application that has crashed does so by itself.
   */
  abstract [Symbol.asyncDispose](): Promise<void>

  /** One line for people, such as `'<Shop: running>'`. */
  abstract toString(): string
}
