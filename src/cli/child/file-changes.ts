import { type Dirent, existsSync, readdirSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { systemClock, type TimerHandle } from '../../time/index.js'

/** An editor writes a file in several steps, and several files one after the other. */
const SETTLE_MS = 100
/** What is written here is written by tools. */
const IGNORED = /^(node_modules|dist|coverage|\..*|.*(~|\.log|\.tmp|\.swp))$/

/**
 * Tells which files change, as long as it is open.
 *
 * Every folder is watched for itself: watching recursively, Node 20 on Linux watches each file, and loses one that is
 * replaced, as many editors do.
 */
export class FileChanges {
  readonly #folders: readonly string[]
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #files = new Set<string>()
  /** Those of the folders that are not there now; what was in them is told of when they are back. */
  #gone: readonly string[] = []
  #settling: TimerHandle
  #wakers: (() => void)[] = []

  /** @param paths absolute, of files and folders */
  constructor(paths: readonly string[]) {
    this.#folders = paths.filter(isFolder)
    for (const file of paths.filter((path) => !isFolder(path))) {
      const listener = (name: string | null): void => {
        if (name === basename(file)) this.#changed(file)
      }
      this.#watchers.set(
        file,
        watch(dirname(file), (_event, name) => listener(name))
      )
    }
    this.#follow()
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

  /** Lets those go on who wait for a change. */
  wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }

  close(): void {
    systemClock.clearTimeout(this.#settling)
    for (const watcher of this.#watchers.values()) watcher.close()
  }

  #changed(file: string): void {
    this.#files.add(file)
    this.#settle()
  }

  #settle(): void {
    systemClock.clearTimeout(this.#settling)
    this.#settling = systemClock.setTimeout(() => {
      this.#settling = undefined
      const gone = this.#folders.filter((folder) => !existsSync(folder))
      for (const folder of this.#gone) if (!gone.includes(folder)) this.#files.add(folder)
      this.#gone = gone
      this.#follow()
      // one that is gone, as while a branch is changed, is looked for: nothing would tell that it is back
      if (gone.length > 0) this.#settle()
      if ([...this.#files].some((file) => !gone.some((folder) => isWithin(file, folder)))) this.wake()
    }, SETTLE_MS)
  }

  /** Watches the folders that are new, with all that is in them. */
  #follow(): void {
    for (const folder of this.#folders.flatMap(withinFolder)) {
      if (this.#watchers.has(folder)) continue
      try {
        this.#watchers.set(folder, this.#watch(folder))
      } catch (error) {
        // it was removed in this moment, of which the folder above tells
        if (existsSync(folder)) throw error
      }
    }
  }

  #watch(folder: string): FSWatcher {
    const watcher = watch(folder, (_event, name) => {
      if (name === null || IGNORED.test(name)) return
      const path = join(folder, name)
      // by its own name it tells that it was removed or moved: what comes to its place is another one
      const isItself = name === basename(folder) && !existsSync(path)
      if (isItself) this.#forget(folder)
      this.#changed(isItself ? folder : path)
    })
    // it has been removed
    return watcher.on('error', () => this.#forget(folder))
  }

  /** With all that is in it. */
  #forget(folder: string): void {
    for (const [path, watcher] of this.#watchers) {
      if (!isWithin(path, folder)) continue
      watcher.close()
      this.#watchers.delete(path)
    }
  }
}

/** Is it a folder, or in it? */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory()
}

/** A folder and all folders in it. */
function withinFolder(folder: string): string[] {
  const inner = entriesOf(folder).filter((entry) => entry.isDirectory() && !IGNORED.test(entry.name))
  return [folder, ...inner.flatMap(({ name }) => withinFolder(join(folder, name)))]
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    // it was removed in this moment
    if (existsSync(folder)) throw error
    return []
  }
}
