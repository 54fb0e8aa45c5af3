import { canHoldOptions, ConfigurationError, nearNames, refuseUnknownOptions, show } from '../errors/index.js'
import type { BackoffOptions, RestartStrategy, SupervisorOptions } from '../metadata/index.js'
import { type Duration, toMilliseconds } from '../time/index.js'
import type { Backoff } from './backoff.js'
import type { RestartLimits } from './restart-budget.js'

/** {@link SupervisorOptions} with every default filled in; lengths in milliseconds. */
export interface SupervisorSettings extends RestartLimits {
  readonly strategy: RestartStrategy
  readonly replacement: SupervisorOptions['replacement'] | undefined
}

const strategies: Record<RestartStrategy, true> = {
  'one-for-one': true,
  'one-for-all': true,
  'rest-for-one': true,
  dependents: true,
  'forfeit-one-for-one': true,
  'forfeit-one-for-all': true,
  crash: true
}

const optionNames: Record<keyof SupervisorOptions, true> = {
  strategy: true,
  maxRestarts: true,
  within: true,
  backoff: true,
  replacement: true
}

const backoffNames: Record<keyof BackoffOptions, true> = {
  initial: true,
  factor: true,
  max: true,
  jitter: true,
  resetAfter: true
}

/**
 * Checks the options of a supervisor and fills in the defaults.
 *
 * @param whose - names the supervisor in errors, such as `'the supervisor of OrdersModule'`
 * @throws ConfigurationError `KEEL_INVALID_OPTION` or `KEEL_INVALID_DURATION`, naming the option
 */
export function supervisorSettings(options: SupervisorOptions<never>, whose: string): SupervisorSettings {
  refuseStrangers(options, optionNames, whose)
  const { strategy = 'one-for-one', maxRestarts = 5, within = '60s', backoff = {}, replacement } = options
  // a list of one would be looked up as what is in it
  if (typeof strategy !== 'string' || !Object.hasOwn(strategies, strategy)) {
    refuse(`strategy of ${whose}`, 'one of the strategies', strategy, Object.keys(strategies))
  }
  if (maxRestarts !== Infinity && !(Number.isInteger(maxRestarts) && maxRestarts >= 0)) {
    refuse(`maxRestarts of ${whose}`, 'a whole number, 0 or more, or Infinity', maxRestarts)
  }
  if (replacement !== undefined && typeof replacement !== 'function') {
    refuse(`replacement of ${whose}`, 'a function', replacement)
  }
  const window = toMilliseconds(within, `within of ${whose}`, { allowInfinity: true })
  if (window === 0) refuse(`within of ${whose}`, 'longer than 0', within)
  return Object.freeze({
    strategy,
    maxRestarts,
    within: window,
    backoff: backoff === false ? undefined : backoffSettings(backoff, `the backoff of ${whose}`),
    // given the services that these options came with
    replacement: replacement as SupervisorSettings['replacement']
  })
}

function backoffSettings(options: BackoffOptions, whose: string): Backoff {
  refuseStrangers(options, backoffNames, whose)
  const { factor = 2, jitter = 0.2, resetAfter = '60s' } = options
  const milliseconds = (name: 'initial' | 'max' | 'resetAfter', value: Duration): number =>
    toMilliseconds(value, `${name} of ${whose}`, { allowInfinity: name !== 'initial' })

  const given = options.max === undefined ? undefined : milliseconds('max', options.max)
  const initial =
    options.initial === undefined ? Math.min(1000, given ?? 1000) : milliseconds('initial', options.initial)
  const max = given ?? Math.max(30_000, initial)
  if (max < initial) refuse(`max of ${whose}`, 'at least as long as initial', options.max)
  if (!isNumber(factor, 1, Number.MAX_VALUE)) refuse(`factor of ${whose}`, 'a number, 1 or more', factor)
  if (!isNumber(jitter, 0, 1)) refuse(`jitter of ${whose}`, 'a number from 0 to 1', jitter)
  return Object.freeze({
    initial,
    factor,
    max,
    jitter,
    resetAfter: milliseconds('resetAfter', resetAfter)
  })
}

function refuseStrangers(options: object, known: object, whose: string): void {
  const given: unknown = options
  if (!canHoldOptions(given)) refuse(whose, 'an object', given)
  refuseUnknownOptions(options, Object.keys(known), whose)
}

function refuse(what: string, must: string, value: unknown, allowed?: readonly string[]): never {
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} must be ${must}, but is ${show(value)}`,
    ...(allowed === undefined ? {} : { hint: hint(value, allowed) })
  })
}

function hint(given: unknown, allowed: readonly string[]): string {
  const [near] = typeof given === 'string' ? nearNames(given, allowed) : []
  return `${near === undefined ? '' : `Did you mean '${near}'? `}There are ${allowed.join(', ')}.`
}

function isNumber(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}
