import type { CliIo } from '../cli-io.js'
import { findLoader, isTypeScript } from '../child/loaders.js'
import type { Output } from '../output.js'
import type { Entry } from './find-entry.js'

/** The arguments for Node by which another process can load an entry that this one cannot; undefined: this one can. */
export function loaderArguments(io: CliIo, output: Output, entry: Entry): string[] | undefined {
  if (!isTypeScript(entry.file) || io.loadsTypeScript) return undefined
  const { name, url, emitsTypes } = findLoader(entry.file)
  if (!emitsTypes) {
    output.note(
      `keelson: ${name} loads ${entry.shown}, and it emits no types: constructor injection needs ` +
        'npm install --save-dev @oxc-node/core, or inject() in a field'
    )
  }
  return ['--import', url]
}

/** Does some work with an entry in a process that can load it: in this one, or in another of the same command line. */
export async function withLoader(
  io: CliIo,
  output: Output,
  entry: Entry,
  work: () => Promise<void>
): Promise<void> {
  const nodeArguments = loaderArguments(io, output, entry)
  if (nodeArguments === undefined) await work()
  else io.exitCode = await io.relaunch(nodeArguments).ended
}
