import { createApplication, Module } from 'keelson'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import { createLogger, flushLogger, serviceLogger, type LoggerOptions } from '../../src/logging/index.js'
import { systemClock } from '../../src/time/index.js'
import { rejection } from '../app/journal.js'

@Module({})
class Nothing {}

let directory: string
let fd: number
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keelson-log-'))
  fd = openSync(join(directory, 'out'), 'w')
})
afterEach(() => {
  vi.unstubAllEnvs()
  closeSync(fd)
  rmSync(directory, { recursive: true })
})
const read = (name: string): string => readFileSync(join(directory, name), 'utf8')

describe('the options of the logger', () => {
  it.each<[wrong: unknown, message: RegExp]>([
    [{ level: 'loud' }, /logger\.level is "loud"(.|\n)*'trace', 'debug'/],
    [{ useOnlyCustomLevels: true, customLevels: { info: 30 } }, /logger\.useOnlyCustomLevels is true/],
    [{ format: 'xml' }, /logger\.format is "xml"(.|\n)*'pretty'/],
    [{ file: '' }, /logger\.file is ""/],
    [{ file: 3 }, /logger\.file is 3/],
    [{ file: {} }, /logger\.file\.path is undefined/],
    [{ file: { path: 'a.log', size: '10 bananas' } }, /logger\.file\.size is "10 bananas"(.|\n)*'10m'/],
    [{ file: { path: 'a.log', size: -1 } }, /logger\.file\.size is -1/],
    [{ file: { path: 'a.log', frequency: 'weekly' } }, /logger\.file\.frequency is "weekly"(.|\n)*'daily'/],
    [{ file: { path: 'a.log', size: '1m', keep: 0 } }, /logger\.file\.keep is 0/],
    [{ file: { path: 'a.log', keep: 3 } }, /logger\.file\.keep is 3(.|\n)*size or frequency/],
    [{ file: { path: 'a.log', seize: '1m' } }, /logger\.file has no option 'seize'(.|\n)*'size'/],
    [{ file: new Map([['path', 'a.log']]) }, /logger\.file is a Map/],
    [{ file: ['a.log'] }, /logger\.file is an array/],
    [{ file: 'a.log', transport: { target: 'pino/file' } }, /logger\.file is "a\.log"(.|\n)*transport/],
    [{ format: 'pretty', transport: { target: 'pino/file' } }, /logger\.format is "pretty"/]
  ])('%j are refused by name', (wrong, message) => {
    const make = (): unknown => createLogger(wrong as LoggerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it.each<[wrong: unknown]>([
    [{ redact: 5 }],
    [{ mixin: 5 }],
    [{ customLevels: 5 }],
    [{ transport: 5 }],
    [{ transport: { target: 'nope' } }],
    [{ file: join(tmpdir(), 'keelson-never-written.log'), redact: 5 }]
  ])('that pino cannot use are refused in our words, with what it said: %j', async (wrong) => {
    const error = await rejection(createApplication(Nothing, { logger: wrong as LoggerOptions }))
    expect(error).toMatchObject({
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringContaining('the option logger')
    })
    if (!('customLevels' in (wrong as object))) expect((error as Error).cause).toBeInstanceOf(Error)
  })

  it('may name a level that they define', () => {
    const logger = createLogger({ level: 'audit', customLevels: { audit: 35 } }, { stdout: { fd } })
    expect(logger.level).toBe('audit')
  })

  it('redact what is not to be read, for people too', () => {
    const options: LoggerOptions = { redact: ['password', '*.token'], format: 'pretty' }
    const logger = createLogger(options, { stdout: { fd } })
    serviceLogger(logger, 'Api').info(
      { password: 'hunter2', user: { token: 'abc', name: 'Ann' } },
      'signed in'
    )
    expect(read('out')).toContain(
      "[Api] signed in password=[Redacted] user={ token: '[Redacted]', name: 'Ann' }\n"
    )
  })

  it('choose the format, wherever the lines go', () => {
    createLogger({ format: 'json' }, { stdout: { fd, isTTY: true } }).info('a')
    createLogger({ format: 'pretty' }, { stdout: { fd } }).info('b')
    expect(read('out')).toMatch(/^\{.*"msg":"a"\}\n\d\d:\d\d:\d\d\.\d{3} INFO {2}b\n$/)
  })

  it('leave colours to the environment: a terminal decides, anything else is coloured by force only', () => {
    const colored = (env: Record<string, string>, terminal?: boolean): boolean => {
      vi.unstubAllEnvs()
      for (const name of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(name, env[name])
      const file = join(directory, 'colors')
      const out = openSync(file, 'w')
      const stdout =
        terminal === undefined ? { fd: out } : { fd: out, isTTY: true, hasColors: () => terminal }
      createLogger({ format: 'pretty' }, { stdout }).info('x')
      closeSync(out)
      return readFileSync(file, 'utf8').includes('\u001B[')
    }
    expect(colored({})).toBe(false)
    expect(colored({ FORCE_COLOR: '1' })).toBe(true)
    expect(colored({ FORCE_COLOR: '0' })).toBe(false)
    expect(colored({ FORCE_COLOR: '1' }, false)).toBe(false)
    expect(colored({ NO_COLOR: '1' }, true)).toBe(true)
  })
})

describe('a log file', () => {
  it('that cannot be opened is refused with the path and the reason', () => {
    mkdirSync(join(directory, 'shop.log'))
    const make = (): unknown => createLogger({ file: join(directory, 'shop.log') })
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(/shop\.log cannot be opened: \w+/)
  })

  it('is made with its directory, gets JSON at once, also on a terminal, and is written on at the next time', () => {
    const file = join(directory, 'logs/shop.log')
    for (const msg of ['first', 'second']) {
      createLogger({ file }, { stdout: { fd, isTTY: true, hasColors: () => true } }).info(msg)
    }
    const lines = read('logs/shop.log').trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['first', 'second'])
    expect(read('out')).toBe('')
  })

  it('has lines for people when asked, and never colours', () => {
    vi.stubEnv('FORCE_COLOR', '1')
    createLogger({ file: join(directory, 'shop.log'), format: 'pretty' }).info('hello')
    expect(read('shop.log')).toMatch(/^[\d:.]+ INFO {2}hello\n$/)
  })

  it.each(['json', 'pretty'] as const)(
    'is rotated, keeps the newest, and loses no line (%s)',
    async (format) => {
      const path = join(directory, 'logs/shop.log')
      const logger = createLogger({ format, base: null, file: { path, size: '1k', keep: 2 } })
      const names = (): string[] => readdirSync(join(directory, 'logs')).toSorted()
      // Longer than a file may be, each. pino-roll begins the next file between two lines, in its own time: a line that
      // comes before it has is still written to the one that is full.
      for (let line = 0; line < 4; line++) {
        logger.info(`${line} ${'x'.repeat(1500)}`)
        await flushLogger(logger, systemClock, 10_000)
        await vi.waitFor(() => {
          expect(names()).toContain(`shop.${line + 2}.log`)
          expect(read(`logs/shop.${line + 1}.log`)).toContain(`${line} x`)
        }, 10_000)
      }
      // The last has been begun, and the oldest go: from then on nothing happens there.
      await vi.waitFor(() => expect(names()).toEqual(['shop.3.log', 'shop.4.log', 'shop.5.log']), 10_000)
    }
  )
})
