import type { Command } from 'commander'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { usageError } from '../cli-error.js'
import { canBeLoaded, MOVE_IT, NOT_LOADED } from '../child/loaders.js'
import type { CliIo } from '../cli-io.js'
import { upward } from '../entry/upward.js'
import { projectFiles } from '../new/project-files.js'
import { outputOf } from '../output.js'
import { ownVersion } from '../own-package.js'
import { shellWord } from '../shell-word.js'

/** `keelson new`: a small project that works. */
export function addNew(program: Command, io: CliIo): void {
  program
    .command('new')
    .summary('write a small project that works')
    .description(
      'Writes a small project that works: two services, a test, scripts. The folder must be empty.'
    )
    .argument('<folder>', 'where')
    .action((given: string, _options: object, command: Command) => {
      const output = outputOf(io, command)
      const folder = resolve(io.cwd, given)
      mustBeEmpty(folder, given)
      const files = projectFiles({ name: packageName(folder), keelsonVersion: ownVersion() })
      write(folder, given, files)
      const shown = relative(io.cwd, folder)
      const next = [...(shown === '' ? [] : [`cd ${shellWord(shown)}`]), 'npm install', 'npm run dev']
      const paths = Object.keys(files)
      if (!canBeLoaded(folder, io.nodeVersion)) output.note(`keelson: ${NOT_LOADED} ${MOVE_IT}`)
      output.result(
        { folder, files: paths, next },
        `${paths.length} files in ${given}. Now:\n${next.map((line) => `  ${line}`).join('\n')}`
      )
    })
}

function write(folder: string, given: string, files: Readonly<Record<string, string>>): void {
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  } catch (cause) {
    throw usageError(
      `nothing can be written to the folder ${given}: ${(cause as Error).message}`,
      'Name one in a folder that you may write to.'
    )
  }
}

function mustBeEmpty(folder: string, given: string): void {
  if (given.trim() === '')
    throw usageError('the name of the folder is empty', 'Name one; `keelson new .` takes the one you are in.')
  const above = [...upward(dirname(folder))].find((path) => existsSync(path))
  if (above !== undefined && !statSync(above).isDirectory())
    throw usageError(`${given} cannot be made: ${above} is a file`, 'Name a folder below another folder.')
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory())
    throw usageError(`${given} is a file`, 'Name a folder that is empty, or not there yet.')
  if (readdirSync(folder).some((name) => name !== '.git')) {
    throw usageError(`the folder ${given} is not empty`, 'Name one that is empty, or not there yet.')
  }
}

/** A name that npm accepts, and that is not the one of a package that the project needs. */
function packageName(folder: string): string {
  const name = basename(folder)
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  if (name === '') return 'app'
  return TAKEN.has(name) ? `${name}-app` : name
}

const TAKEN: ReadonlySet<string> = new Set(['keelson', 'typescript', 'node_modules'])
