import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { compilePrograms } from './program.js'

/** Before a release: KEELSON_SPAWNS=200 npx vitest run test/process/stress.test.ts */
const SPAWNS = Number(process.env['KEELSON_SPAWNS'] ?? 40)
const CYCLES = Number(process.env['KEELSON_CYCLES'] ?? 1000)
/** What the program may use in all. */
const MOST_MB = 64
/** Caches of Node.js and of V8 fill for a while. */
const FEW_OBJECTS = 200

const run = compilePrograms()
const folder = mkdtempSync(join(tmpdir(), 'keelson-stress-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Held {
  readonly listeners: number
  readonly handles: readonly string[]
  readonly objects: Readonly<Record<string, number>>
}

describe(`${CYCLES} times in one process`, { timeout: 300_000 }, () => {
  it.each([
    ['one application is started and stopped', 'one'],
    ['an application is built, started, stopped and disposed', 'many']
  ])('%s, and nothing is left behind', async (_what, how) => {
    const program = run('cycles', {
      args: [how, String(CYCLES)],
      execArgv: ['--no-warnings', `--max-old-space-size=${MOST_MB}`]
    })
    const { code, words, stderr } = await program.ended
    expect([code, stderr]).toEqual([0, ''])
    const [before, after] = JSON.parse(words[0]?.replace('held: ', '') ?? '') as [Held, Held]
    expect(after.listeners).toBe(before.listeners)
    expect(after.handles).toEqual(before.handles)
    const { Object: all = NaN, ...kinds } = after.objects
    const { Object: allBefore = NaN, ...kindsBefore } = before.objects
    expect(kinds).toEqual(kindsBefore)
    expect(all - allBefore).toBeLessThan(FEW_OBJECTS)
  })
})

describe('from outside', () => {
  it(
    `${SPAWNS} programs that are told to stop at any moment put everything away`,
    {
      timeout: SPAWNS * 15_000
    },
    async () => {
      const faults: string[] = []
      const one = async (index: number): Promise<void> => {
        const journal = join(folder, String(index))
        const program = run('stress', { args: [journal] })
        await program.prints('begun')
        // Real time is the point: somewhere in the start, or after it.
        await pause(Math.random() * 200)
        program.kill('SIGTERM')
        const { code, words, stderr } = await program.ended
        const left = leftIn(journal)
        if (code !== 0 || left.length > 0 || stderr !== '')
          faults.push(
            `program ${index}: code ${code}, left ${left.join(', ')}, said ${words.join(', ')} ${stderr}`
          )
      }
      const left = Array.from({ length: SPAWNS }, (_, index) => index)
      const some = async (): Promise<void> => {
        for (let index = left.shift(); index !== undefined; index = left.shift()) await one(index)
      }
      await Promise.all([some(), some(), some()])
      expect(faults).toEqual([])
    }
  )
})

/** What was taken in hand, and not put away again. */
function leftIn(journal: string): string[] {
  const open = new Map<string, number>()
  let text = ''
  try {
    text = readFileSync(journal, 'utf8')
  } catch {
    // It was told to stop before it took anything in hand.
  }
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const what = line.slice(1)
    open.set(what, (open.get(what) ?? 0) + (line.startsWith('+') ? 1 : -1))
  }
  return [...open].filter(([, count]) => count !== 0).map(([what]) => what)
}
