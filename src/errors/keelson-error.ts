import { ERROR_CODES, type KeelsonErrorCode } from './codes.js'
import { formatProblem } from './problem.js'
import type { StopError } from './stop-error.js'
import { thrownToJSON, type ThrownJSON } from './thrown.js'

/** Registered, so that errors of another copy of the package are recognised. */
const BRAND = Symbol.for('keelson.error')

/** What the classes of errors are made from. */
export interface ErrorDetails {
  /** What went wrong, without the code; its first line stands alone. */
  readonly message: string
  /** How to fix it. Default: the fix that `ERROR_CODES` gives for the code. */
  readonly hint?: string | undefined
  /** What was thrown, untouched. */
  readonly cause?: unknown
  /** Name of the service, or of the class, that it is about. */
  readonly service?: string | undefined
  /** Names from the root down to where it went wrong. */
  readonly path?: readonly string[] | undefined
  /** `file:line` of the class. */
  readonly location?: string | undefined
}

/** Plain data for an error of Keelson, fit for `JSON.stringify`. */
export interface ErrorJSON extends ThrownJSON {
  readonly code: KeelsonErrorCode
  readonly hint: string
  readonly service?: string
  readonly path?: readonly string[]
  readonly location?: string
  readonly [detail: string]: unknown
}

/**
 * What all errors of Keelson extend, but {@link StopError}.
 *
 * `message` tells what went wrong, where, and how to fix it; the first line stands alone. Tell errors apart by
 * `code`; see `ERROR_CODES`.
 */
export class KeelsonError extends Error {
  readonly code: KeelsonErrorCode
  /** How to fix it. */
  declare readonly hint: string
  /** Name of the service, or of the class, that it is about, where there is one. */
  declare readonly service: string | undefined
  /** Names from the root down to where it went wrong; empty when there is no way to it. */
  declare readonly path: readonly string[]
  /** `file:line` of the class, where it is known. */
  declare readonly location: string | undefined

  static {
    brand(this)
  }

  /** @param text the whole message, when it is not to be laid out from the details */
  constructor(code: KeelsonErrorCode, details: ErrorDetails, text?: string) {
    super(text ?? formatError(code, details), 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    hide(this, {
      hint: details.hint ?? ERROR_CODES[code].fix,
      service: details.service,
      path: Object.freeze([...(details.path ?? [])]),
      location: details.location
    })
  }

  /** Plain data for logs and wires; the cause is told by name, message and code. */
  toJSON(): ErrorJSON {
    return errorToJSON(this)
  }
}

/**
 * Tells whether something thrown comes from Keelson, from another copy of the package too; with `code`, whether
 * it is that very error.
 *
 * @example
 * ```ts
 * try { await app.start() } catch (error) {
 *   if (!isKeelsonError(error, 'KEEL_START_ABORTED')) throw error
 * }
 * ```
 */
export function isKeelsonError(value: unknown, code?: KeelsonErrorCode): value is KeelsonError | StopError {
  if (typeof value !== 'object' || value === null) return false
  const error = value as { readonly [BRAND]?: unknown; readonly code?: unknown }
  try {
    return error[BRAND] === true && (code === undefined || error.code === code)
  } catch {
    // a revoked proxy, or one that throws whatever is read from it: anything can be thrown
    return false
  }
}

/** Marks a class of errors as Keelson's and gives it its name. */
export function brand(errorClass: { readonly name: string; readonly prototype: Error }): void {
  Object.defineProperty(errorClass.prototype, BRAND, { value: true })
  nameAfterClass(errorClass)
}

/** On the prototype and not on each error, so that inspecting one does not print it. */
export function nameAfterClass(errorClass: { readonly name: string; readonly prototype: Error }): void {
  Object.defineProperty(errorClass.prototype, 'name', {
    value: errorClass.name,
    configurable: true,
    writable: true
  })
}

/** The message says it all: shown a second time by `console.error`, these would only be noise. */
export function hide(error: Error, fields: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(fields)) Object.defineProperty(error, key, { value: fields[key] })
}

/** The message of an error that has one thing to tell. */
export function formatError(code: KeelsonErrorCode, details: ErrorDetails): string {
  return formatProblem({
    code,
    message: details.message,
    path: details.path,
    location: details.location,
    hint: details.hint ?? ERROR_CODES[code].fix
  })
}

export function errorToJSON(
  error: KeelsonError | StopError,
  more: Readonly<Record<string, unknown>> = {}
): ErrorJSON {
  return {
    ...thrownToJSON(error),
    code: error.code,
    hint: error.hint,
    ...(error.service === undefined ? {} : { service: error.service }),
    ...(error.path.length === 0 ? {} : { path: error.path }),
    ...(error.location === undefined ? {} : { location: error.location }),
    ...more
  }
}
