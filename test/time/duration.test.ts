import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/errors/index.js'
import { formatDuration, toMilliseconds } from '../../src/time/index.js'

function refusalOf(value: unknown): ConfigurationError {
  try {
    toMilliseconds(value as string, 'stopTimeout of Orders')
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error(`${String(value)} was taken`)
}

describe('reading a duration', () => {
  it.each([
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [Infinity, 'Infinity'],
    ['', '""'],
    [' ', '" "'],
    ['soon', '"soon"'],
    ['-5s', '"-5s"'],
    ['5 parsecs', '"5 parsecs"'],
    ['1 month', '"1 month"'],
    ['1s2', '"1s2"'],
    ['1..5s', '"1..5s"'],
    ['1e3s', '"1e3s"'],
    ['Infinity', '"Infinity"'],
    ['30m1h', '"30m1h"'],
    ['1m1m', '"1m1m"'],
    ['500', '"500"'],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [{}, 'an object'],
    [['1s'], 'an array'],
    [() => 5, 'a function'],
    [new Date(0), 'a Date'],
    [`${'9'.repeat(5000)}d`, '99999…"']
  ])('refuses %s and says what was given, for what', (value, shown) => {
    const error = refusalOf(value)
    expect(error.code).toBe('KEEL_INVALID_DURATION')
    expect(error.message).toContain('stopTimeout of Orders')
    expect(error.message).toContain(shown)
    expect(error.message.length).toBeLessThan(600)
  })

  it('tells a bare number in a string to name its unit', () => {
    expect(refusalOf('500').hint).toContain("'500ms'")
  })

  it.each([
    [0, 0],
    [250, 250],
    [0.5, 0.5],
    ['0ms', 0],
    ['0s', 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['.5s', 500],
    ['0.07s', 70],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1m30s', 90_000],
    ['2 days', 172_800_000],
    ['1 second', 1000],
    ['1y', 31_557_600_000],
    ['1M', 60_000],
    ['10 MIN', 600_000],
    [' 5m ', 300_000],
    ['100d', 8_640_000_000]
  ])('reads %j as %d ms', (value, milliseconds) => {
    expect(toMilliseconds(value, 'it')).toBe(milliseconds)
  })

  it('takes Infinity only where a limit is meant', () => {
    expect(toMilliseconds(Infinity, 'it', { allowInfinity: true })).toBe(Infinity)
    expect(() => toMilliseconds('Infinity', 'it', { allowInfinity: true })).toThrow('KEEL_INVALID_DURATION')
  })

  it('reads back exactly what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (milliseconds) => {
        expect(toMilliseconds(formatDuration(milliseconds), 'it')).toBe(milliseconds)
      })
    )
  })

  it('never gives anything but a number from 0 on, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        let read = 0
        try {
          read = toMilliseconds(text, 'it')
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error
        }
        expect(read >= 0 && read < Infinity).toBe(true)
      })
    )
  })
})

describe('writing a duration', () => {
  it.each([
    [0, '0ms'],
    [0.25, '0.25ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [1500, '1.5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [90_061_001, '1d1h1m1.001s'],
    [Infinity, 'forever']
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})
