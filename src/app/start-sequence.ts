import type { StopFailure } from '../errors/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { OrderedWalk } from './ordered-walk.js'
import type { ServiceNodes } from './service-nodes.js'

/** Starts services, each as soon as its own dependencies run. One passage; a further start makes a new one. */
export class StartSequence {
  readonly #nodes: ServiceNodes
  readonly #walk: OrderedWalk
  readonly #members: readonly number[]
  readonly #isRestart: boolean
  /** Given up without failing the rest. */
  readonly #given = new Set<number>()
  #failed: ServiceRuntime | undefined

  /**
   * @param members those to start, in start order; what they need runs, is among them, or is not waited for
   * @param isRestart a further run of services that a supervisor restarts: each of them must start
   */
  constructor(nodes: ServiceNodes, members: readonly number[], concurrency: number, isRestart = false) {
    this.#nodes = nodes
    this.#isRestart = isRestart
    this.#members = members
    this.#walk = new OrderedWalk(nodes.startOrder, {
      members,
      limit: concurrency,
      visit: (index) => nodes.runtimes[index]!.proceed()
    })
  }

  /** The service whose start failed and may not. */
  get failed(): ServiceRuntime | undefined {
    return this.#failed
  }

  /** Resolves when all run, or when one has failed that may not; see {@link failed}. */
  run(): Promise<void> {
    for (const index of this.#members) this.#nodes.runtimes[index]!.startAlone(this.#isRestart)
    this.#walk.begin()
    return this.#walk.finished
  }

  /** None of the rest starts. */
  halt(): void {
    this.#walk.halt()
  }

  /** A service moved. */
  moved(index: number, to: ServiceState): void {
    if (to === 'running') this.#walk.done(index)
    else if (to === 'crashed') this.#crashed(index)
  }

  #crashed(index: number): void {
    const { runtimes } = this.#nodes
    const runtime = runtimes[index]!
    if (this.#isRestart || !this.#nodes.mayFail(index)) {
      this.#failed ??= runtime
      this.#walk.halt()
      return
    }
    if (this.#given.has(index)) return
    // What cannot do without it cannot start either; what merely wanted it goes on.
    const reason = runtime.crashReason
    const lost = this.#nodes.cannotDoWithout(index)
    for (const other of [index, ...lost]) this.#given.add(other)
    for (const other of lost) if (runtimes[other]!.state === 'waiting') runtimes[other]!.crash(reason)
    runtime.stopAlone({ kind: 'crash', detail: reason })
    this.#walk.done(index)
    for (const other of lost) this.#walk.skip(other)
  }
}

/** Stops services, each as soon as its dependants have stopped. */
export class StopSequence {
  readonly #nodes: ServiceNodes
  readonly #walk: OrderedWalk
  readonly #members: readonly number[]

  constructor(nodes: ServiceNodes, members: readonly number[], reason: StopReason) {
    this.#nodes = nodes
    this.#members = members
    this.#walk = new OrderedWalk(nodes.stopOrder, {
      members,
      fromLast: true,
      visit: (index) => {
        const runtime = nodes.runtimes[index]!
        runtime.stopAlone(reason)
        if (runtime.isAtRest) this.#walk.done(index)
      }
    })
  }

  /** Resolves when nothing of them runs, with everything that went wrong. */
  async run(): Promise<readonly StopFailure[]> {
    this.#walk.begin()
    await this.#walk.finished
    const failures: StopFailure[] = []
    for (const index of this.#members.toReversed()) {
      for (const failure of this.#nodes.runtimes[index]!.failures) failures.push(failure)
    }
    return failures
  }

  /** A service moved. */
  moved(index: number): void {
    if (this.#nodes.runtimes[index]!.isAtRest) this.#walk.done(index)
  }
}
