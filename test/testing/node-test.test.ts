import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** What node:test says of one of the programs. */
async function run(program: string): Promise<string> {
  const path = new URL(`programs/${program}`, import.meta.url).pathname
  const args = ['--import', 'tsx', '--test', '--test-reporter=tap', path]
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch(
    (error: { stdout: string }) => error
  )
  return stdout
}

describe('the test kit', () => {
  it('works under node:test too', async () => {
    const stdout = await run('with-node-test.ts')
    expect(stdout).toMatch(/^# pass 3$/m)
    expect(stdout).toMatch(/^# fail 0$/m)
  }, 60_000)

  it.each([
    ['before it was loaded', 'faked-before.ts'],
    ['afterwards, in the modules of Node.js too', 'faked-after.ts']
  ])(
    'works when time was faked %s',
    async (_, program) => {
      const stdout = await run(program)
      expect(stdout).toMatch(/^# pass 1$/m)
      expect(stdout).toMatch(/^# fail 0$/m)
    },
    60_000
  )
})
