import { describeThrown, isKeelsonError, nearNames } from '../errors/index.js'
import type { FailureView } from './protocol.js'

/** Something asked of a program that is not done: what, why, and what to do instead. */
export class ControlError extends Error {
  /** Whether the caller is to ask for something else; otherwise it was right to ask, and it failed. */
  readonly isUsage: boolean
  readonly hint: string | undefined
  readonly code: string | undefined

  constructor(
    message: string,
    more: {
      readonly isUsage?: boolean
      readonly hint?: string | undefined
      readonly code?: string | undefined
    } = {}
  ) {
    super(message)
    this.name = 'ControlError'
    this.isUsage = more.isUsage ?? false
    this.hint = more.hint
    this.code = more.code
  }

  /** Nothing has this name: tells near ones, or else `otherwise`. */
  static unknown(
    what: string,
    name: string,
    known: Iterable<string>,
    otherwise: string,
    where = ''
  ): ControlError {
    const near = nearNames(name, known).map((candidate) => `'${candidate}'`)
    return new ControlError(`there is no ${what} '${name}'${where}`, {
      isUsage: true,
      hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : otherwise
    })
  }
}

/** As it goes over the wire. */
export function failureOf(error: unknown): FailureView {
  if (error instanceof ControlError) {
    const { isUsage, message, hint, code } = error
    return { error: { isUsage, message, ...(hint === undefined ? {} : { hint }), ...(code ? { code } : {}) } }
  }
  // The message of such an error says how to mend it.
  if (isKeelsonError(error)) return { error: { isUsage: false, message: error.message, code: error.code } }
  return { error: { isUsage: false, message: describeThrown(error) } }
}
