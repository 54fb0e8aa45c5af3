import type { Digraph } from '../graph/index.js'
import type { ProviderNode } from './provider-node.js'

const SETTLED = -1

/**
 * Says which node is next: the first in the given order of those whose predecessors have all been settled. Nodes
 * may be added while it runs, as `inject()` finds them.
 */
export class ConstructionQueue {
  readonly #order: ProviderNode[]
  readonly #graph: Digraph
  /** By index of the node: how many predecessors are not settled. */
  readonly #left: number[]
  /** By index of the node: where it is in the order. */
  readonly #positions: number[]
  /** Dependants that the graph does not know of. */
  readonly #added = new Map<number, ProviderNode[]>()
  /** Passed over, and ready since. */
  readonly #late: ProviderNode[] = []
  #nextLate = 0
  /** Ready, and held back. */
  readonly #held: ProviderNode[] = []
  #nextHeld = 0
  #next = 0
  #unsettled: number

  /**
   * @param order the nodes to begin with
   * @param graph the edges that decide the order, by the indexes of these
   */
  constructor(order: readonly ProviderNode[], graph: Digraph) {
    this.#order = [...order]
    this.#graph = graph
    this.#unsettled = order.length
    const { offsets } = graph.dependencies
    this.#left = new Array<number>(order.length).fill(0)
    this.#positions = new Array<number>(order.length).fill(0)
    for (let position = 0; position < order.length; position++) {
      this.#left[position] = offsets[position + 1]! - offsets[position]!
      this.#positions[order[position]!.index] = position
    }
  }

  /** Adds nodes. What they need is added with them or was before. */
  add(nodes: readonly ProviderNode[]): void {
    for (const node of nodes) {
      this.#positions[node.index] = this.#order.length
      this.#order.push(node)
      this.#unsettled++
      let left = 0
      for (const { index } of node.predecessors()) {
        if (this.#left[index] === SETTLED) continue
        left++
        const known = this.#added.get(index)
        if (known === undefined) this.#added.set(index, [node])
        else known.push(node)
      }
      this.#left[node.index] = left
    }
  }

  /**
   * The next that can be made; `undefined` when none can be until another is settled.
   *
   * @param holds keeps back what can be made, until a call that does not
   */
  next(holds?: (node: ProviderNode) => boolean): ProviderNode | undefined {
    for (;;) {
      const node =
        this.#nextLate < this.#late.length ? this.#late[this.#nextLate++] : this.#nextInOrder(holds)
      if (node === undefined || holds?.(node) !== true) return node
      this.#held.push(node)
    }
  }

  /** Does anything that is known so far state that it needs this? */
  isNeeded({ index }: ProviderNode): boolean {
    if (this.#added.has(index)) return true
    const { offsets } = this.#graph.dependants
    return index < this.#graph.size && offsets[index + 1]! > offsets[index]!
  }

  /** A node is made, or there was nothing to make. */
  settle({ index }: ProviderNode): void {
    if (this.#left[index] === SETTLED) return
    this.#left[index] = SETTLED
    this.#unsettled--
    if (index < this.#graph.size) {
      const { offsets, targets } = this.#graph.dependants
      for (let edge = offsets[index]!; edge < offsets[index + 1]!; edge++) this.#count(targets[edge]!)
    }
    if (this.#added.size === 0) return
    for (const dependant of this.#added.get(index) ?? []) this.#count(dependant.index)
    this.#added.delete(index)
  }

  /** Has everything been settled? If not and nothing is next, the rest wait for each other. */
  get isDone(): boolean {
    return this.#unsettled === 0
  }

  #nextInOrder(holds: unknown): ProviderNode | undefined {
    if (holds === undefined && this.#nextHeld < this.#held.length) return this.#held[this.#nextHeld++]
    while (this.#next < this.#order.length) {
      const node = this.#order[this.#next++]!
      if (this.#left[node.index] === 0) return node
    }
    return undefined
  }

  #count(dependant: number): void {
    const position = this.#positions[dependant]!
    // counted down before its turn it is met by the cursor
    if (--this.#left[dependant]! === 0 && position < this.#next) this.#late.push(this.#order[position]!)
  }
}
