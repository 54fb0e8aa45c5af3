import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readText } from '../sources/typescript.js'
import { blocksOf, comparable, ROOT, runInTerminal, shownOn } from './terminal.js'

const page = readText('README.md')
const [program = ''] = blocksOf(page, 'ts')
const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs')

describe('README.md', () => {
  it('has at most 250 lines, and a program of at most 25 in the first screen', () => {
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(250)
    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
    expect(page.slice(0, page.indexOf(program)).split('\n').length).toBeLessThan(15)
  })

  // the counts in its output depend on real time; a busy machine may need another go
  it('prints what its first program prints', { timeout: 90_000, retry: 2 }, async () => {
    const fileName = /`npx tsx (\S+)`/.exec(page)![1]!
    const { exit, output } = await runInTerminal([tsx, fileName], projectWith(fileName, program), {
      signal: 'SIGINT',
      after: 'lines: 3\n'
    })
    const printed = { exit, output: output.replace('lines: 3\n', '$&^C\n') }
    expect(comparable(printed)).toEqual(shownOn('README.md', printed))
  })
})

/** An empty project without a tsconfig, as `npm init -y` makes it, in which `keelson` is installed: the sources of this repository. */
function projectWith(fileName: string, main: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'keelson-readme-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const installed = join(directory, 'node_modules/keelson')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n')
  writeFileSync(join(installed, 'package.json'), '{ "type": "module", "exports": "./src/index.ts" }\n')
  symlinkSync(join(ROOT, 'src'), join(installed, 'src'), 'junction')
  writeFileSync(join(directory, fileName), main)
  return directory
}
