/**
 * The command `keelson`: one file a command in `commands/`, listed in `program.ts`. Commands say what they found
 * through an `Output` and throw a `CliError` for what the user can mend; exit codes are in `exit-code.ts`. The rooms
 * that make up the framework are loaded by the commands that need them, when they run. Start reading at `run-cli.ts`.
 */
export type { CliIo, CliStream } from './cli-io.js'
export { runCli } from './run-cli.js'
