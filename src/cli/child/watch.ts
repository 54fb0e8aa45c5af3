import { basename, dirname, join } from 'node:path'
import type { CliIo, Relaunched } from '../cli-io.js'
import { type Entry, shownAs } from '../entry/find-entry.js'
import { isFile, upward } from '../entry/upward.js'
import { announcedProcess } from '../entry/with-loader.js'
import type { Output } from '../output.js'
import { FileChanges } from './file-changes.js'

/** These end the watching, and not only the program. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Runs a program in another process, and anew each time a file changes; ends when a signal ends it. */
export async function watchProgram(
  io: CliIo,
  output: Output,
  entry: Entry,
  { paths, envFiles }: { readonly paths: readonly string[]; readonly envFiles: readonly string[] }
): Promise<void> {
  const { nodeArguments, env } = announcedProcess(io, output, entry) ?? { nodeArguments: [], env: {} }
  const changes = new FileChanges([sourceFolder(entry.file), ...paths, ...envFiles])
  const over = new AbortController()
  const end = (): void => {
    over.abort()
    changes.wake()
  }
  for (const signal of ENDING) process.on(signal, end)
  try {
    while (!over.signal.aborted) {
      const child = io.relaunch(nodeArguments, env)
      const code = await endOrChange(child, changes)
      if (over.signal.aborted) {
        // the signal has reached the program as well, or is passed on to it
        io.exitCode = code ?? (await child.ended)
        return
      }
      if (code === undefined) {
        child.kill('SIGTERM')
        await child.ended
      } else {
        output.note(`keelson: the program has ended with ${code}; starts anew when a file changes`)
        await changes.next()
      }
      if (!over.signal.aborted)
        output.note(
          `keelson: ${changes
            .take()
            .map((file) => shownAs(io, file))
            .join(', ')} changed; starts anew`
        )
    }
    io.exitCode = 0
  } finally {
    for (const signal of ENDING) process.off(signal, end)
    changes.close()
  }
}

/** The exit code when the program ended; undefined when something else happened first. */
function endOrChange(child: Relaunched, changes: FileChanges): Promise<number | undefined> {
  return Promise.race([child.ended, changes.next().then(() => undefined)])
}

/** The folder `src` that a file is in, else the file's own. */
function sourceFolder(file: string): string {
  for (const folder of upward(dirname(file))) {
    if (basename(folder) === 'src') return folder
    if (isFile(join(folder, 'package.json'))) break
  }
  return dirname(file)
}
