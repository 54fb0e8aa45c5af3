import { describe, expect, it } from 'vitest'
import { captureSite } from '../../src/metadata/index.js'
import { readLocation } from '../../src/metadata/site.js'

const here = process.cwd()

describe('a location', () => {
  it.each([
    [`Error\n    at file://${here}/src/a%20b.ts:3:14`, 'src/a b.ts:3'],
    [`Error\n    at Object.<anonymous> (${here}/src/orders.ts:12:1)`, 'src/orders.ts:12'],
    [`Error\n    at async main (file://${here}/src/main.ts?t=17:8:2)`, 'src/main.ts:8'],
    ['    at <anonymous> (/elsewhere/lib/a.js:1:2)', '/elsewhere/lib/a.js:1'],
    ['    at new Foo (C:\\app\\src\\foo.ts:7:3)', 'C:\\app\\src\\foo.ts:7'],
    ['Error', undefined],
    ['    at node:internal/main:1:2', undefined],
    ['    at <anonymous>', undefined],
    ['', undefined]
  ])('of %j is %s', (stack, location) => {
    expect(readLocation(stack)).toBe(location)
  })

  it('is where the callee was called, and the limit of stacks stays as it was', () => {
    const limit = Error.stackTraceLimit
    const decorator = (): { location: string | undefined } => captureSite(decorator)
    const site = decorator()
    expect(Error.stackTraceLimit).toBe(limit)
    expect(site.location).toMatch(/^test\/metadata\/site\.test\.ts:\d+$/)
    expect(site.location).toBe(site.location)
  })

  it('is unknown where somebody makes stacks into something else', () => {
    const before = Error.prepareStackTrace
    const decorator = (): { location: string | undefined } => captureSite(decorator)
    try {
      Error.prepareStackTrace = (_error, sites) => sites
      expect(decorator().location).toBeUndefined()
    } finally {
      Error.prepareStackTrace = before
    }
  })
})
