import { existsSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { systemClock, type TimerHandle } from '../../time/index.js'
import type { CliIo, Relaunched } from '../cli-io.js'
import { type Entry, shownAs } from '../entry/find-entry.js'
import { loaderArguments } from '../entry/with-loader.js'
import type { Output } from '../output.js'

/** An editor writes a file in several steps, and several files one after the other. */
const SETTLE_MS = 100
/** What is written here is written by tools. */
const IGNORED = /(^|[\\/])(node_modules|dist|coverage|\..*)([\\/]|$)|(~|\.log|\.tmp|\.swp)$/
/** These end the watching, and not only the program. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Runs a program in another process, and anew each time a file changes; ends when a signal ends it. */
export async function watchProgram(
  io: CliIo,
  output: Output,
  entry: Entry,
  { paths, envFiles }: { readonly paths: readonly string[]; readonly envFiles: readonly string[] }
): Promise<void> {
  const nodeArguments = loaderArguments(io, output, entry) ?? []
  const changes = new Changes([sourceFolder(entry.file), ...paths, ...envFiles])
  const over = new AbortController()
  const end = (): void => {
    over.abort()
    changes.wake()
  }
  for (const signal of ENDING) process.on(signal, end)
  try {
    while (!over.signal.aborted) {
      const child = io.relaunch(nodeArguments)
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
function endOrChange(child: Relaunched, changes: Changes): Promise<number | undefined> {
  return Promise.race([child.ended, changes.next().then(() => undefined)])
}

/** The folder `src` that a file is in, else the file's own. */
function sourceFolder(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (basename(folder) === 'src') return folder
    if (existsSync(join(folder, 'package.json'))) break
  }
  return dirname(file)
}

/** Files that have changed and settled, as long as it is open. */
class Changes {
  readonly #watchers: FSWatcher[]
  readonly #files = new Set<string>()
  #settling: TimerHandle
  #wakers: (() => void)[] = []

  constructor(paths: readonly string[]) {
    this.#watchers = paths.map((path) =>
      statSync(path).isDirectory() ? this.#watchFolder(path) : this.#watchFile(path)
    )
  }

  /** Resolves with the next change, at once when there is one that nobody has taken, or when woken. */
  next(): Promise<void> {
    if (this.#files.size > 0 && this.#settling === undefined) return Promise.resolve()
    return new Promise((resolve) => this.#wakers.push(resolve))
  }

  /** The files that have changed since this was last asked. */
  take(): string[] {
    const files = [...this.#files]
    this.#files.clear()
    return files
  }

  wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }

  close(): void {
    systemClock.clearTimeout(this.#settling)
    for (const watcher of this.#watchers) watcher.close()
  }

  #watchFolder(path: string): FSWatcher {
    return watch(path, { recursive: true }, (_event, name) => {
      if (name !== null && !IGNORED.test(name)) this.#changed(join(path, name))
    })
  }

  /** By its folder, since many editors put a new file in the place of the old one. */
  #watchFile(path: string): FSWatcher {
    return watch(dirname(path), (_event, name) => {
      if (name === basename(path)) this.#changed(path)
    })
  }

  #changed(file: string): void {
    this.#files.add(file)
    systemClock.clearTimeout(this.#settling)
    this.#settling = systemClock.setTimeout(() => {
      this.#settling = undefined
      this.wake()
    }, SETTLE_MS)
  }
}
