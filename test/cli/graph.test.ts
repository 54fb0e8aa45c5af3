import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectGolden } from '../golden.js'
import { keelson } from './console.js'

describe('keelson graph', { timeout: 60_000 }, () => {
  it('refuses an entry that does not exist, and names the file that was meant', async () => {
    expect(await keelson(['graph', 'ap.module.ts'])).toMatchObject({
      code: 64,
      stdout: '',
      stderr: 'keelson: there is no file ap.module.ts\n  Did you mean app.module.ts?\n'
    })
  })

  it('refuses to choose between several', async () => {
    expect(await keelson(['graph', 'several.ts'])).toMatchObject({
      code: 78,
      stderr:
        'keelson: several.ts exports several modules and services: Feed, FeedModule\n' +
        '  Say which one, as in several.ts#Feed, or make one the default export.\n'
    })
    expect(await keelson(['graph', 'several.ts#FeedModule', '-q'])).toMatchObject({ code: 0, stderr: '' })
  })

  it('refuses an export that is not there, or no module', async () => {
    expect(await keelson(['graph', 'several.ts#FeedModul'])).toMatchObject({
      code: 64,
      stderr: 'keelson: several.ts has no export named FeedModul\n  Did you mean FeedModule or Feed?\n'
    })
    expect(await keelson(['graph', 'several.ts#limit'])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(
        'limit, exported by several.ts, is neither a module nor a service'
      ) as string
    })
    expect(await keelson(['graph', 'boots-and-named.ts#Reader'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('boots-and-named.ts calls bootstrap() itself') as string
    })
  })

  it('tells what to write where a class is not declared yet, as when files import each other', async () => {
    const { code, stderr } = await keelson(['graph', 'too-early.ts'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /: ReferenceError: Cannot access 'Second' before initialization\n {2}At .*too-early\.ts:\d+\. It runs before Second is declared, .*: write \(\) => Second there\.\n$/
    )
  })

  it('tells what to write where that class is the type of a parameter, for which no function can stand', async () => {
    const { stderr } = await keelson(['graph', 'too-early.ts'])
    expect(stderr).toContain('For the type of a constructor parameter write x = inject(Second) in a field')
  })

  it('tells where a file failed while it was loaded, and shows the stack under --debug only', async () => {
    const short = await keelson(['graph', 'throws.ts'])
    expect(short).toMatchObject({ code: 1, stdout: '' })
    expect(short.stderr).toMatch(
      /^keelson: throws\.ts failed while it was loaded: TypeError: no configuration\n {2}At .*throws\.ts:1\. Run it again with --debug to see the whole error\.\n$/
    )
    const long = await keelson(['graph', 'throws.ts', '--debug'])
    expect(long.stderr).toContain('[cause]: TypeError: no configuration')
    expect(long.stderr).not.toContain('Run it again')
    const { errorJson } = await keelson(['graph', 'throws.ts', '--debug', '--json'])
    expect(errorJson()).toMatchObject({ error: { hint: expect.stringMatching(/^At .*throws\.ts:1\.$/) } })
  })

  it('tells of a loader that compiles no import and export in a .cts file what to write instead', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'keelson-cts-'))
    onTestFinished(() => rmSync(cwd, { recursive: true }))
    writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }')
    const said =
      'Cannot require() ES Module /app/main.cts in a cycle. A cycle involving require(esm) is not allowed'
    writeFileSync(join(cwd, 'main.mjs'), `throw new Error(${JSON.stringify(said)})`)
    expect((await keelson(['graph', 'main.mjs'], { cwd })).stderr).toContain(
      'Its loader compiles no import and export in a .cts file: name it .mts, or write import x = require("…")'
    )
  })

  it.each([
    'Top-level await is currently not supported with the "cjs" output format',
    'await is only valid in async functions and the top level bodies of modules'
  ])('tells of an await at the top of a CommonJS file what makes it a module: %s', async (said) => {
    const cwd = mkdtempSync(join(tmpdir(), 'keelson-await-'))
    onTestFinished(() => rmSync(cwd, { recursive: true }))
    writeFileSync(join(cwd, 'main.mjs'), `throw new SyntaxError(${JSON.stringify(said)})`)
    expect((await keelson(['graph', 'main.mjs'], { cwd })).stderr).toContain(
      'Only a module may await at its top level: set "type": "module" in package.json, or name the file .mts or .mjs.'
    )
  })

  it('tells of a loader that has left standard decorators as they are what mends that', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'keelson-syntax-'))
    onTestFinished(() => rmSync(cwd, { recursive: true }))
    const program = "throw new SyntaxError('Invalid or unexpected token')"
    writeFileSync(join(cwd, 'main.ts'), program)
    writeFileSync(join(cwd, 'main.js'), program)
    writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }')
    expect((await keelson(['graph', 'main.ts'], { cwd })).stderr).toContain(
      'It may be a decorator that its loader does not compile: set "experimentalDecorators": true in tsconfig.json. ' +
        'keelson doctor main.ts tells.'
    )
    expect((await keelson(['graph', 'main.js'], { cwd })).stderr).toContain('Run it again with --debug')
    const missing = "The requested module './feed.js' does not provide an export named 'Fed'"
    writeFileSync(join(cwd, 'typo.ts'), `throw new SyntaxError(${JSON.stringify(missing)})`)
    const typo = await keelson(['graph', 'typo.ts'], { cwd })
    expect(typo.stderr).toContain('SyntaxError')
    expect(typo.stderr).not.toContain('experimentalDecorators')
    writeFileSync(join(cwd, 'tsconfig.json'), '{ "compilerOptions": { "experimentalDecorators": true } }')
    expect((await keelson(['graph', 'main.ts#Other'], { cwd })).stderr).not.toContain(
      'experimentalDecorators'
    )
  })

  it('tells what is wrong with a file, where its first line only announces that', async () => {
    const { stderr } = await keelson(['graph', 'announces.ts'])
    expect(stderr).toContain(
      'loaded: Error: Transform failed with 1 error: main.ts:3:29: ERROR: Expected ","'
    )
  })

  it('refuses a program that is put together wrongly, with everything that is wrong', async () => {
    const { code, stdout, stderr } = await keelson(['graph', 'broken.ts#BrokenModule'])
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
    expect(stderr).toContain('KEEL_MISSING_PROVIDER: Feed needs ')
    expect(stderr).toContain('KEEL_MISSING_PROVIDER: Reader needs ')
  })

  it('knows no service of a name that no service has, but near ones', async () => {
    const { code, stderr } = await keelson(['graph', 'app.module.ts', '--why', 'Sockt'])
    expect(code).toBe(64)
    expect(stderr).toContain("Did you mean 'Socket'?")
    const far = await keelson(['graph', 'app.module.ts', '--why', 'Nowhere'])
    expect(far.code).toBe(64)
    expect(far.stderr).toContain('keelson graph, without --why, shows all 4 names')
  })

  it('draws what is declared, in every format, and constructs nothing', async () => {
    const of = async (...args: string[]): Promise<string> => {
      const { code, stdout } = await keelson(['graph', 'app.module.ts', ...args])
      expect(code).toBe(0)
      return `$ keelson graph app.module.ts ${args.join(' ')}\n${stdout}\n`
    }
    const shown = [
      await of(),
      await of('--format', 'dot'),
      await of('--format', 'mermaid'),
      await of('--format', 'json'),
      await of('--why', 'Socket'),
      await of('--why', 'Reader'),
      await of('--json', '--why', 'Socket')
    ]
    expectGolden('cli/graph.txt', shown.join(''))
    const asJson = await keelson(['graph', 'app.module.ts', '--json'])
    expect(asJson.json()).toEqual((await keelson(['graph', 'app.module.ts', '--format', 'json'])).json())
  })

  it('draws what only constructing shows, when asked to', async () => {
    const { json } = await keelson(['graph', 'app.module.ts', '--construct', '--json'])
    expect(json()).toMatchObject({
      edges: expect.arrayContaining([{ from: 'Reader', to: 'Mailer', kind: 'inject' }]) as unknown
    })
  })

  it('takes what an entry boots itself, without booting it', async () => {
    const { code, json } = await keelson(['graph', 'boots.ts', '--construct', '--json'])
    expect(code).toBe(0)
    expect(json()).toMatchObject({ name: 'pages', edges: [{ from: 'Reader', to: 'Feed', kind: 'inject' }] })
  })
})
