import { buildApplication, planApplication, type ApplicationOptions } from '../app/index.js'
import type { Root } from '../wiring/index.js'
import { ownsProcess, readProcessOptions } from './process-options.js'

/**
 * What the command `keelson` asks of the program that it has loaded into its own process. A program boots itself by
 * `bootstrap`, or leaves that to the command; both ways come by here, and nothing else does.
 */
export interface Launch {
  /** Is shown what was to be built or booted, and nothing is: the program is only looked at. */
  readonly inspect?: (root: Root, options: ApplicationOptions, builder: Builder) => void
  /** Is told that the program boots itself, and nothing is booted: the command was asked for something else. */
  readonly decline?: () => void
  /** What the command line says goes before what the program says. */
  readonly adapt?: (options: ApplicationOptions) => ApplicationOptions
  /** Start only the services of these names, and what they need. */
  readonly only?: readonly string[] | undefined
  /** Says why a program did not start. By default it is printed for people. */
  readonly print?: ((error: unknown) => void) | undefined
  /** What the process exits with; by default 1 for all of it. */
  readonly exitCodes?: LaunchExitCodes
}

/** What looks into an application: of the copy of the package that the program itself uses. */
export interface Builder {
  readonly planApplication: typeof planApplication
  readonly buildApplication: typeof buildApplication
}

/** That of this copy, for what `bootstrap()` is given. */
export const ownBuilder = builderThat((options) => readProcessOptions(options, ownsProcess(options)))

/** One that first refuses what the options say wrongly of the process, as whoever was given them does. */
export function builderThat(checks: (options: ApplicationOptions) => unknown): Builder {
  return {
    async planApplication(root, options = {}, changes) {
      checks(options)
      return planApplication(root, options, changes)
    },
    buildApplication
  }
}

/** What a process exits with when it does not end well. */
export interface LaunchExitCodes {
  /** The application, or a service that nobody restarts, has crashed. */
  readonly crash: number
  /** It could not be built or started. */
  readonly notStarted: (error: unknown) => number
}

/** On the process and not in this module: the program may bring a copy of the package of its own. */
const SLOT = Symbol.for('keelson.launch')
const NOBODY: Launch = {}

interface Slotted {
  [SLOT]?: Launch | undefined
}

/** The launch under way, for whoever boots; an empty one where no command has loaded the program. */
export function currentLaunch(): Launch {
  return (globalThis as Slotted)[SLOT] ?? NOBODY
}

/** From now on programs that this process loads are launched so; undefined: by themselves. */
export function setLaunch(launch: Launch | undefined): void {
  ;(globalThis as Slotted)[SLOT] = launch
}
