import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describeThrown, isKeelsonError } from '../../errors/index.js'
import type { ApplicationOptions } from '../../app/index.js'
import type { Builder } from '../../process/index.js'
import type { Root } from '../../wiring/index.js'
import { systemClock } from '../../time/index.js'
import { isTypeScript } from '../child/loaders.js'
import { CliError, usageError } from '../cli-error.js'
import { shellWord } from '../shell-word.js'
import { hasStandardDecorators } from '../doctor/compiler-options.js'
import { ExitCode } from '../exit-code.js'
import type * as Framework from '../framework.js'
import { noRoot } from './choose-root.js'
import type { Entry } from './find-entry.js'
import { IDLE, orIdle } from './or-idle.js'
import { rootUnlessBooted } from './root-unless-booted.js'

/** What an application is made from. */
export interface LoadedRoot {
  readonly root: Root
  /** Those that the entry gives `bootstrap()`, when it calls it. */
  readonly options: ApplicationOptions
  /** What it is to be built by. */
  readonly builder: Builder
}

/**
 * What an entry boots, or leaves to be booted. Nothing is built: when it calls `bootstrap()` itself, that call never
 * settles, and the first one counts.
 *
 * @param note says something beside the result
 */
export async function readEntry(
  entry: Entry,
  args: readonly string[],
  framework: typeof Framework,
  note: (text: string) => void
): Promise<LoadedRoot> {
  let own: LoadedRoot | undefined
  const booted = new Promise<void>((resolve) => {
    framework.setLaunch({
      inspect: (root, options, builder) => {
        own ??= { root, options, builder }
        resolve()
      }
    })
  })
  let stopWaiting: (() => void) | undefined
  const leave = (): void => toldOfLeaving(entry)
  process.once('exit', leave)
  try {
    // one that awaits its own boot is never done loading
    const endNotes = framework.whileItTakesLong(systemClock, () => note(notLoaded(entry)))
    const loading = Promise.race([booted, importEntry(entry, args)]).finally(endNotes)
    const exported = (await loading) ?? {}
    // in a `main()` that nobody awaits, unless something else keeps the process alive
    const tooLong = new Promise<void>(
      (resolve) => (stopWaiting = framework.whileItTakesLong(systemClock, () => resolve()))
    )
    const wait = (): Promise<unknown> => orIdle(Promise.race([booted, tooLong]))
    const root = await rootUnlessBooted(entry, exported, framework.rootKind, () => own !== undefined, wait)
    if (root !== undefined) return { root, options: {}, builder: framework.ownBuilder }
    if (own === undefined) throw noRoot(entry, exported)
    return notNamed(entry, own)
  } finally {
    stopWaiting?.()
    process.off('exit', leave)
    framework.setLaunch(undefined)
  }
}

/** The entry has ended the process: that is no answer to what was asked. */
function toldOfLeaving({ shown }: Entry): void {
  process.exitCode ||= ExitCode.failure
  process.stderr.write(`keelson: ${shown} ended the process while it was loaded\n`)
}

/** Loads the file of an entry, which finds these arguments as if Node had been called with it. */
export async function importEntry(
  { file, shown }: Entry,
  args: readonly string[]
): Promise<Readonly<Record<string, unknown>>> {
  process.argv = [process.argv[0]!, file, ...args]
  try {
    const exported = await orIdle(import(pathToFileURL(file).href) as Promise<Record<string, unknown>>)
    if (exported === IDLE) throw neverLoaded(shown)
    return exported
  } catch (cause) {
    if (isKeelsonError(cause) || cause instanceof CliError) throw cause
    throw new CliError(`${shown} failed while it was loaded: ${firstLine(cause)}`, {
      ...hintFor(cause, file, shown),
      exitCode: ExitCode.failure,
      cause
    })
  }
}

/** What is said while loading takes long. */
export function notLoaded({ shown }: Entry): string {
  return `keelson: ${shown} has not been loaded yet`
}

/** Nothing is left that could bring it to an end. */
function neverLoaded(shown: string): CliError {
  return new CliError(`${shown} is never done loading`, {
    hint: 'It, or a file that it imports, awaits something at its top level that does not settle.',
    exitCode: ExitCode.failure
  })
}

/** An entry that boots by itself leaves no choice. */
export function notNamed<T>({ exportName, shown }: Entry, value: T): T {
  if (exportName === undefined) return value
  throw usageError(
    `${shown} calls bootstrap() itself, so #${exportName} has nothing to choose`,
    `Leave #${exportName} out, or name the file that declares it.`
  )
}

/** With the line after it, where it only announces that: "Transform failed with 1 error:". */
function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : describeThrown(thrown)
  const [first = '', second = ''] = text.split('\n').map((line) => line.trim())
  return first.endsWith(':') && second !== '' ? `${first} ${second}` : first
}

/** What files that import each other fail with, the one that runs first. */
const TOO_EARLY = /^Cannot access '(.+)' before initialization$/

/** What Node says of a CommonJS file in which a loader has left `import` and `export`. */
const LEFT_AS_MODULE = /^Cannot require\(\) ES Module .+\.cts in a cycle\./

/** What V8 and esbuild say of an `await` at the top of a CommonJS file. */
const NO_MODULE = /^await is only valid in async functions|Top-level await is .*not supported with the "cjs"/

/** What V8 says of the `@` of a decorator; imports of what is not exported are a SyntaxError too. */
const STRANGE = 'Invalid or unexpected token'

function hintFor(
  thrown: unknown,
  file: string,
  shown: string
): { readonly hint: string; readonly more?: string } {
  const place = thrown instanceof Error ? placeOf(thrown) : undefined
  const at = place === undefined ? '' : `At ${place}. `
  const remedy = remedyFor(thrown, file, shown)
  // Node keeps to itself where a file is that it cannot read, unless that is JSON
  const isHidden = place === undefined && thrown instanceof SyntaxError && !/\.json: /.test(thrown.message)
  if (remedy === undefined && isHidden && !isTypeScript(file))
    return { hint: `node --check ${shellWord(shown)} tells where, if it is in that file.` }
  return remedy === undefined ? { hint: at.trim(), more: 'the whole error' } : { hint: at + remedy }
}

function remedyFor(thrown: unknown, file: string, shown: string): string | undefined {
  const name = thrown instanceof ReferenceError ? TOO_EARLY.exec(thrown.message)?.[1] : undefined
  if (name !== undefined)
    return (
      `It runs before ${name} is declared, as where files import each other. ` +
      `For the type of a constructor parameter write x = inject(${name}) in a field; for anything else: write () => ${name} there.`
    )
  if (thrown instanceof Error && LEFT_AS_MODULE.test(thrown.message))
    return (
      'Its loader compiles no import and export in a .cts file: name it .mts, ' +
      'or write import x = require("…") and export = there.'
    )
  if (thrown instanceof Error && NO_MODULE.test(thrown.message))
    return 'Only a module may await at its top level: set "type": "module" in package.json, or name the file .mts or .mjs.'
  const isStrange = thrown instanceof SyntaxError && thrown.message === STRANGE
  if (!isStrange || !isTypeScript(file) || !hasStandardDecorators(dirname(file))) return undefined
  return (
    'It may be a decorator that its loader does not compile: set "experimentalDecorators": true in tsconfig.json. ' +
    `keelson doctor ${shown} tells.`
  )
}

/** The end of a line of a stack: `at load (file:///app/main.js:3:7)`, or without a name. */
const PLACE = /^\s+at (?:async )?(?:.*? \((.+:\d+):\d+\)|(.+:\d+):\d+)$/

/** Where an import cannot be met, or a CommonJS file cannot be read, stands above what Node says of it. */
const PLACE_ABOVE = /^((?:file:|\/|[a-z]:[\\/]).+):(\d+)\n/i

/** Where in the user's files it was thrown. */
function placeOf({ stack = '' }: Error): string | undefined {
  const [, above, lineAbove] = PLACE_ABOVE.exec(stack) ?? []
  if (above !== undefined) {
    const path = above.startsWith('file:') ? fileURLToPath(above) : above
    // the line is that of what a loader has made of it
    return isTypeScript(path) ? path : `${path}:${lineAbove}`
  }
  const lines = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const own = lines.find((line) => !/node:|[\\/]node_modules[\\/]/.test(line))
  // a path may have spaces and brackets
  const [, inBrackets, bare] = PLACE.exec(own ?? '') ?? []
  const place = inBrackets ?? bare
  return place?.startsWith('file:') === true ? fileURLToPath(place) : place
}
