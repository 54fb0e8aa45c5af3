/** How many more may have left than are there, before the rest moves to a table of its own. */
const SLACK = 16

/**
 * A set of what comes and goes for as long as a program runs, in the order of coming.
 *
 * A `Set` whose members change makes one table after the other, each of which keeps the next, so that what has left
 * outlives its time: see D36.
 */
export class Roster<T> {
  #members: Set<T> | undefined
  #left = 0

  get size(): number {
    return this.#members === undefined ? 0 : this.#members.size
  }

  add(member: T): void {
    ;(this.#members ??= new Set()).add(member)
  }

  /** @returns whether it was there */
  delete(member: T): boolean {
    const members = this.#members
    if (members?.has(member) !== true) return false
    if (members.size === 1) {
      this.clear()
      return true
    }
    members.delete(member)
    if (++this.#left > members.size + SLACK) {
      this.#members = new Set(members)
      this.#left = 0
    }
    return true
  }

  clear(): void {
    this.#members = undefined
    this.#left = 0
  }

  /** Those who are there now, in a list of its own. */
  all(): T[] {
    return this.#members === undefined ? [] : [...this.#members]
  }
}
