import type { StopFailure } from '../errors/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { ServiceRuntime } from '../service/index.js'
import type { NeedingChild } from './needing-children.js'
import { OrderedWalk } from './ordered-walk.js'
import type { ServiceNodes } from './service-nodes.js'

/** Stops services, each as soon as its dependants have stopped. */
export class StopSequence {
  readonly #nodes: ServiceNodes
  readonly #walk: OrderedWalk
  readonly #members: readonly number[]
  /** What went wrong with children that were stopped first. */
  readonly #ofChildren: StopFailure[] = []
  /** It is not on behalf of a supervisor. */
  readonly isForGood: boolean

  constructor(nodes: ServiceNodes, members: readonly number[], reason: StopReason) {
    this.isForGood = reason.kind === 'stop' || reason.kind === 'signal'
    this.#nodes = nodes
    this.#members = members
    this.#walk = new OrderedWalk(nodes.stopOrder, {
      members,
      fromLast: true,
      visit: (index, now) => {
        const needing = nodes.needing.of(index)
        if (needing.length === 0) this.#stop(index, reason, now)
        else
          void this.#stopNeeding(needing, reason).then(() => {
            // it may have rested meanwhile, and run again since somebody asked for that
            if (this.#walk.isOpen(index)) this.#stop(index, reason)
          })
      }
    })
  }

  #stop(index: number, reason: StopReason, now?: number): void {
    const runtime = this.#nodes.runtimes[index]!
    runtime.stopAlone(reason, now)
    if (runtime.isAtRest) this.#walk.done(index)
  }

  /**
   * Children stop with their owner; where that goes on running, they are stopped, those of one owner the youngest first,
   * unless what they need is to come back.
   */
  async #stopNeeding(children: readonly NeedingChild[], reason: StopReason): Promise<void> {
    const byOwner = new Map<ServiceRuntime, ServiceRuntime[]>()
    const waits: Promise<unknown>[] = []
    for (const { child, isWanted } of children) {
      const { top, owner } = child
      if (top.isGoingDown || this.#walk.isOpen(top.place)) waits.push(child.whenAtRest())
      else if (this.isForGood && !isWanted) {
        const siblings = byOwner.get(owner!)
        if (siblings === undefined) byOwner.set(owner!, [child])
        else siblings.push(child)
      }
    }
    for (const siblings of byOwner.values()) waits.push(this.#stopInTurn(siblings.toReversed(), reason))
    await Promise.all(waits)
  }

  async #stopInTurn(children: readonly ServiceRuntime[], reason: StopReason): Promise<void> {
    for (const child of children) this.#ofChildren.push(...(await child.stopToRest(reason)))
  }

  /** Those whose moves it has to hear of; undefined: of all. */
  get concerns(): readonly number[] | undefined {
    return this.#members === this.#nodes.all ? undefined : this.#members
  }

  /** Resolves when nothing of them runs. */
  get finished(): Promise<void> {
    return this.#walk.finished
  }

  /** Whether it is to stop yet. */
  isOpen(index: number): boolean {
    return this.#walk.isOpen(index)
  }

  /** Resolves when nothing of them runs, with everything that went wrong. */
  async run(): Promise<readonly StopFailure[]> {
    const { runtimes } = this.#nodes
    const members = this.#members
    // Whoever stopped the others was told what went wrong with them.
    const isTold = new Uint8Array(members.length)
    for (let n = 0; n < members.length; n++) isTold[n] = runtimes[members[n]!]!.state === 'stopped' ? 0 : 1
    this.#walk.begin()
    await this.#walk.finished
    const failures: StopFailure[] = [...this.#ofChildren]
    for (let n = members.length - 1; n >= 0; n--) {
      const found = isTold[n] === 0 ? NONE : runtimes[members[n]!]!.failures
      if (found.length > 0) failures.push(...found)
    }
    return failures
  }

  /** A service moved. */
  moved(index: number, to: ServiceState, now: number | undefined): void {
    if (to !== 'backoff' && this.#nodes.runtimes[index]!.isAtRest) this.#walk.done(index, now)
  }
}

const NONE: readonly StopFailure[] = []
