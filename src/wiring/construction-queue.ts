import { eachPredecessor } from './order-nodes.js'
import type { ProviderNode } from './provider-node.js'

/**
 * Says which node is next: the first in the given order of those whose predecessors have all been settled. Nodes
 * may be added while it runs, as `inject()` finds them.
 */
export class ConstructionQueue {
  readonly #order: ProviderNode[] = []
  /** By index of the node: how many predecessors are not settled; -1 when it is settled itself. */
  readonly #left: number[] = []
  /** By index of the node: where it is in the order. */
  readonly #positions: number[] = []
  readonly #dependants: ProviderNode[][] = []
  /** Passed over, and ready since. */
  readonly #late: ProviderNode[] = []
  #nextLate = 0
  #next = 0
  #unsettled = 0

  /** Adds nodes. What they need is added with them or was before. */
  add(nodes: readonly ProviderNode[]): void {
    for (const node of nodes) {
      this.#positions[node.index] = this.#order.length
      this.#order.push(node)
      this.#unsettled++
      let left = 0
      eachPredecessor(node, (target) => {
        if (this.#left[target.index] === -1) return
        left++
        const known = this.#dependants[target.index]
        if (known === undefined) this.#dependants[target.index] = [node]
        else known.push(node)
      })
      this.#left[node.index] = left
    }
  }

  /** The next that can be made; `undefined` when none can be until another is settled. */
  next(): ProviderNode | undefined {
    if (this.#nextLate < this.#late.length) return this.#late[this.#nextLate++]
    while (this.#next < this.#order.length) {
      const node = this.#order[this.#next++]!
      if (this.#left[node.index] === 0) return node
    }
    return undefined
  }

  /** A node is made, or there was nothing to make. */
  settle(node: ProviderNode): void {
    if (this.#left[node.index] === -1) return
    this.#left[node.index] = -1
    this.#unsettled--
    for (const dependant of this.#dependants[node.index] ?? []) {
      // counted down to 0 before its turn it is met by the cursor
      if (--this.#left[dependant.index]! === 0 && this.#isPassed(dependant)) this.#late.push(dependant)
    }
    this.#dependants[node.index] = []
  }

  /** Has everything been settled? If not and nothing is next, the rest wait for each other. */
  get isDone(): boolean {
    return this.#unsettled === 0
  }

  #isPassed(node: ProviderNode): boolean {
    return this.#positions[node.index]! < this.#next
  }
}
