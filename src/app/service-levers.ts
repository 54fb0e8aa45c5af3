import { LifecycleError, StartError, StopError, type StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { Logger } from '../logging/index.js'
import {
  calledFrom,
  calledFromHook,
  INSTEAD_OF_A_START,
  lineage,
  logFailures,
  tellReady,
  type ServiceRuntime
} from '../service/index.js'
import type { ApplicationState } from './application.js'
import type { ServiceNodes } from './service-nodes.js'
import type { Passages } from './passages.js'
import { type FailedMember, StartSequence } from './start-sequence.js'
import { RESTART, START_FAILED } from './stop-reasons.js'
import { StopSequence } from './stop-sequence.js'
import { tellMissing } from './tell-missing.js'

/** What the levers of single services need of their application. */
export interface LeversPort {
  readonly name: string
  readonly state: ApplicationState
  /** The application runs as a whole: `onReady` has been called, or is. */
  readonly isUp: boolean
  /** It is disposed of, or is about to be. */
  readonly isOver: boolean
  readonly nodes: ServiceNodes
  readonly concurrency: number
  readonly log: Logger
  /** What is under way is told of every move. */
  readonly passages: Passages
}

/** A start whose service could not start. */
export interface FailedStart {
  readonly runtime: ServiceRuntime
  readonly error: unknown
}

/** Starts and stops some services of an application that is not, as a whole, starting or stopping. */
export class ServiceLevers {
  readonly #port: LeversPort

  constructor(port: LeversPort) {
    this.#port = port
  }

  /** Starts a service, and first what it needs. */
  async start(runtime: ServiceRuntime, isRestart: boolean): Promise<void> {
    this.#mustAllow(runtime)
    const { nodes, concurrency } = this.#port
    const index = nodes.indexOf(runtime)
    if (index === undefined) return this.#startChild(runtime, isRestart)
    const members = nodes.orderedBefore(index)
    this.#mustNotWaitForItself(members, runtime)
    const stopped = this.untilNoneStops(members)
    if (stopped !== undefined) {
      const { planner } = runtime
      await stopped
      if (!runtime.isStillPlanned(planner)) throw runtime.abortedError()
      this.#mustAllow(runtime)
      this.#mustNotWaitForItself(members, runtime)
    }
    const needed = nodes.neededBy(index)
    const sequence = new StartSequence(nodes, {
      members,
      concurrency,
      mayFail: (one) => !needed.has(one),
      mayBeLetGo: (one) => one === index || !needed.has(one),
      isRestart: (one) => isRestart && one === index,
      isOwed: (one) => one !== index && nodes.runtimes[one]!.isRestartPlanned
    })
    // These would have been started all the same: they are not this start's to take back.
    const owed = new Set(members.filter((one) => one !== index && nodes.runtimes[one]!.isRestartPlanned))
    const running = this.#port.passages.starts.run(sequence)
    await Promise.race([running, runtime.whenStarted().catch(() => undefined)])
    const { failed } = sequence
    const started = sequence.started.filter((one) => !owed.has(one) || nodes.runtimes[one]!.hasCrashed)
    const takeBack = ({ runtime: culprit }: FailedMember): Promise<unknown[]> => {
      this.#leaveToRest(sequence.started.filter((one) => owed.has(one)))
      return this.#rollBack(started, culprit)
    }
    if (failed !== undefined) {
      // Nobody is going to try again: a start that begins during the roll-back must not rely on that.
      runtime.failedByHand()
      const errors = await takeBack(failed)
      throw failed.runtime.startError(errors, failed.path)
    }
    if (runtime.state !== 'running' && !runtime.currentRun.hasEndedItself) {
      // What it needs goes on starting: others may want it too.
      void running.then(() => (sequence.failed === undefined ? [] : takeBack(sequence.failed)))
      throw runtime.abortedError()
    }
    if (!this.#port.isUp || isRestart) return
    const notReady = await tellReady(started.map((one) => nodes.runtimes[one]!))
    if (notReady === undefined) return runtime.assertNotStopped()
    const path = this.pathTo(notReady.runtime)
    const errors = await this.#rollBack(started, notReady.runtime)
    throw notReadyError(notReady.runtime, notReady.cause, path, errors)
  }

  /** Stops a service, and first those that need it. */
  async stop(
    runtime: ServiceRuntime,
    reason: StopReason,
    ending?: (along: readonly ServiceRuntime[]) => () => void
  ): Promise<void> {
    const { nodes } = this.#port
    const index = nodes.indexOf(runtime)
    const lost = index === undefined ? [] : nodes.cannotDoWithout(index)
    const along = lost
      .map((other) => nodes.runtimes[other]!)
      .filter((one) => !one.isAtRest || one.isRestartPlanned || one.hasFailedByHand)
    // what stops for another as well, which is not to come back, does not come back with this one
    const mayComeBack = (one: ServiceRuntime): boolean =>
      ending !== undefined && (one.isRestartPlanned || (!one.isAtRest && !this.isToStop(one)))
    const others = along.filter((one) => !mayComeBack(one))
    const ended = ending?.(along.filter(mayComeBack))
    if (!runtime.isRestartPlanned) for (const other of others) other.endRestarts(reason)
    let failures: readonly StopFailure[]
    if (index === undefined) {
      failures = await runtime.stopToRest(reason)
    } else
      failures = await this.#stopThese(
        [index, ...lost].toSorted((a, b) => a - b),
        reason
      )
    ended?.()
    if (failures.length > 0) throw new StopError(failures, { service: runtime.name })
  }

  /** Whether a stop of `runtime` stops `other`. */
  stopsAlong(runtime: ServiceRuntime, other: ServiceRuntime): boolean {
    if (other === runtime || other.isOwnedBy(runtime)) return true
    const { nodes } = this.#port
    const index = nodes.indexOf(runtime)
    const top = nodes.indexOf(other.top)
    if (index === undefined || top === undefined) return false
    const along = nodes.cannotDoWithout(index)
    return along.includes(top) || [index, ...along].some((one) => this.#isForChild(one, other))
  }

  /** Whether a child that stops before what stands at a place is `other`, or waits for that. */
  #isForChild(place: number, other: ServiceRuntime): boolean {
    return this.#port.nodes.needing.of(place).some(({ child }) => {
      // an owner that goes down stops its children
      return other === child || other.isOwnedBy(child) || (other.isGoingDown && child.isOwnedBy(other))
    })
  }

  /** Whether `other`, or what owns it, is ordered after `runtime`, or what owns that. */
  stopsBefore(other: ServiceRuntime, runtime: ServiceRuntime): boolean {
    const { nodes } = this.#port
    const later = nodes.indexOf(other.top)
    const earlier = nodes.indexOf(runtime.top)
    if (later === undefined || earlier === undefined || later === earlier) return false
    return nodes.orderedBefore(later).includes(earlier) || this.#isForChild(earlier, other)
  }

  /** Whether a stop that somebody asked for is under way, in which it waits for its turn. */
  isToStop(runtime: ServiceRuntime): boolean {
    const { nodes, passages } = this.#port
    const index = nodes.indexOf(runtime)
    if (index === undefined) return false
    return passages.stops.at(index).some((stop) => stop.isForGood && stop.isOpen(index))
  }

  /**
   * Stops services on behalf of a supervisor, dependants first. What fails on the way is logged.
   *
   * @returns undefined when that is over already
   */
  stopTogether(runtimes: readonly ServiceRuntime[], reason: StopReason): Promise<void> | undefined {
    const open = only(runtimes, (runtime) => !runtime.isAtRest)
    // One needs no order, and most restarts are of one service.
    return open.length === 1 ? this.#stopOne(open[0]!, reason) : this.#stopInOrder(open, reason)
  }

  #stopOne(one: ServiceRuntime, reason: StopReason): Promise<void> | undefined {
    const { run } = one
    one.stopAlone(reason)
    // Whoever heard that it had stopped may have started it again.
    if (one.run !== run) return undefined
    if (!one.isAtRest) return one.whenAtRest().then((failures) => this.#tellFailures(failures))
    this.#tellFailures(one.failures)
    return undefined
  }

  #stopInOrder(open: readonly ServiceRuntime[], reason: StopReason): Promise<void> {
    return this.#stopThese(this.#port.nodes.indexesOf(open), reason).then((failures) =>
      this.#tellFailures(failures)
    )
  }

  #tellFailures(failures: readonly StopFailure[]): void {
    logFailures(this.#port.log, failures)
  }

  /**
   * Restarts services at rest, dependencies first. Resolves with the first that could not start.
   *
   * @returns undefined when all of them run already
   */
  startTogether(runtimes: readonly ServiceRuntime[]): Promise<FailedStart | undefined> | undefined {
    const { nodes } = this.#port
    const resting = only(runtimes, (runtime) => runtime.isAtRest)
    const one = resting.length === 1 ? resting[0]! : undefined
    const index = one === undefined ? undefined : nodes.indexOf(one)
    // One that waits for nobody needs no order either.
    if (one === undefined || index === undefined || nodes.awaitsAny(index))
      return this.#startInOrder(nodes.indexesOf(resting))
    tellMissing(nodes, index)
    const now = one.host.clock.monotonic()
    one.startAlone(true, now)
    one.proceed(now)
    return one.state === 'running' ? undefined : startedAgain(one)
  }

  async #startInOrder(members: readonly number[]): Promise<FailedStart | undefined> {
    const { nodes, concurrency } = this.#port
    const sequence = new StartSequence(nodes, {
      members,
      concurrency,
      mayFail: () => false,
      mayBeLetGo: () => true,
      isRestart: () => true,
      isOwed: () => false,
      goesWithout: true
    })
    await this.#port.passages.starts.run(sequence)
    const { failed } = sequence
    if (failed === undefined) return undefined
    // Those that had not begun, and those that failed as well, wait for the next attempt at rest.
    for (const index of members)
      if (nodes.runtimes[index]!.state === 'waiting') nodes.runtimes[index]!.stopAlone(RESTART)
    await Promise.all(members.map((index) => settled(nodes.runtimes[index]!)))
    return { runtime: failed.runtime, error: failed.runtime.startError() }
  }

  /** Names from one that nothing depends on down to the service. */
  pathTo(runtime: ServiceRuntime): string[] {
    const index = this.#port.nodes.indexOf(runtime.top)
    const above = index === undefined ? [] : this.#port.nodes.pathTo(index).slice(0, -1)
    return [...above, ...lineage(runtime)]
  }

  async #startChild(runtime: ServiceRuntime, isRestart: boolean): Promise<void> {
    runtime.startAlone(isRestart)
    runtime.host.letProceed(runtime)
    try {
      await runtime.whenStarted()
    } catch (error) {
      if (!runtime.hasCrashed) throw error
      const path = this.pathTo(runtime)
      throw runtime.startError(await release(runtime), path)
    }
    if (!this.#port.isUp || isRestart) return
    const notReady = await tellReady([runtime])
    if (notReady === undefined) return runtime.assertNotStopped()
    const path = this.pathTo(notReady.runtime)
    throw notReadyError(notReady.runtime, notReady.cause, path, await release(runtime))
  }

  async #stopThese(members: readonly number[], reason: StopReason): Promise<readonly StopFailure[]> {
    const { nodes, passages } = this.#port
    const open = members.filter((index) => {
      const one = nodes.runtimes[index]!
      return !one.isAtRest || one.state === 'backoff'
    })
    return passages.stops.run(new StopSequence(nodes, open, reason))
  }

  /** Those that a start that failed has not come to are restarted in their time, for which they have to be at rest. */
  #leaveToRest(owed: readonly number[]): void {
    const { nodes, passages } = this.#port
    for (const index of owed) {
      const isAwaited = passages.starts.at(index).some((start) => start.isOpen(index))
      const runtime = nodes.runtimes[index]!
      if (runtime.state === 'waiting' && !isAwaited) runtime.stopAlone(RESTART)
    }
  }

  /** Stops again what a start had begun, but not what others have come to need meanwhile. */
  async #rollBack(started: readonly number[], failed: ServiceRuntime): Promise<unknown[]> {
    const { nodes } = this.#port
    const culprit = nodes.indexOf(failed.top)!
    const ends = new Set(failed.top.hasCrashed ? [culprit] : [])
    // Those that wait for it wait in vain, whoever has asked them to start.
    for (const index of nodes.cannotDoWithout(culprit)) {
      if (nodes.runtimes[index]!.state === 'waiting') ends.add(index)
    }
    for (const index of started.toReversed()) {
      const one = nodes.runtimes[index]!
      const isNeeded = nodes.dependantsOf(index).some((other) => {
        const { isOwedARestart, isAtRest } = nodes.runtimes[other]!
        return nodes.needs(other, index) && (isOwedARestart || (!ends.has(other) && !isAtRest))
      })
      if (one.hasCrashed || !isNeeded) ends.add(index)
    }
    const members = [...ends].toSorted((a, b) => a - b)
    const failures = await this.#stopThese(members, START_FAILED)
    return failures.map((failure) => failure.error)
  }

  /** Resolves when none of these is on its way down; undefined when none is. */
  untilNoneStops(members: readonly number[]): Promise<void> | undefined {
    const { nodes } = this.#port
    // What is about to stop, and only waits for its turn, is no more to be relied on than what stops.
    const waits: Promise<unknown>[] = this.#stopsOf(members).map((one) => one.finished)
    for (let n = 0; n < members.length; n++) {
      const one = nodes.runtimes[members[n]!]!
      if (one.isGoingDown) waits.push(one.whenAtRest())
    }
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => this.untilNoneStops(members))
  }

  #mustAllow(runtime: ServiceRuntime): void {
    const { name, state, isOver } = this.#port
    if (state !== 'draining' && state !== 'stopping' && state !== 'crashed') {
      if (!isOver) return
      // it would live on after the end of all
      throw new LifecycleError('KEEL_DISPOSED', {
        message: `${runtime.name} cannot start: ${name} is disposed of`,
        service: runtime.name
      })
    }
    throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `${runtime.name} cannot start: ${name} is '${state}'`,
      service: runtime.name,
      hint: 'start services while the application runs, or before it starts.'
    })
  }

  /** @throws LifecycleError `KEEL_SELF_WAIT` when the start of a service waits for the work that asks for it */
  assertNoSelfWait(runtime: ServiceRuntime): void {
    const index = this.#port.nodes.indexOf(runtime)
    if (index !== undefined) this.#mustNotWaitForItself(this.#port.nodes.orderedBefore(index), runtime)
  }

  #mustNotWaitForItself(members: readonly number[], runtime: ServiceRuntime): void {
    const { nodes } = this.#port
    const placeOf = ({ top }: ServiceRuntime): number => nodes.indexOf(top) ?? -1
    const stops = this.#stopsOf(members)
    const isAwaited =
      calledFromHook((caller) => caller.top.state === 'starting' && members.includes(placeOf(caller))) ||
      // a stop waits for tasks too
      calledFrom((caller) => {
        const place = placeOf(caller)
        return (caller.top.isGoingDown && members.includes(place)) || stops.some((one) => one.isOpen(place))
      })
    if (!isAwaited) return
    throw new LifecycleError('KEEL_SELF_WAIT', {
      message: `the start of ${runtime.name} waits for the work that asks for it`,
      service: runtime.name,
      hint: INSTEAD_OF_A_START
    })
  }

  /** Under way, and not done with all of these. */
  #stopsOf(members: readonly number[]): readonly StopSequence[] {
    const { stops } = this.#port.passages
    const found = new Set<StopSequence>()
    for (const index of members) for (const stop of stops.at(index)) if (stop.isOpen(index)) found.add(stop)
    return [...found]
  }
}

/** Those that are so: of one alone, which is the rule, the same list. */
function only(
  runtimes: readonly ServiceRuntime[],
  isSo: (runtime: ServiceRuntime) => boolean
): readonly ServiceRuntime[] {
  return runtimes.length === 1 && isSo(runtimes[0]!) ? runtimes : runtimes.filter(isSo)
}

/** The error of a start whose `onReady` failed. */
export function notReadyError(
  { name: service, described: { location } }: ServiceRuntime,
  cause: unknown,
  path: readonly string[],
  errors: readonly unknown[]
): StartError {
  return new StartError({ service, path, phase: 'onReady', cause, errors, location })
}

async function release(runtime: ServiceRuntime): Promise<unknown[]> {
  return (await runtime.stopToRest(START_FAILED)).map((failure) => failure.error)
}

/** Waits for the restart of one service. One that was stopped meanwhile has not failed. */
async function startedAgain(runtime: ServiceRuntime): Promise<FailedStart | undefined> {
  try {
    await runtime.whenStarted()
  } catch {
    if (!runtime.hasCrashed) return undefined
    const error = runtime.startError()
    await settled(runtime)
    return { runtime, error }
  }
  return undefined
}

/** Resolves when a service runs or rests: when nothing of a start is under way any more. */
async function settled(runtime: ServiceRuntime): Promise<void> {
  if (runtime.state === 'starting') await runtime.whenStarted().catch(() => undefined)
  if (runtime.state === 'running') return
  if (runtime.state === 'crashed') await runtime.stopToRest(RESTART)
  else await runtime.whenAtRest()
}
