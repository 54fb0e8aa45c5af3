import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { readProcessOptions } from '../../src/process/process-options.js'
import { compilePrograms, type RunOptions } from './program.js'

const run = compilePrograms()
const folder = mkdtempSync(join(tmpdir(), 'keelson-blocking-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.concurrent('a blocked event loop', () => {
  it.each<[how: string, options: RunOptions]>([
    ['compiled', {}],
    ['TypeScript', { loader: 'tsx' }]
  ])('of a program that is %s is reported while it blocks, and when it turns again', async (how, options) => {
    const file = join(folder, how)
    const program = run('blocking', { ...options, args: [file] })
    await program.prints('at refresh')
    writeFileSync(file, '')
    await program.prints('the event loop was blocked')
    program.kill('SIGTERM')
    const { code, stderr, logged } = await program.ended
    expect(code).toBe(0)
    expect(stderr).toContain('the event loop has been blocked for more than 100ms by\n')
    expect(stderr).toMatch(/ {4}at parseUntil \(\/.*\/blocking\.ts:14:\d+\)\n {4}at refresh \(/)
    const line = logged.find((each) => each.msg === 'the event loop was blocked')
    expect(line?.durationMs).toBeGreaterThan(100)
    expect(line?.err).toMatchObject({
      code: 'KEEL_BLOCKED_EVENT_LOOP',
      stack: expect.stringContaining('blocking.ts:14')
    })
  })

  it('of a program whose stop ends right after that is reported too', async () => {
    const file = join(folder, 'stop')
    const program = run('blocking-stop', { args: [file] })
    await program.prints('ready')
    program.kill('SIGTERM')
    await program.prints('at onStop')
    writeFileSync(file, '')
    const { code, logged } = await program.ended
    expect(code).toBe(0)
    const line = logged.find((each) => each.msg === 'the event loop was blocked')
    expect(line?.err).toMatchObject({ stack: expect.stringContaining('blocking-stop.ts:13') })
  })

  it.each([
    ['has done its work', 'tasks-done', 0],
    ['has failed to start', 'fails', 1]
  ])('of a program that %s is watched no more when the process exits', async (_, how, exitCode) => {
    const { code, words } = await run('watched', { args: [how] }).ended
    expect(words).toEqual(['the thread has ended', 'exits'])
    expect(code).toBe(exitCode)
  })
})

describe('blockingTimeout', () => {
  it('is off by default, and 10s under --debug for those who have the process to themselves', () => {
    expect(readProcessOptions({}, true).blockingTimeout).toBeUndefined()
    vi.spyOn(process, 'argv', 'get').mockReturnValue(['node', 'program', '--debug'])
    expect(readProcessOptions({}, true).blockingTimeout).toBe(10_000)
    expect(readProcessOptions({}, false).blockingTimeout).toBeUndefined()
    expect(readProcessOptions({ blockingTimeout: '2s' }, true).blockingTimeout).toBe(2000)
  })

  it('of 0 is refused, since every loop is blocked for some time', () => {
    expect(() => readProcessOptions({ blockingTimeout: 0 }, true)).toThrow('blockingTimeout is 0')
  })
})
