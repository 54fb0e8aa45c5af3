import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  canBeLoaded,
  configVariables,
  findLoader,
  type Loader,
  MOVE_IT,
  NOT_LOADED
} from '../child/loaders.js'
import { CliError } from '../cli-error.js'
import { hasStandardDecorators } from './compiler-options.js'
import { type Finding, note, problem, well } from './finding.js'

/** What a compiler emits about types it hands to `Reflect.metadata`. */
const PROBE = `
let emitted: unknown[] = []
Object.assign(Reflect, { metadata: (key: string, value: unknown) => () => {
  if (key === 'design:paramtypes') emitted = value as unknown[]
} })
class Needed {}
function mark(..._: unknown[]): void {}
@mark
class Probe {
  constructor(readonly needed: Needed) {}
}
console.log(emitted[0] === Needed ? 'types emitted' : 'no types')
void Probe
`
/** A cold loader on a busy machine. */
const PROBE_LIMIT_MS = 60_000

/** Compiles and runs a class in another process, as \`keelson start\` would, and looks whether its types arrive. */
export function checkEmittedTypes(folder: string, asksForTypes: boolean | undefined): Finding {
  let loader: Loader
  try {
    loader = findLoader(join(folder, 'probe.ts'))
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return note('loader', 'none is installed: TypeScript has to be compiled before it is run', error.hint)
  }
  const about = loader.name
  const result = runProbe(folder, loader)
  if (result === 'types emitted') return well(about, 'emits the types of constructor parameters')
  if (result !== 'no types') {
    return problem(about, `cannot run a class with a decorator: ${result}`, mendOf(folder))
  }
  const message = 'emits no types: constructor injection by type does not work under it'
  return asksForTypes === true
    ? problem(about, message, 'Run: npm install --save-dev @oxc-node/core. Or say inject(Feed) in a field.')
    : note(about, message, 'Say inject(Feed) in a field, or @Service({ inject: [Feed] }).')
}

/** What may help when a class with a decorator does not run. */
function mendOf(folder: string): string {
  if (!canBeLoaded(folder, process.versions.node)) return `It may be that ${NOT_LOADED} ${MOVE_IT}`
  return hasStandardDecorators(folder)
    ? 'Set "experimentalDecorators": true in tsconfig.json: few loaders compile others. Or update the loader.'
    : 'Update the loader, or run: npm install --save-dev @oxc-node/core.'
}

/** In the project's folder, where loaders look for its compiler options. */
function runProbe(folder: string, { url }: Loader): string {
  const file = join(folder, `.keelson-probe-${process.pid}.mts`)
  try {
    writeFileSync(file, PROBE)
    const { stdout, stderr, error } = spawnSync(process.execPath, ['--import', url, file], {
      cwd: folder,
      env: { ...process.env, ...configVariables(file, process.env) },
      encoding: 'utf8',
      timeout: PROBE_LIMIT_MS
    })
    const said = stdout.trim()
    return said === '' ? (error?.message ?? firstError(stderr)) : said
  } catch (error) {
    return (error as Error).message
  } finally {
    rmSync(file, { force: true })
  }
}

function firstError(stderr: string): string {
  return (
    stderr
      .split('\n')
      .find((line) => /error/i.test(line))
      ?.trim() ?? 'it printed nothing'
  )
}
