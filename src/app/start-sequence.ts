import type { StopFailure } from '../errors/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { OrderedWalk } from './ordered-walk.js'
import type { ServiceNodes } from './service-nodes.js'

/** What to start, and how. */
export interface StartOptions {
  /** Those to start, in start order; what they need runs, is among them, or is not waited for. None is stopping. */
  readonly members: readonly number[]
  /** Services starting at once. */
  readonly concurrency: number
  /** Whether the rest goes on when this one cannot start. */
  readonly mayFail: (index: number) => boolean
  /** Whether its start is a restart. Default: none is. */
  readonly isRestart?: (index: number) => boolean
  /** Whether somebody else will try again to start it, so that it is waited for. Default: when its restart is planned. */
  readonly isOwed?: (index: number) => boolean
  /** Whether one starts without something that it needs and that has ended for good. Default: it cannot start. */
  readonly goesWithout?: boolean
}

/** Starts services, each as soon as its own dependencies run. One passage; a further start makes a new one. */
export class StartSequence {
  readonly #nodes: ServiceNodes
  readonly #walk: OrderedWalk
  readonly #options: StartOptions
  readonly #started: number[] = []
  /** Given up without failing the rest. */
  readonly #given = new Set<number>()
  /** They wait for what they need, which ran but does not any more. */
  readonly #held = new Set<number>()
  #failed: ServiceRuntime | undefined

  constructor(nodes: ServiceNodes, options: StartOptions) {
    this.#nodes = nodes
    this.#options = options
    this.#walk = new OrderedWalk(nodes.startOrder, {
      members: options.members.filter((index) => nodes.runtimes[index]!.state !== 'running'),
      limit: options.concurrency,
      visit: (index) => this.#proceed(index)
    })
  }

  /** The service whose start failed and may not. */
  get failed(): ServiceRuntime | undefined {
    return this.#failed
  }

  /** Those that this one has begun to start, in start order; others ran, or were being started by somebody else. */
  get started(): readonly number[] {
    return this.#started
  }

  /** Resolves when all run or were given up, or when one has failed that may not; see {@link failed}. */
  run(): Promise<void> {
    const { members, isRestart } = this.#options
    for (const index of members) {
      const runtime = this.#nodes.runtimes[index]!
      if (!runtime.isAtRest) continue
      this.#started.push(index)
      runtime.startAlone(isRestart?.(index) ?? false)
    }
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
    this.changed(index)
  }

  /** What is to become of a service has changed, though it has not moved: its restart was planned or dropped. */
  changed(index: number): void {
    const { state } = this.#nodes.runtimes[index]!
    if (state === 'crashed') this.#crashed(index)
    else if (state === 'stopped') this.#stopped(index)
    if (this.#held.size === 0) return
    for (const dependant of this.#nodes.dependantsOf(index)) {
      if (this.#held.delete(dependant)) this.#proceed(dependant)
    }
  }

  /** Starts a service, unless something it needs has run but does not any more: then once that runs again. */
  #proceed(index: number): void {
    const needed = this.#options.goesWithout === true ? undefined : this.#missing(index)
    if (needed === undefined && !this.#nodes.awaits(index)) this.#nodes.runtimes[index]!.proceed()
    else if (needed === undefined || !needed.isAtRest || needed.isComing) this.#held.add(index)
    else this.#cannotDoWithout(index, needed)
  }

  /** Something that `index` needs and that does not run; all of it has run, or it would not be its turn. */
  #missing(index: number): ServiceRuntime | undefined {
    const { runtimes } = this.#nodes
    let missing: ServiceRuntime | undefined
    for (const one of this.#nodes.needsOf(index)) {
      const needed = runtimes[one]!
      if (needed.state === 'running') continue
      // What has ended for good counts more than what may come back.
      if (needed.isAtRest && !needed.isComing) return needed
      missing ??= needed
    }
    return missing
  }

  #cannotDoWithout(index: number, needed: ServiceRuntime): void {
    if (!needed.hasCrashed) this.#stopped(index, needed)
    else if (this.#options.mayFail(index)) this.#giveUp(index, (other) => other.crash(needed.crashReason))
    else this.#fail(needed)
  }

  #fail(runtime: ServiceRuntime): void {
    this.#failed ??= runtime
    this.#walk.halt()
  }

  #crashed(index: number): void {
    if (!this.#walk.isOpen(index) || this.#given.has(index) || this.#isOwed(index)) return
    const runtime = this.#nodes.runtimes[index]!
    if (!this.#options.mayFail(index)) return this.#fail(runtime)
    const reason = runtime.crashReason
    this.#giveUp(index, (other) => other.crash(reason))
    runtime.stopAlone({ kind: 'crash', detail: reason })
  }

  /** Somebody stopped it, or what it needs, before it ran: the rest goes on without it. */
  #stopped(index: number, which = this.#nodes.runtimes[index]!): void {
    if (!this.#walk.isOpen(index) || this.#given.has(index) || this.#isOwed(index)) return
    const detail = `${which.name} was stopped`
    this.#giveUp(index, (other) => other.stopAlone({ kind: 'stop', detail }))
  }

  #isOwed(index: number): boolean {
    const { isOwed } = this.#options
    return isOwed === undefined ? this.#nodes.runtimes[index]!.isRestartPlanned : isOwed(index)
  }

  /** What cannot do without it cannot start either; what merely wanted it goes on. */
  #giveUp(index: number, end: (other: ServiceRuntime) => void): void {
    const { runtimes } = this.#nodes
    const lost = this.#nodes.cannotDoWithout(index).filter((other) => this.#walk.isOpen(other))
    for (const other of [index, ...lost]) {
      this.#given.add(other)
      this.#held.delete(other)
    }
    for (const other of [index, ...lost]) if (runtimes[other]!.state === 'waiting') end(runtimes[other]!)
    this.#walk.doneTogether([index, ...lost])
  }
}

/** Stops services, each as soon as its dependants have stopped. */
export class StopSequence {
  readonly #nodes: ServiceNodes
  readonly #walk: OrderedWalk
  readonly #members: readonly number[]
  /** It is not on behalf of a supervisor. */
  readonly isForGood: boolean

  constructor(nodes: ServiceNodes, members: readonly number[], reason: StopReason) {
    this.isForGood = reason.kind === 'stop' || reason.kind === 'signal'
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
    // Whoever stopped the others was told what went wrong with them.
    const told = this.#members.filter((index) => runtimes[index]!.state !== 'stopped').toReversed()
    this.#walk.begin()
    await this.#walk.finished
    const failures: StopFailure[] = []
    for (const index of told) for (const failure of runtimes[index]!.failures) failures.push(failure)
    return failures
  }

  /** A service moved. */
  moved(index: number, to: ServiceState): void {
    if (to !== 'backoff' && this.#nodes.runtimes[index]!.isAtRest) this.#walk.done(index)
  }
}
