import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Loads a room of `src/` a second time, as two installed versions of the package would; it must import no other. */
export async function anotherCopy<Room>(room: string): Promise<Room> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(new URL(`../../src/${room}`, import.meta.url), folder, { recursive: true })
  return (await import(join(folder, 'index.ts'))) as Room
}
