import { printable } from '../../graph/index.js'

/** One column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Paints the cell, once its width is settled. */
  readonly paint?: (text: string, row: Row) => string
}

const GAP = '  '
/** The last column has so much at least, however narrow the terminal. */
const NARROWEST = 10

/**
 * Rows below their titles. The last column takes what is left of the width, and is cut there; the others are as wide
 * as they have to be.
 *
 * @param width of the terminal; undefined: nothing is cut
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, dim }: { readonly width: number | undefined; readonly dim: (text: string) => string }
): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => lengthOf(row[index] ?? '')))
  )
  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string => {
    // a terminal that does not know its size says 0
    let left = width || Infinity
    const painted = texts.map((text, index) => {
      const isLast = index === texts.length - 1
      const fitted = isLast
        ? cut(text, Math.max(left, NARROWEST))
        : text.padEnd(text.length + widths[index]! - lengthOf(text))
      left -= lengthOf(fitted) + GAP.length
      return paint(fitted, index)
    })
    return painted.join(GAP).trimEnd()
  }
  const head = line(
    columns.map((column) => column.title),
    (text) => dim(text)
  )
  const body = cells.map((texts, at) =>
    line(texts, (text, index) => columns[index]?.paint?.(text, rows[at]!) ?? text)
  )
  return [head, ...body].join('\n')
}

function cut(text: string, width: number): string {
  const letters = Array.from(text)
  return letters.length <= width
    ? text
    : `${letters
        .slice(0, width - 1)
        .join('')
        .trimEnd()}…`
}

function lengthOf(text: string): number {
  return Array.from(text).length
}
