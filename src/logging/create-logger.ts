import type { pino } from 'pino'
import { canHoldOptions, ConfigurationError, describeThrown, show } from '../errors/index.js'
import type { LogLevel } from '../metadata/index.js'
import type { Clock } from '../time/index.js'
import { guarded } from './error-field.js'
import { isForeignLogger, levelsLackedBy } from './foreign-logger.js'
import { pinoNow } from './load-pino.js'
import { openLogFile, openOutput } from './log-file.js'
import { checkLoggerOptions, type LoggerOptions } from './logger-options.js'
import { type LineTarget, ReadableLines } from './readable-lines.js'
import { silentLogger } from './silent-logger.js'

/** A pino logger. */
export type Logger = pino.Logger

/** A pino logger of any make, with levels of its own too. */
export type AnyLogger = pino.BaseLogger & {
  child(bindings: Record<string, unknown>, options?: object): unknown
}

/** A logger, how to make one, or `false` for silence. */
export type LoggerOption = AnyLogger | LoggerOptions | false

/** What {@link createLogger} takes from outside; all of it has a default. */
export interface LoggerSurroundings {
  /** Gives the lines their time. Default: the machine's. */
  readonly clock?: Clock
  /** Gets the lines, as JSON, instead of the standard output. */
  readonly target?: LineTarget
  /** Default `process.stdout`. */
  readonly stdout?: {
    readonly fd?: number
    readonly isTTY?: boolean
    hasColors?(): boolean
  }
}

/** Loggers whose lines people read. */
const readable = new WeakSet<object>()

/** Whether the lines of a logger that {@link createLogger} made, or of its children, are for people. */
export function isReadable(logger: Logger): boolean {
  // A child of pino has its parent as prototype.
  for (let one: object | null = logger; one !== null; one = Object.getPrototypeOf(one) as object | null)
    if (readable.has(one)) return true
  return false
}

/**
 * Makes the logger of an application.
 *
 * - a logger is used as it is; one with `useOnlyCustomLevels` must have the levels of pino among them;
 * - `false`: says nothing;
 * - options, or nothing: pino's JSON lines on the standard output, level `info`, written at once, so that none is
 *   lost however the process ends; what cannot be written is told of once, on stderr. Lines for people when that is a
 *   terminal. {@link LoggerOptions} says otherwise.
 *   With `transport` in the options pino alone decides.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for anything else
 */
export function createLogger(option?: LoggerOption, surroundings: LoggerSurroundings = {}): Logger {
  checkLogger(option)
  if (option === false) return silentLogger()
  if (isLogger(option)) return option
  const { clock, target, stdout = process.stdout } = surroundings
  const given = (option ?? {}) as LoggerOptions
  const make = pinoOrRefusal(pinoNow())
  const { file, format = 'auto', ...options } = withoutUndefined(given)
  const { err = pinoNow().stdSerializers.err } = options.serializers ?? {}
  options.serializers = { ...options.serializers, err: guarded(err) }
  if (clock !== undefined) options.timestamp ??= () => `,"time":${Math.round(clock.now())}`
  if (target !== undefined) return make(options, target)
  if (options.transport !== undefined) return make(options)
  const lines = file === undefined ? openOutput(stdout.fd ?? 1) : openLogFile(file)
  const isPretty = format === 'auto' ? file === undefined && stdout.isTTY === true : format === 'pretty'
  if (!isPretty) return make(options, lines)
  const colors = file === undefined && wantsColors(stdout)
  const logger = make(options, new ReadableLines(lines, { ...options, colors }))
  readable.add(logger)
  return logger
}

/**
 * Checks what {@link createLogger} is to be given, and makes nothing.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION`
 */
export function checkLogger(option?: LoggerOption): void {
  if (option === false || option === undefined) return
  if (typeof option === 'object' && option !== null) refuseWithoutLevels(option)
  if (isLogger(option)) return
  if (!canHoldOptions(option)) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `logger is ${show(option)}`,
      hint: 'Give a pino logger, options such as { level: "debug" }, or false for silence.'
    })
  }
  if (isForeignLogger(option)) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `logger ${option === console ? 'is console' : 'has methods that log, but no child()'}, and is neither a pino logger nor options of one`,
      hint: 'Give a pino logger, or options such as { level: "debug" }; redirectConsole: true logs what goes to console.'
    })
  }
  checkLoggerOptions(option as LoggerOptions)
}

/** To pino, what is undefined is given: `level: process.env.LOG_LEVEL` would be refused. Of `base` it says something. */
function withoutUndefined(given: LoggerOptions): LoggerOptions {
  const entries = Object.entries(given)
  return Object.fromEntries(entries.filter(([name, value]) => value !== undefined || name === 'base'))
}

/** What pino refuses it refuses in words of its own, of which some name neither the option nor the logger. */
function pinoOrRefusal(make: typeof pino): (options: LoggerOptions, lines?: LineTarget) => Logger {
  return (options, lines) => {
    try {
      return lines === undefined ? make(options) : make(options, lines)
    } catch (cause) {
      throw new ConfigurationError('KEEL_INVALID_OPTION', {
        message: `the option logger is refused by pino: ${describeThrown(cause)}`,
        hint: 'Give options that pino takes, such as { level: "debug" }, or leave them out.',
        cause
      })
    }
  }
}

/** Whether {@link createLogger} needs pino for this at once; if so, {@link loadPino} first. */
export function needsPino(option: LoggerOption | undefined): boolean {
  return option !== false && !isLogger(option)
}

/** A terminal knows itself what `NO_COLOR` and `FORCE_COLOR` ask for; anything else has colours by force only. */
export function wantsColors(stream: { hasColors?(): boolean }, env = process.env): boolean {
  if (stream.hasColors !== undefined) return stream.hasColors()
  if (env['FORCE_COLOR'] === undefined) return false
  // loaded here: with the sockets that it brings, it would be 4 ms of each import
  return process.getBuiltinModule('node:tty').WriteStream.prototype.getColorDepth.call(stream, env) > 1
}

/** Where a service stands, as each of its lines tells. */
export interface ServicePlace {
  /** Its name in the tree of owners: `'App/Owner/Child'`. */
  readonly path: string
  /** How deep it stands in that tree: the application 1, its services 2, their children 3. */
  readonly depth: number
}

/**
 * The logger of a service: a child that tells its name in each line, as `service`, and its place.
 *
 * @param level of its own; default: the one that `logger` has now
 */
export function serviceLogger(
  logger: Logger,
  service: string,
  place?: ServicePlace,
  level?: LogLevel
): Logger {
  const bindings = place === undefined ? { service } : { service, path: place.path, depth: place.depth }
  return level === undefined ? logger.child(bindings) : logger.child(bindings, { level })
}

/**
 * Resolves once what was logged is written, which matters with asynchronous destinations only; or after `limit`
 * milliseconds.
 */
export function flushLogger(logger: Logger, clock: Clock, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, limit)
    const done = (): void => {
      clock.clearTimeout(timer)
      resolve()
    }
    try {
      // a stand-in for pino may have none, and that of pino before 8.16 tells nobody when it is done
      const canFlush = typeof logger.flush === 'function'
      if (canFlush) logger.flush(done)
      if (!canFlush || logger.flush.length === 0) done()
    } catch {
      done()
    }
  })
}

function refuseWithoutLevels(option: object): void {
  const lacking = levelsLackedBy(option)
  if (lacking.length === 0) return
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `logger is a pino logger without ${lacking.length > 1 ? 'the levels' : 'the level'} ${lacking.join(', ')}, which are written to`,
    hint: 'Leave out useOnlyCustomLevels: customLevels alone adds levels to those of pino.'
  })
}

function isLogger(option: unknown): option is Logger {
  const { child, info } = (option ?? {}) as { readonly child?: unknown; readonly info?: unknown }
  return typeof child === 'function' && typeof info === 'function'
}
