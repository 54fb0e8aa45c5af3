import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ownFolder } from '../own-package.js'

/**
 * The command of the copy of Keelson that the project in a folder has installed, when that is another one than this.
 * The program imports that copy, and what it says of itself only that copy can read.
 */
export function projectCopy(folder: string): string | undefined {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve('keelson/package.json')
    const theirs = realpathSync(dirname(manifest))
    const main = join(theirs, 'dist/cli/main.js')
    return realpathSync(ownFolder()) === theirs || !existsSync(main) ? undefined : pathToFileURL(main).href
  } catch {
    return undefined
  }
}
