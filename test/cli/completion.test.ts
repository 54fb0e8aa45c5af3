import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Cron, Service, Task } from 'keelson'
import { controlled, scratchFolder } from '../control/scratch.js'
import { expectGolden } from '../golden.js'
import { compile } from '../process/program.js'
import { keelson } from './console.js'

/** What `keelson complete` prints for a command line that ends where the cursor is. */
async function complete(line: string, env: Record<string, string> = {}): Promise<string[]> {
  const { code, stdout, stderr } = await keelson(['complete', '--', ...line.split(' ').slice(1)], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

/** The words alone. */
async function wordsAt(line: string, env?: Record<string, string>): Promise<string> {
  const [kind, ...lines] = await complete(line, env)
  return [`${kind}:`, ...lines.map((each) => each.split('\t')[0])].join(' ')
}

describe('keelson completion', { timeout: 60_000 }, () => {
  it('ends with 64 for an unknown shell, and lists those that are known', async () => {
    const { code, stdout, stderr } = await keelson(['completion', 'tcsh'])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain("'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish")
  })

  it('ends with 64 when no shell is named', async () => {
    expect(await keelson(['completion'])).toMatchObject({ code: 64, stdout: '' })
  })

  it.each(['bash', 'zsh', 'fish'])('prints the script for %s', async (shell) => {
    const { code, stdout } = await keelson(['completion', shell])
    expect(code).toBe(0)
    expectGolden(`cli/completion.${shell}`, stdout)
  })

  it('prints it as JSON under --json', async () => {
    const { stdout } = await keelson(['completion', 'fish'])
    expect((await keelson(['completion', 'fish', '--json'])).json()).toEqual({
      shell: 'fish',
      script: stdout
    })
  })
})

describe('a command line is completed', { timeout: 60_000 }, () => {
  it.each([
    // commands
    ['keelson gr', 'values: graph'],
    ['keelson re', 'values: restart'],
    ['keelson comp', 'values: completion'],
    ['keelson --json gr', 'values: graph'],
    ['keelson help gr', 'values: graph'],
    ['keelson nonsense', 'values:'],
    ['keelson nonsense gr', 'values:'],
    // options, those of every command too
    ['keelson --q', 'values: --quiet'],
    ['keelson -q', 'values: -q'],
    ['keelson graph --c', 'values: --construct'],
    ['keelson graph --js', 'values: --json'],
    ['keelson logs --l', 'values: --level'],
    ['keelson graph --nonsense', 'values:'],
    ['keelson nonsense --q', 'values: --quiet'],
    // the values of options
    ['keelson graph --format ', 'values: text dot mermaid json'],
    ['keelson graph --format m', 'values: mermaid'],
    ['keelson graph --format=m', 'values: --format=mermaid'],
    ['keelson graph --format nonsense', 'values:'],
    ['keelson graph --nonsense=m', 'values:'],
    ['keelson graph --construct=m', 'values:'],
    ['keelson start --log-level f', 'values: fatal'],
    ['keelson logs --level w', 'values: warn'],
    ['keelson start --shutdown-timeout ', 'values:'],
    ['keelson start --env-file ', 'files:'],
    ['keelson start --env-file=.e', 'files:'],
    ['keelson check --against ', 'files:'],
    ['keelson ps --socket ', 'files:'],
    ['keelson graph --why ', 'values:'],
    // arguments
    ['keelson start ', 'files:'],
    ['keelson start --log-level fatal sr', 'files:'],
    ['keelson start src/main.ts ', 'files:'],
    ['keelson doctor src/main.ts ', 'values:'],
    ['keelson new ', 'folders:'],
    ['keelson completion ', 'values: bash zsh fish'],
    ['keelson completion f', 'values: fish'],
    ['keelson completion fish ', 'values:'],
    ['keelson level Orders d', 'values: debug'],
    ['keelson dump ', 'values:'],
    // behind -- there are no options
    ['keelson start src/main.ts -- --wat', 'files:'],
    ['keelson completion -- z', 'values: zsh'],
    ['keelson completion -- --js', 'values:']
  ])('%s', async (line, expected) => {
    expect(await wordsAt(line)).toBe(expected)
  })

  it('with every command that the help lists, and what it is for', async () => {
    const { stdout } = await keelson(['--help'])
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
    expect(await wordsAt('keelson ')).toBe(['values:', ...listed].join(' '))
    expect(listed).toContain('completion')
    expect(listed).not.toContain('complete')
    expect(await complete('keelson start')).toEqual(['values', 'start\trun a program'])
  })

  it('with every option of a command, and what it is for', async () => {
    const lines = await complete('keelson graph --')
    expect(lines).toContain('--why\twho needs this one, on which way from the top')
    expect(lines).toContain('--json\tprint JSON, for other programs')
  })

  it('as JSON under --json, and with nothing when there is nothing to complete', async () => {
    const { json } = await keelson(['--json', 'complete', '--', 'graph', '--format', 'd'])
    expect(json()).toEqual({ kind: 'values', candidates: [{ value: 'dot' }] })
    expect(await keelson(['complete'])).toMatchObject({ code: 0, stderr: '' })
  })
})

@Service()
class Orders {
  @Task({ name: 'once' }) async quick(): Promise<void> {}
  @Cron('30 2 * * *') nightly(): void {}
}
@Service()
class Outbox {}

describe('services of a running program are completed', { timeout: 60_000 }, () => {
  const folder = scratchFolder()

  it('not at all when none answers, and nothing is said', async () => {
    expect(await wordsAt(`keelson ps --socket ${join(folder, 'none.sock')} `)).toBe('values:')
    expect(await wordsAt('keelson restart ', { KEELSON_CONTROL: join(folder, 'none.sock') })).toBe('values:')
  })

  it('not at all when it takes its time', async () => {
    const path = join(folder, 'deaf.sock')
    const server = createServer((socket) => void socket.on('error', () => undefined))
    const sockets = new Set<{ destroy(): unknown }>()
    server.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect(await wordsAt(`keelson ps --socket=${path} `)).toBe('values:')
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  it('by name, where a service is asked for', async () => {
    const path = join(folder, 'shop.sock')
    await using _ = await controlled([Orders, Outbox], path)
    const env = { KEELSON_CONTROL: path }
    for (const command of ['ps', 'logs', 'level', 'stop', 'restart', 'cron']) {
      await expect.poll(() => wordsAt(`keelson ${command} Or`, env), BUSY).toBe('values: Orders')
    }
    await expect.poll(() => wordsAt(`keelson ps --socket ${path} `), BUSY).toBe('values: Orders Outbox')
    await expect
      .poll(() => wordsAt('keelson run Orders.', env), BUSY)
      .toBe('values: Orders.once Orders.nightly')
    expect(await wordsAt('keelson graph --why ', env)).toBe('values:')
  })
})

/** A machine that is busy may make the program miss the time that it is given. */
const BUSY = { timeout: 50_000 }

describe('in bash', { timeout: 120_000 }, () => {
  const compiled = compile('test/cli/programs/run')
  const bin = join(compiled, 'bin')
  let script: string

  beforeAll(async () => {
    mkdirSync(bin)
    const main = join(compiled, 'src/cli/main.js')
    writeFileSync(join(bin, 'keelson'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(join(bin, 'keelson'), 0o755)
    script = (await keelson(['completion', 'bash'])).stdout
  })

  /** What bash is told when a key is pressed behind these words. */
  function press(words: readonly string[], path = `${bin}:${process.env['PATH']}`, name = 'keelson'): string {
    const program = [
      script,
      // a completion that bash has not asked for has no options to change
      'compopt() { echo "compopt $*"; }',
      'COMP_WORDS=(keelson "$@") COMP_CWORD=$#',
      `_keelson '${name}'`,
      'printf "%s\\n" "${COMPREPLY[@]}"'
    ].join('\n')
    const { stdout, stderr, status } = spawnSync(
      'bash',
      ['--norc', '--noprofile', '-c', program, 'bash', ...words],
      {
        cwd: compiled,
        encoding: 'utf8',
        env: { PATH: path, LC_ALL: 'C' }
      }
    )
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    return stdout.trim()
  }

  const words = (...lines: string[]): string => ['compopt +o default', ...lines].join('\n')

  it.each([
    ['a command', ['gr'], words('graph')],
    ['an option', ['graph', '--f'], words('--format')],
    ['a choice', ['graph', '--format', 'd'], words('dot')],
    ['a choice behind =, which bash takes for a word', ['graph', '--format', '=', 'd'], words('dot')],
    ['all of them', ['graph', '--format', '='], words('text', 'dot', 'mermaid', 'json')],
    ['a choice behind = where bash does not break words', ['graph', '--format=d'], words('--format=dot')],
    ['a shell', ['completion', 'z'], words('zsh')],
    ['nothing', ['nonsense', ''], words()],
    ['folders, by bash itself', ['new', ''], 'compopt +o default -o dirnames'],
    ['files, by bash itself', ['start', 'sr'], '']
  ])('%s', (_, typed, expected) => {
    expect(press(typed)).toBe(expected)
  })

  it('asks the command of the path that is typed', () => {
    expect(press(['gr'], process.env['PATH'], join(bin, 'keelson'))).toBe(words('graph'))
  })

  it('says nothing when there is no such command', () => {
    expect(press(['gr'], process.env['PATH'], './nowhere/keelson')).toBe('')
  })

  it('is registered for keelson, with the names of files where nothing else is known', () => {
    const { stdout } = spawnSync('bash', ['--norc', '-c', `${script}\ncomplete -p keelson`], {
      encoding: 'utf8'
    })
    expect(stdout.trim()).toBe('complete -o default -F _keelson keelson')
  })
})
