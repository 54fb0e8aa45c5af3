import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keelson, type Printed } from '../cli/console.js'
import { compilePrograms, type Program } from '../process/program.js'

const start = compilePrograms('test/control/programs')
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder for sockets of this test alone, and the surroundings of those who are to use it. */
function place(): { env: Record<string, string>; sockets: string; list(): string[] } {
  const runtime = mkdtempSync(join(tmpdir(), 'kp-'))
  folders.push(runtime)
  const sockets = join(runtime, 'keelson')
  const list = (): string[] => (existsSync(sockets) ? readdirSync(sockets) : [])
  return { env: { XDG_RUNTIME_DIR: runtime, KEELSON_CONTROL: '1' }, sockets, list }
}

/** A program that is up, and how to run a command in its surroundings. */
async function running(
  name: string,
  { env }: { env: Record<string, string> },
  args: string[] = []
): Promise<{ program: Program; ask(...args: string[]): Promise<Printed> }> {
  const program = start(name, { env, args })
  await program.prints('up')
  return { program, ask: (...words) => keelson(words, { env }) }
}

describe
  .skipIf(process.platform === 'win32')
  .concurrent('a program with a control socket', { timeout: 120_000 }, () => {
    it('has it for its user alone, until it ends', async () => {
      const here = place()
      const { program, ask } = await running('shop', here)
      expect(here.list()).toEqual([`Shop-${program.pid}.sock`])
      expect(statSync(here.sockets).mode & 0o777).toBe(0o700)
      expect(statSync(join(here.sockets, here.list()[0] ?? '')).mode & 0o777).toBe(0o600)
      expect((await ask('ps')).stdout).toMatch(/^Store +running .*3 connections$/m)
      program.kill('SIGTERM')
      expect((await program.ended).code).toBe(0)
      expect(here.list()).toEqual([])
    })

    it('is stopped in order by keelson stop, which is told so, and exits with 0', async () => {
      const here = place()
      const { program, ask } = await running('shop', here)
      const { code, stdout } = await ask('stop')
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Shop stopped in \S+\n$/)])
      const ending = await program.ended
      expect(ending.code).toBe(0)
      expect(ending.logged.map((line) => line.msg)).toContain('application draining: keelson stop')
      expect(ending.logged.at(-1)?.msg).toMatch(/^application stopped in/)
      expect(here.list()).toEqual([])
    })

    it('has none when it does not ask for one, however it is started', async () => {
      const here = place()
      const silent = { ...here, env: { ...here.env, KEELSON_CONTROL: '0' } }
      const refused = await running('shop', here, ['{"control":false}'])
      const unasked = await running('shop', silent)
      expect(here.list()).toEqual([])
      expect((await refused.ask('ps')).code).toBe(1)
      refused.program.kill('SIGTERM')
      unasked.program.kill('SIGTERM')
      expect((await refused.program.ended).code).toBe(0)
      expect((await unasked.program.ended).code).toBe(0)
    })

    it('has it at the path that it says, where commands find it by the same variable', async () => {
      const here = place()
      const path = join(here.sockets, 'deep', 'shop.sock')
      const env = { ...here.env, KEELSON_CONTROL: path }
      const { program, ask } = await running('shop', { env })
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(await ask('health')).toMatchObject({ code: 0, stdout: 'Shop is ready\n' })
      program.kill('SIGTERM')
      await program.ended
      expect(existsSync(path)).toBe(false)
    })

    it('takes it away when it exits at once, and leaves it only when it is killed, for a command to find', async () => {
      const here = place()
      const [exits, killed] = [await running('shop', here), await running('shop', here, ['{"name":"Mill"}'])]
      expect(here.list()).toHaveLength(2)
      const both = await exits.ask('ps')
      expect(both.code).toBe(64)
      expect(both.stderr).toMatch(/several programs run:\n {2}Mill \(pid \d+\) .*\n {2}Shop \(pid \d+\) /)
      expect((await exits.ask('run', 'Orders.leave', '--socket', 'Shop')).stderr).toContain(
        'ended before it had answered'
      )
      expect((await exits.program.ended).code).toBe(3)
      expect(here.list()).toEqual([`Mill-${killed.program.pid}.sock`])
      killed.program.kill('SIGKILL')
      await killed.program.ended
      const none = await killed.ask('ps')
      expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('one that is gone was removed')])
      expect(here.list()).toEqual([])
    })

    it('that is blocked is not waited for, and answers when it goes on', async () => {
      const here = place()
      const { program, ask } = await running('shop', here)
      program.kill('SIGSTOP')
      const blocked = await ask('health', '--live', '--timeout', '200ms')
      expect([blocked.code, blocked.stderr]).toEqual([
        1,
        expect.stringMatching(/Shop \(pid \d+\) does not answer within 200ms\n {2}its event loop is blocked/)
      ])
      program.kill('SIGCONT')
      expect((await ask('health', '--live')).code).toBe(0)
      program.kill('SIGTERM')
      expect((await program.ended).code).toBe(0)
    })

    it('can be looked at while it starts, and is stopped then too', async () => {
      const here = place()
      const program = start('slow', { env: here.env })
      await program.prints('connecting')
      const ask = (...words: string[]): Promise<Printed> => keelson(words, { env: here.env })
      expect((await ask('ps')).stdout).toMatch(/^Slow +starting .*onStart for/m)
      expect(await ask('health')).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("Slow is 'starting'")
      })
      expect((await ask('stop')).code).toBe(0)
      expect((await program.ended).code).toBe(0)
    })

    it('ends as if nobody had ever looked: no log reader holds it up, nothing is still open', async () => {
      const here = place()
      const { program, ask } = await running('shop', here)
      const heard: string[] = []
      let told = (): void => {}
      const first = new Promise<void>((resolve) => (told = resolve))
      const stdout = { write: (text: string) => (heard.push(text), told()) }
      const reader = keelson(['logs', '--follow'], { env: here.env, stdout })
      await first
      await ask('ps')
      program.kill('SIGTERM')
      const { code, logged } = await program.ended
      expect(code).toBe(0)
      expect(logged.map((line) => line.msg).filter((text) => text.startsWith('still open'))).toEqual([])
      expect((await reader).code).toBe(0)
      expect(heard.join('')).toContain('application stopped')
    })

    it('has it when keelson start runs it, unless told not to', async () => {
      const here = place()
      const { KEELSON_CONTROL: _, ...env } = here.env
      const entry = 'test/control/programs/shop.ts'
      const run = (...args: string[]): Program =>
        start('../../../src/cli/main', { env, args: ['start', entry, ...args] })
      const [program, without] = [run(), run('--no-control')]
      await Promise.all([program.prints('up'), without.prints('up')])
      expect(here.list()).toHaveLength(1)
      without.kill('SIGTERM')
      expect((await without.ended).code).toBe(0)
      expect(await keelson(['stop'], { env })).toMatchObject({ code: 0 })
      expect((await program.ended).code).toBe(0)
    })

    it('that is left to itself ends, socket or not', async () => {
      const here = place()
      const { code, stdout } = await start('leaves', { env: here.env }).ended
      expect(stdout).toContain('the socket is there: true')
      expect(code).toBe(0)
      expect(here.list()).toEqual([])
    })
  })
