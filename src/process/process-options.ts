import { checkOptions, type ApplicationOptions } from '../app/index.js'
import { ConfigurationError, show } from '../errors/index.js'
import { LOG_LEVELS } from '../logging/index.js'
import type { LogLevel } from '../metadata/index.js'
import { toMilliseconds } from '../time/index.js'
import { isSignal, signalsOn, type PlatformSignals } from './platform-signals.js'
import { resolve } from 'node:path'

/** What the options of an application say about its process. */
export interface ProcessOptions {
  /** Signals that stop it. */
  readonly signals: readonly NodeJS.Signals[]
  readonly dumpSignal: NodeJS.Signals | undefined
  readonly runUntil: 'stopped' | 'tasks-done' | 'started'
  /** In milliseconds; undefined: nobody watches. */
  readonly blockingTimeout: number | undefined
  /** `true`: each method at its own level; undefined: the console is left alone. */
  readonly redirectConsole: true | LogLevel | undefined
  /** Where the control socket is to be, `undefined` being the usual place; undefined: nowhere. */
  readonly control: { readonly path: string | undefined } | undefined
}

/** Whether what `bootstrap()` boots has the process to itself. */
export function ownsProcess(options: ApplicationOptions): boolean {
  // what is no object is refused where all that is wrong is told
  return (options as ApplicationOptions | null)?.signals !== false
}

const RUN_UNTIL = ['stopped', 'tasks-done', 'started']

/**
 * Reads them.
 *
 * @param owns whether the application has the process to itself unless the options say otherwise
 * @param surroundings what the environment says about the control socket, where it is asked; and the platform, which
 * decides which signals there are
 * @throws ConfigurationError for a value that makes no sense, naming the option
 */
export function readProcessOptions(
  options: ApplicationOptions,
  owns: boolean,
  surroundings: { readonly control?: string | undefined; readonly platform?: NodeJS.Platform } = {}
): ProcessOptions {
  checkOptions(options)
  const { runUntil = 'stopped' } = options
  if (!RUN_UNTIL.includes(runUntil)) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `the option runUntil is ${show(runUntil)}`,
      hint: `use one of ${RUN_UNTIL.map((word) => `'${word}'`).join(', ')}.`
    })
  }
  const here = signalsOn(surroundings.platform ?? process.platform)
  const { signals: given = owns, dumpSignal } = options
  const signals = readSignals(given, here)
  if (dumpSignal !== undefined && dumpSignal !== false) checkSignal(dumpSignal, 'dumpSignal')
  return {
    signals: signals ?? [],
    dumpSignal: readDumpSignal(options, signals, here),
    runUntil,
    blockingTimeout: readBlockingTimeout(options, owns),
    redirectConsole: readRedirectConsole(options),
    control: readControl(options, surroundings.control)
  }
}

/** Undefined: the process is somebody else's. */
function readSignals(
  given: boolean | readonly NodeJS.Signals[],
  here: PlatformSignals
): readonly NodeJS.Signals[] | undefined {
  if (given === false) return undefined
  if (given === true) return here.stop
  if (!Array.isArray(given)) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `the option signals is ${show(given)}`,
      hint: "use true, false, or a list of names such as ['SIGTERM']."
    })
  }
  const names: readonly NodeJS.Signals[] = given
  for (const signal of names) checkSignal(signal, 'signals')
  return [...new Set(names)].filter((signal) => here.canHear(signal))
}

function readDumpSignal(
  { dumpSignal }: ApplicationOptions,
  signals: readonly NodeJS.Signals[] | undefined,
  here: PlatformSignals
): NodeJS.Signals | undefined {
  if (dumpSignal === false) return undefined
  if (dumpSignal === undefined) {
    // in somebody else's process only what is asked for
    const isFree = signals !== undefined && here.dump !== undefined && !signals.includes(here.dump)
    return isFree ? here.dump : undefined
  }
  if (signals?.includes(dumpSignal) !== true) return here.canHear(dumpSignal) ? dumpSignal : undefined
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${dumpSignal} is in the option signals, and the option dumpSignal too`,
    hint: 'one signal cannot both stop the application and only show what it does.'
  })
}

function checkSignal(signal: unknown, option: string): void {
  if (typeof signal === 'string' && isSignal(signal)) return
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option ${option} has ${show(signal)}, which is no signal that a process can hear`,
    hint: "write names such as 'SIGTERM'."
  })
}

function readRedirectConsole({ redirectConsole }: ApplicationOptions): true | LogLevel | undefined {
  if (redirectConsole === undefined || redirectConsole === false) return undefined
  if (redirectConsole === true || LOG_LEVELS.includes(redirectConsole)) return redirectConsole
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option redirectConsole is ${show(redirectConsole)}`,
    hint: `use true, false, or one of ${LOG_LEVELS.map((level) => `'${level}'`).join(', ')}.`
  })
}

function readBlockingTimeout({ blockingTimeout }: ApplicationOptions, owns: boolean): number | undefined {
  const debugging = owns && process.argv.includes('--debug')
  const given = blockingTimeout === undefined ? (debugging ? '10s' : Infinity) : blockingTimeout
  const limit = toMilliseconds(given, 'the option blockingTimeout', { allowInfinity: true })
  if (limit > 0) return limit === Infinity ? undefined : limit
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: 'the option blockingTimeout is 0',
    hint: 'the event loop is always blocked for some time: say for how long it may be, or leave the option out.'
  })
}

/** An option that is given counts for more than the environment. */
function readControl(
  { control }: ApplicationOptions,
  variable: string | undefined
): ProcessOptions['control'] {
  if (control === undefined) return readControlVariable(variable)
  if (typeof control === 'boolean') return control ? { path: undefined } : undefined
  if (typeof control === 'string' && control !== '') return { path: resolve(control) }
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option control is ${show(control)}`,
    hint: 'use true, false, or the path of the socket.'
  })
}

function readControlVariable(variable = ''): ProcessOptions['control'] {
  if (['', '0', 'false'].includes(variable)) return undefined
  return { path: ['1', 'true'].includes(variable) ? undefined : resolve(variable) }
}
