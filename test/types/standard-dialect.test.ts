import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

it('TypeScript checks decorators of the standard dialect as it does those of the legacy one', async () => {
  const tsc = new URL('../../node_modules/.bin/tsc', import.meta.url).pathname
  const project = new URL('fixtures/standard', import.meta.url).pathname
  const { stdout } = await run(tsc, ['-p', project, '--pretty', 'false']).catch(
    (error: { stdout: string }) => error
  )
  // what is wrong elsewhere is not this test's matter
  const complaints = stdout
    .split('\n')
    .filter((line) => line.startsWith('test/types/') || line.startsWith(' '))
  expect(complaints).toEqual([])
}, 60_000)
