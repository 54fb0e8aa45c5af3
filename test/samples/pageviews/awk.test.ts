import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Program } from './program.js'
import { scratchDirectory } from './scratch.js'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const SHIPPED_LOG = pathOf('../../../samples/pageviews/access.log')
/** A log of one's own, of which all times are of one zone. */
const GIVEN_LOG = process.env['KEELSON_ACCESS_LOG']
const README = readFileSync(pathOf('../../../samples/pageviews/README.md'), 'utf8')

// these are what samples/pageviews/README.md tells its readers to try
const WHOLE = String.raw`whole() { sed 's/\\"//g' "$1" | awk -F'"' 'NF == 7 || NF == 3'; }`
const REQUESTS = String.raw`awk -F'"' '{ split($2, r, " "); sub(/\?.*/, "", r[2]); print r[2] == "" ? "-" : r[2] }'`
const STATUS_CODES = `awk -F'"' '{ split($3, s, " "); print s[1] }'`
const MINUTES = `awk '{ print substr($4, 2, 17) }'`
const DELIVERED = `awk -F'"' '{ split($2, r, " "); split($3, s, " ") } r[1] == "GET" && s[1] ~ /^2|304/ { print r[2] }'`
const NO_ASSETS = String.raw`sed 's/?.*//' | grep -viE '\.(avif|css|gif|ico|jpe?g|js|json|map|mp[34]|otf|png|svg|ttf|txt|wasm|web[mp]|woff2?|xml)$'`

type Count = [name: string, count: number]

/** What a pipe of awk, sort and uniq -c says of a log; the highest first, ties by name. */
function counts(log: string, pipe: string): Count[] {
  const script = `${WHOLE}\nwhole "$1" | ${pipe} | sort | uniq -c | sort -k1,1nr -k2`
  const env = { ...process.env, LC_ALL: 'C' }
  const output = execFileSync('sh', ['-c', script, 'sh', log], { encoding: 'utf8', env })
  return output.split('\n').flatMap((row) => {
    const [, count, name] = /^ *(\d+) (.*)$/.exec(row) ?? []
    return name === undefined ? [] : [[name, Number(count)]]
  })
}

function total(all: Count[]): number {
  return all.reduce((sum, [, count]) => sum + count, 0)
}

interface Page {
  readonly page: string
  readonly requests: number
  readonly views: number
}

const LOGS = [SHIPPED_LOG, ...(GIVEN_LOG === undefined ? [] : [GIVEN_LOG])]

describe.each(LOGS)(
  'of the log %s the program says what awk, sort and uniq -c say',
  { timeout: 60_000 },
  (log) => {
    it('of pages, status codes and minutes, and of the lines that are no requests', async () => {
      const zone = /[+-]\d{4}(?=\])/.exec(readFileSync(log, 'utf8'))?.[0] ?? ''
      const program = new Program(['--port', '0', '--db', join(scratchDirectory(), 'test.db'), log])
      const lines = readFileSync(log, 'utf8').split('\n').length - 1
      const totals = await program.counted(lines)

      const byRequests = counts(log, REQUESTS)
      const { pages } = await program.get<{ pages: Page[] }>('/pages/top?by=requests&n=10000')
      expect(pages.map(({ page, requests }) => [page, requests])).toEqual(byRequests)
      expect(totals).toMatchObject({ requests: total(byRequests), badLines: lines - total(byRequests) })

      const byViews = counts(log, `${DELIVERED} | ${NO_ASSETS}`)
      const top = await program.get<{ pages: Page[] }>('/pages/top?n=10')
      expect(top.pages.map(({ page, views }) => [page, views])).toEqual(byViews.slice(0, 10))
      expect(totals.views).toBe(total(byViews))

      const statusCodes = await program.get<Record<string, number>>('/status-codes')
      expect(statusCodes).toEqual(Object.fromEntries(counts(log, STATUS_CODES)))

      const { minutes } = await program.get<{ minutes: { time: string; requests: number }[] }>(
        '/rates?n=100000'
      )
      const inUtc = counts(log, MINUTES).map(([time, count]) => {
        return [
          new Date(`${time.replaceAll('/', ' ').replace(':', ' ')} ${zone}`).toISOString(),
          count
        ] as const
      })
      expect(new Map(minutes.map(({ time, requests }) => [time, requests]))).toEqual(new Map(inUtc))

      program.kill('SIGINT')
      expect(await program.exit()).toBe(0)
    })
  }
)

it.each([WHOLE, REQUESTS, STATUS_CODES, MINUTES, DELIVERED, NO_ASSETS])(
  'the README has the command %s',
  (command) => {
    expect(README).toContain(command)
  }
)
