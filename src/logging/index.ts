/**
 * Logging: the logger of an application and of each service, the lines that events become, and how an error is
 * printed for people. The only door to pino. It refuses to know what services are and when lines are due.
 * Start reading at `create-logger.ts`, then `event-log.ts`.
 */
export {
  type AnyLogger,
  checkLogger,
  createLogger,
  flushLogger,
  type Logger,
  isReadable,
  needsPino,
  type LoggerOption,
  type LoggerSurroundings,
  serviceLogger,
  type ServicePlace,
  wantsColors
} from './create-logger.js'
export { errorText } from './error-text.js'
export { EventLog, type ServiceFacts } from './event-log.js'
export { loadPino } from './load-pino.js'
export type { LogFileOptions } from './log-file.js'
export type { LoggerOptions } from './logger-options.js'
export { LOG_LEVELS, LogLevels } from './log-levels.js'
export { LOGGER } from './logger-token.js'
export { type LineTarget, ReadableLines } from './readable-lines.js'
export { isOwnLogger, redirected } from './redirected.js'
export { teeLogger } from './tee-logger.js'
