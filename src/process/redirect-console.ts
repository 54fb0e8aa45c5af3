import type { Application } from '../app/index.js'
import type { Logger } from '../logging/index.js'
import type { LogLevel } from '../metadata/index.js'
import { currentCall } from '../service/index.js'
import { format } from 'node:util'

/** Which methods, and how loud each of them is. */
const METHODS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const

type Method = keyof typeof METHODS

/** What a logger writes to the console meanwhile, by whichever method, is its line and not one more to be logged. */
let isLogging = false

/** While an application starts, runs and stops, what is written to the console becomes lines of its log. */
export function redirectConsole(app: Application, level: true | LogLevel): void {
  let restore: (() => void) | undefined
  app.state$.subscribe((state) => {
    if (state === 'starting') restore ??= redirect(app.log, level)
    else if (state === 'stopped' || state === 'crashed') {
      restore?.()
      restore = undefined
    }
  })
}

/** Gives back what ends it: the console is again what it was before, whatever that was. */
function redirect(log: Logger, level: true | LogLevel): () => void {
  const restores = (Object.keys(METHODS) as Method[]).map((method) =>
    replace(method, log, level === true ? METHODS[method] : level)
  )
  return () => {
    for (const restore of restores) restore()
  }
}

function replace(method: Method, log: Logger, level: LogLevel): () => void {
  const before = console[method]
  let isOver = false
  const redirected = (...args: unknown[]): void => {
    // Who has put a method of its own on top still calls this one.
    if (isOver || isLogging) {
      before.apply(console, args)
      return
    }
    isLogging = true
    try {
      const logger = currentCall()?.runtime.log ?? log
      if (level !== 'silent') logger[level]({ console: method }, format(...args))
    } finally {
      isLogging = false
    }
  }
  console[method] = redirected
  return () => {
    isOver = true
    if (console[method] === redirected) console[method] = before
  }
}
