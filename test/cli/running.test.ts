import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { NotifySocket } from '../process/datagrams.js'
import { compile, Program, runningPrograms } from '../process/program.js'

const sources = fileURLToPath(new URL('programs/run/', import.meta.url))
const compiled = compile('test/cli/programs/run')
const folder = join(compiled, 'test/cli/programs/run')
const running = runningPrograms()

/** The command, in a process of its own, beside the compiled programs. */
function keelson(args: readonly string[], env: Record<string, string> = {}): Program {
  return running(new Program([join(compiled, 'src/cli/main.js'), ...args], env, folder))
}

/** The source of a program, where the command has to load it. */
function source(name: string): string {
  copyFileSync(join(sources, name), join(compiled, name))
  return join(compiled, name)
}

// each starts programs on machines that may be busy
describe.concurrent('keelson start, in a process of its own', { timeout: 120_000 }, () => {
  it('ends with 78, and says why, when the program is put together wrongly', async () => {
    const { code, stdout, stderr } = await keelson(['start', 'broken.js']).ended
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toContain('KEEL_MISSING_PROVIDER: Feed needs URL')
  })

  it('says so as JSON under --json', async () => {
    const { code, stderr } = await keelson(['start', 'broken.js', '--json']).ended
    expect(code).toBe(78)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'KEEL_MISSING_PROVIDER', exitCode: 78 } })
  })

  it.each([['start'], ['check'], ['graph']])('refuses a file that exports no module: %s', async (command) => {
    expect(await keelson([command, 'nothing.js']).ended).toMatchObject({
      code: 78,
      stdout: '',
      stderr:
        'keelson: nothing.js exports no module and no service, and boots none\n' +
        '  It exports Plain, limit. Export a class marked @Module() or @Service(), or call bootstrap() in it.\n'
    })
  })

  it('waits for a program that boots itself later, in a function that nobody awaits', async () => {
    expect(await keelson(['start', 'boots-later.js']).ended).toMatchObject({
      code: 0,
      stdout: 'booted\n',
      stderr: ''
    })
    const graph = await keelson(['graph', 'boots-later.js', '--format', 'text']).ended
    expect(graph).toMatchObject({ code: 0, stdout: expect.stringContaining('Late') as string })
  })

  it('leaves a program to boot later what it exports as well, with the options that it has', async () => {
    expect(await keelson(['start', 'exports-and-boots.js']).ended).toMatchObject({
      code: 0,
      stdout: 'booted as Late\n',
      stderr: ''
    })
    const checked = await keelson(['check', 'exports-and-boots.js']).ended
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('Late is sound') as string })
  })

  it('boots what a file exports that only speaks of booting it, once it has waited in vain', async () => {
    writeFileSync(
      join(folder, 'speaks-of-it.js'),
      `import { Service } from 'keelson'
const open = setInterval(() => {}, 1000)
// from now on each second lasts a few milliseconds
const real = setTimeout
globalThis.setTimeout = (run, ms, ...args) => real(run, ms / 200, ...args)
// run it by bootstrap(Feed)
export class Feed { onReady() { clearInterval(open); console.log('up'); process.kill(process.pid, 'SIGTERM') } }
Service()(Feed)
`
    )
    const command = ['start', 'speaks-of-it.js', '--log-level', 'silent']
    const { code, stdout, stderr } = await keelson(command).ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'up\n' })
    // on a busy machine, that it takes long to be loaded comes before
    expect(stderr).toContain(
      'keelson: speaks-of-it.js has not called bootstrap() yet: what it exports is booted'
    )
  })

  it('boots nothing that a program exports whose main() has failed before it would have booted it', async () => {
    writeFileSync(
      join(folder, 'fails-before.js'),
      `import { bootstrap, Service } from 'keelson'
export class Feed { onReady() { console.log('up'); process.kill(process.pid, 'SIGTERM') } }
Service()(Feed)
export class Other {}
if (process.argv[2] === 'several') Service()(Other)
async function main() {
  await new Promise(setImmediate)
  if (process.argv[2]) throw new Error('no configuration')
  await bootstrap(Feed)
}
main().catch(({ message }) => { console.error(message); process.exitCode = 3 })
`
    )
    for (const exported of ['one', 'several']) {
      expect(await keelson(['start', 'fails-before.js', '--', exported]).ended).toMatchObject({
        code: 3,
        stdout: '',
        stderr: 'no configuration\n'
      })
    }
  })

  it('boots the export that is named, though the file boots itself later', async () => {
    const { code, stdout } = await keelson(['start', 'exports-and-boots.js#App', '--log-level', 'silent'])
      .ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'booted as App\n' })
  })

  it('boots nothing when an export is named of a file that boots itself', async () => {
    expect(await keelson(['start', 'boots.js#Main']).ended).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining('boots.js calls bootstrap() itself, so #Main has nothing to choose')
    })
  })

  it('says so when a program boots itself later, though what it exports has been booted by then', async () => {
    const { code, words, stderr } = await keelson(['start', 'boots-twice.js']).ended
    expect({ code, words }).toEqual({ code: 0, words: ['up', 'up'] })
    expect(stderr).toContain(
      'keelson: boots-twice.js calls bootstrap() now, and what it exports has been booted'
    )
  })

  it.each([['start'], ['check'], ['graph']])(
    'ends with 1, and says so, when the program is never done loading: %s',
    async (command) => {
      const { code, stdout, stderr } = await keelson([command, 'hangs.js']).ended
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('keelson: hangs.js is never done loading\n')
    }
  )

  it('tells where an import is not met or a file cannot be read, as far as Node tells, else how to find out', async () => {
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
    write('unmet-import.js', "\nimport { Fed } from './app.module.js'\n")
    write('imports-unmet.js', "import './unmet-import.js'\n")
    write('no-script.cjs', '\nconst a = ;\n')
    write('no-module.js', '\nconst a = ;\n')
    write('no-data.json', '{ "a": }')
    write('reads-data.cjs', "require('./no-data.json')\n")
    const told = async (name: string): Promise<string> => (await keelson(['check', name]).ended).stderr
    expect(await told('imports-unmet.js')).toContain(`At ${join(folder, 'unmet-import.js')}:2. `)
    expect(await told('no-script.cjs')).toContain(`At ${join(folder, 'no-script.cjs')}:2. `)
    expect(await told('no-module.js')).toMatch(
      /\n {2}node --check no-module\.js tells where, if it is in that file\.\n$/
    )
    expect(await told('reads-data.cjs')).toMatch(/no-data\.json: .*\n {2}Run it again with --debug/)
  })

  it('has nothing but the result on stdout, whatever a program prints while it is looked at', async () => {
    const { code, stdout, stderr } = await keelson(['check', 'noisy.js', '--construct']).ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Feed is sound: 1 service, 0 dependencies\n' })
    expect(stderr).toBe('read from .env: 3 variables\nconstructed\nbye\n')
  })

  it('finds a program sound that waits until what it prints has been read', async () => {
    const { code, stdout } = await keelson(['check', 'floods.js']).ended
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Feed is sound: 1 service, 0 dependencies declared\n'
    })
  })

  it('finds no program sound that ends the process while it is loaded', async () => {
    const { code, stderr } = await keelson(['check', 'leaves.js']).ended
    expect(code).toBe(1)
    expect(stderr).toBe('keelson: leaves.js ended the process while it was loaded\n')
    expect((await keelson(['start', 'leaves.js']).ended).code).toBe(0)
  })

  it('ends with 70 when the program crashes', async () => {
    const { code, logged } = await keelson(['start', 'app.module.js'], { CRASH: 'yes' }).ended
    expect(code).toBe(70)
    expect(logged.at(-1)?.msg).toContain('application stopped')
  })

  it('leaves an entry that boots itself to do so, with the arguments after --', async () => {
    const { code, stdout, stderr } = await keelson(['start', 'boots.js', '--', '--port', '80']).ended
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'arguments: --port 80\n', stderr: '' })
  })

  it('stops in order what an entry has booted that throws after that, and ends with 70', async () => {
    const { code, words, stderr } = await keelson(['start', 'throws-later.js']).ended
    expect(words).toEqual(['shut down in order'])
    expect(stderr).toContain('Error: seeding failed\n')
    expect(code).toBe(70)
  })

  it('fails with what an entry throws at last, though the program hears of unhandled rejections', async () => {
    const { code, stdout, stderr } = await keelson(['start', 'throws-at-last.js']).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('throws-at-last.js failed while it was loaded: Error: seeding failed\n')
  })

  it('refuses options that bootstrap() refuses, such as a promise of some', async () => {
    const { code, stdout, stderr } = await keelson(['start', 'boots-with-promise.js']).ended
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toContain('must be an object with options, but is a promise')
  })

  it.each([
    ['leaves the log of the program its colours', [] as string[], '\u001B[32mINFO'],
    ['takes them away under --no-color', ['--no-color'], ' INFO']
  ])('%s', async (_what, options, shown) => {
    const { code, stdout } = await keelson([...options, 'start', 'pretty.js'], { FORCE_COLOR: '1' }).ended
    expect(code).toBe(0)
    expect(stdout).toContain(shown)
    expect(stdout.includes('\u001B')).toBe(options.length === 0)
  })

  it.each([['stdout'], ['stderr']])(
    'lets a program decide what it is that nobody reads any more: %s',
    async (stream) => {
      const program = keelson(['start', 'goes-on.js', '--', stream])
      await program.prints('tick')
      program.stopReading()
      expect(await program.ended).toMatchObject({ code: 0, signal: null })
    }
  )

  it('stops in order on a signal, and ends with 0', async () => {
    const program = keelson(['start', 'app.module.js'])
    await program.prints('application started')
    program.kill('SIGTERM')
    const { code, logged } = await program.ended
    expect(code).toBe(0)
    expect(logged.map(({ msg }) => msg)).toContain('saved')
  })

  it('loads TypeScript in another process, which a signal from the terminal stops once', async () => {
    const file = join(compiled, 'terminal.log')
    const options = [
      '--log-file',
      file,
      '--log-level',
      'debug',
      '--only',
      'Feed',
      '--shutdown-timeout',
      '20s'
    ]
    // a warning of Node.js 26, which is the loader's
    const env = { NODE_OPTIONS: '--disable-warning=DEP0205' }
    const program = keelson(['start', source('app.module.ts'), ...options, '--env-file', envFile()], env)
    await Promise.race([logPrints(file, 'application started'), program.prints('never printed')])
    program.killGroup('SIGINT')
    const { code, stdout, stderr } = await program.ended
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
    const lines = readFileSync(file, 'utf8')
    expect(lines).toContain('"msg":"details"')
    expect(lines).toContain('"msg":"saved"')
    expect(lines).not.toContain('Reader')
  })

  it('passes a signal on that has reached the parent alone', async () => {
    const program = keelson(['start', source('app.module.ts')])
    await program.prints('application started')
    program.kill('SIGTERM')
    const { code, logged } = await program.ended
    expect(code).toBe(0)
    expect(logged.map(({ msg }) => msg)).toContain('saved')
  })

  it.skipIf(process.platform === 'win32')(
    'has the program that another process loads answer the watchdog of systemd',
    async () => {
      const socket = new NotifySocket()
      await socket.received(/listening/)
      // as systemd names the process that it has started
      const named = 'data:text/javascript,process.env.WATCHDOG_PID||=process.pid'
      const command = [join(compiled, 'src/cli/main.js'), 'start', '--no-control', source('app.module.ts')]
      const env = { ...socket.env, WATCHDOG_USEC: '200000' }
      const program = running(new Program(['--import', named, ...command], env, folder))
      await socket.received(/READY=1/)
      await socket.received(/WATCHDOG=1/)
      program.kill('SIGTERM')
      expect(await program.ended).toMatchObject({ code: 0 })
      await socket.close()
    }
  )

  it('leaves the port of the debugger to the program that another process loads', async () => {
    const port = await freePort()
    const command = [join(compiled, 'src/cli/main.js'), 'start', '--no-control', source('debugged.ts')]
    const program = running(new Program([`--inspect=${port}`, ...command], {}, folder))
    await program.prints('debugged at')
    program.kill('SIGTERM')
    const { words } = await program.ended
    expect(words).toEqual([expect.stringContaining(`debugged at ws://127.0.0.1:${port}/`)])
  })

  it('hands on what a program that another process loads tells whoever has started it', async () => {
    const command = ['start', '--no-control', source('tells.ts')]
    const program = fork(join(compiled, 'src/cli/main.js'), command, { cwd: folder, stdio: 'ignore' })
    const told: unknown[] = []
    program.on('message', (message) => {
      if (told.push(message) === 2) program.kill('SIGTERM')
    })
    expect(await once(program, 'exit')).toEqual([0, null])
    expect(told).toEqual([null, 'ready'])
  })

  it('kills a program that is blocked when the same signal comes again and again', async () => {
    const program = keelson(['start', '--no-control', source('blocks.ts')])
    await program.prints('blocked')
    const again = setInterval(() => program.kill('SIGTERM'), 50)
    const { code } = await program.ended
    clearInterval(again)
    expect(code).toBe(143)
  })

  it('starts anew under --watch a program that blocks its event loop for good', async () => {
    const text = readFileSync(join(folder, 'app.module.js'), 'utf8')
    writeFileSync(join(folder, 'blocked.js'), `process.stdout.write('blocked\\n')\nfor (;;);\n`)
    const program = keelson(['start', 'blocked.js', '--watch'])
    await program.prints('blocked')
    writeFileSync(join(folder, 'blocked.js'), text)
    await program.prints('connected')
    program.killGroup('SIGINT')
    expect(await program.ended).toMatchObject({ code: 0 })
  })

  it('starts anew under --watch when a file changes, and says which', async () => {
    const text = readFileSync(join(folder, 'app.module.js'), 'utf8')
    writeFileSync(join(folder, 'watched.js'), text)
    const program = keelson(['start', 'watched.js', '--watch'])
    await program.prints('connected')
    writeFileSync(join(folder, 'watched.js'), text.replace('connected', 'connected anew'))
    await program.prints('watched.js changed; starts anew')
    await program.prints('connected anew')
    program.killGroup('SIGINT')
    const { code, logged } = await program.ended
    expect(code).toBe(0)
    expect(logged.filter(({ msg }) => msg === 'saved')).toHaveLength(2)
  })

  it.skipIf(process.platform === 'win32')(
    'goes on watching under --watch when folders are gone for a while, as where a branch is changed',
    async () => {
      const [sources, away] = [join(compiled, 'watched/src'), join(compiled, 'watched/away')]
      const part = join(sources, 'part/n.js')
      const write = (n: number): void => {
        mkdirSync(join(sources, 'part'), { recursive: true })
        writeFileSync(part, `export const part = ${n}\n`)
      }
      write(1)
      const text = readFileSync(join(folder, 'app.module.js'), 'utf8').replace(
        "'connected'",
        '`part ${part}`'
      )
      writeFileSync(join(sources, 'main.js'), `import { part } from './part/n.js'\n${text}`)
      const program = keelson(['start', join(sources, 'main.js'), '--watch'])
      await program.prints('part 1')
      rmSync(join(sources, 'part'), { recursive: true })
      await program.prints('main.js failed while it was loaded')
      write(2)
      await program.prints('part 2')
      write(3)
      await program.prints('part 3')
      renameSync(sources, away)
      cpSync(away, sources, { recursive: true })
      rmSync(away, { recursive: true })
      await program.prints(`${sources} changed; starts anew`)
      write(4)
      await program.prints('part 4')
      program.killGroup('SIGINT')
      expect(await program.ended).toMatchObject({ code: 0 })
    }
  )

  it.skipIf(process.platform === 'win32')(
    'sees under --watch what changes while another folder is gone for good, and when that is back after all',
    async () => {
      const [sources, further] = [join(compiled, 'beside/src'), join(compiled, 'beside/further')]
      const text = readFileSync(join(folder, 'app.module.js'), 'utf8')
      const main = join(sources, 'main.js')
      const write = (n: number): void => writeFileSync(main, text.replace('connected', `main ${n}`))
      for (const path of [sources, further]) mkdirSync(path, { recursive: true })
      write(1)
      const program = keelson(['start', main, '--watch', '--watch-path', further])
      await program.prints('main 1')
      rmSync(further, { recursive: true })
      write(2)
      await program.prints('main 2')
      write(3)
      await program.prints('main 3')
      mkdirSync(further)
      await program.prints(`keelson: ${further} changed; starts anew`)
      write(4)
      await program.prints('main 4')
      program.killGroup('SIGINT')
      expect(await program.ended).toMatchObject({ code: 0 })
    }
  )
})

describe('keelson, in a process of its own', { timeout: 120_000 }, () => {
  it
    .skipIf(!existsSync('/dev/full'))
    .each([
      ['graph', 'app.module.js', '--json'],
      ['graph', source('app.module.ts')],
      ['--help'],
      ['completion', 'bash']
    ])('fails, and says why, when the result cannot be written: %s %s', (...args) => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [join(compiled, 'src/cli/main.js'), ...args], {
      cwd: folder,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8'
    })
    closeSync(full)
    expect(stderr).toContain('keelson: not all could be written: ENOSPC')
    expect(status).toBe(1)
  })

  it('is content when whoever reads has seen enough', async () => {
    const program = keelson(['graph', 'app.module.js'])
    program.stopReading()
    const { code, stderr } = await program.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function envFile(): string {
  const file = join(compiled, 'some.env')
  writeFileSync(file, 'SOMETHING=1\n')
  return file
}

/** Resolves once a file has these words; its writer is another process. */
async function logPrints(file: string, words: string): Promise<void> {
  const { watch } = await import('node:fs/promises')
  writeFileSync(file, '', { flag: 'a' })
  const events = watch(file)
  if (readFileSync(file, 'utf8').includes(words)) return
  for await (const _ of events) if (readFileSync(file, 'utf8').includes(words)) return
}
