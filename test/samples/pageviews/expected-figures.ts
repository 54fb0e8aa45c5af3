// another way to read a log, simple and slow, to compare the sample with
const LINE =
  /^(?:\S+) \S+ .+? \[(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*")?$/
const ASSETS = new Set(['css', 'js', 'svg', 'jpg', 'png', 'ico', 'woff2', 'xml', 'txt', 'gif', 'mp4', 'json'])

export interface Figures {
  readonly lines: number
  readonly badLines: number
  readonly requests: Map<string, number>
  readonly views: Map<string, number>
  readonly statusCodes: Map<string, number>
  readonly minutes: Map<string, number>
}

/** What the sample has to say of a log. */
export function expectedFigures(log: string): Figures {
  const lines = log.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const requests = new Map<string, number>()
  const views = new Map<string, number>()
  const statusCodes = new Map<string, number>()
  const minutes = new Map<string, number>()
  let badLines = 0
  for (const line of lines) {
    const match = LINE.exec(line)
    const [, day, month, year, hour, minute, second, zoneHours, zoneMinutes, request, status] = match ?? []
    const time = new Date(`${day} ${month} ${year} ${hour}:${minute}:${second} ${zoneHours}${zoneMinutes}`)
    if (match === null) {
      badLines++
      continue
    }
    const [method, target] = /^[A-Z]+ /.test(request!) ? request!.split(' ') : ['-', '-']
    const page = target!.replace(/\?.*/, '')
    const ok =
      /^2|304/.test(status!) && method === 'GET' && !ASSETS.has(page.split('.').at(-1)!.toLowerCase())
    add(requests, page)
    if (ok) add(views, page)
    add(statusCodes, status!)
    add(minutes, `${time.toISOString().slice(0, 16)}:00.000Z`)
  }
  return { lines: lines.length, badLines, requests, views, statusCodes, minutes }
}

export function sum(counts: Map<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

/** The highest first, ties by name. */
export function ranking(counts: Map<string, number>): [string, number][] {
  return [...counts].toSorted(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
