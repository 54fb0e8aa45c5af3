import { ConfigurationError, show } from '../errors/index.js'
import type { CronOptions, Overlap, TimerOptions } from '../metadata/index.js'
import { toMilliseconds, type Duration } from '../time/index.js'
import { checkCron, checkZone } from './cron-expression.js'
import type { CronRule } from './cron-plan.js'
import type { TimerRule } from './timer-plan.js'

const OVERLAPS: readonly Overlap[] = ['skip', 'queue', 'allow', 'cancel']
const REACTIONS = ['log', 'crash'] as const
const MODES = ['rate', 'delay'] as const
const MISFIRES = ['once', 'skip'] as const

/**
 * Of timers and crons of which an interval or an expression says all: they share them, since each has a dozen fields, and
 * there may be thousands of one interval. Reading them takes a third of arming a timer.
 */
const plainTimers = new Map<Duration, TimerSettings>()
const plainCrons = new Map<string, CronSettings>()
const MOST_KNOWN = 1000

function know<Key, Settings>(all: Map<Key, Settings>, key: Key, settings: Settings): Settings {
  if (all.size >= MOST_KNOWN) all.clear()
  all.set(key, settings)
  return settings
}

/** Whether options say nothing of when and how calls are made: a name does not. */
function isPlain(options: object): boolean {
  for (const option in options) if (option !== 'name' && option !== 'enabled') return false
  return true
}

interface RunSettings {
  readonly overlap: Overlap
  readonly onError: (typeof REACTIONS)[number]
  /** `Infinity`: never. */
  readonly failAfter: number
  /** Milliseconds; `Infinity`: none. */
  readonly timeout: number
}

/** A timer's schedule, checked, in milliseconds. */
export interface TimerSettings extends RunSettings, TimerRule {
  readonly kind: 'timer'
  readonly immediate: boolean
}

/** A cron's schedule, checked, in milliseconds. */
export interface CronSettings extends RunSettings, CronRule {
  readonly kind: 'cron'
}

/**
 * Reads what a user says about a timer.
 *
 * @param what names it in errors, such as `'@Timer of Feed.poll'`
 * @throws ConfigurationError `KEEL_INVALID_DURATION`, `KEEL_INVALID_OPTION`
 */
export function readTimer(every: Duration, options: TimerOptions, what: string): TimerSettings {
  const known = knownTimer(every, options)
  if (known !== undefined) return known
  const settings = readTimerAnew(every, options, what)
  return isPlain(options) ? know(plainTimers, every, settings) : settings
}

/** What {@link readTimer} has read before and shares: without a name put together for errors that there are not. */
export function knownTimer(every: Duration, options: TimerOptions): TimerSettings | undefined {
  return isPlain(options) ? plainTimers.get(every) : undefined
}

function readTimerAnew(every: Duration, options: TimerOptions, what: string): TimerSettings {
  const { mode = 'rate', immediate = false, jitter = 0 } = options
  const settings: TimerSettings = {
    kind: 'timer',
    every: longerThanZero(toMilliseconds(every, `the interval of ${what}`), `the interval of ${what}`),
    mode: oneOf(MODES, mode, 'mode', what),
    immediate,
    jitter: toMilliseconds(jitter, `jitter of ${what}`),
    ...readRun(options, what)
  }
  if (settings.mode === 'delay' && settings.overlap !== 'skip') {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `${what} has overlap '${settings.overlap}' with mode 'delay'.`,
      hint: "With mode 'delay' a run begins after the end of the one before: leave overlap out, or use mode 'rate'."
    })
  }
  return settings
}

/**
 * Reads what a user says about a cron.
 *
 * @param defaultZone when the options name none
 * @param what names it in errors, such as `'@Cron of Reports.send'`
 * @throws ConfigurationError `KEEL_INVALID_CRON`, `KEEL_INVALID_DURATION`, `KEEL_INVALID_OPTION`
 */
export function readCron(
  expression: string,
  options: CronOptions,
  what: string,
  defaultZone = 'UTC'
): CronSettings {
  const known = knownCron(expression, options, defaultZone)
  if (known !== undefined) return known
  const settings = readCronAnew(expression, options, what, defaultZone)
  return isPlain(options) ? know(plainCrons, expression, settings) : settings
}

/** What {@link readCron} has read before and shares; see {@link knownTimer}. */
export function knownCron(
  expression: string,
  options: CronOptions,
  defaultZone: string
): CronSettings | undefined {
  const settings = isPlain(options) ? plainCrons.get(expression) : undefined
  return settings?.timezone === defaultZone ? settings : undefined
}

function readCronAnew(
  expression: string,
  options: CronOptions,
  what: string,
  defaultZone: string
): CronSettings {
  const { timezone = defaultZone, misfire = 'once', jitter = 0 } = options
  return {
    kind: 'cron',
    expression: checkCron(expression, what),
    timezone: checkZone(timezone, what),
    misfire: oneOf(MISFIRES, misfire, 'misfire', what),
    jitter: toMilliseconds(jitter, `jitter of ${what}`),
    ...readRun(options, what)
  }
}

function readRun(options: TimerOptions | CronOptions, what: string): RunSettings {
  const { failAfter = Infinity, timeout, overlap = 'skip', onError = 'log' } = options
  if (!(failAfter === Infinity || (Number.isInteger(failAfter) && failAfter >= 1))) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `failAfter of ${what} must be a whole number from 1 on, but is ${show(failAfter)}.`
    })
  }
  return {
    overlap: oneOf(OVERLAPS, overlap, 'overlap', what),
    onError: oneOf(REACTIONS, onError, 'onError', what),
    failAfter,
    timeout:
      timeout === undefined
        ? Infinity
        : longerThanZero(
            toMilliseconds(timeout, `timeout of ${what}`, { allowInfinity: true }),
            `timeout of ${what}`
          )
  }
}

function oneOf<T extends string>(words: readonly T[], given: T, option: string, what: string): T {
  if (words.includes(given)) return given
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${option} of ${what} is ${show(given)}.`,
    hint: `Use one of ${words.map((word) => `'${word}'`).join(', ')}.`
  })
}

function longerThanZero(milliseconds: number, what: string): number {
  if (milliseconds > 0) return milliseconds
  throw new ConfigurationError('KEEL_INVALID_DURATION', { message: `${what} must be longer than 0.` })
}
