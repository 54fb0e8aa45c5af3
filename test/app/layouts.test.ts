import { describe, expect, it } from 'vitest'
import { compilePrograms } from '../process/program.js'

const start = compilePrograms('test/app/programs')

describe('what is kept of a service', () => {
  it('is never laid out anew by V8 while it starts, crashes, restarts and stops', async () => {
    const { code, stdout } = await start('layouts', { execArgv: ['--trace-migration'] }).ended
    expect(code).toBe(0)
    expect(stdout).toContain('done')
    // One for a service would be sixty; the few are of what there is once.
    const relaid = stdout.split('\n').filter((line) => line.startsWith('[migrating]'))
    expect(relaid.length, relaid.join('\n')).toBeLessThan(10)
  })
})
