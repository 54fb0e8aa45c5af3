/** The same list without room to grow: one that three were pushed to has room for seventeen, 110 bytes for nothing. */
export function fitted<T>(list: readonly T[]): readonly T[] {
  return list.slice()
}
