import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Loads a room of `src/` a second time, as two installed versions of the package would; it may import `errors/` alone. */
export async function anotherCopy<Room>(room: string): Promise<Room> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const copied of new Set([room, 'errors']))
    cpSync(new URL(`../../src/${copied}`, import.meta.url), join(folder, copied), { recursive: true })
  return (await import(join(folder, room, 'index.ts'))) as Room
}
