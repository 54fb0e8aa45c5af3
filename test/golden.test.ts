import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { expectGolden } from './golden.js'

const scratch = fileURLToPath(new URL('./golden/scratch.txt', import.meta.url))

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(scratch, { force: true })
})

test('a text that differs fails with the command that writes the file anew', () => {
  vi.stubEnv('UPDATE_GOLDEN', '')
  writeFileSync(scratch, 'old\n')
  expect(() => expectGolden('scratch.txt', 'new')).toThrow(
    'test/golden/scratch.txt says something else. If the new text is right: UPDATE_GOLDEN=1 npx vitest run test/golden.test.ts'
  )
})

test('a file that is missing fails with the same command', () => {
  vi.stubEnv('UPDATE_GOLDEN', '')
  expect(() => expectGolden('scratch.txt', 'new')).toThrow(
    'UPDATE_GOLDEN=1 npx vitest run test/golden.test.ts'
  )
})

test('UPDATE_GOLDEN=1 writes what the next run compares', () => {
  vi.stubEnv('UPDATE_GOLDEN', '1')
  expectGolden('scratch.txt', 'new')
  vi.stubEnv('UPDATE_GOLDEN', '')
  expect(() => expectGolden('scratch.txt', 'new')).not.toThrow()
})
