// the only door to reflect-metadata; first of all, so that compilers' __metadata helper finds it
import 'reflect-metadata'
import type { Class } from '../tokens/index.js'

const TYPES = 'design:paramtypes'
/** tsyringe's key: own metadata of a class, an object of parameter index to descriptor. */
const TSYRINGE_TOKENS = 'injectionTokens'

/**
 * The types of the parameters of a class's own constructor, when its compiler emitted them: `[]` for a constructor
 * without parameters, `undefined` for no constructor as well as for no metadata. A copy, since tsyringe's
 * `injectable()` writes into the emitted array.
 */
export function ownParameterTypes(cls: Class): readonly unknown[] | undefined {
  const types: unknown = Reflect.getOwnMetadata(TYPES, cls)
  return Array.isArray(types) ? [...(types as unknown[])] : undefined
}

/** What tsyringe's `@inject` and its kin say of a class's own constructor, by parameter index. */
export function ownTsyringeTokens(cls: Class): Readonly<Record<number, unknown>> | undefined {
  const tokens: unknown = Reflect.getOwnMetadata(TSYRINGE_TOKENS, cls)
  return typeof tokens === 'object' && tokens !== null ? (tokens as Record<number, unknown>) : undefined
}

/** A parameter as tsyringe describes it. */
export interface TsyringeParameter {
  /** A class, a string, a symbol, or what `delay()` made. */
  readonly token: unknown
  readonly multiple: boolean
  readonly optional: boolean
  /** Class of tsyringe's `Transform`, and what it is given beside the value. */
  readonly transform?: { readonly by: Class; readonly args: readonly unknown[] }
}

/**
 * Reads what tsyringe puts in place of a type; `undefined` when the value is no description of tsyringe's.
 * The rules are those of `isTokenDescriptor` and `isTransformDescriptor` of tsyringe 4.10.
 */
export function readTsyringeParameter(value: unknown): TsyringeParameter | undefined {
  if (typeof value !== 'object' || value === null || !('token' in value)) return undefined
  if (!('multiple' in value) && !('transform' in value)) return undefined
  const described = value as {
    token: unknown
    multiple?: unknown
    isOptional?: unknown
    transform?: Class
    transformArgs?: readonly unknown[]
  }
  return {
    token: described.token,
    multiple: described.multiple === true,
    optional: described.isOptional === true,
    ...(described.transform === undefined
      ? {}
      : { transform: { by: described.transform, args: described.transformArgs ?? [] } })
  }
}

/** What tsyringe's `delay(() => X)` makes; recognised by its shape, since tsyringe does not export its class. */
export interface DelayedClass {
  readonly wrap: () => Class
  createProxy(create: (cls: Class) => unknown): unknown
}

export function isDelayedClass(value: unknown): value is DelayedClass {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<DelayedClass>).wrap === 'function' &&
    typeof (value as Partial<DelayedClass>).createProxy === 'function'
  )
}
