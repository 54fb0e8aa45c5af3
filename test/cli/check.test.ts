import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { expectGolden } from '../golden.js'
import { keelson } from './console.js'

const folder = mkdtempSync(join(tmpdir(), 'keelson-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

function snapshot(text: string): string {
  const file = join(folder, 'graph.json')
  writeFileSync(file, text)
  return file
}

describe('keelson check', { timeout: 60_000 }, () => {
  it('finds every problem at once, and ends with 78', async () => {
    const { code, stdout, stderr } = await keelson(['check', 'broken.ts#BrokenModule'])
    expect({ code, stderr }).toEqual({ code: 78, stderr: '' })
    expectGolden('cli/check-broken.txt', stdout)
    const { json } = await keelson(['check', 'broken.ts#BrokenModule', '--json'])
    expect(json()).toMatchObject({
      ok: false,
      problems: [{ code: 'KEEL_MISSING_PROVIDER' }, { code: 'KEEL_MISSING_PROVIDER' }]
    })
  })

  it('finds what inject() gets wrong only when it may construct', async () => {
    expect(await keelson(['check', 'missing-inject.ts'])).toMatchObject({ code: 0 })
    const { code, stdout } = await keelson(['check', 'missing-inject.ts', '--construct'])
    expect(code).toBe(78)
    expect(stdout).toContain('KEEL_MISSING_PROVIDER')
  })

  it('refuses options that bootstrap() refuses, such as a promise of some', async () => {
    const { code, stderr } = await keelson(['check', 'boots-with-promise.ts'])
    expect(code).toBe(78)
    expect(stderr).toContain('must be an object with options, but is a promise')
  })

  it.each([
    ['bootstrap', "signals: ['SIGNAL']", 'the option signals has "SIGNAL"'],
    ['bootstrap', "dumpSignal: 'SIGTERM'", 'SIGTERM is in the option signals'],
    ['bootstrap', "runUntil: 'never'", 'the option runUntil is "never"'],
    ['bootstrap', 'control: 7', 'the option control is 7'],
    ['bootstrap', "logger: { level: 'loud' }", 'the option logger.level is "loud"'],
    ['bootstrap', "signals: false, dumpSignal: 'SIGTERM'", undefined],
    ['createApplication', "runUntil: 'started'", 'which only bootstrap() heeds'],
    ['createApplication', "dumpSignal: 'SIGTERM'", undefined]
  ])('refuses what %s() is told of the process as it does: %s', async (by, options, complaint) => {
    const file = join(folder, `${by} ${options.replaceAll(/\W+/g, ' ')}.mjs`)
    const own = new URL('../../src/index.ts', import.meta.url).href
    writeFileSync(
      file,
      `import { ${by}, Service } from ${JSON.stringify(own)}\nclass Feed {}\nService()(Feed)\n` +
        `await ${by}(Feed, { ${options} })\n`
    )
    const { code, stderr } = await keelson(['check', file])
    expect(stderr).toContain(complaint ?? '')
    expect(code).toBe(complaint === undefined ? 0 : 78)
  })

  it('says that a program takes long to be loaded', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const file = join(folder, 'slow.mjs')
    const own = new URL('../../src/index.ts', import.meta.url).href
    writeFileSync(
      file,
      `import { Service } from ${JSON.stringify(own)}\nexport class Feed {}\nService()(Feed)\n` +
        'await new Promise((go) => process.emit("test.loading", go))\n'
    )
    const loading = once(process, 'test.loading')
    const checked = keelson(['check', file])
    const [go] = (await loading) as [() => void]
    vi.advanceTimersByTime(5000)
    go()
    const { code, stderr } = await checked
    expect(code).toBe(0)
    expect(stderr).toMatch(/^keelson: .*slow\.mjs has not been loaded yet\n$/)
  })

  it('shows warnings, and is content', async () => {
    const { code, stdout } = await keelson(['check', 'foreign-hook.ts#FeedModule'])
    expect(code).toBe(0)
    expect(stdout).toContain('KEEL_FOREIGN_HOOK')
    expect(stdout).toContain('FeedModule is sound: 1 service, 0 dependencies declared')
  })

  it.each([
    ['is missing', undefined, 'the snapshot nowhere.json cannot be read'],
    ['is no JSON', '{', 'is no snapshot of a graph'],
    ['is of another kind', '{"version":2,"nodes":[],"edges":[]}', 'is no snapshot of a graph']
  ])('refuses a snapshot that %s', async (_what, text, complaint) => {
    const file = text === undefined ? 'nowhere.json' : snapshot(text)
    const { code, stderr } = await keelson(['check', 'app.module.ts', '--against', file])
    expect(code).toBe(64)
    expect(stderr).toContain(complaint)
    expect(stderr).toContain('Write it with: keelson graph app.module.ts --format json >')
  })

  it('is content when the graph is that of the snapshot', async () => {
    const drawn = await keelson(['graph', 'app.module.ts', '--format', 'json'])
    const file = snapshot(drawn.stdout)
    expect(await keelson(['check', 'app.module.ts', '--against', file])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the graph is that of') as string
    })
  })

  it.each([
    [['--construct'], []],
    [['--construct'], ['--construct']],
    [[], ['--construct']]
  ])('compares a snapshot drawn with %j, given %j, with the graph drawn likewise', async (then, now) => {
    const drawn = await keelson(['graph', 'app.module.ts', '--format', 'json', ...then])
    const file = snapshot(drawn.stdout)
    expect(await keelson(['check', 'app.module.ts', '--against', file, ...now])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the graph is that of') as string
    })
    const more = { ...(JSON.parse(drawn.stdout) as { edges: object[] }), edges: [] }
    snapshot(JSON.stringify(more))
    const { stdout } = await keelson(['check', 'app.module.ts', '--against', file, ...now])
    expect(stdout.includes('+ Reader → Mailer')).toBe(then.length > 0)
    expect(stdout.includes('--format json --construct >')).toBe(then.length > 0)
  })

  it('says what has changed since the snapshot, and ends with 1', async () => {
    const before = {
      version: 1,
      nodes: [
        { name: 'Cache', module: 'AppModule' },
        { name: 'Reader', module: 'AppModule' },
        { name: 'Feed', module: 'FeedModule' },
        { name: 'Socket', module: 'AppModule' }
      ],
      edges: [
        { from: 'Reader', to: 'Cache', kind: 'inject' },
        { from: 'Reader', to: 'Feed', kind: 'lazy' },
        { from: 'Feed', to: 'Socket', kind: 'inject' }
      ]
    }
    const file = snapshot(JSON.stringify(before))
    const { code, stdout } = await keelson(['check', 'app.module.ts', '--against', file])
    expect(code).toBe(1)
    expectGolden('cli/check-against.txt', stdout.replaceAll(file, 'graph.json'))
    const { json } = await keelson(['check', 'app.module.ts', '--against', file, '--json'])
    expect(json()).toMatchObject({ ok: false, changes: { removed: { nodes: [{ name: 'Cache' }] } } })
  })

  it('tells the whole command that accepts a change, which leaves the snapshot alone when it fails', async () => {
    const empty = JSON.stringify({ version: 1, constructed: true, nodes: [], edges: [] })
    const file = join(folder, "it's new.json")
    writeFileSync(file, empty)
    const args = ['check', 'app.module.ts#default', '--construct', '--against', file, '--', '--port', '8 0']
    const { code, stdout } = await keelson(args)
    expect(code).toBe(1)
    const quoted = (end: string): string => `'${folder}/it'\\''s new.json${end}'`
    expect(stdout).toContain(
      "to accept it: keelson graph 'app.module.ts#default' --format json --construct -- --port '8 0' " +
        `> ${quoted('.new')} && mv ${quoted('.new')} ${quoted('')}\n`
    )
  })
})
