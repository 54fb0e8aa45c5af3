import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { clearTimeout, setTimeout } from 'node:timers'
import fc from 'fast-check'
import 'reflect-metadata'
import { beforeEach } from 'vitest'

// Random tests draw the same cases everywhere, so that a red run is red for all. KEELSON_SEED=random looks for new ones,
// a number replays those that failed.
const { KEELSON_SEED } = process.env
const fixed = KEELSON_SEED === undefined ? 20_261_126 : Number(KEELSON_SEED)
const seed = Number.isInteger(fixed) ? fixed : Date.now() % 0x7fff_ffff
fc.configureGlobal({ seed })

// Programs that happen to run on the machine have their sockets in its folder for temporary files, where commands look for
// them: tests have a folder of their own. One for each process, in which files of tests run one after the other.
const { KEELSON_TEST_FOLDER } = process.env
if (KEELSON_TEST_FOLDER === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'kt-'))
  // a test looks into it as another user
  chmodSync(folder, 0o755)
  process.env['KEELSON_TEST_FOLDER'] = process.env['TMPDIR'] = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

// Files of tests share their globals: what one leaves replaced would make another hang, in some orders of them only.
beforeEach(() => {
  const { clearTimeout: clear, performance: clock, setTimeout: set } = globalThis
  if (set !== setTimeout || clear !== clearTimeout || clock.now !== performance.now)
    throw new Error('a test of this process, just before or in another file, has left timers faked')
})
