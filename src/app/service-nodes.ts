import { Digraph } from '../graph/index.js'
import type { ServiceRuntime } from '../service/index.js'
import type { StartEdges } from '../wiring/index.js'
import { NeedingChildren } from './needing-children.js'
import type { WalkOrder } from './ordered-walk.js'

/**
 * The services of an application with what orders them, by index in start order. Edges are numbers in typed arrays:
 * 12 bytes each, and nothing to make when a walk begins.
 */
export class ServiceNodes {
  readonly runtimes: readonly ServiceRuntime[]
  /** The index of each: a list that every start and stop asks for, and that takes 150 bytes a service to spread. */
  readonly all: readonly number[]
  readonly #graph: Digraph
  /** By position among the dependencies. */
  readonly #wanted: Uint8Array
  readonly #mayFail: Uint8Array
  readonly needing = new NeedingChildren()
  /** Dependencies first. */
  readonly startOrder: WalkOrder
  /** Dependants first. */
  readonly stopOrder: WalkOrder

  /** @param failed those that could not be constructed, which is no failure of the start: what they need is not known */
  constructor(
    runtimes: readonly ServiceRuntime[],
    { from, to, wanted }: StartEdges,
    failed: readonly number[] = []
  ) {
    this.runtimes = runtimes
    this.#graph = new Digraph(runtimes.length, from, to)
    this.#wanted = wanted
    const all = new Array<number>(runtimes.length)
    for (let index = 0; index < runtimes.length; index++) runtimes[index]!.place = all[index] = index
    this.all = all
    const { dependencies, dependants } = this.#graph
    this.startOrder = { before: dependencies, after: dependants }
    this.stopOrder = { before: dependants, after: dependencies }
    this.#mayFail = this.#onlyWanted()
    for (const index of failed) this.#mayFail[index] = 1
  }

  get size(): number {
    return this.runtimes.length
  }

  /** The index of a service that the application constructed; a child has none. */
  indexOf(runtime: ServiceRuntime): number | undefined {
    return this.runtimes[runtime.place] === runtime ? runtime.place : undefined
  }

  /** The indexes of services that the application constructed, in start order; each once. */
  indexesOf(runtimes: Iterable<ServiceRuntime>): number[] {
    const found = new Set<number>()
    for (const runtime of runtimes) {
      const index = this.indexOf(runtime)
      if (index !== undefined) found.add(index)
    }
    return [...found].toSorted((a, b) => a - b)
  }

  /** What `index` needs, in the order in which it is stated; without what is merely wanted. */
  needsOf(index: number): number[] {
    const { offsets, targets } = this.#graph.dependencies
    const needs: number[] = []
    for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++)
      if (this.#wanted[edge] === 0) needs.push(targets[edge]!)
    return needs
  }

  /** Something that `index` needs and that does not run; first of all what has ended for good. */
  missing(index: number): number | undefined {
    const { offsets, targets } = this.#graph.dependencies
    let missing: number | undefined
    for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++) {
      const one = targets[edge]!
      const needed = this.runtimes[one]!
      if (needed.state === 'running' || this.#wanted[edge] === 1) continue
      // What has ended for good counts more than what may come back.
      if (needed.isAtRest && !needed.isComing) return one
      missing ??= one
    }
    return missing
  }

  dependenciesOf(index: number): Int32Array {
    return this.#graph.neighbours(index, 'dependencies')
  }

  dependantsOf(index: number): Int32Array {
    return this.#graph.neighbours(index, 'dependants')
  }

  /** Whether it is needed only through `wanted(…)`, directly or by one that is. */
  mayFail(index: number): boolean {
    return this.#mayFail[index] === 1
  }

  /** `index`, and all that it cannot run without, directly or not. */
  neededBy(index: number): ReadonlySet<number> {
    const found = new Set([index])
    for (const one of found) for (const needed of this.needsOf(one)) found.add(needed)
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
    const dependants = this.dependantsOf(index)
    return dependants.find((one) => this.needs(one, index)) ?? dependants[0]
  }

  /** Whether `dependant` cannot run without `index`. */
  needs(dependant: number, index: number): boolean {
    const { offsets, targets } = this.#graph.dependencies
    for (let edge = offsets[dependant]!; edge < offsets[dependant + 1]!; edge++)
      if (targets[edge] === index && this.#wanted[edge] === 0) return true
    return false
  }

  /** Whether something that `index` cannot run without is about to run. */
  awaits(index: number, isComing: (other: number) => boolean): boolean {
    const { offsets, targets } = this.#graph.dependencies
    for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++)
      if (this.#wanted[edge] === 0 && isComing(targets[edge]!)) return true
    return false
  }

  /** Whether something that `index` cannot run without may come to run, and is not there yet. */
  awaitsAny(index: number): boolean {
    return this.awaits(index, (other) => this.runtimes[other]!.mayCome)
  }

  /** All that cannot run without `index`, directly or not. */
  cannotDoWithout(index: number): number[] {
    const found = new Set([index])
    for (const needed of found) {
      for (const dependant of this.dependantsOf(needed)) {
        if (this.needs(dependant, needed)) found.add(dependant)
      }
    }
    found.delete(index)
    return [...found]
  }

  /** `index`, and all that it is ordered after, directly or not, in index order. */
  orderedBefore(index: number): number[] {
    const found = new Set([index])
    // A Set can grow while it is walked.
    for (const one of found) for (const further of this.dependenciesOf(one)) found.add(further)
    return [...found].toSorted((a, b) => a - b)
  }

  #onlyWanted(): Uint8Array {
    const { size } = this
    const { dependencies, dependants } = this.#graph
    const mayFail = new Uint8Array(size).fill(1)
    // Dependants come after what they need: from the last down, each is settled before it is passed on.
    for (let index = size - 1; index >= 0; index--) {
      if (dependants.offsets[index] === dependants.offsets[index + 1]) mayFail[index] = 0
      if (mayFail[index] === 1) continue
      for (let edge = dependencies.offsets[index]!; edge < dependencies.offsets[index + 1]!; edge++)
        if (this.#wanted[edge] === 0) mayFail[dependencies.targets[edge]!] = 0
    }
    return mayFail
  }
}
