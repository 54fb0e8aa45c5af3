/**
 * Logging: the logger of an application and of each service, the lines that events become, and how an error is
 * printed for people. The only door to pino. It refuses to know what services are and when lines are due.
 * Start reading at `create-logger.ts`, then `log-event.ts`.
 */
export {
  childFor,
  createLogger,
  flushLogger,
  type Logger,
  type LoggerOption,
  type LoggerOptions,
  type LoggerSurroundings,
  type ServiceBindings
} from './create-logger.js'
export { errorText } from './error-text.js'
export { type CrashFacts, logEvent, logsEvent } from './log-event.js'
export { LOGGER } from './logger-token.js'
export type { LineTarget } from './readable-lines.js'
