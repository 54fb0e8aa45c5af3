import { ConfigurationError } from '../errors/index.js'
import { type ClassFacts, type Site, type Check, refuse } from '../metadata/index.js'
import { isToken, isUnresolved, readDependency } from '../tokens/index.js'
import type { Place } from './dialect.js'

const ROLES = ['service', 'injectable', 'module'] as const

/**
 * Gives a class its role, which it has only one of, and its location.
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` when it has one already
 */
export function takeRole<Role extends (typeof ROLES)[number]>(
  { facts, what }: Place,
  site: Site,
  role: Role,
  options: NonNullable<ClassFacts[Role]>
): void {
  if ((facts.service ?? facts.injectable ?? facts.module) !== undefined) {
    const taken = ROLES.find((other) => facts[other] !== undefined)
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `${what} stands on a class that is ${taken === 'injectable' ? 'an' : 'a'} ${taken} already.`,
      hint: 'Keep one of @Service, @Injectable and @Module.'
    })
  }
  facts[role] = options
  facts.site = site
}

/** A list of dependencies; an entry that is `undefined` is an import cycle, which the wiring reports with all else. */
export const dependencies: Check = (value, option) => {
  if (!Array.isArray(value)) throw refuse(option, value, 'an array of tokens')
  const stated = value as readonly unknown[]
  // by index, here as in `checkOptions()`: each class goes through this while the program is loaded, and is slow to compile with iterators
  for (let index = 0; index < stated.length; index++) {
    const dependency = stated[index]
    if (isToken(dependency) || isUnresolved(dependency) || readDependency(dependency) !== undefined) continue
    throw refuse(
      `entry ${index} of ${option}`,
      dependency,
      'a token, () => token, optional(…), all(…) or lazy(…)'
    )
  }
}

const TOKEN = 'a class, a string, a symbol or an InjectionToken'

/** A token as it stands. */
export const token: Check = (value, option) => {
  if (!isToken(value)) throw refuse(option, value, TOKEN)
}

/** Refuses a token that is written and `undefined`: no option that is left out, but one that does not exist yet. */
export function refuseUnresolved(options: object, name: string, what: string): void {
  if (!(name in options) || (options as Readonly<Record<string, unknown>>)[name] !== undefined) return
  const hint =
    'The files import each other, or the import has no such name: move the token to a file of its own.'
  throw refuse(`${name} of ${what}`, undefined, TOKEN, hint)
}
