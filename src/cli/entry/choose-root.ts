import { nearNames } from '../../errors/index.js'
import { CliError, usageError } from '../cli-error.js'
import { ExitCode } from '../exit-code.js'
import type { Entry } from './find-entry.js'

/** Tells a module or a service from anything else. */
export type RootKind = (value: unknown) => 'module' | 'service' | undefined

/**
 * Which export of an entry the program is made from: the one that is named; else the default one; else the only one
 * that is a module or a service; undefined: it exports none.
 *
 * @throws CliError when the one that is named is none, or there are several
 */
export function chooseRoot(
  entry: Entry,
  exported: Readonly<Record<string, unknown>>,
  kindOf: RootKind
): object | undefined {
  const { exportName, shown } = entry
  if (exportName !== undefined) return named(exported, exportName, shown, kindOf)
  const byDefault = exported['default']
  if (kindOf(byDefault) !== undefined || isPromiseOrList(byDefault)) return byDefault as object
  const roots = Object.entries(exported).filter(([name, value]) => isOwn(name) && kindOf(value) !== undefined)
  const different = new Set(roots.map(([, value]) => value))
  const [only] = different
  if (different.size === 1) return only as object
  if (different.size > 1) {
    const names = roots.map(([name]) => name).toSorted()
    throw new CliError(`${shown} exports several modules and services: ${names.join(', ')}`, {
      hint: `Say which one, as in ${shown}#${names[0]}, or make one the default export.`,
      exitCode: ExitCode.configuration
    })
  }
  return undefined
}

/** Whether an entry exports what could be booted, be it one of several. */
export function offersRoot(exported: Readonly<Record<string, unknown>>, kindOf: RootKind): boolean {
  return (
    isPromiseOrList(exported['default']) ||
    Object.values(exported).some((value) => kindOf(value) !== undefined)
  )
}

/** An entry that a program cannot be made from. */
export function noRoot({ shown }: Entry, exported: Readonly<Record<string, unknown>>): CliError {
  const others = Object.keys(exported).toSorted()
  return new CliError(`${shown} exports no module and no service, and boots none`, {
    hint:
      (others.length === 0 ? 'It exports nothing. ' : `It exports ${others.join(', ')}. `) +
      'Export a class marked @Module() or @Service(), or call bootstrap() in it.',
    exitCode: ExitCode.configuration
  })
}

function named(
  exported: Readonly<Record<string, unknown>>,
  name: string,
  shown: string,
  kindOf: RootKind
): object {
  const value = exported[name]
  if (kindOf(value) !== undefined || isPromiseOrList(value)) return value as object
  if (Object.hasOwn(exported, name)) {
    throw new CliError(`${name}, exported by ${shown}, is neither a module nor a service`, {
      hint: 'Mark its class with @Module() or @Service(), or name another export.',
      exitCode: ExitCode.configuration
    })
  }
  const names = Object.keys(exported).toSorted()
  const near = nearNames(name, names)
  throw usageError(
    `${shown} has no export named ${name}`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It exports ${names.join(', ') || 'nothing'}.`
  )
}

/** What only the framework can tell: the promise of a module, or a list of services. */
function isPromiseOrList(value: unknown): boolean {
  return value instanceof Promise || (Array.isArray(value) && value.length > 0)
}

/** CommonJS modules show themselves under these names once more. */
function isOwn(name: string): boolean {
  return name !== 'module.exports' && name !== '__esModule'
}
