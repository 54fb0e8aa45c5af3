import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export const USAGE = `Usage: main.ts [options] [file…]

Counts page views in web server access logs (Common or Combined Log Format).

  -f, --file <path>      a log to read, - for standard input; may be given several times
                         (default: the log that comes with the sample)
      --follow           go on reading as the files grow
      --once             stop when all input is read
      --db <path>        database file (default: $PAGEVIEWS_DB, else pageviews.db)
  -p, --port <number>    HTTP port on 127.0.0.1, 0 for any (default: $PAGEVIEWS_PORT, else 8080)
      --keep-days <n>    days whose single minutes are kept; older ones only by day (default: 7)
  -h, --help             this text`

const SHIPPED_LOG = fileURLToPath(new URL('../access.log', import.meta.url))

/** What the program was asked to do. Every module may inject it. */
export class Options {
  readonly files: readonly string[] = [SHIPPED_LOG]
  readonly follow: boolean = false
  readonly once: boolean = false
  readonly database: string = 'pageviews.db'
  readonly port: number = 8080
  readonly keepDays: number = 7
  readonly help: boolean = false

  constructor(given: Partial<Options> = {}) {
    Object.assign(this, given)
  }
}

/** Arguments that make no sense; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Reads the command line, and the environment where the command line is silent.
 *
 * @throws UsageError
 */
export function readOptions(args: readonly string[], env: Readonly<NodeJS.ProcessEnv> = {}): Options {
  const { values, positionals } = parse(args)
  const files = [...(values.file ?? []), ...positionals]
  if (files.includes('')) throw new UsageError('--file needs a name, or - for standard input')
  if (values.follow && values.once) throw new UsageError('--follow never ends, so --once would never stop')
  const database = values.db ?? env['PAGEVIEWS_DB'] ?? 'pageviews.db'
  if (database === '') throw new UsageError('--db needs a name')
  return new Options({
    ...(files.length > 0 && { files: [...new Set(files)] }),
    follow: values.follow,
    once: values.once,
    database,
    port: integer('--port', values.port ?? env['PAGEVIEWS_PORT'] ?? '8080', 0, 65_535),
    keepDays: integer('--keep-days', values['keep-days'], 1, 36_500),
    help: values.help
  })
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        file: { type: 'string', short: 'f', multiple: true },
        follow: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        db: { type: 'string' },
        port: { type: 'string', short: 'p' },
        'keep-days': { type: 'string', default: '7' },
        help: { type: 'boolean', short: 'h', default: false }
      }
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function integer(option: string, text: string, lowest: number, highest: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (value >= lowest && value <= highest) return value
  throw new UsageError(`${option} must be a whole number from ${lowest} to ${highest}, not '${text}'`)
}
