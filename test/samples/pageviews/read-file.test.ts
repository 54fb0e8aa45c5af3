import {
  appendFileSync,
  linkSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LogFiles } from '../../../samples/pageviews/ingest/log-files.js'
import type { Block, Position } from '../../../samples/pageviews/ingest/position.js'
import { followFile, LOOKS_AT_RENAMED_FILE, readFile } from '../../../samples/pageviews/ingest/read-file.js'
import type { StatsStore } from '../../../samples/pageviews/store/stats-store.js'
import { scratchDirectory } from './scratch.js'

/** What a program that counts lines would have stored: it can be started again and again. */
class Reader {
  readonly lines: string[] = []
  readonly positions = new Map<string, Position>()
  readonly stop = new AbortController()
  files = this.#start()

  constructor(readonly path: string) {}

  #start(): LogFiles {
    const stored = [...this.positions.values()]
    const files = new LogFiles({ positions: () => stored } as unknown as StatsStore)
    files.onStart()
    return files
  }

  restart(): void {
    this.files = this.#start()
  }

  take({ lines, position }: Block): void {
    this.lines.push(...lines)
    if (position === undefined) return
    this.positions.set(position.file, position)
    this.files.reached(position)
  }

  /** One run that reads to the end. */
  async read(path = this.path): Promise<string[]> {
    const before = this.lines.length
    for await (const block of readFile(path, this.files, this.stop.signal)) this.take(block)
    return this.lines.slice(before)
  }

  /** One run that follows; what happens between the looks is up to the steps, and with the last it ends. */
  async follow(...steps: (() => void)[]): Promise<string[]> {
    const before = this.lines.length
    const stop = new AbortController()
    const looks = async () => {
      const step = steps.shift()
      if (step === undefined) stop.abort()
      else step()
    }
    for await (const block of followFile(this.path, this.files, stop.signal, looks)) this.take(block)
    return this.lines.slice(before)
  }
}

const nothing = () => {}
const longEnough = Array.from({ length: LOOKS_AT_RENAMED_FILE + 2 }, () => nothing)

function logFile(content?: string): { path: string; reader: Reader } {
  const path = join(scratchDirectory(), 'access.log')
  if (content !== undefined) writeFileSync(path, content)
  return { path, reader: new Reader(path) }
}

describe('reading a file to its end', () => {
  it('fails for a file that is not there', async () => {
    const { reader } = logFile()
    await expect(reader.read()).rejects.toThrow('ENOENT')
  })

  it('counts a last line that has no newline', async () => {
    const { reader } = logFile('one\ntwo')
    expect(await reader.read()).toEqual(['one', 'two'])
  })

  it('goes on where it was left, after a restart too', async () => {
    const { path, reader } = logFile('one\n')
    expect(await reader.read()).toEqual(['one'])
    expect(await reader.read()).toEqual([])
    appendFileSync(path, 'two\nthree\n')
    reader.restart()
    expect(await reader.read()).toEqual(['two', 'three'])
  })

  it('counts a line once that was complete only after it had been counted', async () => {
    const { path, reader } = logFile('one\ntw')
    await reader.read()
    appendFileSync(path, 'o\nthree\n')
    reader.restart()
    expect(await reader.read()).toEqual(['three'])
    expect(reader.lines).toEqual(['one', 'tw', 'three'])
  })

  it('goes on after a line that got nothing but its newline', async () => {
    const { path, reader } = logFile('one')
    await reader.read()
    appendFileSync(path, '\ntwo\n')
    reader.restart()
    expect(await reader.read()).toEqual(['two'])
  })

  it('begins anew in a file that has been replaced, shorter or longer', async () => {
    const { path, reader } = logFile('one\ntwo\n')
    await reader.read()
    reader.restart()
    writeFileSync(path, 'new\n') // the same inode
    expect(await reader.read()).toEqual(['new'])
    reader.restart()
    writeFileSync(path, 'newer than ever\nand longer\n')
    expect(await reader.read()).toEqual(['newer than ever', 'and longer'])
  })

  it('knows a file again whose first bytes have become more than it had seen', async () => {
    const { path, reader } = logFile('1\n')
    await reader.read()
    appendFileSync(path, `${'x'.repeat(5000)}\n`)
    reader.restart()
    expect(await reader.read()).toEqual(['x'.repeat(5000)])
    reader.restart()
    expect(await reader.read()).toEqual([])
  })

  it('first reads what is left of a file that was rotated while nobody looked', async () => {
    const { path, reader } = logFile('one\n')
    await reader.read()
    appendFileSync(path, 'two\nthr')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'four\n')
    reader.restart()
    expect(await reader.read()).toEqual(['two', 'thr', 'four'])
    reader.restart()
    expect(await reader.read()).toEqual([])
  })

  it('knows a file again after a rotation in which it had not found a line yet', async () => {
    const { path, reader } = logFile('')
    await reader.read()
    appendFileSync(path, 'one\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'two\n')
    reader.restart()
    expect(await reader.read()).toEqual(['one', 'two'])
  })

  it('leaves other files alone whose names begin alike, and compressed ones', async () => {
    const { path, reader } = logFile('one\n')
    writeFileSync(`${path}.other`, 'not asked for\n')
    await reader.read()
    appendFileSync(path, 'two\n')
    renameSync(path, `${path}.1.gz`) // as if the inode of the one that was read had been used again
    writeFileSync(path, 'three\n')
    reader.restart()
    expect(await reader.read()).toEqual(['three'])
  })

  it('reads a file once that is asked for under two names at the same time', async () => {
    const { path, reader } = logFile('one\n')
    linkSync(path, `${path}.link`)
    const read = await Promise.all([reader.read(), reader.read(`${path}.link`)])
    expect(read.flat().length).toBeGreaterThan(0)
    expect(reader.lines).toEqual(['one'])
  })

  it('stops where it is told to, and the next run goes on there', async () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index}`)
    const { reader } = logFile(`${text.join('\n')}\n`)
    for await (const block of readFile(reader.path, reader.files, reader.stop.signal)) {
      reader.take(block)
      if (reader.lines.length > 0) reader.stop.abort()
    }
    expect(reader.lines.length).toBeGreaterThan(0)
    expect(reader.lines.length).toBeLessThan(text.length)
    const next = new Reader(reader.path)
    for (const position of reader.positions.values()) next.positions.set(position.file, position)
    next.restart()
    expect([...reader.lines, ...(await next.read())]).toEqual(text)
  })
})

describe('following a file', () => {
  it('waits for a file that does not exist yet', async () => {
    const { path, reader } = logFile()
    expect(await reader.follow(nothing, () => writeFileSync(path, 'one\n'), nothing)).toEqual(['one'])
  })

  it('reads what is added, and a line only when it is whole', async () => {
    const { path, reader } = logFile('one\n')
    const append = (text: string) => () => appendFileSync(path, text)
    const read = await reader.follow(append('tw'), nothing, append('o\nthr'), append('ee'), append('\n'))
    expect(read).toEqual(['one', 'two', 'three'])
  })

  it('leaves an unfinished line to the next run', async () => {
    const { path, reader } = logFile('one\ntw')
    expect(await reader.follow()).toEqual(['one'])
    appendFileSync(path, 'o\n')
    reader.restart()
    expect(await reader.follow()).toEqual(['two'])
  })

  it('reads on in a renamed file that is still written to, and in the new one as well', async () => {
    const { path, reader } = logFile('one\n')
    const read = await reader.follow(
      () => {
        appendFileSync(path, 'two\n')
        renameSync(path, `${path}.1`)
      },
      () => appendFileSync(`${path}.1`, 'three\n'),
      () => writeFileSync(path, 'four\n'),
      () => appendFileSync(`${path}.1`, 'five\nsi'),
      ...longEnough
    )
    expect(read).toEqual(['one', 'two', 'three', 'four', 'five', 'si'])
  })

  it('loses nothing when it ends between a rotation and the end of the old file', async () => {
    const { path, reader } = logFile('one\n')
    await reader.follow(() => {
      renameSync(path, `${path}.1`)
      writeFileSync(path, 'two\n')
    })
    appendFileSync(`${path}.1`, 'three\n')
    reader.restart()
    expect(await reader.follow()).toEqual(['three'])
    reader.restart()
    expect(await reader.follow()).toEqual([])
  })

  it('reads to its end a file that was deleted', async () => {
    const { path, reader } = logFile('one\n')
    const read = await reader.follow(
      () => {
        appendFileSync(path, 'two\n')
        unlinkSync(path)
      },
      () => writeFileSync(path, 'three\n'),
      ...longEnough
    )
    expect(read).toEqual(['one', 'two', 'three'])
  })

  it('begins anew in a file that was emptied, and counts what it had of an unfinished line', async () => {
    const { path, reader } = logFile('one\ntw')
    const read = await reader.follow(
      () => truncateSync(path),
      () => appendFileSync(path, 'three\n'),
      nothing
    )
    expect(read).toEqual(['one', 'tw', 'three'])
    reader.restart()
    expect(await reader.follow()).toEqual([])
  })

  it('notices that a file was emptied even if it has grown beyond its former size since', async () => {
    const { path, reader } = logFile('one\n')
    const read = await reader.follow(() => writeFileSync(path, 'two, which is longer\nthree\n'), nothing)
    expect(read).toEqual(['one', 'two, which is longer', 'three'])
  })

  it('closes every file that it opened', async () => {
    const { path, reader } = logFile('one\n')
    await reader.follow(
      () => renameSync(path, `${path}.1`),
      () => writeFileSync(path, 'two\n'),
      nothing
    )
    const again = await reader.files.open(path)
    const renamed = await reader.files.open(`${path}.1`)
    onTestFinished(async () => {
      await again?.close()
      await renamed?.close()
    })
    expect(again).toBeDefined()
    expect(renamed).toBeDefined()
  })
})

describe('reading through whatever happens', () => {
  // of a file that came and was renamed between two looks, nobody can know
  const happenings = fc.array(fc.constantFrom('line', 'half', 'end of half', 'rotate', 'look', 'restart'), {
    maxLength: 40
  })

  it('counts each line once', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (todo) => {
        const directory = mkdtempSync(join(tmpdir(), 'pageviews-'))
        const path = join(directory, 'access.log')
        const reader = new Reader(path)
        const written: string[] = []
        let unfinished = ''
        let exists = false
        let known = false
        let rotations = 0
        const write = (text: string) => {
          appendFileSync(path, text)
          exists = true
          unfinished += text
          if (!unfinished.endsWith('\n')) return
          written.push(unfinished.trimEnd())
          unfinished = ''
        }
        const steps: Record<string, () => void> = {
          line: () => write(`line ${written.length}\n`),
          half: () => write(`half ${written.length} `),
          'end of half': () => write('end\n'),
          rotate() {
            if (!known) return
            renameSync(path, `${path}.${++rotations}`)
            if (unfinished !== '') written.push(unfinished)
            unfinished = ''
            writeFileSync(path, '')
          },
          look: nothing
        }
        const runs = todo.join().split('restart')
        for (const run of runs) {
          reader.restart()
          const names = run.split(',').filter((name) => name !== '')
          const happen = (name: string) => () => {
            known = exists // there was a look since the last step
            steps[name]!()
            if (name === 'rotate') known = false
          }
          await reader.follow(...names.map(happen))
        }
        reader.restart()
        await reader.follow(() => unfinished !== '' && write('end\n'), ...longEnough, ...longEnough)
        expect(reader.lines.toSorted()).toEqual(written.toSorted())
        rmSync(directory, { recursive: true })
      }),
      { numRuns: 60 }
    )
  })
})
