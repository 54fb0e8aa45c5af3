import { Command } from 'commander'
import type { CliIo } from './cli-io.js'
import { addCheck } from './commands/check.js'
import { addComplete } from './commands/complete.js'
import { addCompletion } from './commands/completion.js'
import { addDoctor } from './commands/doctor.js'
import { addGraph } from './commands/graph.js'
import { addNew } from './commands/new.js'
import { addStart } from './commands/start.js'
import { CONTROL_COMMANDS } from './control/commands.js'
import { ownVersion } from './own-package.js'

/** Adds one command. */
export type AddCommand = (program: Command, io: CliIo) => void

/** The commands, in the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  addStart,
  addGraph,
  addCheck,
  ...CONTROL_COMMANDS,
  addDoctor,
  addNew,
  addCompletion,
  addComplete
]

/** The command `keelson` with all that it can do; nothing has been read yet. */
export function createProgram(io: CliIo): Command {
  const program = new Command('keelson')
    .description('Runs, inspects and checks programs that are made of services.')
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--json', 'print JSON, for other programs')
    .option('--no-color', 'no colours; NO_COLOR says so too')
    .option('-q, --quiet', 'print nothing but the result')
    .option('--debug', 'print the stack of an error')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // told once, in our own form, by `failure.ts`
      outputError: () => {}
    })
  program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 not done or not well, 64 the command line makes no sense, 70 the program\n' +
      'crashed, 78 it is put together wrongly. A program that is run may have codes of its own.'
  )
  for (const add of COMMANDS) add(program, io)
  return program
}
