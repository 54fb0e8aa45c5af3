/** How many more may have left than are there, before the rest moves to a table of its own. */
const SLACK = 16

/**
 * A set of what comes and goes for as long as a program runs, in the order of coming.
 *
 * A `Set` whose members change makes one table after the other, each of which keeps the next, so that what has left
 * outlives its time: see D36.
 */
export class Roster<T extends object> {
  /** Almost always the only one; a set is made for the second. */
  #only: T | undefined
  #several: Set<T> | undefined
  #left = 0

  get size(): number {
    if (this.#several !== undefined) return this.#several.size
    return this.#only === undefined ? 0 : 1
  }

  add(member: T): void {
    if (this.#several !== undefined) this.#several.add(member)
    else if (this.#only === undefined) this.#only = member
    else if (this.#only !== member) {
      this.#several = new Set([this.#only, member])
      this.#only = undefined
    }
  }

  /** @returns whether it was there */
  delete(member: T): boolean {
    const several = this.#several
    if (several === undefined) {
      if (this.#only !== member) return false
      this.#only = undefined
      return true
    }
    if (!several.delete(member)) return false
    if (several.size === 1) {
      this.clear()
      for (const last of several) this.#only = last
    } else if (++this.#left > several.size + SLACK) {
      this.#several = new Set(several)
      this.#left = 0
    }
    return true
  }

  clear(): void {
    this.#only = this.#several = undefined
    this.#left = 0
  }

  /** Those who are there now, in a list of its own. */
  all(): T[] {
    if (this.#several !== undefined) return [...this.#several]
    return this.#only === undefined ? [] : [this.#only]
  }
}
