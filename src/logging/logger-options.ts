import type { pino } from 'pino'
import { canHoldOptions } from '../errors/index.js'
import { checkLogFile, type LogFileOptions } from './log-file.js'
import { LOG_LEVELS } from './log-levels.js'
import { METHOD_LEVELS } from './method-levels.js'
import { refused } from './refused.js'

/**
 * How the logger of an application is made: the options of pino, among them `level`, `redact`, `serializers` and
 * `transport`, and where its lines go and what they look like.
 *
 * @example
 * ```ts
 * await bootstrap(AppModule, {
 *   logger: { level: 'debug', redact: ['*.password'], file: { path: 'logs/shop.log', size: '10m', keep: 5 } }
 * })
 * ```
 */
export interface LoggerOptions extends pino.LoggerOptions {
  /** A file that gets the lines instead of the standard output; made, with its directory, when it is not there. */
  readonly file?: string | LogFileOptions | undefined
  /**
   * `'json'`: a JSON object a line; `'pretty'`: lines for people. Default `'auto'`: pretty on a terminal, else JSON.
   * Pretty lines are coloured where `NO_COLOR` and `FORCE_COLOR` allow it, never in a file.
   */
  readonly format?: 'auto' | 'pretty' | 'json' | undefined
}

const FORMATS: readonly unknown[] = [undefined, 'auto', 'pretty', 'json']

/**
 * Checks what pino does not check, or not in words that help.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION`, naming the option
 */
export function checkLoggerOptions(options: LoggerOptions): void {
  const { level, customLevels, useOnlyCustomLevels, file, format, transport } = options
  if (customLevels !== undefined && !canHoldOptions(customLevels))
    throw refused('customLevels', customLevels, 'give an object such as { audit: 35 }.')
  if (useOnlyCustomLevels === true && METHOD_LEVELS.some((name) => !(name in (customLevels ?? {}))))
    throw refused(
      'useOnlyCustomLevels',
      true,
      'leave it out: customLevels alone adds levels to those of pino.'
    )
  const levels = [...LOG_LEVELS, ...Object.keys(customLevels ?? {})]
  if (level !== undefined && !levels.includes(level)) {
    throw refused('level', level, `use one of ${levels.map((name) => `'${name}'`).join(', ')}.`)
  }
  if (!FORMATS.includes(format)) {
    throw refused('format', format, "use 'pretty', 'json', or 'auto', which is pretty on a terminal.")
  }
  if (file !== undefined) checkLogFile(file)
  if (transport === undefined) return
  // pino writes itself then, in another thread: there is nothing in between that could do it.
  for (const [name, value] of Object.entries({ file, format })) {
    if (value !== undefined) {
      throw refused(name, value, 'leave it out, or leave out transport, which says itself where lines go.')
    }
  }
}
