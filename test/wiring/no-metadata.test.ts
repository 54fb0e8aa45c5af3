import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/errors/index.js'

const run = promisify(execFile)

describe('under tsx', () => {
  it('an application that relies on emitted types says so once, with what to do instead', async () => {
    const program = fileURLToPath(new URL('programs/no-metadata.ts', import.meta.url))
    const { stdout } = await run(process.execPath, ['--import', 'tsx', program], {
      env: { ...process.env, VITEST: undefined }
    })
    const problems = JSON.parse(stdout) as Problem[]
    expect(problems).toMatchObject([
      {
        code: 'KEEL_NO_METADATA',
        message: expect.stringMatching(
          /^2 classes rely on emitted parameter types, and tsx emitted none\nApi \(.*no-metadata\.ts:9\)\nWeb \(.*no-metadata\.ts:14\)$/
        ),
        hint: expect.stringContaining('@Service({ inject: [X] })')
      }
    ])
  }, 30_000)
})
