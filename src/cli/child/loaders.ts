import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError } from '../cli-error.js'
import { hasStandardDecorators } from '../doctor/compiler-options.js'
import { nearestFile } from '../entry/upward.js'
import { ExitCode } from '../exit-code.js'

/** What loads TypeScript with decorators into Node. */
export interface Loader {
  /** As its users call it. */
  readonly name: string
  /** For `--import`. */
  readonly url: string
  /** Whether it emits the types that constructor injection needs. */
  readonly emitsTypes: boolean
}

interface KnownLoader {
  readonly package: string
  readonly subpath: string
  readonly emitsTypes: boolean
  /** Whether it compiles standard decorators. */
  readonly knowsStandard?: boolean
}

/** The best first. */
const KNOWN: readonly KnownLoader[] = [
  { package: '@oxc-node/core', subpath: './register', emitsTypes: true },
  { package: '@swc-node/register', subpath: './esm-register', emitsTypes: true },
  { package: 'tsx', subpath: '.', emitsTypes: false, knowsStandard: true }
]

/** Whether files of this name need a loader. */
export function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file)
}

/**
 * Whether the best loader can load what is in a folder. Under Node.js 20, oxc loses files whose URL is written otherwise
 * than their path.
 */
export function canBeLoaded(folder: string, nodeVersion: string): boolean {
  return !nodeVersion.startsWith('20.') || !pathToFileURL(folder).href.includes('%')
}

/** Why it cannot. */
export const NOT_LOADED =
  'under Node.js 20, @oxc-node/core loads no file whose path has a space in it, or a letter beyond ASCII.'
/** What to do about it. */
export const MOVE_IT = 'Move the project to a path without them, or use a newer Node.js.'

/** Whether a loader has been given to this process already. */
export function hasLoader(
  execArgv: readonly string[],
  env: Readonly<Record<string, string | undefined>>
): boolean {
  const words = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)]
  return words.some((word) =>
    /(^|[\\/=])(@oxc-node[\\/]core|@swc-node[\\/]register|tsx|ts-node|jiti)([\\/]|$)/.test(word)
  )
}

/**
 * The loader of the project that a file belongs to: what it compiles imports helpers from there.
 *
 * @throws CliError when there is none
 */
export function findLoader(file: string): Loader {
  const fit = hasStandardDecorators(dirname(file))
    ? KNOWN.filter((known) => known.knowsStandard === true)
    : []
  const loader = [...fit, ...KNOWN].map((known) => locate(known, file)).find((found) => found !== undefined)
  if (loader !== undefined) return loader
  throw new CliError('nothing here can load TypeScript with decorators', {
    hint: 'Run: npm install --save-dev @oxc-node/core. Or compile the program, and name the JavaScript file.',
    exitCode: ExitCode.configuration
  })
}

/** By which loaders find the compiler options of a file that is not of the folder they are started in. */
export function configVariables(
  file: string,
  env: Readonly<Record<string, string | undefined>>
): Record<string, string> {
  const config = nearestFile(dirname(file), 'tsconfig.json')
  if (config === undefined || CONFIG_VARIABLES.some((name) => env[name] !== undefined)) return {}
  return Object.fromEntries(CONFIG_VARIABLES.map((name) => [name, config]))
}

/** Of oxc and swc, and of tsx. */
const CONFIG_VARIABLES = ['TS_NODE_PROJECT', 'TSX_TSCONFIG_PATH']

function locate({ package: name, subpath, emitsTypes }: KnownLoader, file: string): Loader | undefined {
  const folder = packageFolder(name, dirname(file))
  const target = folder === undefined ? undefined : exportOf(folder, subpath)
  return target === undefined
    ? undefined
    : { name, url: pathToFileURL(join(folder!, target)).href, emitsTypes }
}

/** Where a package is installed, as seen from a folder. */
function packageFolder(name: string, from: string): string | undefined {
  const manifest = nearestFile(from, join('node_modules', name, 'package.json'))
  return manifest === undefined ? undefined : dirname(manifest)
}

/** `require.resolve` does not see what is exported for `import` alone. */
function exportOf(folder: string, subpath: string): string | undefined {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>
  }
  const target = exports?.[subpath]
  if (typeof target === 'string') return target
  const found = target?.['import'] ?? target?.['node'] ?? target?.['default']
  return typeof found === 'string' ? found : undefined
}
