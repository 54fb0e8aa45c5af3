import { describeThrown, thrownToJSON } from '../errors/index.js'

type Serializer = (value: never) => unknown

/**
 * Makes a serializer of errors that never throws, whatever is logged. pino's own writes into the errors that it is given: a
 * frozen one, or one with a getter that throws, would be thrown at whoever logs it, in the midst of a stop for instance.
 */
export function guarded(serialize: Serializer): (value: unknown) => unknown {
  return (value) => {
    try {
      return (serialize as (value: unknown) => unknown)(value)
    } catch {
      const { name, ...rest } = thrownToJSON(value)
      return { type: name, ...rest, stack: stackOf(value) }
    }
  }
}

function stackOf(value: unknown): string {
  try {
    const { stack } = value as { readonly stack?: unknown }
    if (typeof stack === 'string') return stack
  } catch {
    // it cannot be read
  }
  return describeThrown(value)
}
