import { openSync } from 'node:fs'
import { devNull } from 'node:os'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLogger, flushLogger, isReadable, teeLogger, type Logger } from '../../src/logging/index.js'
import { ManualClock } from '../waits/manual-clock.js'

/** Where lines go, and what came. */
function target(): { lines: string[]; write(line: string): void } {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line) }
}

describe('a logger whose lines go two ways', () => {
  it('writes to both, its children too, with the bindings and levels of the logger that it comes from', () => {
    const [own, other] = [target(), target()]
    const logger = pino({ level: 'warn', base: { app: 'Shop' }, timestamp: false }, own)
    const both = teeLogger(logger, other)
    both.info('held back')
    both.child({ service: 'Feed' }).error('told')
    expect(other.lines).toEqual(['{"level":50,"app":"Shop","service":"Feed","msg":"told"}\n'])
    expect(own.lines).toEqual(other.lines)
  })

  it('leaves the logger that it comes from as it is', () => {
    const [own, other] = [target(), target()]
    const logger = pino({}, own)
    const keys = Reflect.ownKeys(logger)
    teeLogger(logger, other).level = 'debug'
    expect(Reflect.ownKeys(logger)).toEqual(keys)
    expect(logger.level).toBe('info')
    logger.info('mine')
    expect(other.lines).toEqual([])
  })

  it('serves a destination that sorts lines by level, and one that is flushed', async () => {
    const [low, high, other] = [target(), target(), target()]
    let flushed = 0
    const streams = pino.multistream([
      { level: 'info', stream: low },
      { level: 'error', stream: high }
    ])
    const both = teeLogger(pino({}, streams), other)
    both.info('a')
    both.error('b')
    expect([low.lines.length, high.lines.length, other.lines.length]).toEqual([2, 1, 2])

    const slow = { write() {}, flush: (done: () => void) => (flushed++, done()) }
    await flushLogger(teeLogger(pino({}, slow), other), new ManualClock(), 1000)
    expect(flushed).toBe(1)
  })

  it('is for people when the logger is', () => {
    const stdout = { fd: openSync(devNull, 'w') }
    const forPeople = createLogger({ format: 'pretty' }, { stdout })
    expect(isReadable(teeLogger(forPeople, target()))).toBe(true)
    expect(isReadable(teeLogger(createLogger({ format: 'json' }, { stdout }), target()))).toBe(false)
  })

  it('is the logger itself when that is not of pino', () => {
    const stand = { child: () => stand, info() {} } as unknown as Logger
    expect(teeLogger(stand, target())).toBe(stand)
  })
})
