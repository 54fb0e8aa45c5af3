import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Service } from 'keelson'
import { StatsStore } from '../store/stats-store.js'
import { LogFile } from './log-file.js'
import type { Position } from './position.js'

const COMPRESSED = /\.(?:gz|bz2|xz|zst)$/

/** Opens log files where they were left, in this run or an earlier one, and each of them only once. */
@Service()
export class LogFiles {
  readonly #positions = new Map<string, Position>()
  readonly #open = new Set<string>()

  constructor(private readonly store: StatsStore) {}

  onStart(): void {
    for (const position of this.store.positions()) this.#positions.set(position.file, position)
  }

  /** Remembers what has been counted, for when the file is opened again. */
  reached(position: Position): void {
    this.#positions.set(position.file, position)
  }

  /**
   * Opens what has that name now.
   *
   * @returns `undefined` when it is being read already, under this name or another
   * @throws the file system's error when it cannot be opened
   */
  async open(path: string): Promise<LogFile | undefined> {
    if (this.#open.has(await idOf(path))) return undefined
    const file = await this.#claim(await LogFile.open(path))
    const position = file && this.#positions.get(file.id)
    if (position !== undefined) await file?.resume(position)
    return file
  }

  /** Opens the files that had that name when they were last read, were renamed since, and have unread lines. */
  async openRenamed(path: string): Promise<LogFile[]> {
    const renamed: LogFile[] = []
    for (const name of await readdir(dirname(path))) {
      if (name === basename(path) || !name.startsWith(basename(path)) || COMPRESSED.test(name)) continue
      const other = join(dirname(path), name)
      const position = this.#positions.get(await idOf(other).catch(() => ''))
      if (position?.path !== path) continue
      const file = await this.#claim(await LogFile.open(other, path))
      if (file === undefined) continue
      const unread = (await file.resume(position)) && (await file.size()) > position.offset
      if (unread) renamed.push(file)
      else await this.close(file)
    }
    return renamed
  }

  async close(file: LogFile): Promise<void> {
    this.#open.delete(file.id)
    await file.close()
  }

  // in one step, without an `await`: two readers may have opened the same file at the same time
  async #claim(file: LogFile): Promise<LogFile | undefined> {
    const taken = this.#open.has(file.id)
    this.#open.add(file.id)
    if (taken) await file.close()
    return taken ? undefined : file
  }
}

async function idOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true })
  return `${dev}:${ino}`
}
