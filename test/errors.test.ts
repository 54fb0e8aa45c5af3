import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../src/errors/index.js'
import { tableUnder } from './sources/markdown.js'
import { readText, typescriptFiles } from './sources/typescript.js'

const table = Object.entries(ERROR_CODES)

describe('every error code of src/errors/codes.ts', () => {
  it('has its line under "Errors" in README.md, word for word, and no other code has one', () => {
    const lines = tableUnder(readText('README.md'), 'Errors').map((cells) => cells.join(' | '))
    const expected = table.map(([code, { carrier, meaning }]) => {
      const carriedBy = carrier === 'warning' ? 'a warning' : `\`${carrier}\``
      return `\`${code}\` | ${carriedBy} | ${meaning}`
    })
    expect(lines).toEqual(expected)
  })

  it('is used by the framework', () => {
    const used = codesIn(typescriptFiles('src').filter((path) => path !== 'src/errors/codes.ts'))
    expect(table.map(([code]) => code).filter((code) => !used.has(code))).toEqual([])
  })

  it('is provoked by a test', () => {
    const provoked = codesIn(typescriptFiles('test'))
    expect(table.map(([code]) => code).filter((code) => !provoked.has(code))).toEqual([])
  })
})

function codesIn(paths: string[]): Set<string> {
  return new Set(paths.flatMap((path) => readText(path).match(/\bKEEL_[A-Z0-9_]+\b/g) ?? []))
}
