import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const program = new URL('programs/with-node-test.ts', import.meta.url).pathname

describe('the test kit', () => {
  it('works under node:test too', async () => {
    const args = ['--import', 'tsx', '--test', '--test-reporter=tap', program]
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    expect(stdout).toMatch(/^# pass 3$/m)
    expect(stdout).toMatch(/^# fail 0$/m)
  }, 60_000)
})
