import type { Digraph } from './digraph.js'

// Edge visits that one knot may cost beyond the first search. Enough to be exact for any knot a person could read.
const SEARCH_BUDGET = 1_000_000

/**
 * Finds what keeps the graph from being sorted: for each knot of nodes that all lead to each other, one short cycle.
 *
 * A cycle `[a, b, c]` stands for a → b → c → a and begins with its lowest index; cycles are ordered by that index.
 * It is the shortest of its knot, save in knots so large that looking at every cycle would take long: there it is
 * the shortest found by then.
 */
export function findCycles(graph: Digraph): number[][] {
  const { component, knots } = findKnots(graph)
  const search = new CycleSearch(graph, component)
  return knots.map((knot) => search.shortest(knot)).toSorted((a, b) => a[0]! - b[0]!)
}

// Tarjan (1972), with its own stack instead of recursion: a chain may be 100,000 nodes long
function findKnots(graph: Digraph): { component: Int32Array; knots: number[][] } {
  const { size } = graph
  const { offsets, targets } = graph.dependencies
  const found = new Int32Array(size)
  const low = new Int32Array(size)
  const component = new Int32Array(size).fill(-1)
  const edge = offsets.slice(0, size)
  const open: number[] = []
  const path: number[] = []
  const knots: number[][] = []
  let clock = 0
  let components = 0

  const enter = (node: number): void => {
    found[node] = low[node] = ++clock
    open.push(node)
    path.push(node)
  }

  for (let root = 0; root < size; root++) {
    if (found[root] === 0) enter(root)
    while (path.length > 0) {
      const node = path.at(-1)!
      if (edge[node]! < offsets[node + 1]!) {
        const next = targets[edge[node]!++]!
        if (found[next] === 0) enter(next)
        else if (component[next] === -1 && found[next]! < low[node]!) low[node] = found[next]!
        continue
      }
      path.pop()
      const above = path.at(-1)
      if (above !== undefined && low[node]! < low[above]!) low[above] = low[node]!
      if (low[node] !== found[node]) continue

      const members = open.splice(open.lastIndexOf(node))
      for (const member of members) component[member] = components
      components++
      if (members.length > 1 || graph.neighbours(node, 'dependencies').includes(node)) {
        knots.push(members.toSorted((a, b) => a - b))
      }
    }
  }
  return { component, knots }
}

class CycleSearch {
  readonly #graph: Digraph
  readonly #component: Int32Array
  readonly #seenFor: Int32Array
  readonly #before: Int32Array
  #visits = 0

  constructor(graph: Digraph, component: Int32Array) {
    this.#graph = graph
    this.#component = component
    this.#seenFor = new Int32Array(graph.size).fill(-1)
    this.#before = new Int32Array(graph.size)
  }

  // A start that has been searched is in no better cycle, so later searches look only at higher indexes
  shortest(knot: readonly number[]): number[] {
    this.#visits = 0
    let best: number[] | undefined
    for (const start of knot) {
      best = this.#through(start, best === undefined ? Infinity : best.length - 1) ?? best
      if (best !== undefined && (best.length === 1 || this.#visits > SEARCH_BUDGET)) break
    }
    return best!
  }

  /** Breadth first from `start` back to it, over indexes not below it, in at most `limit` edges. */
  #through(start: number, limit: number): number[] | undefined {
    const { offsets, targets } = this.#graph.dependencies
    const component = this.#component
    const seenFor = this.#seenFor
    const queue = [start]
    seenFor[start] = start
    let length = 1
    for (let head = 0, ring = 1; head < queue.length && length <= limit; head++) {
      if (head === ring) {
        ring = queue.length
        if (++length > limit) break
      }
      const node = queue[head]!
      for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
        this.#visits++
        const next = targets[edge]!
        if (next === start) return this.#cycle(start, node)
        if (next < start || seenFor[next] === start || component[next] !== component[start]) continue
        seenFor[next] = start
        this.#before[next] = node
        queue.push(next)
      }
    }
    return undefined
  }

  #cycle(start: number, last: number): number[] {
    const cycle = [last]
    for (let node = last; node !== start;) {
      node = this.#before[node]!
      cycle.push(node)
    }
    return cycle.toReversed()
  }
}
