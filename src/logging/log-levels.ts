import { ConfigurationError, show } from '../errors/index.js'
import type { LogLevel } from '../metadata/index.js'
import type { Logger } from './create-logger.js'
import { METHOD_LEVELS } from './method-levels.js'

/** Those of pino, and none at all. */
export const LOG_LEVELS: readonly LogLevel[] = [...METHOD_LEVELS, 'silent']

/**
 * From which level on an application and each of its services write. A service has the application's level, unless
 * one of its own is set; both may change while it runs.
 */
export class LogLevels {
  readonly #root: Logger
  readonly #own = new Map<string, LogLevel>()

  constructor(root: Logger) {
    this.#root = root
  }

  /** The application's level. */
  get root(): LogLevel {
    return this.#root.level as LogLevel
  }

  /** The level that a service has of its own. */
  own(service: string): LogLevel | undefined {
    return this.#own.get(service)
  }

  /** The level that a service has, its own or the application's. */
  of(service: string): LogLevel {
    return this.#own.get(service) ?? this.root
  }

  /** Sets the level of all; no service keeps one of its own. */
  setAll(level: LogLevel): void {
    this.#check(level)
    this.#own.clear()
    this.#root.level = level
  }

  /** Sets the level of one service; undefined: the application's again. */
  set(service: string, level: LogLevel | undefined): void {
    if (level === undefined) {
      this.#own.delete(service)
      return
    }
    this.#check(level)
    this.#own.set(service, level)
  }

  #check(level: LogLevel): void {
    const known = this.#known()
    if (known.includes(level)) return
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `${show(level)} is no log level`,
      hint: `use one of ${known.map((name) => `'${name}'`).join(', ')}.`
    })
  }

  /** A logger may have levels beside those of pino. */
  #known(): readonly string[] {
    const { levels } = this.#root as { readonly levels?: Logger['levels'] }
    return levels === undefined ? LOG_LEVELS : [...Object.keys(levels.values), 'silent']
  }
}
