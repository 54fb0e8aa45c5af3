import { parseTime } from './parse-time.js'

/** One request, as a web server wrote it down. Texts stay as they were written, escapes included. */
export interface LogEntry {
  readonly host: string
  readonly identity: string
  readonly user: string
  /** Milliseconds since 1970, UTC: the zone written in the line has been applied. */
  readonly time: number
  /** `GET`, `POST`, …; `-` when the request was no HTTP request at all. */
  readonly method: string
  /** The page: the request's target up to the first `?`; `-` when the request was none. */
  readonly path: string
  readonly status: number
  /** Bytes of the body that were sent; 0 for `-`. */
  readonly bytes: number
  /** Combined Log Format only. */
  readonly referrer: string | undefined
  /** Combined Log Format only. */
  readonly userAgent: string | undefined
}

// what stands between quotes: a quote in it has a backslash before it. Written like this since (?:a|b)* is half as fast
const TEXT = String.raw`"([^"\\\0]*(?:\\.[^"\\\0]*)*)"`

// the parts of a line, in order, each with what is said of a line that ends or breaks there
const PARTS: readonly (readonly [pattern: string, reason: string])[] = [
  [String.raw`^([^ ]+) ([^ ]+) ([^"[]+) `, 'no host, identity and user'],
  [String.raw`\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-][01]\d[0-5]\d)\] `, 'no time after the user'],
  [`${TEXT} `, 'no complete request after the time'],
  [String.raw`(\d{3}) `, 'no status after the request'],
  [String.raw`(\d{1,12}|-)(?=[ \r]|$)`, 'no size after the status'], // up to 1 TB: sums stay exact
  [String.raw`(?: ${TEXT} ${TEXT}(?: .*)?)?\r?$`, 'no complete referrer and user agent after the size']
]

const LINE = new RegExp(PARTS.map(([pattern]) => pattern).join(''), 's')
const REQUEST = /^([A-Za-z_-]+) (.*?)(?: HTTP\/[^ ]*)?$/s
const NO_REQUEST = ['', '-', '-'] as const

/**
 * Reads one line of a Common or Combined Log Format file
 * (https://httpd.apache.org/docs/current/logs.html#accesslog).
 *
 * What a server adds after the Combined fields is allowed and passed over.
 *
 * @returns the entry, or the reason why the line is none
 */
export function parseLine(line: string): LogEntry | string {
  const match = LINE.exec(line)
  if (match === null) return reasonAgainst(line)
  const [, host, identity, user, time, request, status, bytes, referrer, userAgent] = match
  const milliseconds = parseTime(time!)
  if (Number.isNaN(milliseconds)) return 'a time that never was'
  // a browser that speaks TLS to a plain port, a port scanner, a connection that timed out
  const [, method, target] = REQUEST.exec(request!) ?? NO_REQUEST
  return {
    host: host!,
    identity: identity!,
    user: user!,
    time: milliseconds,
    method,
    path: withoutQuery(target),
    status: Number(status),
    bytes: bytes === '-' ? 0 : Number(bytes),
    referrer,
    userAgent
  }
}

function withoutQuery(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

/** Which part of the line is the first that is not as it should be. */
function reasonAgainst(line: string): string {
  let pattern = ''
  for (const [part, reason] of PARTS) {
    pattern += part
    if (!new RegExp(pattern, 's').test(line)) return line.trim() === '' ? 'empty line' : reason
  }
  return 'no log entry'
}
