// The few figures that stand in the project's README.
import { figure } from './table.mjs'

const COLUMNS = { Keelson: 'keelson', 'NestJS 12': 'nestjs', 'effect 4': 'effect', 'by hand': 'handwritten' }

const ROWS = [
  ['import, ms', 'import', 'import', () => true],
  ['boot of 1,000 services, ms', 'boot', 'boot', ({ size }) => size === 1000],
  ['boot of 20,000 services, ms', 'boot', 'boot', ({ size }) => size === 20_000],
  ['heap a running service, bytes', 'heap', 'heapBytes', ({ size }) => size === 5000]
]

/** Rows whose scenario was measured; a contestant that does not end, or does not exist there, has a dash. */
export function shortTable(results) {
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
  return [`| | ${names.join(' | ')} |`, `|---${'|--:'.repeat(names.length)}|`, ...rows].join('\n')
}
