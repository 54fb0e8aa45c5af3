import { execFileSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import fs, { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import {
  createLogger,
  flushLogger,
  LOGGER,
  type Logger,
  type LoggerOption,
  redirected,
  serviceLogger
} from '../../src/logging/index.js'
import { isInjectionToken } from '../../src/tokens/index.js'
import { ManualClock } from '../waits/manual-clock.js'

let directory: string
let fd: number
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keelson-log-'))
  fd = openSync(join(directory, 'out'), 'w')
})
afterEach(() => {
  closeSync(fd)
  rmSync(directory, { recursive: true })
})
const written = (): string => readFileSync(join(directory, 'out'), 'utf8')

/** A logger whose lines are gathered as records. */
function gathering(option?: LoggerOption): { logger: Logger; records: Record<string, unknown>[] } {
  const records: Record<string, unknown>[] = []
  const target = { write: (line: string) => void records.push(JSON.parse(line) as Record<string, unknown>) }
  return { logger: createLogger(option, { target, clock: new ManualClock() }), records }
}

describe('making a logger', () => {
  it('refuses what is neither a logger, options nor false', () => {
    for (const wrong of [true, 'debug', 3, null, () => {}]) {
      expect(() => createLogger(wrong as never)).toThrow(ConfigurationError)
    }
    expect(() => createLogger('debug' as never)).toThrow('logger is "debug"')
  })

  it('refuses a pino logger that lacks levels, and says which', () => {
    const customLevels = { loud: 35, warn: 40 }
    const some = pino({ level: 'loud', customLevels, useOnlyCustomLevels: true })
    const refusal = {
      code: 'KEEL_INVALID_OPTION',
      message: expect.stringMatching(/a pino logger without the levels trace, debug, info, error, fatal/),
      hint: expect.stringContaining('useOnlyCustomLevels')
    }
    expect(() => createLogger(some)).toThrow(expect.objectContaining(refusal))
    expect(redirected(some, { level: 'debug' })).toBe(some)
    const more = pino({ level: 'loud', customLevels })
    expect(createLogger(more)).toBe(more)
  })

  it('refuses what logs but is no pino logger, and does not take it for options', () => {
    const none = (): void => {}
    class OnPrototype {
      info(): void {}
    }
    for (const wrong of [console, { info: none, warn: none, error: none, debug: none }, new OnPrototype()]) {
      const refusal = {
        code: 'KEEL_INVALID_OPTION',
        message: expect.stringMatching(/neither a pino logger nor options/),
        hint: expect.stringMatching(/^Give a pino logger, or options such as/)
      }
      expect(() => createLogger(wrong as never)).toThrow(expect.objectContaining(refusal))
      expect(redirected(wrong as never, { level: 'debug' })).toBe(wrong)
    }
  })

  it('uses a logger that it is given as it is', () => {
    const logger = pino({ level: 'warn', base: null }, { write() {} })
    const keys = Reflect.ownKeys(logger)
    expect(createLogger(logger)).toBe(logger)
    expect(Reflect.ownKeys(logger)).toEqual(keys)
    expect(logger.level).toBe('warn')
  })

  it('says nothing when that is asked for, at any level', () => {
    const write = vi.spyOn(process.stdout, 'write')
    const logger = createLogger(false, { stdout: { fd } })
    logger.fatal('x')
    logger.level = 'trace'
    logger.child({ service: 'A' }).fatal('x')
    expect(write).not.toHaveBeenCalled()
    expect(written()).toBe('')
  })

  it('writes JSON lines from info on, at once, with the time of its clock', () => {
    const clock = new ManualClock()
    clock.advance(1234.4)
    const logger = createLogger(undefined, { clock, stdout: { fd } })
    logger.debug('not this')
    logger.info({ answer: 42 }, 'hello %s', 'you')
    const line = JSON.parse(written()) as Record<string, unknown>
    expect(line).toMatchObject({ level: 30, time: 1234, msg: 'hello you', answer: 42, pid: process.pid })
  })

  it('takes the options of pino, and leaves them alone', () => {
    const options = { level: 'debug', base: { app: 'shop' }, redact: ['password'] }
    const { logger, records } = gathering(options)
    logger.debug({ password: 'secret' }, 'x')
    expect(records).toEqual([{ level: 20, time: 0, app: 'shop', password: '[Redacted]', msg: 'x' }])
    expect(options).toEqual({ level: 'debug', base: { app: 'shop' }, redact: ['password'] })
  })

  it('takes an option that is undefined for one that is not given, but for base, which adds nothing then', () => {
    const names = [
      'level',
      'messageKey',
      'errorKey',
      'timestamp',
      'hooks',
      'depthLimit',
      'edgeLimit',
      'levelComparison'
    ]
    const options = { ...Object.fromEntries(names.map((name) => [name, undefined])), base: undefined }
    const { logger, records } = gathering(options as never)
    logger.debug('not this')
    logger.info('x')
    expect(records).toEqual([{ level: 30, time: 0, msg: 'x' }])
  })

  it('keeps the timestamp of the options', () => {
    const { logger, records } = gathering({ timestamp: () => ',"time":"noon"', base: null })
    logger.info('x')
    expect(records).toEqual([{ level: 30, time: 'noon', msg: 'x' }])
  })

  it('writes for people when the output is a terminal, with colours only where they are wanted', () => {
    const stdout = { fd, isTTY: true, hasColors: () => false }
    serviceLogger(createLogger(undefined, { stdout }), 'Orders').info('started')
    expect(written()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}\[Orders\] started\n$/)
    createLogger(undefined, { stdout: { ...stdout, hasColors: () => true } }).info('in colour')
    expect(written()).toContain('\u001B[')
  })

  it('leaves a transport to pino, terminal or not', async () => {
    const options = { transport: { target: 'pino/file', options: { destination: join(directory, 'other') } } }
    const logger = createLogger(options, { stdout: { fd, isTTY: true } })
    logger.info('through a worker')
    await new Promise<void>((resolve) => logger.flush(() => resolve()))
    // the worker has read the line by then, and may still be writing it
    const line = await vi.waitUntil(
      () => readFileSync(join(directory, 'other'), 'utf8').split('\n')[0],
      30_000
    )
    expect(JSON.parse(line)).toMatchObject({ msg: 'through a worker' })
    expect(written()).toBe('')
  })
})

describe('a log file', () => {
  it('that cannot be written is told of whatever the error, one without a code too', () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const roller = Object.assign(new EventEmitter(), { write: () => true })
    const transport = vi.spyOn(pino, 'transport').mockReturnValue(roller as never)
    try {
      createLogger({ file: { path: join(directory, 'rolled'), size: '1m' } })
      roller.emit('error', new Error('the worker thread exited'))
      expect(told.mock.calls).toEqual([
        [expect.stringMatching(/cannot be written: the worker thread exited\n$/)]
      ])
    } finally {
      told.mockRestore()
      transport.mockRestore()
    }
  })

  it('that leaves out a line which is longer than all that may be kept says so, once', () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const path = join(directory, 'long')
    try {
      const logger = createLogger({ base: null, timestamp: false, file: path })
      for (const msg of ['one', 'two']) logger.info({ x: 'x'.repeat(17_000_000) }, msg)
      logger.info('three')
      expect(readFileSync(path, 'utf8')).toBe('{"level":30,"msg":"three"}\n')
      expect(told.mock.calls).toEqual([
        [`the log file ${path} cannot be written: a line has more than 16 MB\n`]
      ])
    } finally {
      told.mockRestore()
    }
  })
})

/** A disk that is full. */
const FULL = '/dev/full'

describe.skipIf(!existsSync(FULL))(
  'an output that cannot be written, on a full disk or a closed terminal',
  () => {
    it.each(['json', 'pretty'] as const)('is told of once, and throws nothing at who logs: %s', (format) => {
      const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      const full = openSync(FULL, 'w')
      const logger = createLogger({ format }, { stdout: { fd: full } })
      try {
        logger.info('one')
        logger.child({ service: 'A' }).info('two')
        expect(told.mock.calls).toEqual([[expect.stringMatching(/^the log cannot be written: ENOSPC.*\n$/)]])
      } finally {
        told.mockRestore()
        closeSync(full)
      }
    })

    it('is not told of when nobody reads it any more, as behind head', () => {
      const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      const pipe = join(directory, 'pipe')
      execFileSync('mkfifo', [pipe], { stdio: 'ignore' })
      const reader = openSync(pipe, 'r+')
      const broken = openSync(pipe, 'w')
      closeSync(reader)
      try {
        const logger = createLogger({}, { stdout: { fd: broken } })
        logger.info('one')
        logger.info('two')
        expect(told).not.toHaveBeenCalled()
      } finally {
        told.mockRestore()
        closeSync(broken)
      }
    })

    it('keeps what comes meanwhile, up to 16 MB of it, and writes that once there is room', () => {
      const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      const path = join(directory, 'again')
      const file = openSync(path, 'w')
      const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      const write = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
        throw full
      })
      try {
        const logger = createLogger({ base: null, timestamp: false }, { stdout: { fd: file } })
        for (const name of ['first', 'second', 'third']) logger.info({ x: 'x'.repeat(7_000_000) }, name)
        expect(write).toHaveBeenCalled()
        write.mockRestore()
        logger.info('last')
        const messages = readFileSync(path, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => (JSON.parse(line) as { msg: string }).msg)
        expect(messages).toEqual(['first', 'second', 'last'])
      } finally {
        write.mockRestore()
        told.mockRestore()
        closeSync(file)
      }
    })
  }
)

describe('the logger of a service', () => {
  it('tells its name in each line', () => {
    const { logger, records } = gathering({ base: null })
    serviceLogger(logger, 'Owner/Child#2').warn({ err: new Error('boom') }, 'careful')
    expect(records).toMatchObject([
      {
        service: 'Owner/Child#2',
        msg: 'careful',
        err: { message: 'boom', stack: expect.any(String) as string }
      }
    ])
  })
})

describe('the token of the logger', () => {
  it('is a token', () => {
    expect(isInjectionToken(LOGGER)).toBe(true)
    expect(LOGGER.name).toBe('LOGGER')
  })
})

describe('flushing', () => {
  it('gives up after its limit', async () => {
    const clock = new ManualClock()
    const stuck = pino({}, { write() {}, flush() {} } as pino.DestinationStream)
    const flushing = flushLogger(stuck, clock, 1000)
    clock.advance(1000)
    await expect(flushing).resolves.toBeUndefined()
  })

  it('survives a logger that cannot, or fails', async () => {
    const clock = new ManualClock()
    await flushLogger({ info() {}, child() {} } as unknown as Logger, clock, 1000)
    await flushLogger({ info() {}, child() {}, flush: true } as unknown as Logger, clock, 1000)
    const failing = pino({}, {
      write() {},
      flush() {
        throw new Error('boom')
      }
    } as pino.DestinationStream)
    await flushLogger(failing, clock, 1000)
    expect(clock.pending).toBe(0)
  })

  it('does not wait for a logger that takes no callback, as that of pino before 8.16', async () => {
    const clock = new ManualClock()
    let flushed = 0
    const old = { info() {}, child() {}, flush: () => void flushed++ }
    await flushLogger(old as unknown as Logger, clock, 1000)
    expect({ flushed, pending: clock.pending }).toEqual({ flushed: 1, pending: 0 })
  })

  it('waits for what is buffered', async () => {
    const clock = new ManualClock()
    const logger = pino(
      { base: null, timestamp: false },
      pino.destination({ fd, sync: false, minLength: 4096 })
    )
    logger.info('late')
    expect(written()).toBe('')
    await flushLogger(logger, clock, 1000)
    expect(written()).toBe('{"level":30,"msg":"late"}\n')
    expect(clock.pending).toBe(0)
  })
})
