import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseLine } from '../../../samples/pageviews/ingest/parse-line.js'
import { generateLog } from '../../../samples/pageviews/log/generate-log.js'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')

it('makes the log that comes with the sample, to the byte', () => {
  const shipped = readFileSync(new URL('../../../samples/pageviews/access.log', import.meta.url), 'utf8')
  expect(sha(generateLog(10_000, 27))).toBe(sha(shipped))
})

it('makes another log for another seed', () => {
  expect(generateLog(10, 28)).not.toBe(generateLog(10, 27))
})

it('makes what real logs have: both formats, some days, all kinds of answers, and some damage', () => {
  const lines = generateLog(10_000, 27).trimEnd().split('\n')
  const parsed = lines.map((line) => parseLine(line))
  const entries = parsed.filter((entry) => typeof entry !== 'string')
  const bad = parsed.filter((entry) => typeof entry === 'string')
  const days = new Set(entries.map(({ time }) => Math.floor(time / 86_400_000)))
  expect(lines).toHaveLength(10_000)
  expect(new Set(bad).size).toBeGreaterThan(2)
  expect(bad.length).toBeLessThan(50)
  expect(days.size).toBeGreaterThan(2)
  expect(new Set(entries.map(({ userAgent }) => userAgent === undefined))).toEqual(new Set([true, false]))
  expect(new Set(entries.map(({ status }) => status))).toEqual(new Set([200, 301, 304, 400, 404, 408, 500]))
  expect(new Set(entries.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD', 'POST', '-']))
})
