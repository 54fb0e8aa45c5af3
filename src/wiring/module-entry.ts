import { show } from '../errors/index.js'
import { describe } from '../metadata/index.js'
import { isClass, isToken, type ModuleClass, tokenName } from '../tokens/index.js'
import type { Fault } from './read-provider.js'

/** Why an entry of `imports`, or a root, is no module. */
export function notAModule(value: unknown, where: string): Fault {
  const code = 'KEEL_NOT_A_MODULE'
  if (value === undefined) {
    return {
      code,
      message: `${where} is undefined`,
      hint: 'The files import each other: write () => TheModule.'
    }
  }
  if (isDynamic(value)) {
    return {
      code,
      message: `${where} is a dynamic module of ${nameOf(value.module)}, which is no module`,
      hint: isClass(value.module)
        ? `Mark ${tokenName(value.module)} with @Module().`
        : 'Give { module: TheClass, … }.'
    }
  }
  if (!isClass(value)) return { code, message: `${where} is ${nameOf(value)}, which is no module` }
  const isProvider = describe(value).service !== undefined || describe(value).injectable !== undefined
  return {
    code,
    message: `${where} is ${tokenName(value)}, which is no module`,
    hint: isProvider
      ? `List ${tokenName(value)} among providers, not imports.`
      : `Mark ${tokenName(value)} with @Module(), or list it among providers.`
  }
}

/** Is it a class marked as a module? */
export function isModuleClass(value: unknown): value is ModuleClass {
  return isClass(value) && describe(value).module !== undefined
}

/** A dynamic module as somebody wrote it: nothing but `module` is taken for granted. */
export interface DynamicEntry {
  readonly module: unknown
  readonly imports?: unknown
  readonly providers?: unknown
  readonly exports?: unknown
  readonly global?: unknown
}

/** Has it the shape of a dynamic module? */
export function isDynamic(value: unknown): value is DynamicEntry {
  return isObject(value) && !isToken(value) && 'module' in value && !('provide' in value)
}

/** Is it an object, and no function? */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Names anything, for messages. */
export function nameOf(value: unknown): string {
  return isToken(value) && typeof value !== 'string' ? tokenName(value) : show(value)
}
