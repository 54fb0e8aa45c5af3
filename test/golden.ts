import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Expects `text` to be what `test/golden/<path>` holds, byte for byte; the file ends in a newline even if the text
 * does not. With `UPDATE_GOLDEN=1` the file is written instead.
 */
export function expectGolden(path: string, text: string): void {
  const file = `test/golden/${path}`
  const actual = text.endsWith('\n') ? text : `${text}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(root + file), { recursive: true })
    writeFileSync(root + file, actual)
  }
  const test = relative(root, expect.getState().testPath ?? '')
  const expected = read(root + file)
  expect(
    actual,
    `${file} ${expected === undefined ? 'does not exist' : 'says something else'}. If the new text is right: UPDATE_GOLDEN=1 npx vitest run ${test}`
  ).toBe(expected)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
