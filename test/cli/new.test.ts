import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keelson } from './console.js'

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-new-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

// that the project works is shown by test/package/new-project.test.ts
describe('keelson new', () => {
  it('refuses a folder that is not empty, a file, and no folder', async () => {
    const cwd = emptyFolder()
    mkdirSync(join(cwd, 'full'))
    writeFileSync(join(cwd, 'full/file'), '')
    expect(await keelson(['new', 'full'], { cwd })).toMatchObject({
      code: 64,
      stderr: 'keelson: the folder full is not empty\n  Name one that is empty, or not there yet.\n'
    })
    expect(await keelson(['new', 'full/file'], { cwd })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('full/file is a file') as string
    })
    expect(await keelson(['new'], { cwd })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("missing required argument 'folder'") as string
    })
    for (const blank of ['', ' ']) {
      expect(await keelson(['new', blank], { cwd })).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('the name of the folder is empty') as string
      })
    }
    expect(readdirSync(join(cwd, 'full'))).toEqual(['file'])
    expect(readdirSync(cwd)).toEqual(['full'])
  })

  it('refuses a folder below a file, or one that cannot be made', async () => {
    const cwd = emptyFolder()
    writeFileSync(join(cwd, 'file'), '')
    for (const below of ['file/x', 'file/x/y']) {
      expect(await keelson(['new', below], { cwd })).toMatchObject({
        code: 64,
        stderr: `keelson: ${below} cannot be made: ${join(cwd, 'file')} is a file\n  Name a folder below another folder.\n`
      })
    }
    expect(await keelson(['new', 'x'.repeat(300)], { cwd })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('nothing can be written to the folder xxx') as string
    })
  })

  it('writes a project, and says what to do next', async () => {
    const cwd = emptyFolder()
    const { code, stdout } = await keelson(['new', 'apps/My Shop'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toBe("9 files in apps/My Shop. Now:\n  cd 'apps/My Shop'\n  npm install\n  npm run dev\n")
    const text = readFileSync(join(cwd, 'apps/My Shop/package.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({
      name: 'my-shop',
      keelson: { entry: 'src/app.module.ts' },
      dependencies: { keelson: expect.stringMatching(/^\^\d/) as string }
    })
  })

  it('warns of a path that the loader of the project cannot read, where it cannot', async () => {
    const cwd = emptyFolder()
    expect((await keelson(['new', 'plain'], { cwd })).stderr).toBe('')
    expect((await keelson(['new', 'a shop/x'], { cwd, nodeVersion: '22.12.0' })).stderr).toBe('')
    for (const folder of ['my shop/x', 'Läden/x']) {
      const { code, stderr } = await keelson(['new', folder], { cwd })
      expect(code).toBe(0)
      expect(stderr).toContain('under Node.js 20, @oxc-node/core loads no file whose path has a space in it')
      expect(stderr).toContain('Move the project')
    }
  })

  it.each([
    ['Über_Shop!', 'uber_shop'],
    ['Crème brûlée', 'creme-brulee'],
    ['x/keelson', 'keelson-app'],
    ['TypeScript', 'typescript-app'],
    ['店', 'app']
  ])('names the project in %s so that npm accepts it, beside what it needs', async (folder, name) => {
    const cwd = emptyFolder()
    expect(await keelson(['new', folder], { cwd })).toMatchObject({ code: 0 })
    const text = readFileSync(join(cwd, folder, 'package.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ name })
  })

  it('takes the folder that it is in, when only git is there already', async () => {
    const cwd = emptyFolder()
    mkdirSync(join(cwd, '.git'))
    const { code, json } = await keelson(['new', '.', '--json'], { cwd })
    expect(code).toBe(0)
    expect(json()).toMatchObject({ folder: cwd, next: ['npm install', 'npm run dev'] })
    expect(readdirSync(join(cwd, 'src')).toSorted()).toEqual(['app.module.ts', 'greeter.ts', 'greetings.ts'])
  })
})
