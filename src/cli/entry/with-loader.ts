import { dirname } from 'node:path'
import { configVariables, findLoader, isTypeScript } from '../child/loaders.js'
import type { CliIo } from '../cli-io.js'
import { hasStandardDecorators } from '../doctor/compiler-options.js'
import type { Output } from '../output.js'
import type { Entry } from './find-entry.js'

/** How another process is started that can load an entry. */
export interface LoadingProcess {
  readonly nodeArguments: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What it cannot do. */
  readonly warning: string | undefined
}

/** How a process is started that can load an entry which this one cannot; undefined: this one can. */
export function loadingProcess(io: CliIo, entry: Entry): LoadingProcess | undefined {
  if (!isTypeScript(entry.file) || io.loadsTypeScript) return undefined
  const { name, url, emitsTypes } = findLoader(entry.file)
  // nobody expects types of standard decorators
  const isMissed = !emitsTypes && !hasStandardDecorators(dirname(entry.file))
  return {
    nodeArguments: ['--import', url],
    env: configVariables(entry.file, io.env),
    warning: isMissed
      ? `keelson: ${name} loads ${entry.shown}, and it emits no types: constructor injection needs npm install ` +
        '--save-dev @oxc-node/core, or @Service({ inject: [Feed] }), or inject(Feed) in a field'
      : undefined
  }
}

/** The same, and says what it lacks. */
export function announcedProcess(io: CliIo, output: Output, entry: Entry): LoadingProcess | undefined {
  const other = loadingProcess(io, entry)
  if (other?.warning !== undefined) output.note(other.warning)
  return other
}

/** Does some work with an entry in a process that can load it: in this one, or in another of the same command line. */
export async function withLoader(
  io: CliIo,
  output: Output,
  entry: Entry,
  work: () => Promise<void>
): Promise<void> {
  const other = announcedProcess(io, output, entry)
  if (other === undefined) await work()
  else io.exitCode = await io.relaunch(other.nodeArguments, other.env).ended
}
