import type { Logger } from './create-logger.js'
import { pinoNow } from './load-pino.js'

const say = (): void => {}

/** What is asked of a silent logger all the time, answered without it. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  level: 'silent',
  trace: say,
  debug: say,
  info: say,
  warn: say,
  error: say,
  fatal: say,
  silent: say,
  isLevelEnabled: (): boolean => false,
  flush: (done?: () => void): void => done?.()
}

/**
 * A logger of pino's that says nothing. What is asked of it in the normal course of things it answers by itself, and
 * its children too; pino is loaded, 24 ms, when somebody asks for anything else.
 */
export function silentLogger(): Logger {
  return front(() => pinoNow()({ level: 'silent' }, { write() {} }))
}

function front(make: () => Logger): Logger {
  let made: Logger | undefined
  const real = (): Logger => (made ??= make())
  const childOf = (given: Parameters<Logger['child']>): Logger => real().child(...given) as unknown as Logger
  const child = (...given: Parameters<Logger['child']>): Logger =>
    given[1] === undefined ? front(() => childOf(given)) : childOf(given)
  return new Proxy({} as Logger, {
    get(_, key) {
      if (made === undefined && key === 'child') return child
      if (made === undefined && typeof key === 'string' && Object.hasOwn(ANSWERS, key)) return ANSWERS[key]
      return Reflect.get(real(), key) as unknown
    },
    set: (_, key, value) => Reflect.set(real(), key, value),
    has: (_, key) => Reflect.has(real(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(made ?? {})
  })
}
