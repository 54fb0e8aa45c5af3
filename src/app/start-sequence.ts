import type { ServiceState, StopReason } from '../lifecycle/index.js'
import type { ServiceRuntime } from '../service/index.js'
import { OrderedWalk } from './ordered-walk.js'
import type { ServiceNodes } from './service-nodes.js'
import { RESTART, START_FAILED } from './stop-reasons.js'
import { tellMissing } from './tell-missing.js'

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
  /** Whether the rest goes on when a supervisor lets go of this one itself. Default: when it may fail. */
  readonly mayBeLetGo?: (index: number) => boolean
  /**
   * Whether one starts without something that it needs and that has ended for good, and does not start now when that is
   * yet to be restarted. Default: it cannot start, or waits.
   */
  readonly goesWithout?: boolean
}

/** A service whose start failed, or that others wait for in vain. */
export interface FailedMember {
  readonly runtime: ServiceRuntime
  /** Names from one that nothing depends on down to it. */
  readonly path: readonly string[]
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
  /** Their supervisor was to restart them before: whatever comes of this start, it still is. */
  readonly #owedBefore = new Set<number>()
  #failed: FailedMember | undefined
  #isClosed = false

  constructor(nodes: ServiceNodes, options: StartOptions) {
    this.#nodes = nodes
    this.#options = options
    this.#walk = new OrderedWalk(nodes.startOrder, {
      members: options.members.filter((index) => nodes.runtimes[index]!.state !== 'running'),
      limit: options.concurrency,
      visit: (index, now) => this.#proceed(index, now)
    })
  }

  /** The service whose start failed and may not, or that a supervisor has let go of before all that need it ran. */
  get failed(): FailedMember | undefined {
    return this.#failed
  }

  /** Those that this one has begun to start, in start order; others ran, or were being started by somebody else. */
  get started(): readonly number[] {
    return this.#started
  }

  /** Those whose moves it has to hear of, which are what its members need too; undefined: of all. */
  get concerns(): ReadonlySet<number> | undefined {
    const { members } = this.#options
    if (members === this.#nodes.all) return undefined
    const found = new Set(members)
    for (const index of members) for (const one of this.#nodes.dependenciesOf(index)) found.add(one)
    return found
  }

  /** Whether it is to start yet. */
  isOpen(index: number): boolean {
    return !this.#isClosed && this.#walk.isOpen(index)
  }

  /** Resolves when all run or were given up, or when one has failed that may not; see {@link failed}. */
  run(): Promise<void> {
    const { members, isRestart } = this.#options
    // They are asked all at once.
    const now = this.#nodes.runtimes[members[0] ?? 0]?.host.clock.monotonic()
    for (let n = 0; n < members.length; n++) {
      const index = members[n]!
      const runtime = this.#nodes.runtimes[index]!
      // somebody who is told of one of them may stop all
      if (this.#isClosed) break
      if (runtime.isOwedARestart) this.#owedBefore.add(index)
      // or what it needs
      if (!runtime.isAtRest || this.#given.has(index)) continue
      this.#started.push(index)
      runtime.startAlone(isRestart?.(index) ?? false, now)
    }
    this.#walk.begin()
    return this.#walk.finished
  }

  /** None of the rest starts; those that wait are stopped by somebody. */
  close(): void {
    this.#isClosed = true
  }

  /** None of the rest starts, and nothing more is waited for. */
  halt(): void {
    this.close()
    this.#walk.halt()
  }

  /** A service moved. */
  moved(index: number, to: ServiceState, now: number | undefined): void {
    if (to === 'running') this.#walk.done(index, now)
    const isOnItsWay = to === 'running' || to === 'starting' || to === 'waiting'
    if (!isOnItsWay || this.#held.size > 0) this.changed(index)
  }

  /** What is to become of a service has changed, though it has not moved: its restart was planned or dropped. */
  changed(index: number): void {
    const { state, isAtRest, isToStart } = this.#nodes.runtimes[index]!
    // this may be the start, asked for by whoever heard of the move that is told here
    if (isToStart) return
    if (state === 'crashed') this.#crashed(index)
    else if (state === 'stopped') this.#stopped(index)
    if (isAtRest) this.#checkOwed(index)
    if (this.#held.size === 0) return
    for (const dependant of this.#nodes.dependantsOf(index)) {
      if (this.#held.delete(dependant)) this.#proceed(dependant)
    }
  }

  /**
   * A service rests. Its supervisor does not restart it, nor what needs it, in the midst of their start, when what they
   * need has ended: they have never run.
   */
  #checkOwed(index: number): void {
    if (this.#options.goesWithout === true) return
    for (const one of [index, ...this.#nodes.dependantsOf(index)]) {
      const { state, isAtRest, isOwedARestart } = this.#nodes.runtimes[one]!
      const isToBegin = isAtRest || state === 'waiting'
      if (!isToBegin || !isOwedARestart || !this.#walk.isOpen(one) || this.#owedBefore.has(one)) continue
      const missing = this.#nodes.missing(one)
      if (missing !== undefined) this.#checkMissing(one, missing)
    }
  }

  /** Starts a service, unless something it needs has run but does not any more: then once that runs again. */
  #proceed(index: number, now?: number): void {
    if (this.#isClosed) return
    if (this.#options.goesWithout === true) {
      this.#proceedWithout(index)
      return
    }
    const missing = this.#nodes.missing(index)
    if (missing === undefined) this.#nodes.runtimes[index]!.proceed(now)
    else {
      this.#held.add(index)
      this.#checkMissing(index, missing)
    }
  }

  /**
   * Starts a service, unless something it needs is on its way. When that is yet to be restarted, perhaps by the one who
   * waits for this start to be over, it is none of those that start now.
   */
  #proceedWithout(index: number): void {
    const { runtimes } = this.#nodes
    const needs = this.#nodes.needsOf(index).map((one) => runtimes[one]!)
    if (needs.some(({ isComing, isUnderWay }) => isComing && !isUnderWay)) this.#giveUp(index, index, RESTART)
    else if (needs.some(({ mayCome }) => mayCome)) this.#held.add(index)
    else {
      tellMissing(this.#nodes, index)
      runtimes[index]!.proceed()
    }
  }

  /** It cannot start when what is missing will not come. */
  #checkMissing(index: number, missing: number): void {
    const { isAtRest, isComing, hasCrashed } = this.#nodes.runtimes[missing]!
    if (!isAtRest || isComing) return
    if (hasCrashed) this.#crashed(index, missing)
    else this.#stopped(index, missing)
  }

  /** @param because it crashed, or what it needs: that is to blame */
  #crashed(index: number, because = index): void {
    const { crashReason: detail } = this.#nodes.runtimes[because]!
    if (!this.#isLost(index, because)) {
      // Whoever is going to try again can do so once it has released what it held.
      if (this.#walk.isOpen(index) && this.#isOwed(index))
        this.#nodes.runtimes[index]!.stopAlone({ kind: 'crash', detail })
      return
    }
    if (!this.#options.mayFail(index)) return this.#fail(index, because)
    this.#giveUp(index, because, { kind: 'crash', detail })
    this.#nodes.runtimes[index]!.stopAlone({ kind: 'crash', detail })
  }

  /** It was stopped, or what it needs: on request the rest goes on without it, else the start has failed. */
  #stopped(index: number, because = index): void {
    if (!this.#isLost(index, because)) return
    const { mayFail, mayBeLetGo } = this.#options
    const { name, isLetGo } = this.#nodes.runtimes[because]!
    const goesOn = mayFail(index) || (because === index && mayBeLetGo?.(index) === true)
    if (isLetGo && !goesOn) this.#fail(index, because)
    else this.#giveUp(index, because, { kind: 'stop', detail: `${name} was stopped` })
  }

  #fail(index: number, because: number): void {
    const runtime = this.#nodes.runtimes[because]!
    const path = this.#nodes.pathTo(index)
    if (because !== index) path.push(runtime.name)
    this.#failed = { runtime, path }
    this.halt()
    for (const other of this.#nodes.cannotDoWithout(because)) this.#endRestarts(other, START_FAILED)
  }

  /** What cannot begin is no more restarted than what fails to. */
  #endRestarts(index: number, reason: StopReason): void {
    if (this.#options.goesWithout === true || this.#owedBefore.has(index)) return
    if (!this.#walk.isOpen(index) && !this.#given.has(index)) return
    const runtime = this.#nodes.runtimes[index]!
    if (!runtime.isOwedARestart) return
    runtime.endRestarts(reason)
    // Whoever restarts it would go on, without what has ended.
    if (runtime.state === 'waiting') end(runtime, reason)
  }

  /** Whether it was to run yet, and what has ended, itself or what it needs, is not to be started again. */
  #isLost(index: number, because: number): boolean {
    if (this.#failed !== undefined || !this.#walk.isOpen(index) || this.#given.has(index)) return false
    return because !== index || !this.#isOwed(index)
  }

  #isOwed(index: number): boolean {
    const { isOwed } = this.#options
    return isOwed === undefined ? this.#nodes.runtimes[index]!.isRestartPlanned : isOwed(index)
  }

  /** What cannot do without it cannot start either, now or by a restart; what merely wanted it goes on. */
  #giveUp(index: number, because: number, reason: StopReason): void {
    const { runtimes } = this.#nodes
    const lost = this.#nodes.cannotDoWithout(index).filter((other) => this.#walk.isOpen(other))
    for (const other of [index, ...lost]) {
      this.#given.add(other)
      this.#held.delete(other)
    }
    for (const other of [index, ...lost]) {
      if (other !== because) this.#endRestarts(other, reason)
      if (runtimes[other]!.state === 'waiting') end(runtimes[other]!, reason)
    }
    this.#walk.doneTogether([index, ...lost])
  }
}

/** Ends one that waits for its turn. */
function end(runtime: ServiceRuntime, reason: StopReason): void {
  if (reason.kind === 'crash') runtime.crash(reason.detail)
  else runtime.stopAlone(reason)
}
