import { parse } from '@lukeed/ms'
import { ConfigurationError, show } from '../errors/index.js'

/**
 * A length of time: a number of milliseconds, or a string such as `'250ms'`, `'1.5s'`, `'5m'`, `'2h'`,
 * `'1d'`, `'1h30m'`.
 *
 * In a string every number has its unit, the largest first: `'1h30m'`, not `'30m1h'`. The units are ms, s, m, h and d; w,
 * which is seven days, and y, which is 365.25, are read too, as are longer names (`'2 days'`, `'10 minutes'`) and blanks around
 * them. Upper case means the same, so that `'1M'` is a minute; there is no unit for a month.
 */
export type Duration = number | string

/**
 * No time at all, for a field that is to hold milliseconds with fractions. Minus zero, since V8 lays a field out by the
 * first number that it gets, and 0 is a whole one: with the first fraction every object is laid out anew, and what was
 * compiled for the old layout is thrown away. A third of a stop of 1,000 services went into that.
 */
export const NO_TIME = -0

/** How {@link toMilliseconds} reads a value. */
export interface DurationOptions {
  /** Is the number `Infinity` a sensible value here, as it is for a limit? Default false. */
  readonly allowInfinity?: boolean
}

/**
 * Reads a {@link Duration}; its units are those of `@lukeed/ms`.
 *
 * @param value what the user wrote
 * @param what names it in the error, such as `'stopTimeout of Orders'`
 * @returns milliseconds, 0 or more, fractions kept
 * @throws ConfigurationError `KEEL_INVALID_DURATION` for anything else, negative numbers and `NaN` included
 */
export function toMilliseconds(value: Duration, what: string, options?: DurationOptions): number {
  const given: unknown = value
  if (typeof given === 'number') {
    if (given >= 0 && given < Infinity) return given
    if (given === Infinity && options?.allowInfinity === true) return given
  } else if (typeof given === 'string') {
    const read = readText(given)
    if (read !== undefined) return read
  }
  throw new ConfigurationError('KEEL_INVALID_DURATION', {
    message: `${what} must be a duration, but is ${show(given)}`,
    hint: hintFor(given)
  })
}

/** Longer than any duration a person writes; keeps the work bounded. */
const LONGEST_TEXT = 100

function readText(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  const part = /\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)\s*/giy
  let total = 0
  let unitBefore = Infinity
  let end = 0
  while (end < text.length) {
    const found = part.exec(text)
    if (found === null) return undefined
    end = part.lastIndex
    const unit = parse(`1${found[2]}`)
    if (unit === undefined || unit >= unitBefore) return undefined
    unitBefore = unit
    total += Number(found[1]) * unit
  }
  // 0.07s is 70 and not 70.00000000000001
  return end > 0 && total < Infinity ? Number(total.toPrecision(15)) : undefined
}

function hintFor(value: unknown): string {
  if (value === Infinity) return 'Infinity is allowed only where a limit is meant.'
  if (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value)) {
    return `Write the unit, such as '${value.trim()}ms' or '${value.trim()}s', or give a number of milliseconds.`
  }
  return "Give a number of milliseconds, 0 or more, or a string such as '250ms', '1.5s', '5m', '2h', '1d', '1h30m'."
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000]
] as const

/**
 * Writes milliseconds the way people write a {@link Duration}, for messages: `'250ms'`, `'1.5s'`, `'1m30s'`,
 * `'forever'` for `Infinity`. Exact to the millisecond; below one, three digits are kept.
 */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === Infinity) return 'forever'
  if (milliseconds < 1) return `${Number(milliseconds.toFixed(3))}ms`
  let left = Math.round(milliseconds)
  if (left < 1000) return `${left}ms`
  let text = ''
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length)
    left -= count * length
    if (count > 0) text += `${count}${unit}`
  }
  return left > 0 ? `${text}${left / 1000}s` : text
}
