/** The numbers in use of one name. */
interface Numbers {
  readonly used: Set<number>
  highest: number
}

const NUMBERED = /^(.+)#([2-9]|[1-9]\d+)$/

/** The names of what is there, numbered where several have one: each the lowest number that is free. */
export class Names {
  /** `'alone'` as long as only one has it: there may be thousands. */
  readonly #known = new Map<string, Numbers | 'alone'>()

  /** The name for one more: as it is, else with a number. */
  take(name: string): string {
    let numbers = this.#known.get(name)
    if (numbers === undefined) {
      if (!this.#isNumberOfAnother(name)) {
        this.#known.set(name, 'alone')
        return name
      }
      this.#known.set(name, (numbers = { used: new Set(), highest: 0 }))
    }
    if (numbers === 'alone') this.#known.set(name, (numbers = { used: new Set([1]), highest: 1 }))
    let number = lowestFree(numbers)
    while (numbers.used.has(number) || this.#isTaken(numbered(name, number))) number++
    numbers.used.add(number)
    if (number > numbers.highest) numbers.highest = number
    return numbered(name, number)
  }

  /** A name that somebody has chosen may look like a numbered one. */
  #isTaken(given: string): boolean {
    const numbers = this.#known.get(given)
    const isChosen = numbers === 'alone' || numbers?.used.has(1) === true
    return isChosen || this.#isNumberOfAnother(given)
  }

  #isNumberOfAnother(given: string): boolean {
    const { base, number } = readNumbered(given) ?? {}
    const numbers = base === undefined ? undefined : this.#known.get(base)
    return numbers !== undefined && numbers !== 'alone' && numbers.used.has(number!)
  }

  /** What was given for `name` is in use no longer. */
  free(name: string, given: string): void {
    const numbers = this.#known.get(name)
    if (numbers === undefined) return
    if (numbers !== 'alone') {
      const { used } = numbers
      used.delete(given === name ? 1 : Number(given.slice(name.length + 1)))
      while (numbers.highest > 0 && !used.has(numbers.highest)) numbers.highest--
      if (used.size > 0) return
    }
    this.#known.delete(name)
  }
}

/** The name of one of several: the first has no number. */
export function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name}#${number}`
}

/** What {@link numbered} may have made of which name: undefined for one that looks like none of these. */
export function readNumbered(name: string): { readonly base: string; readonly number: number } | undefined {
  const [, base, number] = NUMBERED.exec(name) ?? []
  return base === undefined ? undefined : { base, number: Number(number) }
}

function lowestFree({ used, highest }: Numbers): number {
  // thousands of one name have no gap as a rule
  if (used.size === highest) return highest + 1
  let number = 1
  while (used.has(number)) number++
  return number
}
