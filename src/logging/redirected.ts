import type { AnyLogger, LoggerOption } from './create-logger.js'
import { isForeignLogger, levelsLackedBy } from './foreign-logger.js'
import type { LoggerOptions } from './logger-options.js'

/** What whoever runs a program says about its log. */
export interface LogWishes {
  readonly level?: string | undefined
  /** Path of a file that lines are appended to instead of the standard output. */
  readonly file?: string | undefined
}

/**
 * The logger that a program asked for, with the wishes of whoever runs it: they go before the level and the
 * destination in its options. A logger of the program's own keeps its destination; it gets the level in a child.
 */
export function redirected(
  option: LoggerOption | undefined,
  { level, file }: LogWishes
): LoggerOption | undefined {
  if (level === undefined && file === undefined) return option
  const wished = level === undefined ? {} : { level }
  // what is neither logger nor options is refused where all that is wrong is told
  if (isOwnLogger(option))
    return level === undefined || levelsLackedBy(option).length > 0
      ? option
      : (option.child({}, wished) as AnyLogger)
  const isObject = typeof option === 'object' && option !== null
  if (option !== undefined && option !== false && (!isObject || isForeignLogger(option))) return option
  const options: LoggerOptions = { ...(option === false ? undefined : option), ...wished }
  if (file === undefined) return options
  const { transport: _transport, ...rest } = options
  return { ...rest, file: typeof rest.file === 'object' ? { ...rest.file, path: file } : file }
}

/** Whether the program brings a logger, and no options. */
export function isOwnLogger(option: LoggerOption | undefined): option is AnyLogger {
  return (
    typeof option === 'object' && option !== null && 'child' in option && typeof option.child === 'function'
  )
}
