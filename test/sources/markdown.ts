/** The lines of a Markdown page under a heading, up to the next one that is no lower. */
export function sectionUnder(page: string, heading: string): string[] {
  const lines = page.split('\n')
  const first = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (first < 0) throw new Error(`no heading "${heading}"`)
  const level = lines[first]?.indexOf(' ') ?? 1
  const rest = lines.slice(first + 1)
  const next = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level)
  return next < 0 ? rest : rest.slice(0, next)
}

/** The rows of the first table under a heading, without its two head rows; cells are trimmed. */
export function tableUnder(page: string, heading: string): string[][] {
  const section = sectionUnder(page, heading)
  const first = section.findIndex((line) => line.startsWith('|'))
  if (first < 0) throw new Error(`no table under "${heading}"`)
  const table = section.slice(first)
  const end = table.findIndex((line) => !line.startsWith('|'))
  return (end < 0 ? table : table.slice(0, end)).slice(2).map(cells)
}

function cells(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}
