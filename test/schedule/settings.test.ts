import { describe, expect, it } from 'vitest'
import type { CronOptions, TimerOptions } from '../../src/metadata/index.js'
import { readCron, readTimer } from '../../src/schedule/index.js'

describe('reading what a user says about a timer', () => {
  it.each([
    [0, {}, 'KEEL_INVALID_DURATION', 'the interval of @Timer of Feed.poll'],
    ['soon', {}, 'KEEL_INVALID_DURATION', 'the interval of @Timer of Feed.poll'],
    [Infinity, {}, 'KEEL_INVALID_DURATION', 'the interval of @Timer of Feed.poll'],
    [1000, { jitter: -1 }, 'KEEL_INVALID_DURATION', 'jitter of @Timer of Feed.poll'],
    [1000, { timeout: 0 }, 'KEEL_INVALID_DURATION', 'timeout of @Timer of Feed.poll'],
    [1000, { timeout: '' }, 'KEEL_INVALID_DURATION', 'timeout of @Timer of Feed.poll'],
    [1000, { failAfter: 0 }, 'KEEL_INVALID_OPTION', 'failAfter of @Timer of Feed.poll'],
    [1000, { failAfter: 1.5 }, 'KEEL_INVALID_OPTION', 'failAfter of @Timer of Feed.poll'],
    [1000, { failAfter: Number.NaN }, 'KEEL_INVALID_OPTION', 'failAfter of @Timer of Feed.poll'],
    [1000, { overlap: 'never' }, 'KEEL_INVALID_OPTION', 'overlap of @Timer of Feed.poll is "never"'],
    [1000, { mode: 'aligned' }, 'KEEL_INVALID_OPTION', 'mode of @Timer of Feed.poll is "aligned"'],
    [1000, { onError: 'ignore' }, 'KEEL_INVALID_OPTION', 'onError of @Timer of Feed.poll is "ignore"'],
    [1000, { mode: null }, 'KEEL_INVALID_OPTION', 'mode of @Timer of Feed.poll is null'],
    [1000, { overlap: null }, 'KEEL_INVALID_OPTION', 'overlap of @Timer of Feed.poll is null'],
    [1000, { onError: null }, 'KEEL_INVALID_OPTION', 'onError of @Timer of Feed.poll is null'],
    [1000, { jitter: null }, 'KEEL_INVALID_DURATION', 'jitter of @Timer of Feed.poll'],
    [1000, { mode: 'delay', overlap: 'allow' }, 'KEEL_INVALID_OPTION', "overlap 'allow' with mode 'delay'"]
  ])('refuses %j with %j', (every, options, code, message) => {
    expect(() => readTimer(every, options as TimerOptions, '@Timer of Feed.poll')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) })
    )
  })

  it('fills in the defaults', () => {
    expect(readTimer('5s', {}, 'it')).toEqual({
      kind: 'timer',
      every: 5000,
      mode: 'rate',
      immediate: false,
      jitter: 0,
      overlap: 'skip',
      onError: 'log',
      failAfter: Infinity,
      timeout: Infinity
    })
  })
})

describe('what has been read before', () => {
  it('is shared by all of one interval, whatever their names, and by nobody with other rules', () => {
    const plain = readTimer(1234, {}, 'it')
    expect(readTimer(1234, { name: 'poll', enabled: true }, 'it')).toBe(plain)
    expect(readTimer(1234, { overlap: 'queue' }, 'it')).toMatchObject({ overlap: 'queue' })
    expect(readTimer(1234, { name: 'poll', onError: 'crash' }, 'it').onError).toBe('crash')
    expect(readTimer(1234, {}, 'it')).toBe(plain)
  })

  it('is shared by all crons of one expression in one zone', () => {
    const plain = readCron('1 2 * * *', {}, 'it', 'Asia/Tokyo')
    expect(readCron('1 2 * * *', { name: 'send' }, 'it', 'Asia/Tokyo')).toBe(plain)
    expect(readCron('1 2 * * *', {}, 'it', 'UTC').timezone).toBe('UTC')
    expect(readCron('1 2 * * *', { timezone: 'UTC' }, 'it', 'Asia/Tokyo').timezone).toBe('UTC')
  })
})

describe('reading what a user says about a cron', () => {
  it.each([
    ['61 * * * *', {}, 'KEEL_INVALID_CRON', 'the minute "61"'],
    ['* * * * *', { timezone: 'Mars/Phobos' }, 'KEEL_INVALID_CRON', 'time zone "Mars/Phobos"'],
    ['* * * * *', { misfire: 'all' }, 'KEEL_INVALID_OPTION', 'misfire of @Cron of Reports.send is "all"'],
    ['* * * * *', { misfire: null }, 'KEEL_INVALID_OPTION', 'misfire of @Cron of Reports.send is null'],
    ['* * * * *', { jitter: null }, 'KEEL_INVALID_DURATION', 'jitter of @Cron of Reports.send'],
    ['* * * * *', { jitter: 'much' }, 'KEEL_INVALID_DURATION', 'jitter of @Cron of Reports.send']
  ])('refuses %j with %j', (expression, options, code, message) => {
    expect(() => readCron(expression, options as CronOptions, '@Cron of Reports.send')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) })
    )
  })

  it('fills in the defaults', () => {
    expect(readCron(' 0  0 * * * ', {}, 'it', 'Europe/Berlin')).toMatchObject({
      kind: 'cron',
      expression: '0 0 * * *',
      timezone: 'Europe/Berlin',
      misfire: 'once',
      overlap: 'skip'
    })
    expect(readCron('@daily', { timezone: 'Asia/Tokyo' }, 'it', 'Europe/Berlin').timezone).toBe('Asia/Tokyo')
    expect(readCron('@daily', {}, 'it').timezone).toBe('UTC')
  })
})
