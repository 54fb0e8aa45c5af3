import { inspect } from 'node:util'

/** Causes of causes are followed so far; a chain of errors may be a circle. */
const DEEPEST_CAUSE = 8
const LONGEST_TEXT = 300
/** Of an error that holds others so many are told. */
const MOST_HELD = 3

/** What `toJSON()` shows of something thrown. */
export interface ThrownJSON {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  /** Only of what was plain data already: a test runner takes it from there. */
  readonly stack?: string
  readonly cause?: ThrownJSON
}

/**
 * Says in one line what was thrown, for messages and logs: `Error: no such host`, and for what is no error
 * `'oops' (a string, not an Error)`. Never throws, whatever it is given.
 */
export function describeThrown(value: unknown): string {
  try {
    if (isError(value) || isErrorData(value)) {
      const text = firstLine(messageOf(value))
      const name = firstLine(String(value.name))
      // the message of a coded error begins with its code, which says more than the class
      if (text.startsWith('KEEL_')) return text
      return text === '' ? name : `${name}: ${text}`
    }
    if (value === undefined || value === null) return `${value} (not an Error)`
    const text = firstLine(inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: LONGEST_TEXT }))
    return `${text} (${article(typeof value)}, not an Error)`
  } catch {
    return 'something that cannot be shown'
  }
}

/** Plain data for something thrown, its causes included. Never throws. */
export function thrownToJSON(value: unknown, depth = 0): ThrownJSON {
  try {
    const isData = isErrorData(value)
    if (!isData && !isError(value)) return { name: typeof value, message: describeThrown(value) }
    const { code, cause } = value
    return {
      name: String(value.name),
      message: messageOf(value),
      ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
      ...(isData ? { stack: value.stack } : {}),
      ...(cause !== undefined && depth < DEEPEST_CAUSE ? { cause: thrownToJSON(cause, depth + 1) } : {})
    }
  } catch {
    return { name: typeof value, message: describeThrown(value) }
  }
}

/** An error as it comes from anywhere: nothing keeps its fields from being anything. */
interface AnyError {
  readonly name: unknown
  readonly message: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** That of Node for a connection that was refused at every address says nothing itself: those that it holds do. */
export function messageOf({ message, errors }: AnyError): string {
  const own = String(message)
  if (own !== '' || !Array.isArray(errors)) return own
  const held = errors.slice(0, MOST_HELD).map((error) => (isError(error) ? String(error.message) : ''))
  return held.filter((text) => text !== '').join('; ')
}

/** Errors of other realms (vm, workers, jsdom) are errors too. */
export function isError(value: unknown): value is AnyError {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

/** What an error was turned into on its way here: vitest does so with a cause before it asks for `toJSON()`. */
function isErrorData(value: unknown): value is AnyError & { readonly stack: string } {
  if (typeof value !== 'object' || value === null || isError(value)) return false
  const { name, message, stack } = value as Partial<AnyError> & { readonly stack?: unknown }
  return typeof name === 'string' && typeof message === 'string' && typeof stack === 'string'
}

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  const line = end < 0 ? text : text.slice(0, end)
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}
