import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keelson } from './console.js'

function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-entry-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const throws = (what: string): string => `throw new Error('loaded ${what}')`

describe('the entry', { timeout: 60_000 }, () => {
  it('is missing: says what was tried', async () => {
    const cwd = project({ 'package.json': '{}' })
    const { code, stderr } = await keelson(['check'], { cwd })
    expect(code).toBe(64)
    expect(stderr).toContain('there is no entry: none was given, and this folder has none of the usual files')
    expect(stderr).toContain('Tried src/app.module, src/main, ')
  })

  it('is named in package.json, wrongly: says where', async () => {
    const cwd = project({ 'package.json': '{ "keelson": { "entry": "src/none.js" } }' })
    expect((await keelson(['check'], { cwd })).stderr).toContain(
      'there is no file src/none.js\n  It is named at "keelson": { "entry" } in package.json.'
    )
    writeFileSync(join(cwd, 'package.json'), '{ "keelson": { "entry": 3 } }')
    expect(await keelson(['check'], { cwd })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('"keelson": { "entry" } in ') as string
    })
    writeFileSync(join(cwd, 'package.json'), '{')
    expect(await keelson(['check'], { cwd })).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('package.json cannot be read') as string
    })
  })

  it('is the one of the nearest package.json, from a folder below it too', async () => {
    const cwd = project({
      'package.json': '{ "keelson": { "entry": "lib/it" } }',
      'lib/it.mjs': throws('it'),
      'src/main.mjs': throws('main')
    })
    mkdirSync(join(cwd, 'deep'))
    for (const from of [cwd, join(cwd, 'deep')]) {
      expect((await keelson(['check'], { cwd: from })).stderr).toContain('loaded it')
    }
  })

  it('is the module before the program, and what was built comes last', async () => {
    const files = {
      'package.json': '{}',
      'src/app.module.mjs': throws('module'),
      'src/main.mjs': throws('main'),
      'dist/main.mjs': throws('built')
    }
    const cwd = project(files)
    expect((await keelson(['check'], { cwd })).stderr).toContain('loaded module')
    rmSync(join(cwd, 'src/app.module.mjs'))
    expect((await keelson(['check'], { cwd })).stderr).toContain('loaded main')
    rmSync(join(cwd, 'src/main.mjs'))
    expect((await keelson(['check'], { cwd })).stderr).toContain('loaded built')
  })

  it.each([[['start', '--dry-run']], [['check']], [['graph']]])(
    'is the usual one where nothing stands before --: %j',
    async (command) => {
      const cwd = project({
        'package.json': '{}',
        'main.mjs': 'throw new Error(process.argv.slice(2).join())'
      })
      const { stderr } = await keelson([...command, '--', '--port', '80'], { cwd })
      expect(stderr).toContain('main.mjs failed while it was loaded: Error: --port,80')
      const named = await keelson([...command, 'mian.mjs', '--', '--port', '80'], { cwd })
      expect(named.stderr).toContain('there is no file mian.mjs\n  Did you mean main.mjs?')
    }
  )

  it('that fails is named by its path, with the spaces that it has', async () => {
    const cwd = project({ 'package.json': '{}', 'my programs (old)/x.mjs': "throw new Error('no luck')" })
    const { stderr } = await keelson(['check', 'my programs (old)/x.mjs'], { cwd })
    expect(stderr).toContain(`\n  At ${join(cwd, 'my programs (old)', 'x.mjs')}:1. Run it again`)
  })

  it('that throws what is no error is told as any other that fails', async () => {
    const cwd = project({
      'package.json': '{}',
      'x.mjs': 'throw Object.create(null)',
      'y.mjs': "throw 'no luck'"
    })
    expect(await keelson(['check', 'x.mjs'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'x.mjs failed while it was loaded: [Object: null prototype] {}'
      ) as string
    })
    expect((await keelson(['check', 'y.mjs'], { cwd })).stderr).toContain("loaded: 'no luck' (a string")
  })

  it('is a folder, or nothing: says so', async () => {
    const cwd = project({ 'package.json': '{}', 'src/x.js': '' })
    expect((await keelson(['check', 'src'], { cwd })).stderr).toContain('src is a folder, not a file')
    expect(await keelson(['check', 'src/x.js/y'], { cwd })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('there is no file src/x.js/y') as string
    })
    expect((await keelson(['check', '#X'], { cwd })).stderr).toContain("'#X' names no entry")
    expect((await keelson(['check', 'src/x.js#'], { cwd })).stderr).toContain("'src/x.js#' names no entry")
  })

  it.each([
    ['says, where types are expected of a loader that emits none, all that helps', true, 'check', true],
    ['leaves that to the findings of doctor', true, 'doctor', false],
    ['says nothing of types to standard decorators, which have none', false, 'check', false]
  ])('%s', async (_what, experimentalDecorators, command, isTold) => {
    const cwd = project({
      'package.json': '{}',
      'tsconfig.json': JSON.stringify({ compilerOptions: { experimentalDecorators } }),
      'main.ts': '',
      'node_modules/tsx/package.json': '{ "exports": { ".": "./loader.mjs" } }'
    })
    const { stderr } = await keelson([command, 'main.ts'], {
      cwd,
      loadsTypeScript: false,
      relaunch: () => ({ ended: Promise.resolve(0), kill: () => {} })
    })
    const told =
      'keelson: tsx loads main.ts, and it emits no types: constructor injection needs npm install --save-dev ' +
      '@oxc-node/core, or @Service({ inject: [Feed] }), or inject(Feed) in a field\n'
    expect(stderr).toBe(isTold ? told : '')
  })
})
