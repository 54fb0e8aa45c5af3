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

const TIME_LENGTH = '17/May/2015:10:05:03 +0000'.length
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
  (month) => `/${month}/`
)
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const LARGEST_SIZE = 1e12 // no server sends more at once; sums stay exact
const QUOTE = 34
const SPACE = 32
const PLUS = 43
const MINUS = 45
const COLON = 58
const BACKSLASH = 92

/**
 * Reads one line of a Common or Combined Log Format file
 * (https://httpd.apache.org/docs/current/logs.html#accesslog).
 *
 * What a server adds after the Combined fields is allowed and passed over.
 *
 * @returns the entry, or the reason why the line is none
 */
// a hand-written scanner: a regular expression for this takes several times as long
export function parseLine(line: string): LogEntry | string {
  if (line.includes('\0')) return 'NUL byte in the line'
  const end = line.endsWith('\r') ? line.length - 1 : line.length
  if (end === 0) return 'empty line'

  const hostEnd = line.indexOf(' ')
  const identityEnd = line.indexOf(' ', hostEnd + 1)
  const userEnd = line.indexOf(' [', identityEnd + 1) // a user's name may hold spaces
  if (hostEnd < 1 || identityEnd < hostEnd + 2 || userEnd < identityEnd + 2) {
    return 'no host, identity, user and [time]'
  }

  const timeStart = userEnd + 2
  const time = parseTime(line, timeStart)
  if (Number.isNaN(time)) return 'no valid time'
  if (!line.startsWith('] "', timeStart + TIME_LENGTH)) return 'no request after the time'

  const requestStart = timeStart + TIME_LENGTH + 3
  const requestEnd = closingQuote(line, requestStart)
  if (requestEnd === -1) return 'request without closing quote'

  const status = digits(line, requestEnd + 2, requestEnd + 5)
  if (line.charCodeAt(requestEnd + 1) !== SPACE || status < 0) return 'no status after the request'
  const bytesStart = requestEnd + 6
  const bytesEnd = endOfField(line, bytesStart, end)
  const bytes = line.slice(bytesStart, bytesEnd) === '-' ? 0 : digits(line, bytesStart, bytesEnd)
  if (line.charCodeAt(bytesStart - 1) !== SPACE || bytes < 0 || bytes > LARGEST_SIZE) {
    return 'no size after the status'
  }

  let referrer: string | undefined
  let userAgent: string | undefined
  if (bytesEnd < end) {
    const referrerStart = bytesEnd + 2
    if (line.charCodeAt(bytesEnd + 1) !== QUOTE) return 'no referrer after the size'
    const referrerEnd = closingQuote(line, referrerStart)
    if (referrerEnd === -1) return 'referrer without closing quote'
    if (!line.startsWith(' "', referrerEnd + 1)) return 'no user agent after the referrer'
    const userAgentEnd = closingQuote(line, referrerEnd + 3)
    if (userAgentEnd === -1) return 'user agent without closing quote'
    if (userAgentEnd + 1 < end && line.charCodeAt(userAgentEnd + 1) !== SPACE) {
      return 'text after the user agent'
    }
    referrer = line.slice(referrerStart, referrerEnd)
    userAgent = line.slice(referrerEnd + 3, userAgentEnd)
  }

  const methodEnd = endOfMethod(line, requestStart, requestEnd)
  return {
    host: line.slice(0, hostEnd),
    identity: line.slice(hostEnd + 1, identityEnd),
    user: line.slice(identityEnd + 1, userEnd),
    time,
    method: methodEnd === -1 ? '-' : line.slice(requestStart, methodEnd),
    path: methodEnd === -1 ? '-' : pathOf(line, methodEnd + 1, requestEnd),
    status,
    bytes,
    referrer,
    userAgent
  }
}

/** Reads `17/May/2015:10:05:03 +0000`; `NaN` when it is no time of a real day. */
function parseTime(line: string, at: number): number {
  const day = digits(line, at, at + 2)
  const month = MONTHS.indexOf(line.slice(at + 2, at + 7))
  const year = digits(line, at + 7, at + 11)
  const hour = digits(line, at + 12, at + 14)
  const minute = digits(line, at + 15, at + 17)
  const second = digits(line, at + 18, at + 20)
  const sign = line.charCodeAt(at + 21)
  const zoneHours = digits(line, at + 22, at + 24)
  const zoneMinutes = digits(line, at + 24, at + 26)
  const sound =
    month >= 0 &&
    year >= 1970 &&
    within(hour, 23) &&
    within(minute, 59) &&
    within(second, 60) && // 60: a leap second
    within(zoneHours, 14) &&
    within(zoneMinutes, 59) &&
    (sign === PLUS || sign === MINUS) &&
    line.charCodeAt(at + 11) === COLON &&
    line.charCodeAt(at + 14) === COLON &&
    line.charCodeAt(at + 17) === COLON &&
    line.charCodeAt(at + 20) === SPACE
  if (!sound || day < 1 || day > daysOf(month, year)) return Number.NaN
  const zone = (zoneHours * 60 + zoneMinutes) * (sign === PLUS ? 1 : -1)
  return Date.UTC(year, month, day, hour, minute - zone, second)
}

function daysOf(month: number, year: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 1 && leap ? 29 : DAYS[month]!
}

function within(value: number, highest: number): boolean {
  return value >= 0 && value <= highest
}

/** The number written between two places, or -1 when anything but digits stands there. */
function digits(line: string, from: number, to: number): number {
  let value = to > from ? 0 : -1
  for (let at = from; at < to; at++) {
    const digit = line.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** Where the text that starts at `from` is closed: the first quote without an odd run of backslashes before it. */
function closingQuote(line: string, from: number): number {
  let quote = line.indexOf('"', from)
  while (quote !== -1) {
    let backslashes = 0
    while (quote - backslashes > from && line.charCodeAt(quote - backslashes - 1) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote
    quote = line.indexOf('"', quote + 1)
  }
  return -1
}

function endOfField(line: string, from: number, end: number): number {
  const space = line.indexOf(' ', from)
  return space === -1 ? end : space
}

/** -1 when the request does not begin with a method and a space: a port scan, TLS on a plain port, or nothing. */
function endOfMethod(line: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = line.charCodeAt(at)
    if (code === SPACE && at > from) return at
    const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 45 || code === 95
    if (!letter) return -1
  }
  return -1
}

/** The target's path: what stands before the protocol (HTTP/0.9 has none) and before the query. */
function pathOf(line: string, from: number, end: number): string {
  const protocol = line.lastIndexOf(' ', end - 1)
  const targetEnd = protocol >= from && line.startsWith('HTTP/', protocol + 1) ? protocol : end
  const query = line.indexOf('?', from)
  return line.slice(from, query !== -1 && query < targetEnd ? query : targetEnd)
}
