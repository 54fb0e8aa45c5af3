import { describe, expect, it } from 'vitest'
import { table } from '../../src/cli/control/table.js'

interface Row {
  readonly name: string
  readonly says: string
}

const ROWS: readonly Row[] = [
  { name: 'Feed', says: 'reads page 7 of a long book' },
  { name: 'Überweisung', says: '' }
]
const COLUMNS = [
  { title: 'SERVICE', cell: (row: Row) => row.name, paint: (text: string) => `<${text}>` },
  { title: 'DOING', cell: (row: Row) => row.says }
]
const plain = (text: string): string => text

describe('a table', () => {
  it('is as wide as it has to be where nobody says how wide', () => {
    for (const width of [undefined, 0]) {
      expect(table(ROWS, COLUMNS, { width, dim: plain }).split('\n')).toEqual([
        'SERVICE      DOING',
        '<Feed       >  reads page 7 of a long book',
        '<Überweisung>'
      ])
    }
  })

  it('cuts the last column to the width of the terminal, and leaves it something', () => {
    expect(table(ROWS, COLUMNS, { width: 30, dim: plain })).toContain('reads page 7 of…\n')
    expect(table(ROWS, COLUMNS, { width: 3, dim: plain })).toContain('reads pag…\n')
  })

  it('without rows has its titles', () => {
    expect(table([], COLUMNS, { width: 80, dim: plain })).toBe('SERVICE  DOING')
  })
})
