import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokenLinks } from './broken-links.js'
import { Consumer } from './consumer.js'
import { forgottenTypes } from './forgotten-types.js'

const consumer = new Consumer()
const compilers = ['@typescript/native', 'typescript']
const printed = 'Feed, Reader\nhello from Reader'

beforeAll(() => consumer.install(), 180_000)
afterAll(() => consumer.remove(), 60_000)

describe('the packed package', { timeout: 120_000 }, () => {
  it('holds what users need and nothing else', () => {
    const files = consumer.packageFiles()
    const needed = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(js|js\.map|d\.ts))$/
    expect(files.filter((file) => !needed.test(file))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/index.js']))
  })

  it('holds nothing that was compiled from a file long gone', () => {
    const compiled = consumer.packageFiles().filter((file) => file.startsWith('dist/'))
    const sources = compiled.map((file) =>
      file.replace(/^dist/, 'src').replace(/\.(js|js\.map|d\.ts)$/, '.ts')
    )
    expect(sources.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([])
  })

  it.each(compilers)('runs when %s compiled legacy decorators with metadata', async (compiler) => {
    await consumer.tool(compiler, '-p', 'legacy')
    expect(await consumer.run(process.execPath, 'legacy/dist/main.js')).toBe(printed)
  })

  it.each(compilers)('runs when %s compiled standard decorators', async (compiler) => {
    await consumer.tool(compiler, '-p', 'standard')
    expect(await consumer.run(process.execPath, 'standard/dist/main.js')).toBe(printed)
  })

  it.each(['legacy', 'standard'])(
    'runs under tsx, which emits no metadata, with %s decorators',
    async (dialect) => {
      const program = ['--tsconfig', `${dialect}/tsconfig.json`, 'standard/main.ts']
      expect(await consumer.tool('tsx', ...program)).toBe(printed)
    }
  )

  it('says under tsx that the types of constructor parameters are unknown', async () => {
    const program = ['--tsconfig', 'legacy/tsconfig.json', 'tsx/erased.ts']
    expect(await consumer.tool('tsx', ...program)).toBe('KEEL_NO_METADATA')
  })

  it('loads by import, every entry point', async () => {
    expect(await consumer.run(process.execPath, 'plain/import.mjs')).toBe('. ok\n./testing ok')
  })

  it('loads by require(), every entry point, as the one copy that import has', async () => {
    expect(await consumer.run(process.execPath, 'plain/require.cjs')).toBe(
      '. ok\n./testing ok\none copy true'
    )
  })

  it('calls what it exports as in the source, though the bundler renames what has the name of another', async () => {
    expect(await consumer.run(process.execPath, 'plain/names.mjs')).toBe('')
  })

  it.each(['keelson-first', 'keelson-last'])(
    'shares what compilers emit with another copy of reflect-metadata, %s',
    async (order) => {
      expect(await consumer.run(process.execPath, 'plain/reflect.mjs', order)).toBe('true true')
    }
  )

  it('loads no library with the framework, and rxjs with the first stream', async () => {
    expect(await consumer.run(process.execPath, 'plain/late.cjs')).toBe('none\nrxjs true')
  })

  it('exports every type that its signatures mention', () => {
    expect(forgottenTypes(consumer.typesOfEntries())).toEqual([])
  })

  it('has examples in its comments that compile', async () => {
    const examples = consumer.writeExamples()
    expect(examples.length).toBeGreaterThan(40)
    expect(await consumer.tool('typescript', '-p', 'examples')).toBe('')
  })

  it('has no link in its comments that leads nowhere', () => {
    expect(brokenLinks(consumer.typesOfEntries())).toEqual([])
  })

  it('says of each package that its types mention that it needs it, or can do with it', () => {
    expect(consumer.packagesOfTypes()).toContain('@types/node')
    expect(consumer.declaredPackages()).toEqual(expect.arrayContaining(consumer.packagesOfTypes()))
  })

  it('does not load the command with the framework', async () => {
    const loaded = await consumer.run(process.execPath, 'plain/loaded.mjs')
    expect(loaded).toContain('keelson/dist/index.js')
    expect(loaded).not.toMatch(/dist[\\/]cli|commander/)
  })

  it('has a command that says what it is, from npx', async () => {
    expect(await consumer.run('npx', 'keelson', '--version')).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('writes a project that passes its own test, is sound, builds and starts', async () => {
    await consumer.run('npx', 'keelson', 'new', 'hello')
    await consumer.installIn('hello')
    expect(await consumer.runIn('hello', 'npm', 'test')).toMatch(/^[#ℹ] pass 1$/m)
    expect(await consumer.runIn('hello', 'npm', 'run', 'check')).toContain(
      'AppModule is sound: 2 services, 1 dependency declared'
    )
    expect(await consumer.runIn('hello', 'npx', 'keelson', 'graph', '-q')).toBe(
      'AppModule\n\nGreeter\n└─ Greetings'
    )
    expect(await consumer.runIn('hello', 'npx', 'keelson', 'doctor')).toContain(
      '✓ @oxc-node/core: emits the types of constructor parameters'
    )
    await consumer.runIn('hello', 'npm', 'run', 'build')
    expect(
      await consumer.runIn('hello', 'npx', 'keelson', 'start', '--dry-run', 'dist/app.module.js')
    ).toContain('start order:\n   1  Greetings\n   2  Greeter')
  }, 300_000)

  describe.each(compilers)('has types for %s', (compiler) => {
    it.each(['nodenext', 'bundler'])('under %s', async (resolution) => {
      expect(await consumer.tool(compiler, '-p', `types/${resolution}.json`)).toBe('')
    })
  })
})
