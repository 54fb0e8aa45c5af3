import { isThenable } from './is-thenable.js'

/** Longer texts lose their end in messages. */
const LONGEST_TEXT = 100

/** Of these the kind says what went wrong: somebody forgot to spread or to convert it. */
const TELLING = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Date', 'RegExp', 'Error'])

/**
 * What somebody gave, as it stands in a message: texts in quotes, so that `"5"` is no number, numbers as they are written, all
 * that would take more room by its kind. Never throws, whatever it is given.
 */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? kindOf(value) : String(value)
}

function kindOf(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array'
    if (isThenable(value)) return 'a promise'
    if (value instanceof Date && Number.isNaN(value.getTime())) return 'an invalid Date'
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
    return TELLING.has(kind) ? `${kind === 'Error' ? 'an' : 'a'} ${kind}` : 'an object'
  } catch {
    // a proxy that lets nobody look
    return 'an object'
  }
}
