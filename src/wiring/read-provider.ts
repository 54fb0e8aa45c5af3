import { isKeelsonError, isThenable, type KeelsonErrorCode, show, unknownOption } from '../errors/index.js'
import { type ClassDescription, describe } from '../metadata/index.js'
import { toMilliseconds } from '../time/index.js'
import {
  type Class,
  type DependencyParts,
  isClass,
  isToken,
  isUnresolved,
  type Lifetime,
  readDependency,
  type Token,
  tokenName
} from '../tokens/index.js'
import type { ProviderSpec } from './module-node.js'

/** What is wrong with an entry of `providers`, `imports` or `exports`. */
export interface Fault {
  readonly code: KeelsonErrorCode
  readonly message: string
  readonly hint?: string
}

/** What is wrong with an entry of `providers`, and what it would have provided, as far as that can be read. */
export interface RefusedProvider extends Fault {
  readonly meant?: { readonly token: Token; readonly multi: boolean }
}

/** An entry of `providers`, read. */
export interface ReadProvider {
  readonly token: Token
  readonly spec: ProviderSpec
  readonly multi: boolean
}

const WAYS = ['useClass', 'useValue', 'useFactory', 'useExisting'] as const
const COMMON = ['provide', 'multi'] as const
const KNOWN: Record<(typeof WAYS)[number], readonly string[]> = {
  useClass: ['useClass', 'lifetime', 'name', ...COMMON],
  useValue: ['useValue', ...COMMON],
  useFactory: ['useFactory', 'inject', 'lifetime', 'dispose', 'startTimeout', ...COMMON],
  useExisting: ['useExisting', ...COMMON]
}
const LIFETIMES: ReadonlySet<unknown> = new Set(['singleton', 'scoped', 'transient'] satisfies Lifetime[])
const DEFAULT_START_TIMEOUT = 30_000

/**
 * Reads an entry of `providers`, as users wrote it: nothing about it is taken for granted.
 *
 * @param place names the entry, such as `providers[2] of AppModule`; called when something is wrong with it
 */
export function readProvider(entry: unknown, place: () => string): ReadProvider | RefusedProvider {
  if (!isClass(entry)) return readDescribed(entry, place)
  const description = readListed(entry, place)
  if ('code' in description) return description
  const spec = { kind: 'class', description, lifetime: undefined, name: undefined } as const
  return { token: entry, spec, multi: false }
}

/** Reads a class that is listed as it stands. */
export function readListed(cls: Class, place: () => string): ClassDescription | RefusedProvider {
  const description = describe(cls)
  return description.module === undefined
    ? description
    : invalid(`${place()} is the module ${tokenName(cls)}`, 'Modules belong in imports.')
}

function readDescribed(entry: unknown, place: () => string): ReadProvider | RefusedProvider {
  if (typeof entry !== 'object' || entry === null) {
    return invalid(
      `${place()} is ${show(entry)}`,
      entry === undefined
        ? 'The files import each other: move the class, or import it from its own file.'
        : undefined
    )
  }
  if (Array.isArray(entry)) return invalid(`${place()} is an array`, 'Spread it: ...theArray.')
  if (isThenable(entry)) {
    const hint = 'Await it first, or import the promise of a dynamic module that lists what it gives.'
    return invalid(`${place()} is a promise`, hint)
  }
  const provider = entry as Readonly<Record<string, unknown>>
  const { provide: token, multi } = provider
  if (!isToken(token)) {
    const meant = 'token' in provider ? 'Write `provide`, not `token`.' : undefined
    return invalid(`${place()} provides ${show(token)}, which is no token`, meant)
  }
  const where = (): string => `${place()} (${tokenName(token)})`
  const spec = readSpec(provider, where)
  if (!('code' in spec)) return { token, spec, multi: multi === true }
  // what was meant by another value than true or false is known no better
  return { ...spec, meant: { token, multi: multi !== undefined && multi !== false } }
}

function readSpec(provider: Readonly<Record<string, unknown>>, where: () => string): ProviderSpec | Fault {
  const { multi } = provider
  if (multi !== undefined && typeof multi !== 'boolean')
    return option(`multi of ${where()}`, 'true or false', multi)
  const ways = WAYS.filter((way) => way in provider)
  const [way] = ways
  if (way === undefined) {
    const unknown = unknownOption(provider, [...COMMON, ...WAYS], where())
    return invalid(`${where()} has no way to make its value`, unknown?.hint)
  }
  if (ways.length > 1) return invalid(`${where()} has ${ways.join(' and ')}`)
  const unknown = unknownOption(provider, KNOWN[way], where())
  if (unknown !== undefined) return { code: 'KEEL_INVALID_OPTION', ...unknown }
  return readWay(way, provider, where)
}

function readWay(
  way: (typeof WAYS)[number],
  provider: Readonly<Record<string, unknown>>,
  where: () => string
): ProviderSpec | Fault {
  switch (way) {
    case 'useClass':
      return readClass(provider, where)
    case 'useFactory':
      return readFactory(provider, where)
    case 'useValue':
      return { kind: 'value', value: provider['useValue'] }
    case 'useExisting': {
      const { useExisting } = provider
      if (isToken(useExisting) || typeof useExisting === 'function') {
        return { kind: 'alias', token: useExisting as Token | (() => Token) }
      }
      return invalid(`useExisting of ${where()} is ${show(useExisting)}, which is no token`)
    }
  }
}

function readClass(provider: Readonly<Record<string, unknown>>, where: () => string): ProviderSpec | Fault {
  const { useClass, lifetime, name } = provider
  if (!isClass(useClass)) return invalid(`useClass of ${where()} is ${show(useClass)}, which is no class`)
  if (lifetime !== undefined && !isLifetime(lifetime)) return wrongLifetime(where, lifetime)
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) {
    return option(`name of ${where()}`, 'a string that is not empty', name)
  }
  return { kind: 'class', description: describe(useClass), lifetime, name }
}

function readFactory(provider: Readonly<Record<string, unknown>>, where: () => string): ProviderSpec | Fault {
  const { useFactory, inject = [], lifetime = 'singleton', dispose, startTimeout } = provider
  if (typeof useFactory !== 'function') return invalid(`useFactory of ${where()} is ${show(useFactory)}`)
  if (isClass(useFactory) && /^class\b/.test(Function.prototype.toString.call(useFactory))) {
    return invalid(`useFactory of ${where()} is the class ${tokenName(useFactory)}`, 'Write useClass.')
  }
  if (!isLifetime(lifetime)) return wrongLifetime(where, lifetime)
  if (dispose !== undefined && typeof dispose !== 'function')
    return option(`dispose of ${where()}`, 'a function', dispose)
  if (!Array.isArray(inject)) return option(`inject of ${where()}`, 'an array', inject)
  const dependencies: DependencyParts[] = []
  for (const [index, entry] of inject.entries()) {
    const parts = readDependency(entry)
    if (parts === undefined) {
      return invalid(
        `inject[${index}] of ${where()} is ${isUnresolved(entry) ? 'undefined' : show(entry)}, which is no token`,
        isUnresolved(entry)
          ? 'The files import each other: write () => TheClass.'
          : 'Give a token, () => token, optional(…), all(…) or lazy(…).'
      )
    }
    dependencies.push(parts)
  }
  if (lifetime !== 'singleton' && useFactory.constructor.name === 'AsyncFunction') {
    return {
      code: 'KEEL_INVALID_OPTION',
      message: `useFactory of ${where()} is async, and so cannot be ${lifetime}`,
      hint: 'Make it a singleton, or let it return the value at once.'
    }
  }
  const limit =
    startTimeout === undefined ? DEFAULT_START_TIMEOUT : readLimit(startTimeout, `startTimeout of ${where()}`)
  if (typeof limit !== 'number') return limit
  return {
    kind: 'factory',
    factory: useFactory as (...dependencies: never[]) => unknown,
    inject: dependencies,
    lifetime,
    dispose: dispose as ((value: never) => unknown) | undefined,
    startTimeout: limit
  }
}

function readLimit(given: unknown, what: string): number | Fault {
  try {
    const limit = toMilliseconds(given as number | string, what, { allowInfinity: true })
    return limit > 0 ? limit : option(what, 'longer than 0', given)
  } catch (error) {
    if (!isKeelsonError(error, 'KEEL_INVALID_DURATION')) throw error
    return {
      code: error.code,
      message: `${what} must be a duration, but is ${show(given)}`,
      hint: error.hint
    }
  }
}

function isLifetime(value: unknown): value is Lifetime {
  return LIFETIMES.has(value)
}

function wrongLifetime(where: () => string, given: unknown): Fault {
  return option(`lifetime of ${where()}`, "'singleton', 'scoped' or 'transient'", given)
}

function option(what: string, allowed: string, given: unknown): Fault {
  return { code: 'KEEL_INVALID_OPTION', message: `${what} must be ${allowed}, but is ${show(given)}` }
}

function invalid(message: string, hint?: string): Fault {
  return { code: 'KEEL_INVALID_PROVIDER', message, ...(hint === undefined ? {} : { hint }) }
}
