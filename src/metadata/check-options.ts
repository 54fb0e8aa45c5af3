import { canHoldOptions, ConfigurationError, refuseUnknownOptions, show } from '../errors/index.js'
import { type Duration, toMilliseconds } from '../time/index.js'

/** Throws when an option cannot have this value; `option` names it, such as `name of @Service of Orders`. */
export type Check = (value: unknown, option: string) => void

/** What each option of a decorator, or of work that is added, may be. */
export type Checks<Options> = { readonly [Option in keyof Required<Options>]: Check }

/**
 * Checks options one by one and gives a frozen copy without those that are `undefined`.
 *
 * @param what names the place in messages, such as `@Service of Orders`
 * @throws ConfigurationError `KEEL_INVALID_OPTION` or `KEEL_INVALID_DURATION`, naming the place and the option
 */
export function checkOptions<Options extends object>(
  given: Options | undefined,
  checks: Checks<Options>,
  what: string
): Options {
  if (given === undefined) return NO_OPTIONS as Options
  const options: unknown = given
  if (!canHoldOptions(options)) {
    throw refuse(`what stands in the parentheses of ${what}`, options, 'an object with options')
  }
  const names = namesOf(options, checks)
  if (!names.every((name) => Object.hasOwn(checks, name))) {
    refuseUnknownOptions(options, Object.keys(checks), what)
  }
  const checked: Record<string, unknown> = {}
  for (let n = 0; n < names.length; n++) {
    const option = names[n]!
    const value = (options as Record<string, unknown>)[option]
    if (value === undefined) continue
    checks[option as keyof Options](value, `${option} of ${what}`)
    checked[option] = Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value
  }
  return Object.freeze(checked) as Options
}

const NO_OPTIONS = Object.freeze({})

/** What it says: of an object that inherits or computes what it has, each of the known options that is there. */
function namesOf(options: object, checks: object): string[] {
  const own = Object.keys(options)
  const prototype: unknown = Object.getPrototypeOf(options)
  if (prototype === Object.prototype || prototype === null) return own
  return [...new Set([...own, ...Object.keys(checks).filter((name) => name in options)])]
}

/** A string with something in it. */
export const text: Check = (value, option) => {
  if (typeof value !== 'string' || value.trim() === '')
    throw refuse(option, value, 'a string that is not empty')
}

/** True or false. */
export const flag: Check = (value, option) => {
  if (typeof value !== 'boolean') throw refuse(option, value, 'true or false')
}

/** An array. */
export const list: Check = (value, option) => {
  if (!Array.isArray(value)) throw refuse(option, value, 'an array')
}

/** A limit of time; `Infinity` means none. */
export const limit: Check = (value, option) => {
  toMilliseconds(value as Duration, option, { allowInfinity: true })
}

/** A limit of time that cannot be 0. */
export const limitAboveZero: Check = (value, option) => {
  if (toMilliseconds(value as Duration, option, { allowInfinity: true }) === 0) {
    throw refuse(option, value, 'longer than 0')
  }
}

/** One of a few words. */
export function oneOf(...words: readonly string[]): Check {
  return (value, option) => {
    if (!words.includes(value as string)) {
      throw refuse(option, value, words.map((word) => `'${word}'`).join(' or '))
    }
  }
}

/** For options that another check reads. */
export const readElsewhere: Check = () => {}

/** The error for a value that cannot stand where it does. */
export function refuse(option: string, value: unknown, wanted: string, hint?: string): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${option} must be ${wanted}, but is ${show(value)}.`,
    hint
  })
}
