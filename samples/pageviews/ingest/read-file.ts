import type { LogFile } from './log-file.js'
import type { LogFiles } from './log-files.js'
import type { Block } from './position.js'

/** A renamed file that has not grown for so many looks is done: its writer has gone over to the new one. */
export const LOOKS_AT_RENAMED_FILE = 40

/** Reads a file from where it was left to its end; what is left of its renamed predecessor comes first. */
export async function* readFile(path: string, files: LogFiles, stop: AbortSignal): AsyncGenerator<Block> {
  const current = await files.open(path)
  const open = [...(await files.openRenamed(path)), ...(current ? [current] : [])]
  try {
    for (const file of open) {
      yield await file.begin()
      yield* toEnd(file, stop)
    }
  } finally {
    for (const file of open) await files.close(file)
  }
}

/**
 * Reads a file as it grows, as `tail -F` does: through rotation (a renamed file is read on for a while, since its
 * writer may not know yet), through truncation, and from before it exists.
 *
 * @param pause - waits before the next look at the file
 */
export async function* followFile(
  path: string,
  files: LogFiles,
  stop: AbortSignal,
  pause: () => Promise<unknown>
): AsyncGenerator<Block> {
  let current: LogFile | undefined
  const idleLooks = new Map<LogFile, number>()
  try {
    for (const file of await files.openRenamed(path)) idleLooks.set(file, 0)
    while (!stop.aborted) {
      const newer = await openIfThere(path, files)
      if (newer !== undefined) {
        idleLooks.set((current = newer), 0)
        yield await newer.begin()
      }
      for (const [file, looks] of idleLooks) {
        if (file !== current && looks > LOOKS_AT_RENAMED_FILE) {
          yield* toEnd(file, stop)
          idleLooks.delete(file)
          await files.close(file)
          continue
        }
        let grown = false
        for await (const block of news(file, stop)) {
          grown = true
          yield block
        }
        idleLooks.set(file, grown ? 0 : looks + 1)
      }
      await pause()
    }
  } finally {
    for (const file of idleLooks.keys()) await files.close(file)
  }
}

async function* news(file: LogFile, stop: AbortSignal): AsyncGenerator<Block> {
  if (await file.wasTruncated()) {
    const unfinished = file.rewind()
    if (unfinished !== undefined) yield unfinished
  }
  yield* wholeLines(file, stop)
}

async function* toEnd(file: LogFile, stop: AbortSignal): AsyncGenerator<Block> {
  yield* wholeLines(file, stop)
  const last = stop.aborted ? undefined : await file.rest()
  if (last !== undefined) yield last
}

async function* wholeLines(file: LogFile, stop: AbortSignal): AsyncGenerator<Block> {
  while (!stop.aborted) {
    const block = await file.next()
    if (block === undefined) return
    yield block
  }
}

async function openIfThere(path: string, files: LogFiles): Promise<LogFile | undefined> {
  try {
    return await files.open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
