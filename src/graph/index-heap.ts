/** A set of indexes that gives back its lowest first: a binary heap. */
export class IndexHeap {
  readonly #items: number[] = []

  /** Adds one index. */
  push(index: number): void {
    const items = this.#items
    let at = items.length
    items.push(index)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent]! <= index) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = index
  }

  /** Takes out the lowest index; `undefined` when there is none. */
  pop(): number | undefined {
    const items = this.#items
    const lowest = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return lowest
    let at = 0
    while (true) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++
      if (items[child]! >= last) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return lowest
  }
}
