import type { ServiceRuntime } from '../service/index.js'
import type { Adjacency } from './ordered-walk.js'

/** A dependency of a service, by index. */
export interface NodeDependency {
  readonly index: number
  /** Used when present, may fail without failing the dependant. */
  readonly wanted: boolean
}

/** The services of an application with what orders them, by index in start order. */
export class ServiceNodes {
  readonly runtimes: readonly ServiceRuntime[]
  readonly #dependencies: readonly (readonly number[])[]
  readonly #dependants: readonly (readonly number[])[]
  readonly #mayFail: Uint8Array
  readonly #edges: readonly (readonly NodeDependency[])[]
  readonly #indexes = new Map<ServiceRuntime, number>()

  constructor(runtimes: readonly ServiceRuntime[], dependencies: readonly (readonly NodeDependency[])[]) {
    this.runtimes = runtimes
    const dependants: number[][] = runtimes.map(() => [])
    for (let index = 0; index < runtimes.length; index++) {
      this.#indexes.set(runtimes[index]!, index)
      for (const dependency of dependencies[index]!) dependants[dependency.index]!.push(index)
    }
    this.#edges = dependencies
    this.#dependencies = dependencies.map((of) => of.map(({ index }) => index))
    this.#dependants = dependants
    this.#mayFail = onlyWanted(dependencies, dependants)
  }

  get size(): number {
    return this.runtimes.length
  }

  /** The index of a service that the application constructed; a child has none. */
  indexOf(runtime: ServiceRuntime): number | undefined {
    return this.#indexes.get(runtime)
  }

  /** The indexes of services that the application constructed, in start order; each once. */
  indexesOf(runtimes: Iterable<ServiceRuntime>): number[] {
    const found = new Set<number>()
    for (const runtime of runtimes) {
      const index = this.#indexes.get(runtime)
      if (index !== undefined) found.add(index)
    }
    return [...found].toSorted((a, b) => a - b)
  }

  edgesOf(index: number): readonly NodeDependency[] {
    return this.#edges[index]!
  }

  dependantsOf(index: number): readonly number[] {
    return this.#dependants[index]!
  }

  /** Whether it is needed only through `wanted(…)`, directly or by one that is. */
  mayFail(index: number): boolean {
    return this.#mayFail[index] === 1
  }

  /** `index`, and all that it cannot run without, directly or not. */
  neededBy(index: number): ReadonlySet<number> {
    const found = new Set([index])
    for (const one of found) for (const edge of this.#edges[one]!) if (!edge.wanted) found.add(edge.index)
    return found
  }

  /** Names from one that nothing depends on down to `index`; wanted edges are taken where there are no others. */
  pathTo(index: number): string[] {
    const path: string[] = []
    for (let at: number | undefined = index; at !== undefined; at = this.#dependantOf(at)) {
      path.push(this.runtimes[at]!.name)
    }
    return path.toReversed()
  }

  #dependantOf(index: number): number | undefined {
    const dependants = this.#dependants[index]!
    return dependants.find((one) => this.needs(one, index)) ?? dependants[0]
  }

  /** Whether `dependant` cannot run without `index`. */
  needs(dependant: number, index: number): boolean {
    return this.#edges[dependant]!.some((edge) => edge.index === index && !edge.wanted)
  }

  /** Whether something that `index` cannot run without is about to run. */
  awaits(index: number, isComing = (other: number): boolean => this.runtimes[other]!.isComing): boolean {
    for (const { index: other, wanted } of this.#edges[index]!) if (!wanted && isComing(other)) return true
    return false
  }

  /** All that cannot run without `index`, directly or not. */
  cannotDoWithout(index: number): number[] {
    const found = new Set([index])
    for (const needed of found) {
      for (const dependant of this.#dependants[needed]!) {
        if (this.needs(dependant, needed)) found.add(dependant)
      }
    }
    found.delete(index)
    return [...found]
  }

  /** Dependencies first. */
  get startOrder(): Adjacency {
    return {
      size: this.size,
      before: (index) => this.#dependencies[index]!,
      after: (index) => this.#dependants[index]!
    }
  }

  /** Dependants first. */
  get stopOrder(): Adjacency {
    return {
      size: this.size,
      before: (index) => this.#dependants[index]!,
      after: (index) => this.#dependencies[index]!
    }
  }

  /** `index`, and all that it is ordered after, directly or not, in index order. */
  orderedBefore(index: number): number[] {
    const found = new Set([index])
    // A Set can grow while it is walked.
    for (const one of found) for (const further of this.#dependencies[one]!) found.add(further)
    return [...found].toSorted((a, b) => a - b)
  }
}

function onlyWanted(
  dependencies: readonly (readonly NodeDependency[])[],
  dependants: readonly (readonly number[])[]
): Uint8Array {
  const mayFail = new Uint8Array(dependencies.length).fill(1)
  // Dependants come after what they need: from the last down, each is settled before it is passed on.
  for (let index = dependencies.length - 1; index >= 0; index--) {
    if (dependants[index]!.length === 0) mayFail[index] = 0
    if (mayFail[index] === 1) continue
    for (const dependency of dependencies[index]!) if (!dependency.wanted) mayFail[dependency.index] = 0
  }
  return mayFail
}
