import { describe, expect, it } from 'vitest'
import { BadRequest, Query } from '../../../samples/pageviews/http/query.js'

const query = (text: string) => new Query(new URLSearchParams(text), ['n', 'by', 'since'])

describe('a query', () => {
  it('is refused for a parameter that nobody asks for', () => {
    expect(() => query('m=3')).toThrow(new BadRequest("there is no parameter 'm' here, only n, by, since"))
  })

  it.each(['0', '-1', '1.5', '101', 'ten', '', '1e1', ' 5', '99999999999'])(
    'is refused for the number %j',
    (n) => {
      expect(() => query(`n=${n}`).number('n', 10, 100)).toThrow(/^n must be a whole number from 1 to 100/)
    }
  )

  it('is refused for a word that is none of the two', () => {
    expect(() => query('by=bytes').word('by', 'views', 'requests')).toThrow('by must be views or requests')
  })

  it.each([
    '',
    'yesterday',
    '2015',
    '2015-13-01',
    '2015-05-18 10:05',
    '18/May/2015',
    '2015-05-18T25:00',
    '1431857100'
  ])('is refused for the time %j', (time) => {
    expect(() => query(`since=${encodeURIComponent(time)}`).time('since')).toThrow(/^since must be a time/)
  })

  it('that is silent gets what is usual', () => {
    expect(query('').number('n', 10, 100)).toBe(10)
    expect(query('').word('by', 'views', 'requests')).toBe('views')
    expect(query('').time('since')).toBe(0)
  })

  it('that speaks gets what it says', () => {
    expect(query('n=100').number('n', 10, 100)).toBe(100)
    expect(query('by=requests').word('by', 'views', 'requests')).toBe('requests')
  })

  it.each([
    ['2015-05-18', '2015-05-18T00:00:00Z'],
    ['2015-05-18T10:05', '2015-05-18T10:05:00Z'],
    ['2015-05-18T10:05:59', '2015-05-18T10:05:00Z'],
    ['2015-05-18T10:05:00Z', '2015-05-18T10:05:00Z'],
    ['2015-05-18T10:05:00+02:00', '2015-05-18T08:05:00Z'],
    ['2015-05-18T10:05:00%2B02:00', '2015-05-18T08:05:00Z'],
    ['2015-05-18T10:05-05:00', '2015-05-18T15:05:00Z']
  ])('understands the time %s', (time, utc) => {
    expect(query(`since=${time}`).time('since')).toBe(Date.parse(utc) / 1000)
  })
})
