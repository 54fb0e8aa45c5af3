import { isKeelsonError } from '../../errors/index.js'
import type { Launch } from '../../process/index.js'
import { systemClock } from '../../time/index.js'
import { CliError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import { ExitCode } from '../exit-code.js'
import { exitCodeOf, reportFailure } from '../failure.js'
import type { Output } from '../output.js'
import type * as Framework from '../framework.js'
import { noRoot, offersRoot } from './choose-root.js'
import type { Entry } from './find-entry.js'
import { importEntry, notLoaded, notNamed } from './load-entry.js'
import { IDLE, orIdle } from './or-idle.js'
import { rootUnlessBooted } from './root-unless-booted.js'
import { adaptTo, type RunOptions } from './run-options.js'

/** How a program is to run. */
export interface RunWishes {
  readonly run: RunOptions
  /** Only the services of these names, and what they need. */
  readonly only: readonly string[] | undefined
}

/**
 * Runs a program in this process, which is the program's from now on: it boots what the entry exports, unless the
 * entry boots something itself.
 */
export async function runEntry(
  io: CliIo,
  entry: Entry,
  args: readonly string[],
  output: Output,
  { run, only }: RunWishes
): Promise<void> {
  const framework = await import('../framework.js')
  // stacks in the lines of the sources
  process.setSourceMapsEnabled(true)
  let bootsItself = false
  let hasEnded = false
  let isBootedHere = false
  let boots!: () => void
  const booted = new Promise<void>((resolve) => (boots = resolve))
  const adapt = adaptTo(run, framework, output)
  const launch: Launch = {
    adapt: (options) => {
      if (isBootedHere && bootsItself) output.note(bootsTwice(entry))
      bootsItself = true
      boots()
      return adapt(options)
    },
    only,
    // for people the framework prints it, with the stack of what the program threw
    print: output.isJson ? (error) => reportFailure(error, output) : undefined,
    exitCodes: {
      crash: ExitCode.crash,
      notStarted: (error) =>
        only === undefined && isKeelsonError(error, 'KEEL_UNKNOWN_TOKEN')
          ? ExitCode.failure
          : exitCodeOf(error)
    }
  }
  io.exitCode = undefined
  try {
    const loaded = framework.whileItTakesLong(systemClock, () => {
      // one that awaits what it has booted is never done loading
      if (!bootsItself) output.note(notLoaded(entry))
    })
    const exported = await importNamed(entry, args, framework, launch).finally(loaded)
    const wait = async (): Promise<void> => {
      const isOffered = offersRoot(exported, framework.rootKind)
      let giveUp!: () => void
      const tooLong = new Promise<void>((resolve) => (giveUp = resolve))
      const endNotes = framework.whileItTakesLong(systemClock, () => {
        output.note(notBootedYet(entry, isOffered))
        // a text that only speaks of it must not keep the program from running
        if (isOffered) giveUp()
      })
      const outcome = await orIdle(Promise.race([booted, tooLong]))
      endNotes()
      // as where its `main()` has failed, and has said so
      hasEnded = outcome === IDLE && Boolean(process.exitCode)
    }
    const isItsOwn = (): boolean => bootsItself || hasEnded
    const root = await rootUnlessBooted(entry, exported, framework.rootKind, isItsOwn, wait)
    isBootedHere = root !== undefined
    if (root !== undefined) await framework.bootstrap(root)
    else if (!isItsOwn()) throw noRoot(entry, exported)
  } catch (error) {
    // as Node does with what a main module throws: whoever answers for it stops the application in order
    if (bootsItself && !isUsage(error) && toldOfUncaught(thrownIn(error))) return
    io.exitCode = ExitCode.failure
    throw error
  }
}

/** Loads an entry. Where an export is named it is not to boot itself: nothing of that has begun when it is refused. */
async function importNamed(
  entry: Entry,
  args: readonly string[],
  { setLaunch }: typeof Framework,
  launch: Launch
): Promise<Readonly<Record<string, unknown>>> {
  if (entry.exportName === undefined) {
    setLaunch(launch)
    return importEntry(entry, args)
  }
  const declined = new Promise<void>((resolve) => setLaunch({ decline: resolve }))
  const exported = await Promise.race([declined, importEntry(entry, args)])
  setLaunch(launch)
  return exported ?? notNamed(entry, {})
}

function notBootedYet({ shown }: Entry, isOffered: boolean): string {
  const instead = isOffered
    ? ': what it exports is booted, as it would be at once if it were named behind a #'
    : ''
  return `keelson: ${shown} has not called bootstrap() yet${instead}`
}

/** What an entry exports has been booted, since nothing tells that it will call bootstrap() yet. */
function bootsTwice({ shown }: Entry): string {
  return (
    `keelson: ${shown} calls bootstrap() now, and what it exports has been booted already: there are two applications. ` +
    'Await that call where the file is loaded, or export nothing that can be booted.'
  )
}

function isUsage(error: unknown): boolean {
  return error instanceof CliError && error.exitCode === ExitCode.usage
}

/** Tells those who answer for what nobody catches, if there are any. */
function toldOfUncaught(error: unknown): boolean {
  const emitter: NodeJS.EventEmitter = process
  return emitter.emit('uncaughtException', error, 'unhandledRejection')
}

/** What the entry itself has thrown. */
function thrownIn(error: unknown): unknown {
  return error instanceof CliError && 'cause' in error ? error.cause : error
}
