import type { ServiceRuntime } from '../service/index.js'
import type { ServiceNodes } from './service-nodes.js'

/** Says which services can be restarted now: those for which nothing they need is about to come back first. */
export class RestartGate {
  readonly #nodes: ServiceNodes
  #waiters: (() => void)[] = []
  /** Whether anybody waits to be {@link tell told}; a field, since each move of a service asks. */
  isAwaited = false

  constructor(nodes: ServiceNodes) {
    this.#nodes = nodes
  }

  /** Those of these that may start now, dependencies first; each other's start they await by themselves. */
  startable(runtimes: readonly ServiceRuntime[]): readonly ServiceRuntime[] {
    // One needs no order, and most restarts are of one service.
    const only = runtimes.length === 1 ? runtimes[0]! : undefined
    if (only !== undefined) return this.#isStartable(only) ? runtimes : NOBODY
    const chosen = new Set<number>()
    for (const index of this.#nodes.indexesOf(runtimes)) {
      const { runtimes: all } = this.#nodes
      const runtime = all[index]!
      if (!runtime.isAtRest || !runtime.isRestartPlanned) continue
      const mustWait = (other: number): boolean => !chosen.has(other) && all[other]!.mayCome
      if (!this.#nodes.awaits(index, mustWait)) chosen.add(index)
    }
    return [...chosen].map((index) => this.#nodes.runtimes[index]!)
  }

  /** Whether one may start by itself. */
  #isStartable(runtime: ServiceRuntime): boolean {
    const index = this.#nodes.indexOf(runtime)
    if (index === undefined || !runtime.isAtRest || !runtime.isRestartPlanned) return false
    return !this.#nodes.awaitsAny(index)
  }

  /** Resolves when a service has moved, or is not restarted after all. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve)
      this.isAwaited = true
    })
  }

  /** Something has changed. */
  tell(): void {
    this.isAwaited = false
    for (const resolve of this.#waiters.splice(0)) resolve()
  }
}

const NOBODY: readonly ServiceRuntime[] = []
