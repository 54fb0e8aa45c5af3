import type { Clock } from '../time/index.js'
import { nextBackoff } from './backoff.js'
import { spendRestart } from './restart-budget.js'
import type { SupervisorSettings } from './supervisor-options.js'
import type { Unit } from './unit.js'

/** The books of one supervisor: the restarts of late, and how many in a row each of its units had. */
export class RestartLedger {
  readonly #settings: SupervisorSettings
  readonly #clock: () => Clock
  readonly #random: () => number
  #history: readonly number[] = []
  #attempts = new WeakMap<object, number>()

  constructor(settings: SupervisorSettings, clock: () => Clock, random: () => number) {
    this.#settings = settings
    this.#clock = clock
    this.#random = random
  }

  /** All is forgotten: the budget is whole again. */
  clear(): void {
    this.#history = []
    this.#attempts = new WeakMap()
  }

  /**
   * Spends one restart of the budget.
   *
   * @param upForMs how long the run that ended had been up
   * @returns milliseconds to wait before the restart; undefined when the budget is used up
   */
  spend(unit: Unit, upForMs: number): number | undefined {
    const verdict = spendRestart(this.#history, this.#clock().monotonic(), this.#settings)
    this.#history = verdict.history
    if (!verdict.allowed) return undefined
    const { backoff } = this.#settings
    if (backoff === undefined) return 0
    const { delay, attempts } = nextBackoff(backoff, this.#attempts.get(unit.key) ?? 0, upForMs, this.#random)
    this.#attempts.set(unit.key, attempts)
    return delay
  }

  /** One unit stands in for another, which was restarted as often. */
  carryOver(from: Unit, to: Unit): void {
    const attempts = this.#attempts.get(from.key)
    if (attempts !== undefined) this.#attempts.set(to.key, attempts)
  }
}
