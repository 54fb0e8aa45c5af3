import type { Command } from 'commander'

/** What a command line says of a program. */
export interface EntryArguments {
  /** Undefined: the usual one. */
  readonly entry: string | undefined
  /** What the program finds in `process.argv`. */
  readonly args: readonly string[]
}

/** Gives a command the arguments of all those that load a program. */
export function addEntryArguments(command: Command): Command {
  return command
    .argument('[entry]', 'a file, or file#ExportName')
    .argument('[args...]', 'after --: what the program finds in process.argv')
}

/** Those that were given. What stands after `--` is the program's, also where no entry stands before it. */
export function entryArguments({ args, parent }: Command): EntryArguments {
  // commander leaves the -- out of all else that it tells
  const { rawArgs } = parent as Command & { readonly rawArgs: readonly string[] }
  const dashes = rawArgs.indexOf('--')
  const isOmitted = dashes >= 0 && args.length === rawArgs.length - dashes - 1
  const [entry, ...rest] = args
  return isOmitted ? { entry: undefined, args } : { entry, args: rest }
}
