import { METHOD_LEVELS } from './method-levels.js'

const METHODS = ['info', 'warn', 'error']

/** Does it log, without being what makes a logger for each service, as `console` does? Options have no methods. */
export function isForeignLogger(option: object): boolean {
  const given = option as Readonly<Record<string, unknown>>
  return typeof given['child'] !== 'function' && METHODS.some((name) => typeof given[name] === 'function')
}

/** The levels that a pino logger lacks, since it was given others instead; none where it is no pino logger. */
export function levelsLackedBy(option: object): readonly string[] {
  const given = option as Readonly<Record<string, unknown>>
  const levels = given['levels'] as { readonly values?: unknown } | undefined
  if (typeof given['child'] !== 'function' || typeof levels?.values !== 'object') return []
  return METHOD_LEVELS.filter((level) => typeof given[level] !== 'function')
}
