import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { upward } from '../entry/upward.js'
import { type Finding, note, problem, well } from './finding.js'

/** What breaks when there are two of it; undefined: nothing much. */
const SINGLE: Readonly<Record<string, string | undefined>> = {
  keelson: 'what one copy marks, the other does not know',
  tsyringe: 'what is registered with one copy, the other does not see',
  'reflect-metadata': 'types that are emitted for one copy, the other does not find',
  rxjs: undefined
}

const UNKNOWN = 'of unknown version'

/** Looks for packages of which there may be only one, in a project and in the folders above it. */
export function checkCopies(folder: string): Finding[] {
  const copies = new Map<string, Map<string, string>>(Object.keys(SINGLE).map((name) => [name, new Map()]))
  const seen = new Set<string>()
  /** By name, at the top of a folder of packages: they hide those of the folders above. */
  const nearer = new Set<string>()
  for (const at of upward(folder)) {
    const packages = packagesIn(join(at, 'node_modules'))
    for (const { name, path } of packages) if (!nearer.has(name)) visit(path, name, copies, seen)
    for (const { name } of packages) nearer.add(name)
  }
  return [...copies].flatMap(([name, found]) => report(name, found))
}

function report(name: string, copies: ReadonlyMap<string, string>): Finding[] {
  if (copies.size === 0) return []
  const listed = [...copies].map(([path, version]) => `${version} in ${path}`)
  if (copies.size === 1) return [well(name, [...copies.values()].join(''))]
  const harm = SINGLE[name]
  const message = `is there ${copies.size} times: ${listed.join('; ')}`
  const mend = `npm ls ${name} tells who asks for which; npm dedupe, or "overrides" in package.json, leaves one.`
  return harm === undefined ? [note(name, message, mend)] : [problem(name, `${message}; ${harm}`, mend)]
}

/** The packages in a folder of packages; those that pnpm keeps beside them too. */
function packagesIn(folder: string): { readonly name: string; readonly path: string }[] {
  return entriesOf(folder).flatMap((name) => {
    const path = join(folder, name)
    if (name === '.pnpm') {
      return entriesOf(path).flatMap((one) => packagesIn(join(path, one, 'node_modules')))
    }
    if (name.startsWith('@')) {
      return entriesOf(path).map((one) => ({ name: `${name}/${one}`, path: join(path, one) }))
    }
    return name.startsWith('.') ? [] : [{ name, path }]
  })
}

/** Notes a package, and those that it has of its own. */
function visit(
  path: string,
  name: string,
  copies: ReadonlyMap<string, Map<string, string>>,
  seen: Set<string>
): void {
  // a link to what is gone, as npm link leaves it behind
  if (!existsSync(path)) return
  const real = realpathSync(path)
  if (seen.has(real)) return
  seen.add(real)
  copies.get(name)?.set(real, versionOf(real))
  for (const own of packagesIn(join(real, 'node_modules'))) visit(own.path, own.name, copies, seen)
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : []
}

function versionOf(folder: string): string {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8')
    return (JSON.parse(text) as { readonly version?: string }).version ?? UNKNOWN
  } catch {
    // what was half installed is what somebody looks for here
    return UNKNOWN
  }
}
