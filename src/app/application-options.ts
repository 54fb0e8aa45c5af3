import type { DependencyContainer } from '../container/index.js'
import { canHoldOptions, ConfigurationError, refuseUnknownOptions, show } from '../errors/index.js'
import type { AnyLogger, LoggerOptions } from '../logging/index.js'
import { type LogLevel, refuse } from '../metadata/index.js'
import type { SupervisorOptions } from '../supervisor/index.js'
import { systemClock, toMilliseconds, type Clock, type Duration } from '../time/index.js'
import type { Provider } from '../tokens/index.js'

/** How an application is built and run. */
export interface ApplicationOptions {
  /** Default: the name of the root's class; of several services, that of the first. */
  readonly name?: string | undefined
  /** A pino instance is used as it is; options make one; `false` is silent. Default: level `info`, to the standard output. */
  readonly logger?: AnyLogger | LoggerOptions | false | undefined
  /**
   * A tsyringe container whose registrations are visible, and whose instances are shared. What it does not hold yet is made
   * here and not written back; it is never disposed. Default: none.
   */
  readonly container?: DependencyContainer | undefined
  /** They come before those of all modules, and so override anything: for tests and for configuration. */
  readonly providers?: readonly Provider[] | undefined
  /** Answers for every service that no other supervisor does. Default none. */
  readonly supervisor?: SupervisorOptions | undefined
  /** Limit for the whole start; the same for what is awaited before it, dynamic modules and factories. Default `Infinity`. */
  readonly startTimeout?: Duration | undefined
  /** Limit for the whole stop, from the request to its end, {@link drainDelay} included. Default 25s. */
  readonly shutdownTimeout?: Duration | undefined
  /**
   * How long it waits between "not ready" and draining, when a signal stops it. Default 0; on SIGTERM inside Kubernetes 5s, and at most half
   * of {@link shutdownTimeout}.
   */
  readonly drainDelay?: Duration | undefined
  /** Limit for all `onDrain` hooks together. Default 10s, and at most half of what is left of the shutdown. */
  readonly drainTimeout?: Duration | undefined
  /** How many services may start at once. Default unlimited; with 1 the order is the same every time. */
  readonly concurrency?: number | undefined
  /** The time zone of crons that name none. Default `'UTC'`. */
  readonly timezone?: string | undefined
  /**
   * Which signals stop it. Default true (SIGINT, SIGTERM, SIGHUP) in `bootstrap`, false in `createApplication`. There,
   * listening for them does not keep the process alive: it ends once nothing else does, such as an open server or a timer
   * of a service. `bootstrap` keeps it alive until the stop.
   */
  readonly signals?: boolean | readonly NodeJS.Signals[] | undefined
  /**
   * Which signal dumps what is going on; false for none. Default `SIGUSR2` where {@link signals} are heard. In
   * `createApplication`, and under `signals: false`, none is heard but one that is named here; Node.js lets others end the
   * process.
   */
  readonly dumpSignal?: NodeJS.Signals | false | undefined
  /**
   * When `bootstrap` stops it by itself: when every declared and added task has ended, whatever timers and crons there are
   * (`'tasks-done'`); as soon as it has started (`'started'`); or never (`'stopped'`, the default, and the only one that
   * `createApplication` takes).
   */
  readonly runUntil?: 'stopped' | 'tasks-done' | 'started' | undefined
  /**
   * Report an event loop that was blocked for longer, with the stack of what blocks it. Default off; 10s in `bootstrap` where
   * `--debug` is among the arguments of the process.
   */
  readonly blockingTimeout?: Duration | undefined
  /**
   * What the program writes with `console.log` and its kin becomes log lines, from the start to the end of the stop:
   * of the service that writes, where known, each at the level of its method, or all at the level given. Default off.
   */
  readonly redirectConsole?: boolean | LogLevel | undefined
  /**
   * A socket through which other processes of the same user, such as `keelson ps`, look at the application and steer
   * it: a Unix socket of mode 0600 in `$XDG_RUNTIME_DIR/keelson`, else in `<tmpdir>/keelson-<uid>`, or at this path; a
   * named pipe on Windows. It is there from before the start until disposal; where it cannot be, the log warns and the
   * application goes on. Default: in `bootstrap`, what the environment variable `KEELSON_CONTROL` says (`1`, or a
   * path); else off.
   */
  readonly control?: boolean | string | undefined
  /** Where the time comes from; for tests. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

/** The options as the application uses them, in milliseconds. */
export interface ApplicationSettings {
  readonly startTimeout: number
  readonly shutdownTimeout: number
  /** Undefined: what the signal says. */
  readonly drainDelay: number | undefined
  readonly drainTimeout: number
  readonly concurrency: number
  readonly timezone: string
  readonly clock: Clock
}

const FOREVER = { allowInfinity: true } as const

const KNOWN: Record<keyof ApplicationOptions, true> = {
  name: true,
  logger: true,
  container: true,
  providers: true,
  supervisor: true,
  startTimeout: true,
  shutdownTimeout: true,
  drainDelay: true,
  drainTimeout: true,
  concurrency: true,
  timezone: true,
  signals: true,
  dumpSignal: true,
  runUntil: true,
  blockingTimeout: true,
  redirectConsole: true,
  control: true,
  clock: true
}

const CLOCK_METHODS = ['now', 'monotonic', 'setTimeout', 'clearTimeout'] as const satisfies (keyof Clock)[]

/**
 * Refuses what are no options of an application, before anything else is read of them.
 *
 * @param without options that whoever takes them does not have
 * @throws ConfigurationError `KEEL_INVALID_OPTION`
 */
export function checkOptions(options: unknown, without: readonly (keyof ApplicationOptions)[] = []): void {
  if (!canHoldOptions(options)) {
    throw refuse('what comes after the root', options, 'an object with options')
  }
  const known = Object.keys(KNOWN).filter((name) => !(without as readonly string[]).includes(name))
  refuseUnknownOptions(options, known, 'the application')
}

/**
 * Reads the options.
 *
 * @throws ConfigurationError for a value that makes no sense, naming the option
 */
export function readSettings(options: ApplicationOptions): ApplicationSettings {
  checkOptions(options)
  const read = (name: 'startTimeout' | 'shutdownTimeout' | 'drainTimeout', fallback: number): number => {
    const value = options[name]
    return value === undefined ? fallback : toMilliseconds(value, `the option ${name}`, FOREVER)
  }
  const {
    name,
    providers,
    concurrency = Infinity,
    timezone = 'UTC',
    drainDelay,
    clock = systemClock
  } = options
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) {
    throw refuse('the option name', name, 'a string that is not empty')
  }
  if (providers !== undefined && !Array.isArray(providers)) {
    throw refuse('the option providers', providers, 'an array')
  }
  if (!isClock(clock)) throw refuse('the option clock', clock, 'a Clock')
  if (!(concurrency === Infinity || (Number.isInteger(concurrency) && concurrency >= 1))) {
    const hint = 'leave it out to start as many services at once as their dependencies allow.'
    throw refuse('the option concurrency', concurrency, 'a whole number from 1', hint)
  }
  const startTimeout = read('startTimeout', Infinity)
  if (startTimeout === 0) throw refuse('the option startTimeout', options.startTimeout, 'longer than 0')
  return {
    startTimeout,
    shutdownTimeout: read('shutdownTimeout', 25_000),
    drainDelay: drainDelay === undefined ? undefined : toMilliseconds(drainDelay, 'the option drainDelay'),
    drainTimeout: read('drainTimeout', 10_000),
    concurrency,
    timezone: checkTimezone(timezone),
    clock
  }
}

/** Whether this can stand in for the clock of an application. */
export function isClock(clock: unknown): clock is Clock {
  if (typeof clock !== 'object' || clock === null) return false
  return CLOCK_METHODS.every((method) => typeof (clock as Partial<Clock>)[method] === 'function')
}

function checkTimezone(timezone: string): string {
  if (typeof timezone !== 'string') throw refuse('the option timezone', timezone, 'the name of a time zone')
  // the default needs no look at the data base, which takes 10 ms and more the first time
  if (timezone === 'UTC') return timezone
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
    return timezone
  } catch (cause) {
    throw new ConfigurationError('KEEL_INVALID_CRON', {
      message: `the option timezone names no time zone: ${show(timezone)}`,
      hint: "write a name of the IANA data base such as 'Europe/Vienna' or 'UTC'.",
      cause
    })
  }
}
