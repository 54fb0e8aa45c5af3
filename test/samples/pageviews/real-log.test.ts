import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Program } from './program.js'
import { scratchDirectory } from './scratch.js'

const LOG = fileURLToPath(new URL('../../../../shared/data/access-2015.log', import.meta.url))
// a line of either format has three texts between quotes, or one: this leaves out the one that was cut short
const WHOLE_LINES = String.raw`awk -F'"' 'NF == 7 || NF == 3' "$1"`

/** What a pipe of awk, sort and uniq -c says: counts by name. */
function counts(pipe: string): [string, number][] {
  const output = execFileSync('sh', ['-c', `${WHOLE_LINES} | ${pipe}`, 'sh', LOG], { encoding: 'utf8' })
  const rows = output.trimEnd().split('\n')
  return rows.map((row) => {
    const [, count, name] = /^ *(\d+) (.*)$/.exec(row)!
    return [name!, Number(count)]
  })
}

describe.skipIf(!existsSync(LOG))('of a real log, the program says what awk, sort and uniq -c say', () => {
  it('of its lines, pages, status codes and minutes', { timeout: 60_000 }, async () => {
    const program = new Program(['--port', '0', '--db', join(scratchDirectory(), 'test.db'), LOG])
    expect(await program.counted(10_000)).toMatchObject({ requests: 9999, badLines: 1, pages: 1368 })
    const { newest } = await program.get<{ newest: { line: string }[] }>('/bad-lines')
    expect(newest[0]?.line).toMatch(/^46\.118\.127\.106 .*bot\.html$/)

    const byRequests = await program.get<{ pages: { page: string; requests: number }[] }>(
      '/pages/top?by=requests&n=10000'
    )
    const pages = counts(
      `awk '{ sub(/\\?.*/, "", $7); print $7 }' | LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2`
    )
    expect(byRequests.pages.map(({ page, requests }) => [page, requests])).toEqual(pages)

    const statusCodes = counts(`awk '{ print $9 }' | sort | uniq -c`)
    expect(Object.entries(await program.get<Record<string, number>>('/status-codes'))).toEqual(statusCodes)

    const rates = await program.get<{ minutes: { time: string; requests: number }[] }>('/rates?n=100000')
    const minutes = counts(`awk '{ print substr($4, 2, 17) }' | sort | uniq -c`).map(([time, requests]) => [
      new Date(`${time.replace(':', ' ')} UTC`).toISOString(),
      requests
    ])
    expect(rates.minutes.map(({ time, requests }) => [time, requests])).toEqual(minutes)

    const views = counts(
      `awk '$6 == "\\"GET" && ($9 ~ /^2/ || $9 == 304) { sub(/\\?.*/, "", $7); print $7 }' | ` +
        String.raw`grep -viE '\.(avif|bmp|css|eot|gif|ico|jpe?g|js|json|map|mjs|mp3|mp4|otf|png|svg|ttf|txt|wasm|webm|webp|woff2?|xml)$' | LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2`
    )
    const byViews = await program.get<{ pages: { page: string; views: number }[] }>('/pages/top?n=10')
    expect(byViews.pages.map(({ page, views: seen }) => [page, seen])).toEqual(views.slice(0, 10))
    program.kill('SIGINT')
    expect(await program.exit()).toBe(0)
  })
})
