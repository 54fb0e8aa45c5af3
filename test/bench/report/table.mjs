// One scenario's results as text: the same table on the screen and, as Markdown, on the page.

/** @param contest what `contest()` gave, with the scenario's `base` and `metrics` */
export function tablesOf({ base, metrics, cases }) {
  return cases.map(({ case: { label }, rows }) => ({
    label,
    head: ['', ...metrics.map(({ key, unit }) => `${titleOf(key)}, ${unit}`), `times ${base}`, 'runs', ''],
    body: sorted(rows, metrics[0]).map((row) =>
      lineOf(
        row,
        rows.find((one) => one.contestant === base),
        metrics
      )
    )
  }))
}

export function asText({ label, head, body }) {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => line[column].length)))
  const line = (cells) =>
    cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join('  ')
  return [label, ...[head, ...body].map((cells) => `  ${line(cells).trimEnd()}`)].join('\n')
}

export function asMarkdown({ label, head, body }) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const rule = `|${head.map((_, n) => (n === 0 || n === head.length - 1 ? '---|' : '--:|')).join('')}`
  return [`**${label}**`, '', line(head), rule, ...body.map(line)].join('\n')
}

function lineOf(row, base, metrics) {
  if (row.error !== undefined) return [row.contestant, ...metrics.map(() => '–'), '–', '–', row.error]
  const cells = metrics.map(({ key }) => {
    const value = row.median[key]
    return value === undefined ? '–' : figure(value)
  })
  return [row.contestant, ...cells, ratios(row, base, metrics), String(row.runs), row.complaint ?? '']
}

/** The ratios of the first metrics of one unit, so of boot and of stop; none to itself. */
function ratios(row, base, metrics) {
  if (base?.median === undefined) return '–'
  const same = metrics.filter(({ unit, ratio }) => unit === metrics[0].unit && ratio !== false)
  return same
    .map(({ key }) => (row.median[key] === undefined ? '–' : figure(row.median[key] / base.median[key])))
    .join(' / ')
}

function sorted(rows, { key, better }) {
  const value = (row) => row.median?.[key] ?? (better === 'more' ? -Infinity : Infinity)
  return rows.toSorted((a, b) => (better === 'more' ? value(b) - value(a) : value(a) - value(b)))
}

const titleOf = (key) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** Three digits that count. */
export function figure(value) {
  const size = Math.abs(value)
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`
  if (size >= 1e5) return `${Number((value / 1e3).toPrecision(3))} k`
  if (size >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
