// The few figures that stand in the project's README.
import { figure } from './table.mjs'

const HEAD = '[measured](test/bench/README.md)'
const COLUMNS = { Keelson: 'keelson', 'NestJS 12': 'nestjs', 'effect 4': 'effect', 'by hand': 'handwritten' }

const ROWS = [
  ['import, ms', 'import', 'import', () => true],
  ['boot of 1,000 services, ms', 'boot', 'boot', ({ size }) => size === 1000],
  ['stop of 1,000 services, ms', 'boot', 'stop', ({ size }) => size === 1000],
  ['boot of 20,000 services, ms', 'boot', 'boot', ({ size }) => size === 20_000],
  ['heap per running service, bytes', 'heap', 'heapBytes', ({ size }) => size === 5000]
]

/** Rows whose scenario was measured; a contestant that does not end, or does not exist there, has a dash. */
function shortTable(results) {
  const names = Object.keys(COLUMNS)
  const rows = ROWS.flatMap(([what, scenario, metric, isMeant]) => {
    const found = results[scenario]?.cases.find((one) => isMeant(one.case))
    if (found === undefined) return []
    const cells = names.map((name) => {
      const row = found.rows.find(({ contestant }) => contestant === COLUMNS[name])
      return row?.median ? figure(row.median[metric]) : (row?.error ?? '–')
    })
    return [`| ${[what, ...cells].join(' | ')} |`]
  })
  return [`| ${HEAD} | ${names.join(' | ')} |`, `|---${'|--:'.repeat(names.length)}|`, ...rows].join('\n')
}

/** The page with the table in place of the one that it has. */
export function withShortTable(page, results) {
  const at = page.indexOf(`| ${HEAD} |`)
  if (at === -1) throw new Error(`README.md has no table that begins with ${HEAD}`)
  return page.slice(0, at) + shortTable(results) + page.slice(page.indexOf('\n\n', at))
}
