import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { generateLog } from '../../../samples/pageviews/log/generate-log.js'
import { expectedFigures, ranking, sum } from './expected-figures.js'
import { Program } from './program.js'
import { scratchDirectory } from './scratch.js'

const SHIPPED_LOG = fileURLToPath(new URL('../../../samples/pageviews/access.log', import.meta.url))
const shipped = expectedFigures(readFileSync(SHIPPED_LOG, 'utf8'))

interface Page {
  readonly page: string
  readonly views: number
  readonly requests: number
}

function newDatabase(): string {
  return join(scratchDirectory(), 'test.db')
}

function start(...args: string[]): Program {
  return new Program(['--port', '0', ...(args.includes('--db') ? [] : ['--db', newDatabase()]), ...args])
}

describe('the program ends at once', { timeout: 30_000 }, () => {
  it('with 64 and its usage when the arguments make no sense', async () => {
    const program = new Program(['--follow', '--once'])
    expect(await program.exit()).toBe(64)
    expect(program.output).toMatch(/^--follow never ends, so --once would never stop\n\nUsage: /)
  })

  it('with 0 when it is asked for help', async () => {
    const program = new Program(['--help'])
    expect(await program.exit()).toBe(0)
    expect(program.output).toMatch(/^Usage: main.ts/)
  })

  it('with 1 when a file is not there', async () => {
    const program = start('/no/such.log')
    expect(await program.exit()).toBe(1)
    expect(program.output).toContain('/no/such.log')
    expect(program.output).toContain('Ingest')
  })

  it('with 1 when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const program = start('--port', `${port}`)
    expect(await program.exit()).toBe(1)
    expect(program.output).toContain('EADDRINUSE')
    expect(program.output).toContain('HttpServer')
  })
})

describe('the figures of the log that comes with the sample', { timeout: 30_000 }, () => {
  it('are those that another way of counting gives', async () => {
    const program = start()
    const totals = await program.counted(shipped.lines)
    expect(totals).toMatchObject({
      requests: sum(shipped.requests),
      views: sum(shipped.views),
      pages: shipped.requests.size,
      badLines: shipped.badLines
    })
    const byRequests = await program.get<{ pages: Page[] }>('/pages/top?by=requests&n=1000')
    expect(byRequests.pages.map(({ page, requests }) => [page, requests])).toEqual(ranking(shipped.requests))
    const byViews = await program.get<{ pages: Page[] }>('/pages/top?n=5')
    expect(byViews.pages.map(({ page, views }) => [page, views])).toEqual(ranking(shipped.views).slice(0, 5))
    expect(await program.get('/status-codes')).toEqual(Object.fromEntries(shipped.statusCodes))
    const rates = await program.get<{ minutes: { time: string; requests: number }[] }>('/rates?n=100000')
    expect(rates.minutes.map(({ time, requests }) => [time, requests])).toEqual(
      [...shipped.minutes].toSorted(([a], [b]) => (a < b ? -1 : 1))
    )
    const bad = await program.get<{ total: number; newest: unknown[] }>('/bad-lines?n=1000')
    expect([bad.total, bad.newest.length]).toEqual([shipped.badLines, shipped.badLines])
    program.kill('SIGINT')
    expect(await program.exit()).toBe(0)
  })

  it('are the same after a stop and a restart, which rolls up the days', async () => {
    const database = newDatabase()
    const first = start('--db', database, '--once')
    expect(await first.exit()).toBe(0)
    const second = start('--db', database)
    const totals = await second.counted(shipped.lines)
    expect(totals).toMatchObject({ requests: sum(shipped.requests), views: sum(shipped.views) })
    const { days } = await second.get<{ days: { requests: number }[] }>('/days')
    expect(days.reduce((all, { requests }) => all + requests, 0)).toBe(sum(shipped.requests))
    second.kill('SIGTERM')
    expect(await second.exit()).toBe(0)
    const last = (program: Program) => /in all: .*/.exec(program.output)?.[0]
    expect(last(second)).toBe(last(first))
    expect(last(second)).toContain('10,000 lines')
  })
})

describe('the program is asked over HTTP', { timeout: 30_000 }, () => {
  it('and says so when the question makes no sense', async () => {
    const program = start()
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(await program.url(path), { method })
      return [response.status, await response.json(), response.headers.get('allow')]
    }
    expect(await ask('/nothing')).toEqual([404, { error: expect.stringContaining('/nothing') }, null])
    expect(await ask('/pages/top?n=0')).toEqual([400, { error: expect.stringMatching(/^n must be/) }, null])
    expect(await ask('/pages/top?since=now')).toEqual([400, { error: expect.stringMatching(/^since/) }, null])
    expect(await ask('/totals?n=3', 'POST')).toEqual([405, { error: expect.any(String) }, 'GET, HEAD'])
    expect(await ask('/')).toEqual([200, { endpoints: expect.arrayContaining(['/health']) }, null])
    expect(await ask('/health')).toEqual([200, expect.objectContaining({ live: true, ready: true }), null])
    const head = await fetch(await program.url('/totals'), { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('and finishes a request in flight before it stops, but takes no new one', async () => {
    const program = start()
    await program.counted(shipped.lines)
    const port = Number(new URL(await program.url()).port)
    const idle = connect(port, '127.0.0.1')
    const idleClosed = new Promise((resolve) => idle.on('error', () => {}).once('close', resolve))
    const busy = connect(port, '127.0.0.1')
    let answers = ''
    busy.setEncoding('utf8').on('data', (text: string) => (answers += text))
    const request = 'GET /status-codes HTTP/1.1\r\nhost: localhost\r\n'
    busy.write(`${request}\r\n${request}`) // one request, and a second that lacks its end
    await vi.waitFor(() => expect(answers).toContain('"200"')) // so what came with it has been read, too
    answers = ''
    program.kill('SIGINT')
    idle.resume()
    await idleClosed
    const late = connect(port, '127.0.0.1')
    // idle connections are closed a moment before the port is: one that comes in it is reset with the port
    expect(await once(late, 'error')).toMatchObject([
      { code: expect.stringMatching(/^ECONN(REFUSED|RESET)$/) }
    ])
    busy.write('\r\n')
    await once(busy, 'close')
    expect(answers).toMatch(/^HTTP\/1.1 200 OK\r\n(?:.*\r\n)*connection: close\r\n/i)
    expect(answers).toContain('"200"')
    expect(await program.exit()).toBe(0)
  })
})

describe('the program counts each line once', { timeout: 60_000 }, () => {
  it('that arrives on standard input, the last without newline too', async () => {
    const program = start('-')
    const lines = generateLog(500, 1).trimEnd().split('\n')
    program.write(lines.slice(0, 250).join('\n'))
    program.write(`\n${lines.slice(250).join('\n')}`)
    program.endInput()
    expect((await program.counted(500)).badLines).toBe(expectedFigures(lines.join('\n')).badLines)
  })

  it('that had arrived on standard input when it was stopped', async () => {
    const database = newDatabase()
    const program = start('--db', database, '-')
    const line = generateLog(1, 1).trimEnd()
    program.write(`${line}\n${line}\n${line}`)
    await program.counted(2)
    program.kill('SIGINT')
    expect(await program.exit()).toBe(0)
    expect(program.output).toMatch(/in all: 3 lines/)
  })

  it('of a file that grows and is rotated, through a stop in between', async () => {
    const database = newDatabase()
    const file = join(scratchDirectory(), 'access.log')
    const log = generateLog(3000, 2).split(/(?<=\n)/)
    const append = (from: number, to: number) => appendFileSync(file, log.slice(from, to).join(''))

    append(0, 500)
    const first = start('--db', database, '--follow', file)
    await first.counted(500)
    append(500, 1000)
    await first.counted(1000)
    renameSync(file, `${file}.1`)
    append(1000, 1500)
    await first.counted(1500)
    append(1500, 1999)
    appendFileSync(file, log[1999]!.slice(0, 20)) // a line that is being written
    first.kill('SIGTERM')
    expect(await first.exit()).toBe(0)

    appendFileSync(file, log[1999]!.slice(20))
    renameSync(file, `${file}.2`)
    append(2000, 3000)
    const second = start('--db', database, '--follow', file)
    const expected = expectedFigures(log.join(''))
    const totals = await second.counted(3000)
    expect(totals).toMatchObject({ requests: sum(expected.requests), badLines: expected.badLines })
    second.kill('SIGINT')
    expect(await second.exit()).toBe(0)
  })

  it('whenever it is killed without any warning', async () => {
    const database = newDatabase()
    const file = join(scratchDirectory(), 'access.log')
    const log = generateLog(20_000, 3)
    writeFileSync(file, log.repeat(10))
    const expected = expectedFigures(log)
    for (let round = 0; round < 3; round++) {
      const program = start('--db', database, file)
      await program.moreThan(round * 30_000)
      program.kill('SIGKILL')
      expect(await program.exit()).toBe('SIGKILL')
    }
    const last = start('--db', database, file)
    const totals = await last.counted(200_000)
    expect(totals).toMatchObject({
      requests: 10 * sum(expected.requests),
      views: 10 * sum(expected.views),
      badLines: 10 * expected.badLines
    })
  })
})
