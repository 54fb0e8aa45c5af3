import { ConfigurationError, show } from '../errors/index.js'
import { calendarOf, refusalOf } from './croner.js'

interface Field {
  readonly name: string
  readonly allowed: string
}

const FIELDS: readonly Field[] = [
  { name: 'second', allowed: '0-59' },
  { name: 'minute', allowed: '0-59' },
  { name: 'hour', allowed: '0-23' },
  {
    name: 'day of the month',
    allowed: '1-31, L (the last), LW (the last weekday), 15W (the weekday nearest)'
  },
  { name: 'month', allowed: '1-12, JAN-DEC' },
  {
    name: 'day of the week',
    allowed: '0-7 (0 and 7 are Sunday), SUN-SAT, FRI#2 (the second), FRI#L (the last)'
  }
]

const NICKNAMES = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])

/** Longer than any expression a person writes; keeps the work bounded. */
const LONGEST_TEXT = 500

/** Any moment would do: the calendar repeats, and an expression names no year. */
const SEARCH_FROM = Date.UTC(2000, 0, 1)

const zonesKnown = new Set(['UTC'])

/** Texts that were found good, by what was given; checking one takes a millisecond, and it is done at each start. */
const textsKnown = new Map<string, string>()
const MOST_KNOWN = 1000

/**
 * Checks an expression: five fields, or six with seconds first, or a nickname such as `@daily`.
 *
 * @param what names it in the error, such as `'@Cron of Reports.send'`
 * @returns its fields with single spaces between them
 * @throws ConfigurationError `KEEL_INVALID_CRON` with a mark under the bad field, also when it can never match
 */
export function checkCron(expression: string, what: string): string {
  const given: unknown = expression
  if (typeof given !== 'string' || given.length > LONGEST_TEXT) {
    throw invalid(
      `${what} must be a cron expression, but is ${typeof given === 'string' ? 'far too long' : show(given)}.`
    )
  }
  const known = textsKnown.get(given)
  if (known !== undefined) return known
  const text = check(given, what)
  if (textsKnown.size >= MOST_KNOWN) textsKnown.clear()
  textsKnown.set(given, text)
  return text
}

function check(given: string, what: string): string {
  const fields = given.split(/\s+/).filter((field) => field !== '')
  const text = fields.join(' ')
  if (fields.length === 1 && NICKNAMES.has(text.toLowerCase())) return text.toLowerCase()
  if (fields.length !== 5 && fields.length !== 6) {
    const message = `${what} has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, not five or six`
    throw invalid(marked(message, text, 0, text.length))
  }
  checkFields(fields, text, what)
  if (calendarOf(text, 'UTC').next(SEARCH_FROM) === Infinity) {
    const day = fields.length - 3
    const start = fields.slice(0, day).join(' ').length + 1
    const message = `${what} never matches: there is no such day`
    throw invalid(
      marked(message, text, start, text.length - start),
      'Correct the day of the month or the month.'
    )
  }
  return text
}

/**
 * Checks a time zone.
 *
 * @throws ConfigurationError `KEEL_INVALID_CRON` when the machine does not know it
 */
export function checkZone(zone: string, what: string): string {
  if (zonesKnown.has(zone)) return zone
  try {
    // oxlint-disable-next-line no-new -- it throws for a zone that it does not know, which is all that is asked
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch (error) {
    const hint = "Give an IANA name such as 'UTC', 'Europe/Berlin', 'America/New_York'."
    throw invalid(`${what} has the unknown time zone ${show(zone)}.`, hint, error)
  }
  zonesKnown.add(zone)
  return zone
}

function checkFields(fields: readonly string[], text: string, what: string): void {
  const offset = FIELDS.length - fields.length
  let start = 0
  for (const [index, field] of fields.entries()) {
    const known = FIELDS[index + offset] as Field
    // alone among wildcards, so that it is this field that is refused
    const probe = FIELDS.map((_, place) => (place === index + offset ? field : '*')).join(' ')
    const refusal = refusalOf(probe)
    if (refusal !== undefined) {
      const message = `${what} has the ${known.name} ${JSON.stringify(field)}`
      const hint = `Allowed here: ${known.allowed}, and *, lists 1,2, ranges 1-5, steps */2 or 1-9/2.`
      throw invalid(marked(message, text, start, field.length), hint, refusal)
    }
    start += field.length + 1
  }
  const refusal = refusalOf(text)
  if (refusal !== undefined)
    throw invalid(marked(`${what} cannot be read`, text, 0, text.length), undefined, refusal)
}

function marked(message: string, text: string, start: number, length: number): string {
  return `${message}.\n${text}\n${' '.repeat(start)}${'^'.repeat(Math.max(1, length))}`
}

function invalid(message: string, hint?: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_CRON', {
    message,
    hint,
    ...(cause === undefined ? {} : { cause })
  })
}
