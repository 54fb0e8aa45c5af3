import type { Application } from '../app/index.js'
import type { ServiceState } from '../lifecycle/index.js'
import type { Duration } from '../time/index.js'
import type { Token } from '../tokens/index.js'
import type { RecordedEvents } from './recorded-events.js'
import type { TestClock } from './test-clock.js'

/** One line of the log. */
export interface LogRecord {
  /** As pino's number: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  readonly level: number
  /** Virtual time, in milliseconds since the epoch. */
  readonly time: number
  readonly msg: string
  /** The name of the service that it is of; absent for lines of the application. */
  readonly service?: string
  readonly [field: string]: unknown
}

/** Options of {@link TestApplication.until}. */
export interface UntilOptions {
  /**
   * How much virtual time may pass, and how much real time may be spent; `Infinity` waits for ever. Default: 31 days of
   * virtual time, 4 s of real time.
   */
  readonly timeout?: Duration | undefined
}

/**
 * An application on virtual time, whose events and log lines are kept.
 *
 * `start()`, `stop()`, `until()` and disposal move virtual time on whenever nothing else can run; `advance()` of the
 * {@link clock} moves it as far as it is told.
 *
 * Meanwhile time stands still as long as real work is under way that began after the application was made. Files, name
 * look-ups, connections being made, and jobs of crypto and zlib are waited for up to 5 s. A socket, a pipe, a child process
 * or a real timer may stay open for ever, so it gets 40 ms, and up to 4 s before the time limit of a hook, a factory or a
 * call expires. A worker counts as a job until it exits; one whose event loop has idled for 250 ms is waiting for orders,
 * and does not count until it works again. Not seen are native add-ons, WebAssembly, and real timers that do not keep the
 * process alive, such as that of `AbortSignal.timeout()`; under Bun, which does not tell what is open, nothing is.
 *
 * Disposal fails with `KEEL_LEFT_BEHIND` when a task, a timer or a handle of the application is still open and keeps the
 * process alive. The application's are those that its hooks, tasks, timers, crons, constructors and factories have opened,
 * and the connections that their servers have accepted. What a test opens, be it by calling a method of a service, belongs
 * to the test; what other applications have open is theirs.
 */
export interface TestApplication extends Application {
  /** Every event so far. */
  readonly events: RecordedEvents
  /** What was logged, in order. */
  readonly logs: readonly LogRecord[]
  /** Virtual time. */
  readonly clock: TestClock
  /**
   * Waits until a service is in a state, moving time on when nothing else can run.
   *
   * A test may call it first and act afterwards: it gives up only after some tenths of a second in which nothing could
   * bring the state about. As long as the application lives, and has a timer, a cron, a running task or anything real that
   * is open, the state may still come, and is waited for up to the `timeout`, which limits both the virtual time that passes
   * and the real time that is spent; real time spent on files, name look-ups, connections and jobs does not count. By default
   * that is 31 days of virtual and 4 s of real time, so that it fails before the test runner gives up, which most do after
   * 5 s. What is due later than the `timeout` is not run. `Infinity` waits for ever. Disposal ends it.
   *
   * @param options `timeout`: give it when the state takes more, such as `'1y'`, or is to come sooner
   * @throws Error when it can never come: the application has ended, or nothing is due, open or under way; or when it
   * has not come in time
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no state; `KEEL_INVALID_DURATION`
   */
  until(token: Token, state: ServiceState, options?: UntilOptions): Promise<void>
  /**
   * Calls a timer, cron or task method of a service now, as its own work, beside its slots. It does not move time: a
   * method that sleeps is called first, then time is moved on, then the call is awaited.
   *
   * A task is called once more, also beside its call under way, so that a test can have its body run anew; it then stands
   * twice in the tasks of the service until that call has ended. `keelson run` calls no second one of a running program.
   *
   * @example
   * ```ts
   * const fired = app.fire(OrderService, 'nightly')
   * await app.clock.advance('1m')
   * await fired
   * ```
   *
   * @throws what the method throws; the rules of the service hold as well, so that it may crash
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` when it is not called: a timer or cron has a call under way beside
   * which its `overlap` allows no other, it is disabled, or the service does not run; `KEEL_UNKNOWN_TOKEN` when there is no
   * such work
   */
  fire(token: Token, method: string): Promise<void>
  /** Makes a service crash. */
  crash(token: Token, reason: unknown): void
  /** Resolves when no hook, timer or cron body runs, and no real input or output is under way. */
  idle(): Promise<void>
}
