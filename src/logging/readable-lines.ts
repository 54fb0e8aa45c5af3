import { printable } from '../graph/index.js'
import { isEventType } from './event-log.js'
import { errorBlock } from './readable-error.js'
import { doSay, field, harmless, indented, text } from './readable-text.js'

/** What takes lines. */
export interface LineTarget {
  write(line: string): void
  /** Tells when all of them are written. */
  flush?(done: (error?: Error | null) => void): void
  flushSync?(): void
}

/** How the lines that come in were written. */
export interface ReadableLinesOptions {
  readonly colors: boolean
  /** Where the message is; default `msg`. */
  readonly messageKey?: string | undefined
  /** Where the error is; default `err`. */
  readonly errorKey?: string | undefined
  /** Levels beside those of pino, by name. */
  readonly customLevels?: Readonly<Record<string, number>> | undefined
}

type Line = Record<string, unknown>

const LABELS: Readonly<Record<string, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL'
}
const COLORS: Readonly<Record<string, number>> = {
  TRACE: 90,
  DEBUG: 34,
  INFO: 32,
  WARN: 33,
  ERROR: 31,
  FATAL: 31
}
/** Deeper ones look the same. */
const DEEPEST = 12
const DIM = 2
const CYAN = 36
/** For machines; the words say the same, or stand before them. */
const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'service'])

/** What has brought these about stands in a line before them. */
const RETOLD = new Set(['supervisor.restarting', 'supervisor.gave-up', 'application.started'])

/**
 * Turns pino's JSON lines into lines for people: `12:04:00.012 INFO  [^-Orders] started in 12ms`. Further fields
 * follow the message; the stack of an error stands below it, indented as further lines of a message are. What is no
 * JSON goes through as it is.
 */
export class ReadableLines implements LineTarget {
  readonly #target: LineTarget
  readonly #colors: boolean
  readonly #messageKey: string
  readonly #errorKey: string
  readonly #labels: Readonly<Record<string, string>>

  constructor(target: LineTarget, options: ReadableLinesOptions) {
    this.#target = target
    this.#colors = options.colors
    this.#messageKey = options.messageKey ?? 'msg'
    this.#errorKey = options.errorKey ?? 'err'
    const own = Object.entries(options.customLevels ?? {}).map(([name, level]) => [level, name.toUpperCase()])
    this.#labels = { ...(Object.fromEntries(own) as Record<string, string>), ...LABELS }
  }

  write(line: string): void {
    const parsed = parse(line)
    this.#target.write(parsed === undefined ? line : this.#format(parsed))
  }

  flush(done: (error?: Error | null) => void): void {
    if (this.#target.flush === undefined) done()
    else this.#target.flush(done)
  }

  /** pino calls it when the process is about to end. */
  flushSync(): void {
    this.#target.flushSync?.()
  }

  #format(line: Line): string {
    const level = text(line['level'])
    const label = this.#labels[level] ?? level.toUpperCase()
    const parts = [this.#paint(timeOf(line['time']), DIM), this.#paint(label.padEnd(5), COLORS[label] ?? DIM)]
    const prefix = prefixOf(line)
    if (prefix !== undefined) parts.push(this.#paint(prefix, CYAN))
    const message = line[this.#messageKey]
    if (message !== undefined) parts.push(indented(harmless(text(message))))
    let below = ''
    for (const key of Object.keys(line)) {
      const value = line[key]
      if (key === this.#messageKey || isEmpty(value) || isSaid(key, line, message)) continue
      // what happened has its error in `err`, whatever the program calls its own
      const block =
        (key === this.#errorKey || key === 'err' ? errorBlock(value) : undefined) ?? blockOf(value)
      if (block === undefined) parts.push(this.#paint(field(key, value), DIM))
      else below += indented(`\n${block}`)
    }
    return `${parts.filter((part) => part !== '').join(' ')}${below}\n`
  }

  #paint(words: string, color: number): string {
    return this.#colors && words !== '' ? `\u001B[${color}m${words}\u001B[0m` : words
  }
}

/** Whose line it is; `^`, and a dash for each step down from the application, tell how deep that stands. */
function prefixOf(line: Line): string | undefined {
  const { service, name, depth: given } = line
  if (service === undefined) return name === undefined ? undefined : `[${printable(text(name))}]`
  const depth = Number(given)
  return depth > 0
    ? `[^${'-'.repeat(Math.min(depth, DEEPEST) - 1)}${printable(text(service))}]`
    : `[${printable(text(service))}]`
}

/** Some names are those of what a program may want to tell of itself: these are hidden where they say nothing new. */
function isSaid(key: string, line: Line, message: unknown): boolean {
  switch (key) {
    case 'name':
      return line['service'] === undefined || isOfLogger(key, line)
    case 'depth':
      return line['service'] !== undefined
    case 'path':
      return line['depth'] !== undefined && text(line[key]).endsWith(text(line['service']))
    case 'event':
    case 'durationMs':
      return isEventType(line['event'])
    case 'reason':
      return RETOLD.has(text(line['event'])) || doSay(text(message), text(line[key]))
    default:
      return HIDDEN.has(key)
  }
}

/** What all lines of a logger have stands before the service, what one line tells behind it. */
function isOfLogger(key: string, line: Line): boolean {
  const keys = Object.keys(line)
  return keys.indexOf(key) < keys.indexOf('service')
}

function parse(line: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Line) : undefined
  } catch {
    return undefined
  }
}

/** The time of day, here and now: what somebody who watches compares with. */
function timeOf(value: unknown): string {
  if (typeof value !== 'number' && typeof value !== 'string') return ''
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return String(value)
  const seconds = `${padded(at.getSeconds(), 2)}.${padded(at.getMilliseconds(), 3)}`
  return `${padded(at.getHours(), 2)}:${padded(at.getMinutes(), 2)}:${seconds}`
}

function padded(part: number, width: number): string {
  return String(part).padStart(width, '0')
}

/** Text of several lines, such as a tree, stands below the line. */
function blockOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.includes('\n') ? harmless(value) : undefined
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0)
}
