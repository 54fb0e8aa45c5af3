import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLine, type LogEntry } from '../../../samples/pageviews/ingest/parse-line.js'

const COMMON = '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET /boats HTTP/1.1" 200 2326'

function entry(line: string): LogEntry {
  const parsed = parseLine(line)
  if (typeof parsed === 'string') throw new Error(`${parsed}: ${line}`)
  return parsed
}

describe('lines that are no entries', () => {
  it.each([
    ['empty line', ''],
    ['empty line', '\r'],
    ['no host, identity and user', '-- MARK --'],
    ['no host, identity and user', '198.51.100.7 - -'],
    ['no host, identity and user', ' - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1'],
    ['no host, identity and user', '198.51.100.7 - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1'],
    ['no complete request after the time', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] '],
    ['no complete request after the time', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] GET / 200 1'],
    ['no complete request after the time', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET /boats HT'],
    ['no complete request after the time', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET /\\" 200 1'],
    ['no complete request after the time', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET /\0" 200 1'],
    ['no status after the request', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 20'],
    ['no status after the request', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" - 12'],
    ['no status after the request', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 2000 1'],
    ['no size after the status', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 '],
    ['no size after the status', '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1e3'],
    ['no size after the status', COMMON.replace('2326', '9'.repeat(400))],
    ['no complete referrer and user agent after the size', `${COMMON} 0.003`],
    ['no complete referrer and user agent after the size', `${COMMON} "https://exam`],
    ['no complete referrer and user agent after the size', `${COMMON} "https://example.org/"`],
    ['no complete referrer and user agent after the size', `${COMMON} "-" "Mozilla/5.0 (comp`],
    ['no complete referrer and user agent after the size', `${COMMON} "-" "Mozilla\\"`],
    ['no complete referrer and user agent after the size', `${COMMON} "-" "Mozilla"5.0`]
  ])('are refused: %s', (reason, line) => {
    expect(parseLine(line)).toBe(reason)
  })

  it.each([
    '17/May/2015 10:05:03 +0000',
    '17/May/2015:10:05:03 UTC__',
    '17/May/2015:10:05:03 +2500',
    '17/May/2015:10:05:03+00000',
    '17/may/2015:10:05:03 +0000',
    '7/May/2015:10:05:03 +0000',
    'x'
  ])('are refused for their time: %s', (time) => {
    expect(parseLine(COMMON.replace('17/May/2015:10:05:03 +0000', time))).toBe('no time after the user')
  })

  it.each([
    '31/Feb/2015:10:05:03 +0000',
    '29/Feb/2015:10:05:03 +0000',
    '31/Apr/2015:10:05:03 +0000',
    '32/May/2015:10:05:03 +0000',
    '00/May/2015:10:05:03 +0000',
    '17/Mai/2015:10:05:03 +0000',
    '17/May/2015:24:00:00 +0000',
    '17/May/2015:10:60:00 +0000',
    '17/May/2015:10:05:61 +0000',
    '17/May/0015:10:05:03 +0000'
  ])('are refused for a time that never was: %s', (time) => {
    expect(parseLine(COMMON.replace('17/May/2015:10:05:03 +0000', time))).toBe('a time that never was')
  })

  it('are refused as fast, however they were made to be slow', () => {
    const unfinished = ['"\\"', ' [17/May/2015:10:05:03 +0000] "', '\\', '" 200 1 "', ' a', '?']
    for (const piece of unfinished) {
      const started = performance.now()
      parseLine(`a b c [17/May/2015:10:05:03 +0000] "GET /${piece.repeat(60_000)}`)
      parseLine(`a b c${piece.repeat(60_000)}`)
      expect(performance.now() - started).toBeLessThan(1000)
    }
  })

  it('are whatever begins like an entry and ends too early', () => {
    const line = `${COMMON} "https://example.org/" "Mozilla/5.0"`
    const wholeCommon = COMMON.length
    for (let length = 0; length < line.length; length++) {
      // a cut inside the size cannot be seen, nor one right after it
      const invisible = length > COMMON.length - 4 && length <= wholeCommon
      expect(typeof parseLine(line.slice(0, length))).toBe(invisible ? 'object' : 'string')
    }
  })

  it('never throw', () => {
    const pieces = fc.constantFrom(
      '"',
      '\\',
      ' ',
      '[',
      ']',
      '- -',
      '17/May/2015:10:05:03 +0000',
      'GET / HTTP/1.1',
      '200',
      'é',
      '\0'
    )
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''))
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(['string', 'object']).toContain(typeof parseLine(text))
      })
    )
  })
})

describe('an entry', () => {
  it('of the Common Log Format has all its fields', () => {
    expect(
      parseLine('host.example ident jane [17/May/2015:10:05:03 +0000] "POST /cart?x=1 HTTP/1.1" 302 17')
    ).toEqual({
      host: 'host.example',
      identity: 'ident',
      user: 'jane',
      time: Date.UTC(2015, 4, 17, 10, 5, 3),
      method: 'POST',
      path: '/cart',
      status: 302,
      bytes: 17,
      referrer: undefined,
      userAgent: undefined
    })
  })

  it('of the Combined Log Format has referrer and user agent too', () => {
    expect(entry(`${COMMON} "https://example.org/" "curl/8.5.0"`)).toMatchObject({
      referrer: 'https://example.org/',
      userAgent: 'curl/8.5.0'
    })
  })

  it('may come from an IPv6 address', () => {
    expect(entry(COMMON.replace('198.51.100.7', '2001:db8::7')).host).toBe('2001:db8::7')
  })

  it('may have a user whose name holds spaces', () => {
    expect(entry(COMMON.replace('- -', '- jane doe')).user).toBe('jane doe')
  })

  it('may say - for every field that may be missing', () => {
    expect(entry('198.51.100.7 - - [17/May/2015:10:05:03 +0000] "-" 408 - "-" "-"')).toMatchObject({
      method: '-',
      path: '-',
      status: 408,
      bytes: 0
    })
  })

  it('may end with a carriage return, and with fields that its server added', () => {
    expect(entry(`${COMMON}\r`).bytes).toBe(2326)
    expect(entry(`${COMMON} "-" "curl"\r`).userAgent).toBe('curl')
    expect(entry(`${COMMON} "-" "curl" "203.0.113.9" 0.003`).userAgent).toBe('curl')
  })

  it('keeps quotes and backslashes inside its texts, as they were escaped', () => {
    const { path, referrer, userAgent } = entry(
      '198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET /a\\"b HTTP/1.1" 200 5 "x\\\\" "\\"Fish\\" \\\\\\" 1.0"'
    )
    expect({ path, referrer, userAgent }).toEqual({
      path: '/a\\"b',
      referrer: 'x\\\\',
      userAgent: '\\"Fish\\" \\\\\\" 1.0'
    })
  })

  it('is at the time that its zone says', () => {
    const at = (time: string) =>
      new Date(entry(COMMON.replace('17/May/2015:10:05:03 +0000', time)).time).toISOString()
    expect(at('17/May/2015:00:05:03 +0530')).toBe('2015-05-16T18:35:03.000Z')
    expect(at('31/Dec/2015:20:00:00 -0500')).toBe('2016-01-01T01:00:00.000Z')
    expect(at('29/Feb/2016:12:00:00 +0000')).toBe('2016-02-29T12:00:00.000Z')
    expect(at('30/Jun/2015:23:59:60 +0000')).toBe('2015-07-01T00:00:00.000Z')
  })

  it.each([
    ['GET /boats?q=1&r=2 HTTP/1.1', 'GET', '/boats'],
    ['GET /?q=a?b HTTP/2.0', 'GET', '/'],
    ['GET /boats', 'GET', '/boats'],
    ['GET /two words HTTP/1.1', 'GET', '/two words'],
    ['GET /?q=two words HTTP/1.1', 'GET', '/'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS', '*'],
    ['GET http://example.org/ HTTP/1.1', 'GET', 'http://example.org/'],
    ['M-SEARCH /x HTTP/1.1', 'M-SEARCH', '/x'],
    ['GET  HTTP/1.1', 'GET', ''],
    ['', '-', '-'],
    ['-', '-', '-'],
    ['quit', '-', '-'],
    [' / HTTP/1.1', '-', '-'],
    ['\\x16\\x03\\x01 \\x02', '-', '-']
  ])('for the request "%s" has method %s and page %s', (request, method, path) => {
    expect(entry(COMMON.replace('GET /boats HTTP/1.1', request))).toMatchObject({ method, path })
  })

  it('is read as it was written, whatever it was', () => {
    const word = fc.stringMatching(/^[!#-Z^-~\u00a1-\uffe0]{1,20}$/u)
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((raw) => raw.replaceAll('\0', ''))
    const written = (raw: string) =>
      raw
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll(/[\r\n]/g, '\\n')
    const entries = fc.record({
      host: word,
      identity: word,
      user: word,
      time: fc.integer({ min: 0, max: 4_102_444_800 }),
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PROPFIND'),
      path: word.map((rest) => `/${rest.replaceAll('?', '')}`),
      query: fc.option(word),
      status: fc.integer({ min: 100, max: 599 }),
      bytes: fc.integer({ min: 0, max: 1e12 - 1 }),
      combined: fc.option(fc.tuple(text, text))
    })
    fc.assert(
      fc.property(entries, ({ query, combined, ...given }) => {
        const [, day, month, year, clock] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(
          new Date(given.time * 1000).toUTCString()
        )!
        const time = `${day}/${month}/${year}:${clock} +0000`
        const target = query === null ? given.path : `${given.path}?${query}`
        const common = `${given.host} ${given.identity} ${given.user} [${time}] "${given.method} ${target} HTTP/1.1" ${given.status} ${given.bytes}`
        const texts = combined?.map(written)
        const line = texts ? `${common} "${texts[0]}" "${texts[1]}"` : common
        expect(parseLine(line)).toEqual({
          ...given,
          time: given.time * 1000,
          referrer: texts?.[0],
          userAgent: texts?.[1]
        })
      })
    )
  })
})
