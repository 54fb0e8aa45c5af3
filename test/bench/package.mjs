// What a user would install: packs the project and puts it beside the peers, each of them in the pinned version.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The sources compiled one by one: what the package keeps to itself can be measured there too. */
export const SOURCES = new URL('node_modules/.keelson/', import.meta.url)

/** Packing compiles the sources; the peers are installed again only after their lock file has changed. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(HERE, 'package-lock.json')))
    .digest('hex')
  const note = join(HERE, 'node_modules/.peers')
  if (!existsSync(note) || readFileSync(note, 'utf8') !== lock) {
    npm(HERE, 'ci')
    writeFileSync(note, lock)
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    npm(ROOT, 'pack', '--pack-destination', folder)
    const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    npm(
      HERE,
      'install',
      '--no-save',
      '--no-package-lock',
      '--prefer-offline',
      join(folder, `${name}-${version}.tgz`)
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
  const plain = [
    '--emitDeclarationOnly',
    'false',
    '--declaration',
    'false',
    '--outDir',
    fileURLToPath(SOURCES)
  ]
  run(ROOT, 'npx', 'tsc', '-p', 'tsconfig.build.json', ...plain)
}

function npm(cwd, ...args) {
  run(cwd, 'npm', ...args, '--no-audit', '--no-fund', '--loglevel=error')
}

/** What a command has to say is shown when it fails. */
function run(cwd, command, ...args) {
  try {
    execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    process.stderr.write(Buffer.concat([error.stdout, error.stderr]))
    process.exit(1)
  }
}
