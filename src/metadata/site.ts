import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where something was written. Captured at once, since only then is it known; read late, since few are ever read. */
export interface Site {
  /** `file:line`, relative to the working directory when inside it; `undefined` when the stack does not tell. */
  readonly location: string | undefined
}

/**
 * Captures where `callee` was called.
 *
 * Lines are those that the stack shows: of the source, when Node or the loader maps stacks (`--enable-source-maps`,
 * tsx, vitest), of the emitted file otherwise.
 */
export function captureSite(callee: (...args: never[]) => unknown): Site {
  const site = new CapturedSite()
  const limit = Error.stackTraceLimit
  // one frame is enough, since those down to `callee` are left out; Reflect.set, since Error may be frozen
  Reflect.set(Error, 'stackTraceLimit', 1)
  Error.captureStackTrace(site, callee)
  Reflect.set(Error, 'stackTraceLimit', limit)
  return site
}

/** What compilers and libraries put between a class and its decorators. */
const HELPERS = /decorate|applyDecs/i

/**
 * Where a factory of decorators was used without parentheses: called by a helper of the compiler, it stands no longer
 * where it was written.
 *
 * @param callee called by the factory
 */
export function findBareUse(callee: (...args: never[]) => unknown): string | undefined {
  const held: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Reflect.set(Error, 'stackTraceLimit', DEPTH_OF_HELPERS)
  Error.captureStackTrace(held, callee)
  Reflect.set(Error, 'stackTraceLimit', limit)
  // a line that names the object, then the factory
  const frames = held.stack?.split('\n').slice(2) ?? []
  // that of tsc for a parameter has no name: what the next helper calls is one itself
  const first = frames[1] !== undefined && isHelper(frames[1]) ? 1 : 0
  const use = frames.find((frame, index) => index >= first && !isHelper(frame))
  return use === undefined ? undefined : readLocation(use)
}

const DEPTH_OF_HELPERS = 12

function isHelper(frame: string): boolean {
  return HELPERS.test(frame) || frame.includes('/reflect-metadata/')
}

class CapturedSite implements Site {
  declare stack?: unknown
  #location: string | undefined

  get location(): string | undefined {
    if ('stack' in this) {
      const { stack } = this
      delete this.stack
      this.#location = typeof stack === 'string' ? readLocation(stack) : undefined
    }
    return this.#location
  }
}

/** The place named in a stack of one frame. */
export function readLocation(stack: string): string | undefined {
  const found =
    /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?)(?:\?[^:)]*)?:(\d+)(?::\d+)?\)?\s*$/.exec(stack)
  if (found?.[1] === undefined) return undefined
  return `${shorten(toPath(found[1]))}:${found[2]}`
}

function toPath(file: string): string {
  if (!file.startsWith('file://')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return file
  }
}

function shorten(path: string): string {
  const inside = relative(process.cwd(), path)
  const short = inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside
  return sep === '/' ? short : short.replaceAll(sep, '/')
}
