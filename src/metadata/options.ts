import type { Duration } from '../time/index.js'
import type { SupervisorOptions } from './supervisor-options.js'
import type { Dependency, Lifetime, ModuleExport, ModuleImport, Provider, Token } from '../tokens/index.js'

/** A level of the log, as pino names it. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/**
 * When a supervisor restarts a service, in OTP's words: always, after a crash, never. A service that has stopped itself, by
 * `context.stop()` or a `stop()` in its own work, has not crashed: only `'permanent'` restarts it. What was stopped from
 * outside stays stopped.
 */
export type RestartType = 'permanent' | 'transient' | 'temporary'

/** Options of `@Service()`. */
export interface ServiceOptions {
  /** Default: the class name, qualified by the module or numbered when it clashes. Explicit names must be unique. */
  readonly name?: string | undefined
  /**
   * Constructor dependencies in order, where the compiler emits no types. Checked by TypeScript against the
   * constructor. Wins over types and parameter decorators.
   */
  readonly inject?: readonly Dependency[] | undefined
  /** A further token that it answers to. */
  readonly provide?: Token
  /** Limit for its own hooks together, not for waiting for dependencies, not for its children. Default 30s; 0 is refused. */
  readonly startTimeout?: Duration | undefined
  /**
   * Limit for its own hooks and tasks together, not for its children. Each hook gets at least 100 ms, even when nothing is left.
   * Default 10s; with 0 they are not awaited.
   */
  readonly stopTimeout?: Duration | undefined
  /**
   * When a supervisor restarts it. Default `'transient'`. Without a supervisor nothing is restarted; `'temporary'` counts
   * there too: its crash does not climb.
   */
  readonly restart?: RestartType | undefined
  /** Level of its "starting", "started", "stopping" and "stopped" lines. Default `'info'`. */
  readonly lifecycleLogLevel?: LogLevel | undefined
  /** Does its stop wait for `context.setShutdown()`? Default false. */
  readonly waitForShutdown?: boolean | undefined
  /** For how long. Default, and at most: what is left of the application's; 60s without one. */
  readonly shutdownTimeout?: Duration | undefined
  /** Does it count for readiness, and its children with it? Default true. */
  readonly critical?: boolean | undefined
}

/** Options of `@Injectable()`. */
export interface InjectableOptions {
  /** Default `'singleton'`. */
  readonly lifetime?: Lifetime | undefined
  /** Constructor dependencies, as in {@link ServiceOptions.inject}. */
  readonly inject?: readonly Dependency[] | undefined
}

/** Options of `@Module()`. */
export interface ModuleOptions {
  /** Modules whose exports are visible in this one. */
  readonly imports?: readonly ModuleImport[] | undefined
  /** What the module has; visible inside it. */
  readonly providers?: readonly Provider[] | undefined
  /** What of it the modules that import it see. */
  readonly exports?: readonly ModuleExport[] | undefined
  /** Makes the exports visible everywhere. Default false. */
  readonly global?: boolean | undefined
  /**
   * Lets a supervisor answer for the services that `providers` lists. For that one answers the supervisor of the first
   * module that imports this one and has one, else that of the application. Default none.
   */
  readonly supervisor?: SupervisorOptions | undefined
}

/** Options of `createMethodDecorator()`. */
export interface MethodDecoratorOptions {
  /**
   * What an error does that a call throws: crash the service and reach the caller (default), or reach the caller alone, who
   * answers a request with it, or tries a job again. An `ExitError` stops the program in either case.
   */
  readonly onError?: 'crash' | 'throw' | undefined
}

/** Options of `@Task()` and of `context.addTask()`. */
export interface TaskOptions {
  /** Default: the method's name. */
  readonly name?: string | undefined
  /** What an error does: crash the service (default), or be logged. */
  readonly onError?: 'crash' | 'log' | undefined
  /** How long a call may take before it fails with `KEEL_TASK_TIMEOUT`. Default: no limit. */
  readonly timeout?: Duration | undefined
}

/** What happens when a slot comes while the body of an earlier one still runs. */
export type Overlap = 'skip' | 'queue' | 'allow' | 'cancel'

/** Options of `@Timer()` and of `context.addTimer()`. */
export interface TimerOptions<Self = never> {
  /** Also run when the service starts? Default false. */
  readonly immediate?: boolean | undefined
  /**
   * Slots at start + n × every (`'rate'`, the default), or `every` from the end of a run to the start of the next
   * (`'delay'`), where no two runs overlap: it takes no `overlap` but `'skip'`.
   */
  readonly mode?: 'rate' | 'delay' | undefined
  /** Default `'skip'`, the only one with `mode: 'delay'`. */
  readonly overlap?: Overlap | undefined
  /** What an error does: be logged (default), or crash the service. */
  readonly onError?: 'log' | 'crash' | undefined
  /** How many failures in a row crash the service. Default: none do. */
  readonly failAfter?: number | undefined
  /** Read at each start of the service. Default true. */
  readonly enabled?: boolean | ((self: Self) => boolean) | undefined
  /** Each slot comes later by a random part of this. Default 0. */
  readonly jitter?: Duration | undefined
  /**
   * How long a run may take before it fails with `KEEL_TASK_TIMEOUT`. The body counts as running until it settles.
   * Default: no limit.
   */
  readonly timeout?: Duration | undefined
  /** Default: the method's name. */
  readonly name?: string | undefined
}

/** Options of `@Cron()` and of `context.addCron()`. */
export interface CronOptions<Self = never> extends Omit<TimerOptions<Self>, 'mode' | 'immediate'> {
  /** IANA name, such as `'Europe/Berlin'`. Default: the application's, which is UTC by default. */
  readonly timezone?: string | undefined
  /**
   * After slots that were missed: run once for all of them (`'once'`, the default), or only count them. Missed is what is
   * seen late by more than a minute, or by more than half of the time to the next slot where that is shorter. A slot that
   * the body of an earlier one has covered is a matter of `overlap`.
   */
  readonly misfire?: 'once' | 'skip' | undefined
}

/** Options of `@HealthCheck()`. */
export interface HealthCheckOptions {
  /** Default: the method's name. Of one name in a service, the second is `name#2`. */
  readonly name?: string | undefined
  /** Default 3s. */
  readonly timeout?: Duration | undefined
  /** Does a failure make the service unready? Default true. */
  readonly critical?: boolean | undefined
}
