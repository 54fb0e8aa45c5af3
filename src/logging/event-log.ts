import { types } from 'node:util'
import { describeThrown, type ExitError, isExit, isKeelsonError, isStartError } from '../errors/index.js'
import type { EventOf, LifecycleEvent, LifecycleEventType } from '../events/index.js'
import type { LogLevel } from '../metadata/index.js'
import { formatDuration } from '../time/index.js'
import type { Logger } from './create-logger.js'
import { LogLevels } from './log-levels.js'

/** What a line can tell of its service beside the event. */
export interface ServiceFacts {
  /** Level of "starting", "started in …", "stopping", "stopped in …"; default `info`. */
  readonly lifecycleLogLevel?: LogLevel
  /** Its own logger, for one that has a level of its own. */
  readonly log?: Logger
  readonly path?: string
  readonly depth?: number
  /** The rest stands in the report of a crash, in this order. */
  readonly run?: number
  readonly restartCount?: number
  readonly activities?: Iterable<string>
  readonly statusText?: string
}

/** One row of {@link LINES}: the level, `lifecycle` being the service's own, and the words. */
interface Row<Type extends LifecycleEventType> {
  readonly level: LogLevel | 'lifecycle'
  /** The level when the event carries an error; default: the same. */
  readonly failed?: LogLevel
  say(event: EventOf<Type>): string
}

const FAILED: Row<'task.failed' | 'timer.failed' | 'cron.failed'> = {
  level: 'error',
  say: (e) => `${e.task} failed after ${formatDuration(e.durationMs)}`
}
const MISSED: Row<'timer.missed' | 'cron.missed'> = {
  level: 'warn',
  say: (e) => `${e.task} missed ${e.missed === 1 ? 'a run' : `${e.missed} runs`}`
}

/** What is said of each event, and how loudly. */
const LINES: { readonly [Type in LifecycleEventType]: Row<Type> } = {
  'application.starting': { level: 'info', say: () => 'application starting' },
  'application.started': {
    level: 'info',
    failed: 'error',
    say: (e) => `application ${ended('started', 'failed to start', e)}`
  },
  'application.draining': { level: 'info', say: (e) => `application draining${because(e.reason)}` },
  'application.stopping': { level: 'info', say: (e) => `application stopping${because(e.reason)}` },
  'application.stopped': {
    level: 'info',
    failed: 'error',
    say: (e) => `application ${ended('stopped', 'stopped, with errors,', e)}`
  },
  'application.crashed': { level: 'fatal', say: (e) => `application crashed: ${describeThrown(e.error)}` },
  'service.waiting': { level: 'trace', say: () => 'waiting for its dependencies' },
  'service.starting': { level: 'lifecycle', say: () => 'starting' },
  'service.started': {
    level: 'lifecycle',
    failed: 'error',
    say: (e) => ended('started', 'failed to start', e)
  },
  'service.stopping': { level: 'lifecycle', say: (e) => `stopping${because(e.reason)}` },
  'service.stopped': {
    level: 'lifecycle',
    failed: 'error',
    say: (e) => ended('stopped', 'stopped, with errors,', e)
  },
  'service.crashed': { level: 'error', say: (e) => `crashed: ${describeThrown(e.error)}` },
  'service.restarting': { level: 'lifecycle', say: (e) => `restarting (restart ${e.restart})` },
  'service.status': { level: 'debug', say: (e) => `status: ${e.text}` },
  'activity.started': { level: 'trace', say: (e) => `${e.activity} begun` },
  'activity.finished': { level: 'trace', say: (e) => `${e.activity} ${ended('done', 'failed', e)}` },
  'hook.started': { level: 'trace', say: (e) => `${e.hook} called` },
  'hook.finished': { level: 'debug', say: (e) => `${e.hook} ${ended('done', 'failed', e)}` },
  'task.started': { level: 'debug', say: (e) => `${e.task} started` },
  'task.finished': { level: 'debug', say: (e) => `${e.task} ${ended('done', 'ended', e)}` },
  'task.failed': FAILED,
  'timer.ran': { level: 'trace', say: (e) => `${e.task} ${ended('ran', 'failed', e)}` },
  'timer.missed': MISSED,
  'timer.failed': FAILED,
  'cron.ran': { level: 'debug', say: (e) => `${e.task} ${ended('ran', 'failed', e)}` },
  'cron.missed': MISSED,
  'cron.failed': FAILED,
  'supervisor.restarting': {
    level: 'warn',
    say: (e) =>
      `${e.supervisor} restarts ${e.services.join(', ')}${e.delayMs > 0 ? ` in ${formatDuration(e.delayMs)}` : ''}`
  },
  'supervisor.gave-up': { level: 'error', say: sayGaveUp }
}

/** Whether this is the type of an event of the framework, and no word of a program's own. */
export function isEventType(type: unknown): type is LifecycleEventType {
  return typeof type === 'string' && Object.hasOwn(LINES, type)
}

/**
 * Writes events as lines of an application's log. Each has `event`, its type, and `service` where there is one; an
 * error stands in `err` with its stack, in the first line that tells of it only, however far it climbs. In later
 * ones, and for what was thrown that is no error, there is `reason`, one line of text.
 */
export class EventLog {
  readonly #logger: Logger
  readonly #levels: LogLevels
  readonly #told = new WeakSet()

  /** @param logger of the application; no child is made for a line, but where a service has a level of its own */
  constructor(logger: Logger, levels: LogLevels = new LogLevels(logger)) {
    this.#logger = logger
    this.#levels = levels
  }

  /** Whether an event of this type, without an error, has a line: when not, it need not be built for the log. */
  wants(type: LifecycleEventType, facts?: ServiceFacts): boolean {
    const level = levelOf(LINES[type], facts)
    return level !== 'silent' && this.#logger.isLevelEnabled(level)
  }

  /**
   * Writes the line of an event, if the logger's level asks for it. Never throws: a logger that does must not disturb what it
   * is told of.
   */
  write(event: LifecycleEvent, facts?: ServiceFacts): void {
    try {
      this.#write(event, facts)
    } catch {
      this.#writeShort(event)
    }
  }

  /** Without what may be to blame: the error, and what is known of the service. */
  #writeShort(event: LifecycleEvent): void {
    const { level, failed = level } = LINES[event.type]
    const loud = 'error' in event ? failed : level
    const fields = {
      event: event.type,
      ...('service' in event ? { service: event.service } : {}),
      ...('error' in event ? { reason: describeThrown(event.error) } : {})
    }
    try {
      this.#logger[loud === 'lifecycle' ? 'info' : loud](fields, event.type)
    } catch {
      // there is nobody left to tell
    }
  }

  #write(event: LifecycleEvent, facts?: ServiceFacts): void {
    const row = LINES[event.type] as Row<LifecycleEventType>
    // What was thrown may be undefined.
    const failure = 'error' in event ? { error: event.error } : undefined
    const level = isRequest(failure?.error)
      ? 'info'
      : failure === undefined
        ? levelOf(row, facts)
        : (row.failed ?? levelOf(row, facts))
    if (level === 'silent') return
    const own = 'service' in event ? this.#ownLogger(event.service, facts) : undefined
    const logger = own ?? this.#logger
    if (!logger.isLevelEnabled(level)) return
    const fields: Record<string, unknown> = { event: event.type }
    if ('service' in event && own === undefined) {
      fields['service'] = event.service
      if (facts?.path !== undefined) fields['path'] = facts.path
      if (facts?.depth !== undefined) fields['depth'] = facts.depth
    }
    if (event.type === 'service.crashed') addFacts(fields, facts)
    if ('durationMs' in event) fields['durationMs'] = event.durationMs
    const thrown = failure?.error
    const exit = isExit(thrown) ? thrown : undefined
    // Where it was asked for is of no interest, unless something has brought that about.
    if (exit !== undefined && exit.cause === undefined) fields['reason'] = describeThrown(exit)
    else if (failure !== undefined) this.#addError(fields, failure.error)
    logger[level](fields, (exit && sayExit(event, exit)) ?? row.say(event))
  }

  /** It tells the service and its place by itself. */
  #ownLogger(service: string, facts: ServiceFacts | undefined): Logger | undefined {
    return this.#levels.own(service) === undefined ? undefined : facts?.log
  }

  /** Its stack, or that of what brought it about, stands in an earlier line. */
  #isTold(error: Error): boolean {
    return this.#told.has(error) || (error.cause instanceof Error && this.#told.has(error.cause))
  }

  // `err` is an error or absent: a field that is now an object and now a text breaks the index of many a log store.
  #addError(fields: Record<string, unknown>, error: unknown): void {
    if (!(types.isNativeError(error) || error instanceof Error) || this.#isTold(error))
      fields['reason'] = describeThrown(error)
    else {
      this.#told.add(error)
      fields['err'] = error
    }
  }
}

/** It ended because somebody asked for it: nothing is wrong. */
function isRequest(error: unknown): boolean {
  const asked = isStartError(error) ? error.cause : error
  return isExit(asked) || isKeelsonError(error, 'KEEL_START_ABORTED')
}

/** That somebody asked for the end is told in other words than a failure. */
function sayExit(event: LifecycleEvent, { exitCode }: ExitError): string | undefined {
  if (event.type === 'service.crashed') return `ends: exit with code ${exitCode} was asked for`
  if (event.type === 'service.stopped') return `stopped in ${formatDuration(event.durationMs)}`
  if (event.type === 'hook.finished') return `${event.hook} asked to exit with code ${exitCode}`
  const isWork = event.type === 'task.failed' || event.type === 'timer.failed' || event.type === 'cron.failed'
  return isWork ? `${event.task} asked to exit with code ${exitCode}` : undefined
}

/** The error says by itself who gave up. */
function sayGaveUp({ supervisor, error }: EventOf<'supervisor.gave-up'>): string {
  const said = describeThrown(error)
  return isKeelsonError(error, 'KEEL_MAX_RESTARTS')
    ? said.replace('KEEL_MAX_RESTARTS: ', '')
    : `${supervisor} gave up: ${said}`
}

function levelOf(row: Pick<Row<never>, 'level'>, facts: ServiceFacts | undefined): LogLevel {
  return row.level === 'lifecycle' ? (facts?.lifecycleLogLevel ?? 'info') : row.level
}

function addFacts(fields: Record<string, unknown>, facts: ServiceFacts | undefined): void {
  fields['run'] = facts?.run
  fields['restartCount'] = facts?.restartCount
  fields['activities'] = facts?.activities === undefined ? undefined : [...facts.activities]
  fields['statusText'] = facts?.statusText
}

function ended(
  well: string,
  badly: string,
  event: { readonly durationMs: number; readonly error?: unknown }
): string {
  const time = formatDuration(event.durationMs)
  return !('error' in event) ? `${well} in ${time}` : `${badly} after ${time}`
}

/** What a stop reason says: the signal, or what was given to `stop()`. */
function because(reason: unknown): string {
  if (typeof reason === 'string') return reason === '' ? '' : `: ${reason}`
  if (typeof reason !== 'object' || reason === null) return ''
  const { kind, detail } = reason as { readonly kind?: unknown; readonly detail?: unknown }
  // the lines before tell what it was
  if (kind === 'crash') return ': crash'
  if (isExit(detail)) return `: exit with code ${detail.exitCode}`
  if (typeof detail === 'string' && detail !== '') return `: ${detail}`
  return kind === 'restart' ? ': restart' : ''
}
