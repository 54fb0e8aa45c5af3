import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { nearNames } from '../../errors/index.js'
import { CliError, usageError } from '../cli-error.js'
import type { CliIo } from '../cli-io.js'
import { ExitCode } from '../exit-code.js'
import { isFile, nearestFile } from './upward.js'

/** The file that a program is run from, and which of its exports. */
export interface Entry {
  /** Absolute. */
  readonly file: string
  /** Undefined: the one that offers itself. */
  readonly exportName: string | undefined
  /** As people are told of it: relative to where they are. */
  readonly shown: string
}

/** Tried in this order when nobody says what the entry is; sources before what was built from them. */
const STEMS = ['src/app.module', 'src/main', 'app.module', 'main', 'dist/app.module', 'dist/main']
const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.cts', '.cjs']

/**
 * The entry that was given, `file` or `file#ExportName`; else the one of the nearest package.json, at
 * `"keelson": { "entry": … }`; else the first of the usual files that exists beside it.
 *
 * @throws CliError when there is none, saying what was tried
 */
export function findEntry(io: CliIo, given: string | undefined): Entry {
  if (given !== undefined) return read(io, io.cwd, given, 'keelson looks for it from the folder you are in.')
  const manifest = nearestFile(io.cwd, 'package.json')
  const folder = manifest === undefined ? io.cwd : dirname(manifest)
  const configured = manifest === undefined ? undefined : entryIn(manifest)
  if (manifest !== undefined && configured !== undefined) {
    return read(io, folder, configured, `It is named at "keelson": { "entry" } in ${shownAs(io, manifest)}.`)
  }
  for (const stem of STEMS) {
    const file = withExtension(join(folder, stem))
    if (file !== undefined) return { file, exportName: undefined, shown: shownAs(io, file) }
  }
  throw usageError(
    `there is no entry: none was given, and ${folder === io.cwd ? 'this folder' : folder} has none of the usual files`,
    `Tried ${STEMS.join(', ')}, each as ${EXTENSIONS.slice(0, 4).join(', ')}. ` +
      'Name the file, as in: keelson start src/app.module.ts, or set "keelson": { "entry": "…" } in package.json.'
  )
}

/** A file, given with or without its extension, from where people are. */
export function shownAs({ cwd }: CliIo, file: string): string {
  const path = relative(cwd, file)
  if (path === '') return '.'
  return path.startsWith('..') ? file : path.replaceAll('\\', '/')
}

function read(io: CliIo, folder: string, given: string, remark: string): Entry {
  const whole = withExtension(resolve(folder, given))
  if (whole !== undefined) return { file: whole, exportName: undefined, shown: shownAs(io, whole) }
  const at = given.lastIndexOf('#')
  const path = at < 0 ? given : given.slice(0, at)
  const exportName = at < 0 ? undefined : given.slice(at + 1)
  if (path === '' || exportName === '') {
    throw usageError(
      `'${given}' names no entry`,
      'Write file or file#ExportName, as in src/app.module.ts#AppModule.'
    )
  }
  const file = withExtension(resolve(folder, path))
  if (file === undefined) throw missing(io, resolve(folder, path), remark)
  return { file, exportName, shown: shownAs(io, file) }
}

function withExtension(path: string): string | undefined {
  return ['', ...EXTENSIONS].map((extension) => path + extension).find(isFile)
}

function missing(io: CliIo, path: string, remark: string): CliError {
  const folder = dirname(path)
  const shown = shownAs(io, path)
  if (existsSync(path))
    return usageError(`${shown} is a folder, not a file`, 'Name the file in it that is to run.')
  const beside =
    existsSync(folder) && !isFile(folder)
      ? readdirSync(folder).filter((name) => /\.[cm]?[jt]s$/.test(name))
      : []
  const near = nearNames(basename(path), beside).map((name) => shownAs(io, join(folder, name)))
  return usageError(
    `there is no file ${shown}`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : remark
  )
}

/** What a package.json says of the entry. */
function entryIn(file: string): string | undefined {
  let own: unknown
  try {
    own = (JSON.parse(readFileSync(file, 'utf8')) as { readonly keelson?: unknown } | null)?.keelson
  } catch (cause) {
    throw new CliError(`${file} cannot be read`, {
      hint: 'It is no valid JSON. Mend it, or name the entry on the command line.',
      exitCode: ExitCode.configuration,
      cause
    })
  }
  if (own === undefined) return undefined
  const { entry } = (own ?? {}) as { readonly entry?: unknown }
  if (entry === undefined || (typeof entry === 'string' && entry !== '')) return entry
  throw new CliError(`"keelson": { "entry" } in ${file} is no path`, {
    hint: 'Write the path of a file, relative to package.json: "src/app.module.ts".',
    exitCode: ExitCode.configuration
  })
}
