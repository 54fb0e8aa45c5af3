import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { StopError } from '../../src/errors/index.js'
import { ReadableLines, type ReadableLinesOptions } from '../../src/logging/readable-lines.js'

const boom = new Error('boom')

function readable(
  log: (logger: pino.Logger) => void,
  options: pino.LoggerOptions = {},
  lines: ReadableLinesOptions = { colors: false }
): string {
  let text = ''
  const target = new ReadableLines({ write: (line) => void (text += line) }, lines)
  log(
    pino(
      { level: 'trace', timestamp: () => `,"time":${Date.UTC(2024, 0, 2, 3, 4, 5, 6)}`, ...options },
      target
    )
  )
  return text.replaceAll(/^\d\d:\d\d:05\.006 /gm, 'TIME ')
}

describe('a readable line', () => {
  it('passes on what is no JSON as it is', () => {
    let text = ''
    const lines = new ReadableLines({ write: (line) => void (text += line) }, { colors: false })
    for (const line of ['not JSON\n', '3\n', '']) lines.write(line)
    expect(text).toBe('not JSON\n3\n')
  })

  it('shows the stack of an error, its causes and what was thrown that is none', () => {
    const error = new Error('boom', { cause: new Error('root of it') })
    const text = readable((logger) => {
      logger.error(error)
      logger.error({ err: 'only text' }, 'failed')
      logger.error({ err: { code: 3 } }, 'failed')
    })
    const [first, ...rest] = text.split('\n')
    expect(first).toBe('TIME ERROR boom')
    expect(rest[0]).toBe('    Error: boom')
    expect(rest[1]).toMatch(/^ {8}at /)
    expect(text).toContain('\n    caused by: Error: root of it\n')
    expect(text).toContain("TIME ERROR failed err='only text'\n")
    expect(text).toContain('TIME ERROR failed err={ code: 3 }\n')
  })

  it('has time, level, service, message, and the fields that are left', () => {
    const text = readable((logger) => {
      logger
        .child({ service: 'Orders' })
        .info({ event: 'service.status', id: 7, who: 'Ann Lee', list: [1, { a: 2 }] }, 'saved')
      logger.trace('plain')
      logger.warn({ id: 7 })
    })
    expect(text).toBe(
      "TIME INFO  [Orders] saved id=7 who='Ann Lee' list=[ 1, { a: 2 } ]\nTIME TRACE plain\nTIME WARN  id=7\n"
    )
  })

  it('has the reason that its words do not tell, and what a program calls as the framework does', () => {
    const text = readable((logger) => {
      logger.error({ event: 'timer.failed', durationMs: 1, reason: 'no luck' }, 'tick failed after 1ms')
      logger.error({ event: 'service.crashed', reason: 'no luck' }, 'crashed: no luck')
      logger.warn({ event: 'supervisor.restarting', reason: 'no luck' }, 'Shop restarts Orders in 1s')
      logger.warn({ reason: 'Error: no\n    at home' }, 'there is none')
      const place = logger.child({ service: 'Orders', path: 'Shop/Orders', depth: 2 })
      place.info('asked')
      place.info({ path: '/orders', durationMs: 12 }, 'answered')
    })
    expect(text.split('\n')).toEqual([
      "TIME ERROR tick failed after 1ms reason='no luck'",
      'TIME ERROR crashed: no luck',
      'TIME WARN  Shop restarts Orders in 1s',
      'TIME WARN  there is none',
      '    Error: no',
      '        at home',
      'TIME INFO  [^-Orders] asked',
      'TIME INFO  [^-Orders] answered path=/orders durationMs=12',
      ''
    ])
  })

  it('leaves out nothing that a program tells under a name that the framework uses too', () => {
    const text = readable((logger) => {
      logger.info({ event: 'user.created', durationMs: 5, depth: 3 }, 'signed up')
      logger.info({ event: 'toString' }, 'odd')
      logger.warn({ reason: 'no' }, 'nothing')
      logger.warn({ reason: 1 }, 'order 21')
      logger.warn({ reason: 'no' }, 'I said: no!')
      logger.child({ service: 'Orders' }).info({ name: 'Ann' }, 'signed up')
    })
    expect(text.split('\n')).toEqual([
      'TIME INFO  signed up event=user.created durationMs=5 depth=3',
      'TIME INFO  odd event=toString',
      'TIME WARN  nothing reason=no',
      'TIME WARN  order 21 reason=1',
      'TIME WARN  I said: no!',
      'TIME INFO  [Orders] signed up name=Ann',
      ''
    ])
    const named = readable((logger) => logger.child({ service: 'Orders' }).info('x'), { name: 'shop' })
    expect(named).toBe('TIME INFO  [Orders] x\n')
    expect(readable((logger) => logger.info({ depth: 3 }, 'x'), { name: 'shop' })).toBe(
      'TIME INFO  [shop] x depth=3\n'
    )
  })

  it('tells below the stack of an error what that does not: its fields, and the errors that it holds', () => {
    const told = (error: unknown): string =>
      readable((logger) => logger.error({ err: error }, 'failed')).replaceAll(/\n +at .*/g, '')
    const pg = Object.assign(new Error('duplicate key (23505)'), {
      code: '23505',
      table: 'orders',
      status: 2
    })
    expect(told(pg)).toBe('TIME ERROR failed\n    Error: duplicate key (23505)\n    table=orders status=2\n')
    const http = Object.assign(new Error('404'), { request: { body: 'x'.repeat(5000) }, retries: 3 })
    const [, , fields] = told(http).split('\n')
    expect(fields).toMatch(/^ {4}request=\{ body: 'x{200,}… retries=3$/)
    expect(fields?.length).toBeLessThan(400)
    const inner = Object.assign(new TypeError('two\nlines'), { id: 7 })
    expect(told(new AggregateError([new Error('one'), inner], 'all failed'))).toBe(
      'TIME ERROR failed\n    AggregateError: all failed\n    also: Error: one\n' +
        '    also: TypeError: two\n        lines\n        id=7\n'
    )
    expect(told({ message: 'no error', code: 3 })).toBe(
      "TIME ERROR failed err={ type: 'Object', message: 'no error', stack: '', code: 3 }\n"
    )
    expect(told(new AggregateError(['a word', new Error('')], 'all failed'))).toBe(
      "TIME ERROR failed\n    AggregateError: all failed\n    also: 'a word'\n    also: Error: \n"
    )
    // its words tell of each what was thrown
    const stop = new StopError([{ service: 'Orders', phase: 'onStop', error: new Error('late\nat night') }])
    expect(told(stop)).not.toContain('also')
    const many = new AggregateError(
      Array.from({ length: 30 }, (_, index) => new Error(`no ${index}`)),
      'all'
    )
    expect(told(many).split('\n').at(-2)).toBe('    and 10 more')
  })

  it('has the name of a level of one’s own', () => {
    const customLevels = { audit: 35, loud: 70 }
    const text = readable(
      (logger) => {
        const own = logger as unknown as Record<string, (message: string) => void>
        own['audit']?.('seen')
        own['warn']?.('seen')
      },
      { customLevels },
      { colors: false, customLevels }
    )
    expect(text).toBe('TIME AUDIT seen\nTIME WARN  seen\n')
  })

  it('stays one line, whatever the names of services and fields have in them', () => {
    const place = { service: 'a\n\u001B[2Jb\u202E', path: 'App/x', depth: 2 }
    const text = readable((logger) => logger.child(place).info({ 'k\n\u001B[2J': 1 }, 'x'))
    expect(text).toBe("TIME INFO  [^-a\\u{a}\\u{1b}[2Jb\\u{202e}] x path=App/x 'k\\n\\x1B[2J'=1\n")
  })

  it('indents further lines of a message', () => {
    expect(readable((logger) => logger.info({ id: 1 }, 'one\ntwo\nthree'))).toMatch(
      / INFO {2}one\n {4}two\n {4}three id=1\n$/
    )
  })

  it('follows the options of pino: keys, names, labels, times', () => {
    const options: pino.LoggerOptions = {
      messageKey: 'message',
      errorKey: 'error',
      name: 'shop',
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => ',"time":"someday"'
    }
    const lines = { colors: false, messageKey: 'message', errorKey: 'error' }
    const text = readable((logger) => logger.fatal({ error: boom }, 'hello'), options, lines)
    expect(text).toMatch(/^someday FATAL \[shop\] hello\n {4}Error: boom\n {8}at /)
    expect(readable((logger) => logger.info('x'), { timestamp: false })).toBe('INFO  x\n')
    expect(readable((logger) => logger.info('x'), { timestamp: pino.stdTimeFunctions.isoTime })).toMatch(
      / INFO {2}x\n$/
    )
  })

  it('has the stack of what happened below, also where a program has another key for its own errors', () => {
    const lines = { colors: false, errorKey: 'error' }
    const text = readable((logger) => logger.error({ err: boom }, 'crashed'), { errorKey: 'error' }, lines)
    expect(text).toMatch(/^TIME ERROR crashed\n {4}Error: boom\n {8}at /)
  })

  it('keeps the colours of a message, and nothing else that a terminal would obey', () => {
    const sly = '\u001B[32mgreen\u001B[0m\u001B[2K\r\u009B1Agone\u0007'
    const error = new Error(sly)
    const text = readable((logger) => {
      logger.info(sly)
      logger.error({ err: error }, 'failed')
    })
    const [line, , stack] = text.split('\n')
    expect(line).toBe('TIME INFO  \u001B[32mgreen\u001B[0m[2K1Agone')
    expect(stack).toBe('    Error: \u001B[32mgreen\u001B[0m[2K1Agone')
  })

  it('tells of a field what a terminal would obey, in signs that it does not', () => {
    const text = readable((logger) => logger.info({ user: '\u001B[2Kme', other: 'é😀' }, 'came in'))
    expect(text).toBe("TIME INFO  came in user='\\x1B[2Kme' other=é😀\n")
  })

  it('has colours only when told to', () => {
    const log = (logger: pino.Logger): void => logger.error({ service: 'A', id: 1 }, 'x')
    // oxlint-disable-next-line no-control-regex -- what is looked for
    const codes = /\u001B\[\d+m/g
    expect(readable(log)).not.toMatch(codes)
    const colored = readable(log, {}, { colors: true })
    expect(colored.match(codes)).toHaveLength(8)
    expect(colored).toContain('\u001B[31mERROR\u001B[0m')
  })

  it('hands on the last flush of the process', () => {
    let flushed = 0
    const target = { write() {}, flushSync: () => void flushed++ }
    new ReadableLines(target, { colors: false }).flushSync()
    new ReadableLines({ write() {} }, { colors: false }).flushSync()
    expect(flushed).toBe(1)
  })
})
