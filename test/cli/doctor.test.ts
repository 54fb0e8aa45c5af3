import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectGolden } from '../golden.js'
import { keelson } from './console.js'

const loader = fileURLToPath(new URL('../../node_modules/@oxc-node', import.meta.url))

/** A project with these files and a loader, gone after the test. */
function project(files: Readonly<Record<string, string>>, prefix = 'keelson-doctor-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(loader, join(folder, 'node_modules/@oxc-node'), 'junction')
  return folder
}

interface Report {
  readonly ok: boolean
  readonly findings: readonly { readonly status: string; readonly about: string; readonly message: string }[]
}

const manifest = (version: string): string => JSON.stringify({ version })
const decorators = (more: object): string =>
  JSON.stringify({ compilerOptions: { experimentalDecorators: true, ...more } })

// each compiles a class in another process, on machines that may be busy
describe('keelson doctor', { timeout: 120_000 }, () => {
  it('finds what has to be mended, says how, and ends with 1', async () => {
    const cwd = project({
      'package.json': '{}',
      'tsconfig.json': JSON.stringify({ compilerOptions: { emitDecoratorMetadata: true } }),
      'node_modules/tsyringe/package.json': manifest('4.10.0'),
      'node_modules/other/package.json': manifest('1.0.0'),
      'node_modules/other/node_modules/tsyringe/package.json': manifest('4.8.0'),
      'node_modules/other/node_modules/rxjs/package.json': manifest('7.8.1'),
      'node_modules/rxjs/package.json': manifest('7.8.2')
    })
    const { code, stdout, stderr } = await keelson(['doctor'], { cwd, nodeVersion: '20.18.3' })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expectGolden('cli/doctor.txt', stdout.replaceAll(cwd, '<project>'))
  })

  it('is content with a project in which all is well, and says what is good to know', async () => {
    const cwd = project({
      'package.json': '{}',
      'base.json': decorators({ target: 'es2022', isolatedModules: true }),
      'tsconfig.json':
        '{ "extends": "./base.json", "compilerOptions": { "emitDecoratorMetadata": true } } // comment',
      'node_modules/.pnpm/rxjs@7.8.2/node_modules/rxjs/package.json': manifest('7.8.2')
    })
    const { code, json } = await keelson(['doctor', '--json'], { cwd })
    expect(code).toBe(0)
    const { ok, findings } = json() as Report
    expect(ok).toBe(true)
    expect(findings.map(({ status, about }) => `${status} ${about}`)).toEqual([
      'ok Node.js',
      'ok tsconfig.json',
      'note tsconfig.json',
      'note tsconfig.json',
      'ok @oxc-node/core',
      'ok rxjs',
      'note entry'
    ])
  })

  it('looks at the wiring of an entry, and at hooks that nobody calls', async () => {
    const { code, json } = await keelson(['doctor', 'foreign-hook.ts', '--json'])
    expect(code).toBe(1)
    const { findings } = json() as Report
    expect(findings.at(-1)).toMatchObject({
      status: 'problem',
      about: 'foreign-hook.ts',
      message: expect.stringContaining('several modules and services: Feed, FeedModule') as string
    })
    const named = (await keelson(['doctor', 'foreign-hook.ts#FeedModule', '--json'])).json() as Report
    expect(named.findings.at(-1)?.message).toContain('KEEL_FOREIGN_HOOK')
  })

  it('advises nothing that is done already when the loader fails for another reason', async () => {
    const files = { 'package.json': '{}', 'tsconfig.json': decorators({}) }
    const broken = { exports: { './register': './register.mjs' } }
    const cwd = project(files)
    rmSync(join(cwd, 'node_modules/@oxc-node'))
    mkdirSync(join(cwd, 'node_modules/@oxc-node/core'), { recursive: true })
    writeFileSync(join(cwd, 'node_modules/@oxc-node/core/package.json'), JSON.stringify(broken))
    writeFileSync(join(cwd, 'node_modules/@oxc-node/core/register.mjs'), "throw new Error('no binding')")
    const { code, stdout } = await keelson(['doctor'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toContain('cannot run a class with a decorator')
    expect(stdout).toContain('Update the loader')
    expect(stdout).not.toContain('Set "experimentalDecorators"')
  })

  it.runIf(process.versions.node.startsWith('20.'))(
    'knows the paths that the loader cannot read',
    async () => {
      const files = { 'package.json': '{}', 'tsconfig.json': decorators({ emitDecoratorMetadata: true }) }
      const { code, stdout } = await keelson(['doctor'], { cwd: project(files, 'keelson doctor-') })
      expect(code).toBe(1)
      expect(stdout).toContain('@oxc-node/core loads no file whose path has a space in it')
      expect(stdout).not.toContain('experimentalDecorators":')
    }
  )

  it('is not kept from its work by what an installation has left half done', async () => {
    const cwd = project({
      'package.json': '{}',
      'tsconfig.json': decorators({ emitDecoratorMetadata: true }),
      'node_modules/rxjs/package.json': '{ "version": "7'
    })
    symlinkSync(join(cwd, 'nowhere'), join(cwd, 'node_modules/linked'), 'junction')
    const { code, stdout, stderr } = await keelson(['doctor'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('✓ rxjs: of unknown version')
  })

  it('tells of a tsconfig.json that cannot be read, and of an entry that is not there', async () => {
    const cwd = project({ 'package.json': '{}', 'tsconfig.json': '{ "extends": "./nowhere.json" }' })
    const { code, stdout } = await keelson(['doctor'], { cwd })
    expect(code).toBe(1)
    expect(stdout).toContain('✗ tsconfig.json: cannot be read')
    expect(await keelson(['doctor', 'nowhere.ts'], { cwd })).toMatchObject({ code: 64 })
  })
})
