import type { Logger } from './create-logger.js'
import { pinoNow } from './load-pino.js'
import type { LineTarget } from './readable-lines.js'

/**
 * A child of `logger` whose lines, and those of its own children, reach `target` as well: before the destination, as
 * JSON, whether it writes them at once or not. The logger itself stays as it is. One that is not pino's is given back.
 */
export function teeLogger(logger: Logger, target: LineTarget): Logger {
  const { streamSym } = pinoNow().symbols
  const destination = (logger as unknown as Readonly<Record<symbol, unknown>>)[streamSym]
  if (typeof destination !== 'object' || destination === null) return logger
  const child = logger.child({})
  Object.defineProperty(child, streamSym, { value: tee(destination, target), writable: true })
  return child
}

/** The destination in all that pino may ask of one, and what its lines pass on their way. */
function tee(destination: object, target: LineTarget): object {
  const write = (line: string): unknown => {
    target.write(line)
    return (destination as { write(line: string): unknown }).write(line)
  }
  return new Proxy(destination, {
    get(real, key) {
      if (key === 'write') return write
      const value: unknown = Reflect.get(real, key, real)
      return typeof value === 'function' ? (value.bind(real) as unknown) : value
    },
    set: (real, key, value) => Reflect.set(real, key, value, real)
  })
}
