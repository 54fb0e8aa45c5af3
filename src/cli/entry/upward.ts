import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A folder, then those that it is in, up to the root. */
export function* upward(folder: string): Generator<string, void, undefined> {
  for (let at = folder; ; at = dirname(at)) {
    yield at
    if (at === dirname(at)) return
  }
}

/** The nearest file of this name, in a folder or above it. */
export function nearestFile(folder: string, name: string): string | undefined {
  for (const at of upward(folder)) if (isFile(join(at, name))) return join(at, name)
  return undefined
}

export function isFile(path: string): boolean {
  // asked first, since it does not throw below a file
  return existsSync(path) && statSync(path).isFile()
}
