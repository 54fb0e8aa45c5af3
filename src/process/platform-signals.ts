import { constants } from 'node:os'

/** What the signals of a platform are good for. */
export interface PlatformSignals {
  /** Those that stop an application unless it says otherwise. */
  readonly stop: readonly NodeJS.Signals[]
  /** The one that asks for a dump unless the application says otherwise. */
  readonly dump: NodeJS.Signals | undefined
  /** Whether a process can hear it here: a name that is a signal elsewhere is no mistake, and never comes. */
  canHear(signal: NodeJS.Signals): boolean
}

/** Ctrl-C, Ctrl-Break, the closing of the window; SIGTERM nobody can send, but a library may emit it. */
const OF_WINDOWS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']

/** What is a signal somewhere, and can be heard where it is one. */
const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(constants.signals),
  ...OF_WINDOWS,
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2'
])
/** No process can hear these, anywhere. */
const UNHEARD: ReadonlySet<string> = new Set(['SIGKILL', 'SIGSTOP'])

/** Whether this names a signal that some process somewhere can hear. */
export function isSignal(name: string): boolean {
  return KNOWN.has(name) && !UNHEARD.has(name)
}

export function signalsOn(platform: NodeJS.Platform): PlatformSignals {
  if (platform === 'win32') {
    return { stop: OF_WINDOWS, dump: undefined, canHear: (signal) => OF_WINDOWS.includes(signal) }
  }
  const stop = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  return { stop, dump: 'SIGUSR2', canHear: (signal) => signal !== 'SIGBREAK' }
}
