import { numbered, readNumbered } from './names.js'
import type { ServiceRuntime } from './service-runtime.js'

/** What one child is called: the last part of its name, and how many had that with it. */
export interface ChildName {
  readonly last: string
  readonly count: number
}

/** A last part that is in use. */
interface TakenName {
  /** The number of the latest. */
  highest: number
  /** How many have it now. */
  holders: number
}

/**
 * The names of the children of one service. A number is used once in a run, so that a line of the log means one child; a
 * name that was given may be another for each child, and is forgotten with the last that has it.
 */
export class ChildNames {
  readonly #held = new Map<ServiceRuntime, ChildName>()
  #taken = new Map<string, TakenName>()

  /** Whether it has a name here, as what is a child or about to be. */
  has(runtime: ServiceRuntime): boolean {
    return this.#held.has(runtime)
  }

  /** A name for one more, which {@link keep keeps} it. */
  take(last: string): ChildName {
    let count = (this.#taken.get(last)?.highest ?? 0) + 1
    // a name that was given may look like a numbered one, which one of the others has
    const { base, number } = readNumbered(last) ?? {}
    if (count === 1 && base !== undefined && (this.#taken.get(base)?.highest ?? 0) >= number!) count = 2
    while (count > 1 && this.#taken.has(numbered(last, count))) count++
    const name = { last, count }
    this.#count(name)
    return name
  }

  keep(runtime: ServiceRuntime, name: ChildName): void {
    this.#held.set(runtime, name)
  }

  /** It is no child any longer. */
  leave(runtime: ServiceRuntime): void {
    const { last } = this.#held.get(runtime)!
    this.#held.delete(runtime)
    const name = this.#taken.get(last)
    if (name === undefined || --name.holders > 0) return
    const { service, name: className } = runtime.described
    if (last !== (service?.name ?? className)) this.#taken.delete(last)
  }

  /** It never was a child: its number is free, unless another has taken the next one meanwhile. */
  takeBack(runtime: ServiceRuntime): void {
    const { last, count } = this.#held.get(runtime)!
    this.leave(runtime)
    const name = this.#taken.get(last)
    if (name?.highest === count && --name.highest === 0) this.#taken.delete(last)
  }

  /** Those that were added during the run are gone: the next run may use their names. */
  renew(): void {
    this.#taken = new Map()
    for (const name of this.#held.values()) this.#count(name)
  }

  #count({ last, count }: ChildName): void {
    const name = this.#taken.get(last)
    if (name === undefined) this.#taken.set(last, { highest: count, holders: 1 })
    else {
      name.holders++
      if (count > name.highest) name.highest = count
    }
  }
}
