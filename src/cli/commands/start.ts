import { type Command, InvalidArgumentError, Option } from 'commander'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { toMilliseconds } from '../../time/index.js'
import { watchProgram } from '../child/watch.js'
import { usageError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import { addEntryArguments, entryArguments } from '../entry/entry-arguments.js'
import { findEntry } from '../entry/find-entry.js'
import { dryRun } from '../entry/dry-run.js'
import { logFileAt, type RunOptions } from '../entry/run-options.js'
import { runEntry } from '../entry/run-entry.js'
import { withLoader } from '../entry/with-loader.js'
import { LEVELS } from '../levels.js'
import { outputOf } from '../output.js'

interface StartOptions {
  readonly watch?: boolean
  readonly watchPath: readonly string[]
  readonly envFile: readonly string[]
  readonly logLevel?: string
  readonly logFile?: string
  readonly shutdownTimeout?: string
  readonly only?: readonly string[]
  readonly control: boolean
  readonly dryRun?: boolean
}

/** `keelson start`: runs a program. */
export function addStart(program: Command, io: CliIo): void {
  addEntryArguments(program.command('start'))
    .summary('run a program')
    .description(
      'Runs a program: the module or service that the entry exports, or what the entry itself boots. ' +
        'Ends with its exit code: 0, 1 when a start or stop failed, 70 after a crash, 78 when it is put together wrongly.'
    )
    .option('--watch', 'start anew when a source file changes')
    .option('--watch-path <path>', 'watch this file or folder too; may be repeated', collect, [])
    .option(
      '--env-file <file>',
      'set the variables in this file that are not set; may be repeated',
      collect,
      []
    )
    .addOption(new Option('--log-level <level>', "of the log; else the program's, else info").choices(LEVELS))
    .option('--log-file <file>', 'append the log to this file')
    .option(
      '--shutdown-timeout <duration>',
      "how long a stop may take, such as 10s; else the program's, else 25s",
      duration
    )
    .option('--only <services>', 'start only these, separated by commas, and what they need', names)
    .option('--no-control', 'no socket for keelson ps, logs, stop and the others that talk to it')
    .option('--dry-run', 'build and check it, print the graph and the start order, start nothing')
    .addHelpText(
      'after',
      '\nWith --debug the program logs from debug on, and reports an event loop that was blocked for more than 10s.'
    )
    .action(
      async (_entry: unknown, _args: unknown, options: StartOptions, command: Command): Promise<void> => {
        const output = outputOf(io, command)
        const { entry: given, args } = entryArguments(command)
        const entry = findEntry(io, given)
        const envFiles = options.envFile.map((file) => existing(io, file))
        if ((options.watch === true || options.watchPath.length > 0) && !io.isChild) {
          const paths = options.watchPath.map((path) => existing(io, path))
          await watchProgram(io, output, entry, { paths, envFiles })
          return
        }
        await withLoader(io, output, entry, async () => {
          for (const file of envFiles.toReversed()) process.loadEnvFile(file)
          if (!output.allowsColors) forgoColors()
          const { logLevel, logFile, shutdownTimeout, only, control } = options
          const run: RunOptions = {
            debug: output.isDebug,
            control,
            ...(logLevel === undefined ? {} : { logLevel }),
            ...(logFile === undefined ? {} : { logFile: logFileAt(io, logFile) }),
            ...(shutdownTimeout === undefined ? {} : { shutdownTimeout })
          }
          if (options.dryRun === true) await dryRun(entry, args, output, { run, only })
          else await runEntry(io, entry, args, output, { run, only })
        })
      }
    )
}

/** The log of the program asks its environment, and so does what it starts. */
function forgoColors(): void {
  delete process.env['FORCE_COLOR']
  process.env['NO_COLOR'] = '1'
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function names(value: string, before: readonly string[] = []): readonly string[] {
  const given = value.split(',').map((name) => name.trim())
  if (given.includes('')) throw new InvalidArgumentError('Write names separated by commas.')
  return [...before, ...given]
}

function duration(value: string): string {
  try {
    toMilliseconds(value, 'it', { allowInfinity: true })
    return value
  } catch {
    throw new InvalidArgumentError('Write a duration such as 500ms, 10s or 2m.')
  }
}

function existing({ cwd }: CliIo, path: string): string {
  const absolute = resolve(cwd, path)
  if (existsSync(absolute)) return absolute
  throw usageError(`there is no ${path}`, `keelson looks for it in ${cwd}.`)
}
