import { AbortError } from '../errors/index.js'

/**
 * Makes the reason of an aborted signal: an error named `AbortError` with `code: 'ABORT_ERR'`.
 *
 * It has no stack: that would show the framework only, at 7 of 8 microseconds, and thousands may be made in one stop.
 *
 * @param reason why; kept as `cause`. A string, or the `kind` of an object, is shown in the message.
 */
export function abortError(reason: unknown): Error {
  const { stackTraceLimit } = Error
  // not by assignment, which throws where somebody has frozen Error
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return new AbortError(`the work is to end${describe(reason)}`, { cause: reason })
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

function describe(reason: unknown): string {
  if (typeof reason === 'string') return `: ${reason}`
  if (typeof reason !== 'object' || reason === null || !('kind' in reason)) return ''
  return typeof reason.kind === 'string' ? `: ${reason.kind}` : ''
}
