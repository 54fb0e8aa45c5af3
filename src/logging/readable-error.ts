import { doSay, field, harmless, indented, show, text } from './readable-text.js'

/** Of many errors that one holds, and of many fields, so many are told. */
const MOST = 20
/** Longer fields lose their end: that of an HTTP client may hold its whole request. */
const LONGEST = 300
/** Errors that errors hold are followed so far. */
const DEEPEST = 3

/** What the serializer of pino makes of an error. */
interface SerializedError {
  readonly stack?: unknown
  readonly message?: unknown
  readonly aggregateErrors?: unknown
  readonly [field: string]: unknown
}

/** These the stack tells. */
const IN_STACK = new Set(['type', 'name', 'message', 'stack', 'aggregateErrors'])

/**
 * The stack of an error, and below it what that does not tell: its fields, and the errors that it holds. `undefined` for what
 * has no stack.
 */
export function errorBlock(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { stack, message, aggregateErrors } = error as SerializedError
  if (typeof stack !== 'string' || stack === '') return undefined
  const words = text(message)
  const lines = [harmless(stack)]
  const fields = fieldsOf(error as SerializedError, words)
  if (fields !== '') lines.push(fields)
  if (Array.isArray(aggregateErrors) && depth < DEEPEST) lines.push(...held(aggregateErrors, words, depth))
  return lines.join('\n')
}

function fieldsOf(error: SerializedError, words: string): string {
  const fields: string[] = []
  for (const key of Object.keys(error)) {
    const value = error[key]
    if (IN_STACK.has(key) || (typeof value === 'string' && doSay(words, value))) continue
    const told = field(key, value)
    fields.push(told.length > LONGEST ? `${told.slice(0, LONGEST)}…` : told)
  }
  return fields.slice(0, MOST).join(' ')
}

function held(errors: readonly unknown[], words: string, depth: number): string[] {
  const untold = errors.filter(
    (each) => !doSay(words, firstLine(text((each as SerializedError | null)?.message)))
  )
  const lines = untold
    .slice(0, MOST)
    .map((each) => `also: ${indented(errorBlock(each, depth + 1) ?? harmless(show(each)))}`)
  if (untold.length > MOST) lines.push(`and ${untold.length - MOST} more`)
  return lines
}

function firstLine(lines: string): string {
  return lines.split('\n', 1)[0] ?? ''
}
