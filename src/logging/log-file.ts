import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { canHoldOptions, ConfigurationError, refuseUnknownOptions } from '../errors/index.js'
import { pinoNow } from './load-pino.js'
import { refused } from './refused.js'
import type { LineTarget } from './readable-lines.js'

/**
 * A log file, and when a new one is begun. With `size` or `frequency` the lines are written in a thread of their own
 * by `pino-roll`, which has to be installed beside Keelson; the files are numbered: `shop.1.log`, `shop.2.log`.
 */
export interface LogFileOptions {
  readonly path: string
  /**
   * A new file is begun when this one is so large: a number of megabytes, or text such as `'500k'`, `'10m'`, `'1g'`. Default:
   * however large it is.
   */
  readonly size?: number | string | undefined
  /** A new file is begun so often: each day or hour, or after a number of milliseconds. Default: not by time. */
  readonly frequency?: 'daily' | 'hourly' | number | undefined
  /** So many full files are kept beside the one that is written, with `size` or `frequency`; older ones go. Default: all. */
  readonly keep?: number | undefined
}

/** So many bytes are kept while they cannot be written, and written once they can; what comes then is lost. */
const MOST_KEPT = 1 << 24

const KNOWN: readonly (keyof LogFileOptions)[] = ['path', 'size', 'frequency', 'keep']

/** @throws ConfigurationError for what makes no sense, naming the option */
export function checkLogFile(file: unknown): void {
  if (typeof file === 'string' && file !== '') return
  if (!canHoldOptions(file)) throw refused('file', file, 'give the path of a file.')
  refuseUnknownOptions(file, KNOWN, 'logger.file')
  const { path, size, frequency, keep } = file as { readonly [Name in keyof LogFileOptions]: unknown }
  if (typeof path !== 'string' || path === '') throw refused('file.path', path, 'give the path of a file.')
  if (size !== undefined && !isSize(size)) {
    throw refused('file.size', size, "give a number of megabytes, or text such as '500k', '10m' or '1g'.")
  }
  if (frequency !== undefined && frequency !== 'daily' && frequency !== 'hourly' && !isAboveZero(frequency)) {
    throw refused('file.frequency', frequency, "use 'daily', 'hourly', or a number of milliseconds.")
  }
  if (keep === undefined) return
  if (!isAboveZero(keep) || !Number.isInteger(keep))
    throw refused('file.keep', keep, 'give a whole number from 1.')
  if (size === undefined && frequency === undefined) {
    throw refused(
      'file.keep',
      keep,
      'say with size or frequency when a new file is begun; there is but one else.'
    )
  }
}

function isSize(size: unknown): boolean {
  return isAboveZero(size) || (typeof size === 'string' && /^[1-9]\d*(?:\.\d+)?[kmg]?$/i.test(size))
}

function isAboveZero(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Infinity
}

/**
 * Opens it. Without rotation each line is in the file when the call that logs it returns.
 *
 * @throws ConfigurationError when it cannot be opened, or what rotates it is not installed
 */
export function openLogFile(file: string | LogFileOptions): LineTarget {
  const { path, size, frequency, keep } = typeof file === 'string' ? { path: file } : file
  if (size !== undefined || frequency !== undefined) return openRotated(path, size, frequency, keep)
  try {
    return tellOfFailure(
      pinoNow().destination({ dest: path, append: true, mkdir: true, sync: true, maxLength: MOST_KEPT }),
      `the log file ${path}`
    )
  } catch (cause) {
    throw new ConfigurationError('KEEL_INVALID_OPTION', {
      message: `the log file ${path} cannot be opened: ${(cause as Error).message}`,
      hint: 'give logger.file a path that this program may write to.',
      cause
    })
  }
}

function openRotated(
  path: string,
  size: LogFileOptions['size'],
  frequency: LogFileOptions['frequency'],
  keep: number | undefined
): LineTarget {
  const extension = extname(path)
  const options = {
    file: path.slice(0, path.length - extension.length),
    extension,
    mkdir: true,
    ...(size === undefined ? {} : { size }),
    ...(frequency === undefined ? {} : { frequency }),
    ...(keep === undefined ? {} : { limit: { count: keep } })
  }
  return tellOfFailure(
    pinoNow().transport({ target: findRoller(), options }) as Emitter,
    `the log file ${path}`
  )
}

/** Beside Keelson, or, when that is bundled, beside the program. */
function findRoller(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'x.js')]) {
    try {
      return createRequire(from).resolve('pino-roll')
    } catch {
      // looked for in the next place
    }
  }
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: 'logger.file asks for rotation, and what rotates log files is not installed',
    hint: 'npm install pino-roll; or leave out size and frequency, and have logrotate do it.'
  })
}

/** The standard output, as a rule: each line is written when the call that logs it returns. */
export function openOutput(fd: number): LineTarget {
  return tellOfFailure(pinoNow().destination({ fd, sync: true, maxLength: MOST_KEPT }), 'the log', 'EPIPE')
}

type Emitter = LineTarget & {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  /** A line was left out, since too much is kept already, or would be with it. */
  on(event: 'drop', listener: () => void): unknown
}

/**
 * A log that cannot be written, on a full disk, say, or a terminal that was closed, is no reason for the program to end, nor
 * for whoever logs to fail: it is told once.
 *
 * @param unless an error that is expected
 */
function tellOfFailure<T extends Emitter>(target: T, name: string, unless?: string): T {
  let told = false
  const tell = (why: string): void => {
    if (!told) process.stderr.write(`${name} cannot be written: ${why}\n`)
    told = true
  }
  target.on('error', ({ code, message }) => {
    // most have a code, but not all
    if (code === undefined || code !== unless) tell(message)
    else told = true
  })
  // where nothing else went wrong before, it is the line alone
  target.on('drop', () => tell(`a line has more than ${MOST_KEPT >> 20} MB`))
  return target
}
