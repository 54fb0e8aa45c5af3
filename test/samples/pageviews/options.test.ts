import { describe, expect, it } from 'vitest'
import { readOptions, USAGE, UsageError } from '../../../samples/pageviews/config/options.js'

describe('the command line', () => {
  it.each([
    [['--colour'], "Unknown option '--colour'"],
    [['--file'], "'-f, --file <value>' argument missing"],
    [['--file', ''], '--file needs a name'],
    [['--follow=yes'], "'--follow' does not take an argument"],
    [['--follow', '--once'], '--once would never stop'],
    [['--db', ''], '--db needs a name'],
    [['--port', '65536'], "--port must be a whole number from 0 to 65535, not '65536'"],
    [['--port', '80a'], 'not '],
    [['--port', ''], "not ''"],
    [['--port=-1'], "not '-1'"],
    [['--keep-days', '0'], '--keep-days must be a whole number from 1 to 36500'],
    [['--keep-days', '1.5'], "not '1.5'"]
  ])('is refused when it is %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError)
    expect(() => readOptions(args)).toThrow(message)
  })

  it('may be empty: the log that comes with the sample is read', () => {
    const options = readOptions([])
    expect(options).toMatchObject({
      follow: false,
      once: false,
      database: 'pageviews.db',
      port: 8080,
      keepDays: 7,
      help: false
    })
    expect(options.files).toEqual([expect.stringMatching(/samples\/pageviews\/access\.log$/)])
  })

  it('names files with an option or without, each once', () => {
    expect(readOptions(['--file', 'a', '-f', '-', 'b', 'a']).files).toEqual(['a', '-', 'b'])
  })

  it('goes before the environment', () => {
    const env = { PAGEVIEWS_PORT: '1234', PAGEVIEWS_DB: 'env.db' }
    expect(readOptions([], env)).toMatchObject({ port: 1234, database: 'env.db' })
    expect(readOptions(['-p', '0', '--db', 'x.db'], env)).toMatchObject({ port: 0, database: 'x.db' })
    expect(() => readOptions([], { PAGEVIEWS_PORT: 'http' })).toThrow(UsageError)
  })

  it('is explained in full', () => {
    for (const option of ['file', 'follow', 'once', 'db', 'port', 'keep-days', 'help']) {
      expect(USAGE).toContain(`--${option}`)
    }
  })
})
