import { ERROR_CODES, type Problem } from '../errors/index.js'
import type { Fault } from './read-provider.js'

/** A fault with its place. Without a hint of its own it brings that of its code. */
export function toProblem(
  fault: Fault,
  place: { readonly path: readonly string[]; readonly location?: string | undefined }
): Problem {
  return {
    code: fault.code,
    message: fault.message,
    path: place.path,
    location: place.location,
    hint: fault.hint ?? ERROR_CODES[fault.code].fix
  }
}
