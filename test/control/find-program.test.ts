import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ControlError, findProgram } from '../../src/control/index.js'
import { scratchFolder } from './scratch.js'

const folder = scratchFolder()
let count = 0

/** Surroundings in which nothing runs yet, and how to put sockets there. */
function place(): {
  env: Record<string, string>
  listen(file: string): Promise<string>
  leave(file: string): Promise<string>
} {
  const runtime = join(folder, String(++count))
  mkdirSync(join(runtime, 'keelson'), { recursive: true })
  const listen = async (file: string): Promise<string> => {
    const path = join(runtime, 'keelson', file)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    afterAll(() => server.close())
    return path
  }
  const leave = async (file: string): Promise<string> => {
    const path = join(runtime, 'keelson', file)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(runtime, 'moved'), resolve))
    // Node takes the file away that it made, and not the one that it has become.
    renameSync(join(runtime, 'moved'), path)
    await new Promise((resolve) => server.close(resolve))
    return path
  }
  return { env: { XDG_RUNTIME_DIR: runtime }, listen, leave }
}

const refusal = async (found: Promise<unknown>): Promise<ControlError> => {
  const error: unknown = await found.catch((thrown: unknown) => thrown)
  if (error instanceof ControlError) return error
  throw new Error('nothing was refused')
}

describe.skipIf(process.platform === 'win32')(
  'the program that a command is meant for',
  { timeout: 60_000 },
  () => {
    it('is told to be missing, with how to switch its socket on', async () => {
      const { env } = place()
      const { message, hint, isUsage } = await refusal(findProgram(undefined, env))
      expect(message).toBe('no program with a control socket runs')
      expect(hint).toContain('KEELSON_CONTROL=1')
      expect(isUsage).toBe(false)
      expect((await refusal(findProgram('Shop', env))).message).toBe(message)
    })

    it('is told to be gone, when only its socket is left, which is removed', async () => {
      const { env, leave } = place()
      const path = await leave('Shop-12.sock')
      expect((await refusal(findProgram(undefined, env))).message).toContain(`was removed: ${path}`)
      expect(existsSync(path)).toBe(false)
    })

    it('is the only one there is, whatever else lies there', async () => {
      const { env, listen, leave } = place()
      const dead = await leave('Shop-13.sock')
      const path = await listen('Big_Shop-12.sock')
      writeFileSync(join(path, '..', 'notes.txt'), 'mine')
      expect(await findProgram(undefined, env)).toEqual({ path, label: 'Big_Shop (pid 12)', removed: [dead] })
    })

    it('has to be named when there are several, which are listed', async () => {
      const { env, listen } = place()
      const paths = [
        await listen('Shop-12.sock'),
        await listen('Shop-13.sock'),
        await listen('Mill-9.2.sock')
      ]
      const { message, hint, isUsage } = await refusal(findProgram(undefined, env))
      expect(message.split('\n')).toEqual([
        'several programs run:',
        `  Mill (pid 9)  ${paths[2]}`,
        `  Shop (pid 12)  ${paths[0]}`,
        `  Shop (pid 13)  ${paths[1]}`
      ])
      expect(hint).toContain('--socket <path|pid|name>')
      expect(isUsage).toBe(true)
      expect((await refusal(findProgram('Shop', env))).message).toMatch(/^several programs are called Shop:/)
      expect((await findProgram('Mill', env)).path).toBe(paths[2])
      expect((await findProgram('13', env)).path).toBe(paths[1])
      expect((await findProgram(paths[0], env)).path).toBe(paths[0])
    })

    it('is not found under a wrong name; near ones are told', async () => {
      const { env, listen } = place()
      await listen('Shop-12.sock')
      const near = await refusal(findProgram('shopp', env))
      expect([near.message, near.hint]).toEqual(['no program called shopp runs', 'did you mean Shop?'])
      expect((await refusal(findProgram('13', env))).hint).toBe('there is Shop (pid 12).')
      expect(near.isUsage).toBe(true)
    })

    it('is found by its name also where that looks like a path, unless there is a socket at it', async () => {
      const { env, listen } = place()
      const path = await listen('shop_api-12.sock')
      await listen('Shop-13.sock')
      const other = await listen('shop_api-14.sock.sock')
      expect(await findProgram('shop/api', env)).toMatchObject({ path, label: 'shop_api (pid 12)' })
      expect(await findProgram(other, env)).toMatchObject({ path: other })
      expect((await refusal(findProgram('shop/web', env))).message).toBe('there is no socket at shop/web')
      await listen('shop_api-15.sock')
      expect((await refusal(findProgram('shop/api', env))).message).toContain(
        'several programs are called shop/api'
      )
    })

    it('is the one whose path the environment tells, unless another is named', async () => {
      const { env, listen } = place()
      const [one, other] = [await listen('one.sock'), await listen('Shop-12.sock')]
      expect((await findProgram(undefined, { ...env, KEELSON_CONTROL: one })).path).toBe(one)
      expect((await findProgram(undefined, { ...env, KEELSON_CONTROL: '1' })).path).toBe(other)
      expect((await findProgram('Shop', { ...env, KEELSON_CONTROL: one })).path).toBe(other)
    })

    it.each([
      ['nothing', '', 'the socket is given as nothing'],
      ['a file that is not there', '/nowhere/a.sock', 'there is no socket at /nowhere/a.sock'],
      ['a folder', '/tmp/', '/tmp/ is no socket']
    ])('cannot be %s', async (_, wanted, message) => {
      expect((await refusal(findProgram(wanted, {}))).message).toBe(message)
    })

    it.runIf(process.platform === 'linux')('is found by the process that has started it', async () => {
      const { env, listen } = place()
      const path = await listen(`Shop-${process.pid}.sock`)
      await listen('Mill-12.sock')
      expect((await findProgram(String(process.ppid), env)).path).toBe(path)
      const other = await listen(`Mill-${process.ppid}.sock`)
      expect((await findProgram(String(process.ppid), env)).path).toBe(other)
    })

    it('cannot be a file that is no socket, which stays', async () => {
      const file = join(folder, 'precious.sock')
      writeFileSync(file, 'precious')
      expect((await refusal(findProgram(file, {}))).message).toBe(`${file} is no socket`)
      expect(existsSync(file)).toBe(true)
    })

    it('named by a path where nobody listens any more is gone, and so is its socket', async () => {
      const { leave } = place()
      const path = await leave('Shop-12.sock')
      const { message } = await refusal(findProgram(path, {}))
      expect(message).toBe(`the program of ${path} is gone; its socket was removed`)
      expect(existsSync(path)).toBe(false)
    })
  }
)
