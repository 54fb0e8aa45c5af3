import type { CliIo } from './cli-io.js'
import { reportFailure } from './failure.js'
import { Output, readGlobals } from './output.js'
import { createProgram } from './program.js'

/**
 * Runs one command line. Whatever goes wrong is said on stderr; nothing is thrown.
 *
 * @param args without the name of the program
 * @returns the exit code; undefined: a program has been started, which will say
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number | undefined> {
  try {
    await createProgram(io).parseAsync([...args], { from: 'user' })
    return io.exitCode
  } catch (error) {
    return reportFailure(error, new Output(io, globalsIn(args)))
  }
}

/** The command line may be too wrong to be read in full. */
function globalsIn(args: readonly string[]): ReturnType<typeof readGlobals> {
  const end = args.indexOf('--')
  const own = new Set(end < 0 ? args : args.slice(0, end))
  return readGlobals({
    json: own.has('--json'),
    color: !own.has('--no-color'),
    quiet: own.has('-q') || own.has('--quiet'),
    debug: own.has('--debug')
  })
}
