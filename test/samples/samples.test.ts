import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { tableUnder } from '../sources/markdown.js'
import { readText } from '../sources/typescript.js'
import { blocksOf, comparable, ROOT, runInTerminal, shownOn } from './terminal.js'

const folders = readdirSync(`${ROOT}samples`).filter((name) => /^\d\d-/.test(name))
const runs = folders.flatMap((folder) => commandsOf(folder).map((command) => ({ folder, command })))

// after a change on purpose: UPDATE_GOLDEN=1 npx vitest run test/samples
describe('a numbered sample prints what its README says, and ends with 0', { timeout: 90_000 }, () => {
  it.concurrent.each(runs)('$command', async ({ folder, command }) => {
    const printed = await runInTerminal(argumentsOf(command))
    expect(comparable(printed)).toEqual(shownOn(`samples/${folder}/README.md`, printed))
  })
})

describe('the samples', () => {
  it('are numbered without a gap, and each says how to run it', () => {
    expect(folders.map((name) => Number(name.slice(0, 2)))).toEqual(folders.map((_, index) => index + 1))
    expect(new Set(runs.map(({ folder }) => folder))).toEqual(new Set(folders))
  })

  it('are all in the table of samples/README.md, with their command', () => {
    const rows = tableUnder(readText('samples/README.md'), 'Samples').map((row) => row.join(' '))
    for (const folder of [...folders, 'pageviews']) {
      const row = rows.find((text) => text.includes(`(${folder}/`))
      const first = runs.find((run) => run.folder === folder)
      expect(row).toContain(first?.command ?? 'npm run sample')
    }
    expect(rows).toHaveLength(folders.length + 1)
  })

  it('begin with one of fewer than 25 lines', () => {
    expect(readText(`samples/${folders[0]}/main.ts`).split('\n').length).toBeLessThan(25)
  })
})

function commandsOf(folder: string): string[] {
  const lines = blocksOf(readText(`samples/${folder}/README.md`), 'sh').flatMap((block) => block.split('\n'))
  return lines.filter((line) => /^(node|npx tsx) /.test(line))
}

/** The command of a README for this Node.js. What tsx does is the same, in one process instead of two. */
function argumentsOf(command: string): string[] {
  const [program, ...args] = command.split(' ')
  return program === 'node' ? args : ['--import', ...args]
}
