import type { Command } from 'commander'
import type { ControlClient } from '../../control/index.js'
import { CliError, usageError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import { ExitCode } from '../exit-code.js'
import { outputOf, type Output } from '../output.js'

/** Gives a command the options of all those that talk to a running program. */
export function addSocketOptions(command: Command): Command {
  return command
    .option('--socket <path|pid|name>', 'which program, when several run')
    .option('--timeout <duration>', 'how long the program may take to begin an answer', '5s')
}

/** Lets a command talk to the running program that it is meant for; says what stands in the way in its own form. */
export async function talk(
  io: CliIo,
  command: Command,
  say: (client: ControlClient, output: Output) => Promise<void>
): Promise<void> {
  const { socket, timeout } = command.opts<{ readonly socket?: string; readonly timeout: string }>()
  const output = outputOf(io, command)
  const patience = await readDuration(timeout, '--timeout')
  // Loaded by the commands that talk, and not for the help.
  const { ControlClient, ControlError, findProgram } = await import('../../control/index.js')
  try {
    const program = await findProgram(socket, io.env)
    for (const path of program.removed)
      output.note(`keelson: the program of ${path} is gone; its socket was removed`)
    await say(new ControlClient(program, patience), output)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    const { message, hint, isUsage } = error
    throw new CliError(message, {
      hint:
        hint ??
        (isUsage
          ? `keelson help ${command.name()} says how it is used.`
          : 'keelson dump shows what it does.'),
      exitCode: isUsage ? ExitCode.usage : ExitCode.failure,
      cause: error
    })
  }
}

/** Reads a duration that was given on the command line. */
export async function readDuration(text: string, what: string): Promise<number> {
  const { toMilliseconds } = await import('../../time/index.js')
  try {
    return toMilliseconds(text, what)
  } catch {
    throw usageError(`${what} is '${text}', which is no duration`, "Write such as '250ms', '1.5s' or '5m'.")
  }
}
