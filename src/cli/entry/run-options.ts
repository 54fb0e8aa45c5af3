import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ApplicationOptions } from '../../app/index.js'
import { canHoldOptions } from '../../errors/index.js'
import { usageError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import type * as Framework from '../framework.js'
import type { Output } from '../output.js'

/** What the command line says about how a program runs. */
export interface RunOptions {
  readonly logLevel?: string
  /** Absolute. */
  readonly logFile?: string
  readonly shutdownTimeout?: string
  /** Whether there is a control socket, unless the program or its environment says otherwise; false: none at all. */
  readonly control: boolean
  /** Debug level, and a blocked event loop is reported. */
  readonly debug: boolean
}

/**
 * Turns it into what changes the options that a program gives `bootstrap()`: the person who runs a program has the
 * last word about its log and its limits, but not about a blocking timeout that the program has chosen itself.
 */
export function adaptTo(
  { logLevel, logFile, shutdownTimeout, control, debug }: RunOptions,
  framework: typeof Framework,
  output: Output
): (options: ApplicationOptions) => ApplicationOptions {
  const wishes = { level: logLevel ?? (debug ? 'debug' : undefined), file: logFile }
  return (options) => {
    // what is no object is refused where all that is wrong is told
    if (!canHoldOptions(options)) return options
    const { logger: given, ...others } = options
    const logger = framework.redirected(given, wishes)
    if (logFile !== undefined && framework.isOwnLogger(given)) {
      output.note(`keelson: the program has a logger of its own, which does not write to ${logFile}`)
    }
    return {
      ...(debug ? { blockingTimeout: '10s' } : {}),
      ...(process.env['KEELSON_CONTROL'] === undefined ? { control } : {}),
      ...others,
      ...(control ? {} : { control }),
      ...(logger === undefined ? {} : { logger }),
      ...(shutdownTimeout === undefined ? {} : { shutdownTimeout })
    }
  }
}

/**
 * The absolute path of a log file.
 *
 * @throws CliError when nothing can be written there
 */
export function logFileAt({ cwd }: CliIo, path: string): string {
  if (path.trim() === '') throw usageError('the name of the log file is empty', 'Name a file.')
  const file = resolve(cwd, path)
  try {
    mkdirSync(dirname(file), { recursive: true })
    closeSync(openSync(file, 'a'))
    return file
  } catch (cause) {
    throw usageError(
      `nothing can be written to the log file ${path}: ${(cause as Error).message}`,
      'Name a file in a folder that you may write to.'
    )
  }
}
