import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import { checkCron, checkZone, nextRuns } from '../../src/schedule/index.js'

function refusalOf(expression: unknown): ConfigurationError {
  try {
    checkCron(expression as string, '@Cron of Reports.send')
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error(`${String(expression)} was taken`)
}

describe('checking a cron expression', () => {
  it.each([
    ['60 * * * *', 'the minute "60"', '60 * * * *', '^^'],
    ['* 24 * * *', 'the hour "24"', '* 24 * * *', '  ^^'],
    ['0 0 32 1 *', 'the day of the month "32"', '0 0 32 1 *', '    ^^'],
    ['0  0\t1 FOO *', 'the month "FOO"', '0 0 1 FOO *', '      ^^^'],
    ['0 0 * * MON-', 'the day of the week "MON-"', '0 0 * * MON-', '        ^^^^'],
    ['61 0 0 * * *', 'the second "61"', '61 0 0 * * *', '^^'],
    ['0 0 5-1 * * *', 'the hour "5-1"', '0 0 5-1 * * *', '    ^^^'],
    ['*/0 * * * *', 'the minute "*/0"', '*/0 * * * *', '^^^'],
    ['1,,2 * * * *', 'the minute "1,,2"', '1,,2 * * * *', '^^^^'],
    ['a b c d e', 'the minute "a"', 'a b c d e', '^'],
    ['0 0 * * MON#6', 'the day of the week "MON#6"', '0 0 * * MON#6', '        ^^^^^']
  ])('refuses %s and marks the bad field', (expression, named, shown, mark) => {
    const error = refusalOf(expression)
    expect(error.code).toBe('KEEL_INVALID_CRON')
    const [first = '', line, marks] = error.message.split('\n')
    expect(first).toContain(`@Cron of Reports.send has ${named}`)
    expect(line).toBe(`  ${shown}`)
    expect(marks).toBe(`  ${mark}`)
    expect(error.hint).toContain('Allowed here')
    expect(error.cause).toBeInstanceOf(Error)
  })

  it.each([
    ['', '0 fields'],
    ['   ', '0 fields'],
    ['* * * *', '4 fields'],
    ['* * * * * * *', '7 fields'],
    ['2026-01-01T00:00:00', '1 field'],
    ['@reboot', '1 field'],
    ['@never', '1 field'],
    ['* '.repeat(300), 'far too long'],
    [undefined, 'is undefined'],
    [5, 'is 5'],
    [null, 'is null'],
    [Promise.resolve('* * * * *'), 'is a promise'],
    [['* * * * *'], 'is an array']
  ])('refuses %j', (expression, named) => {
    expect(refusalOf(expression).message).toContain(named)
  })

  it.each([
    '0 0 30 2 *',
    '0 0 31 2,4,6,9,11 *',
    '* * * 31 4 *',
    '0 0 31W 2 *',
    '* * * 1 1 +MON#5',
    '0 0 8 * +MON#1'
  ])('refuses %s, which never comes, within a second of work', (expression) => {
    const begin = process.cpuUsage()
    const error = refusalOf(expression)
    expect(process.cpuUsage(begin).user).toBeLessThan(1_000_000)
    expect(error.message).toContain('never matches')
    expect(error.message.split('\n')[2]).toMatch(/^ +\^+$/)
  })

  it.each([
    ['  0  0 * * *  ', '0 0 * * *'],
    ['*/15 9-17 * * MON-FRI', '*/15 9-17 * * MON-FRI'],
    ['0 0 29 2 *', '0 0 29 2 *'],
    ['0 0 LW * *', '0 0 LW * *'],
    ['0 0 * * FRI#L', '0 0 * * FRI#L'],
    ['30 0 12 * * *', '30 0 12 * * *'],
    ['@Daily', '@daily'],
    ['@hourly', '@hourly']
  ])('takes %j', (expression, read) => {
    expect(checkCron(expression, 'it')).toBe(read)
  })

  it('never fails otherwise than with its own error, and never takes long', () => {
    const field = fc.oneof(
      fc.constantFrom(
        '*',
        '*/5',
        '1-5',
        '0',
        '31',
        'L',
        'MON',
        'FEB',
        '1,2',
        '9-3',
        '+1',
        '?',
        '59/2',
        'W',
        '15W'
      ),
      fc.string({ maxLength: 5 })
    )
    fc.assert(
      fc.property(fc.array(field, { minLength: 4, maxLength: 7 }), (fields) => {
        let refusal: unknown
        try {
          checkCron(fields.join(' '), 'it')
        } catch (error) {
          refusal = error
        }
        expect(refusal === undefined || refusal instanceof ConfigurationError).toBe(true)
      }),
      { numRuns: 300 }
    )
  })
})

describe('checking a time zone', () => {
  it.each(['Mars/Phobos', '', 'Local', 'local time', 'UTC+25'])('refuses %j', (zone) => {
    expect(() => checkZone(zone, '@Cron of Reports.send')).toThrow(
      expect.objectContaining({
        code: 'KEEL_INVALID_CRON',
        message: expect.stringContaining(JSON.stringify(zone))
      })
    )
  })

  it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Chatham'])('takes %s', (zone) => {
    expect(checkZone(zone, 'it')).toBe(zone)
  })
})

describe('the next runs', () => {
  it('refuses what cannot be', () => {
    expect(() => nextRuns('61 * * * *', 'UTC', new Date(), 1)).toThrow('KEEL_INVALID_CRON')
    expect(() => nextRuns('* * * * *', 'Mars/Phobos', new Date(), 1)).toThrow('KEEL_INVALID_CRON')
  })

  it('are later than the given moment', () => {
    const from = new Date('2026-01-01T00:00:00.000Z')
    expect(nextRuns('* * * * *', 'UTC', from, 2)).toEqual([
      new Date('2026-01-01T00:01:00Z'),
      new Date('2026-01-01T00:02:00Z')
    ])
    expect(nextRuns('* * * * *', 'UTC', new Date(from.getTime() - 1), 1)).toEqual([from])
    expect(nextRuns('* * * * *', 'UTC', from, 0)).toEqual([])
  })

  it('read six fields with seconds first', () => {
    expect(nextRuns('30 0 12 * * *', 'UTC', new Date('2026-01-01T00:00:00Z'), 1)).toEqual([
      new Date('2026-01-01T12:00:30Z')
    ])
  })

  it('end where the calendar ends', () => {
    const runs = nextRuns('0 0 1 1 *', 'UTC', new Date('2990-06-01T00:00:00Z'), 50)
    expect(runs.map((run) => run.getUTCFullYear())).toEqual([
      2991, 2992, 2993, 2994, 2995, 2996, 2997, 2998, 2999
    ])
    expect(nextRuns('0 0 1 1 *', 'UTC', new Date('9990-06-01T00:00:00Z'), 50)).toEqual([])
  })
})
