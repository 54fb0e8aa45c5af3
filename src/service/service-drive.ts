import { LifecycleError, type StopFailure } from '../errors/index.js'
import {
  HOOK_OF_STEP,
  isHookStep,
  isStopStep,
  reduce,
  withShape,
  type Machine,
  type MachineEvent,
  type Step,
  type Steps,
  type StopReason
} from '../lifecycle/index.js'
import { Alarm, formatDuration } from '../time/index.js'
import { isAbortError } from '../waits/index.js'
import { runCall } from './call.js'
import { callHook } from './call-hook.js'
import type { HookInFlight } from './hook-in-flight.js'
import { promiseOf } from './promise-of.js'
import { Pace } from './pace.js'
import type { ServiceRuntime } from './service-runtime.js'
import { shapeOf, type OutsideHook, type ServiceShape } from './service-shape.js'
import type { StartFailure } from './start-failure.js'
import { isOfShutdown, stepLimit, stopLimit } from './step-limits.js'
import type { WaitLimit } from './limited.js'
import { limitedInStop, limitStop } from './stop-limit.js'
import { constructionPhase } from './unconstructed.js'

/**
 * The motor of one service: gives its machine events, carries out the effects, within the time that each step may
 * take, and gives the outcome back as the next event.
 */
export class ServiceDrive implements Steps {
  /** Where the service is; only {@link dispatch} moves it. */
  machine: Machine
  #troubles: Troubles | undefined
  readonly #runtime: ServiceRuntime
  #shape: ServiceShape
  /** Of the start or stop under way: there is one whenever a step is in flight. */
  #pace: Pace | undefined
  #queue: MachineEvent[] | undefined
  #queuedAt: number | undefined
  #dispatching = false

  constructor(runtime: ServiceRuntime) {
    this.#runtime = runtime
    this.#shape = shapeOf(runtime.instance, runtime.described, runtime.settings.waitForShutdown)
    this.machine = this.#shape.initial
  }

  /** Another instance stands behind the service: its hooks are called from now on, none has been. */
  reshape(): void {
    const { instance, described, settings } = this.#runtime
    this.#shape = shapeOf(instance, described, settings.waitForShutdown)
    this.machine = withShape(this.machine, this.#shape)
  }

  /** Whether there is such a hook to call. */
  has(hook: OutsideHook): boolean {
    return this.#shape.outside.has(hook)
  }

  /** How long the start or stop that is under way, or just ends, has taken: milliseconds since it began. */
  get elapsedMs(): number {
    const now = this.#runtime.host.clock.monotonic()
    return now - (this.#pace?.startedAt ?? now)
  }

  /** What it waits for now. */
  get pendingStep(): PendingStep | undefined {
    const { step } = this.machine.at
    return step === undefined ? undefined : { name: phaseOf(step), since: this.#pace!.stepSince }
  }

  /** What went wrong since the last start, to be added to. */
  get troubles(): Troubles {
    return (this.#troubles ??= new Troubles())
  }

  /** That, if anything has. */
  get troublesIfAny(): Troubles | undefined {
    return this.#troubles
  }

  /** What went wrong since the last start, beside the crash itself. */
  get failures(): readonly StopFailure[] {
    return this.machine.errors.length === 0 && this.#troubles?.otherFailures === undefined
      ? NO_FAILURES
      : this.#failures()
  }

  #failures(): readonly StopFailure[] {
    const own = this.machine.errors.map((error) =>
      error instanceof Failure
        ? error.failure
        : { service: this.#runtime.name, phase: this.#runtime.crashPhase, error }
    )
    const others = this.#troubles?.otherFailures
    return others === undefined ? own : [...others, ...own]
  }

  /**
   * Gives the machine an event; one that comes while another is dealt with waits its turn.
   *
   * @param now the monotonic clock, where it has just been read: a reading serves until somebody's code runs
   */
  dispatch(event: MachineEvent, now?: number): void {
    if (this.#dispatching) {
      this.#queuedAt = this.#queue === undefined ? now : undefined
      ;(this.#queue ??= []).push(event)
      return
    }
    this.#dispatching = true
    try {
      this.#apply(event, now)
      while (this.#queue !== undefined) this.#apply(this.#next(this.#queue), this.#takeQueuedAt())
    } finally {
      this.#dispatching = false
    }
  }

  /**
   * It crashes. What comes when it has crashed or stops already is one more failure, which has a place of its own.
   *
   * @param phase what threw, where that is known
   */
  crash(reason: unknown, phase: string | undefined, now?: number): void {
    const { at, crash } = this.machine
    const isLate = at.state === 'stopping' || at.state === 'crashed'
    const isKnown = crash !== undefined && crash.reason === reason
    const failed =
      isLate && !isKnown && phase !== undefined
        ? new Failure({ service: this.#runtime.name, phase, error: reason })
        : reason
    this.dispatch({ type: 'crash', reason: failed }, now)
  }

  /** Whether a start waits for its turn. */
  get isToStart(): boolean {
    return this.#queue?.some((event) => event.type === 'start') === true
  }

  /** The reading that came with an event that stood alone in the queue: then nothing has been dealt with since. */
  #takeQueuedAt(): number | undefined {
    const at = this.#queuedAt
    this.#queuedAt = undefined
    return at
  }

  /** The event whose turn it is; an empty queue is not kept. */
  #next(queue: MachineEvent[]): MachineEvent {
    const next = queue.shift()!
    if (queue.length === 0) this.#queue = undefined
    return next
  }

  /** The error for something that took too long. */
  overdue(phase: string, limit: number): LifecycleError {
    const { state } = this.machine
    const starting = state === 'starting' || (state === 'running' && phase === 'onReady')
    const what = phase === 'tasks' ? `its ${this.#openWork}` : phase
    const { startTimeout } = this.#runtime.settings
    const left =
      starting && limit < startTimeout
        ? `, what was left of a startTimeout of ${formatDuration(startTimeout)}`
        : ''
    return new LifecycleError(starting ? 'KEEL_START_TIMEOUT' : 'KEEL_STOP_TIMEOUT', {
      message: `${this.#runtime.name}: ${what} did not end within ${formatDuration(limit)}${left}`,
      service: this.#runtime.name,
      location: this.#runtime.described.location,
      // its signal has not been aborted yet
      hint:
        phase === 'onDrain'
          ? 'Let it take less long, or raise drainTimeout, or shutdownTimeout, of which a drain has half.'
          : undefined
    })
  }

  /** Work, or calls from outside, that has not ended, in words. */
  get #openWork(): string {
    const { workIfAny, currentRun } = this.#runtime
    const calls = currentRun.callsIfAny?.names ?? []
    const isAlone = workIfAny === undefined || workIfAny.open.length === 0
    if (calls.length > 0 && isAlone) return `${calls.length === 1 ? 'call' : 'calls'} of ${calls.join(', ')}`
    return workIfAny?.describeOpen() ?? 'tasks'
  }

  #endWork(): Promise<unknown> | undefined {
    const { workIfAny, currentRun } = this.#runtime
    const [work, calls] = [workIfAny?.end(), currentRun.callsIfAny?.end()]
    return work !== undefined && calls !== undefined ? Promise.all([work, calls]) : (work ?? calls)
  }

  #apply(event: MachineEvent, now?: number): void {
    const before = this.machine.at
    const machine = (this.machine = reduce(this.machine, event, this))
    const { at, tickets, stopReason } = machine
    if (at !== before) {
      const { state, step, aborts, gives } = at
      let time = now
      if (state !== before.state) {
        time ??= this.#runtime.host.clock.monotonic()
        // not when it was asked to start, which may be before all have heard how the last run ended
        if (state === 'waiting') this.#troubles = undefined
        if (state === 'starting' || state === 'stopping') this.#pace = this.#nextPace(time)
        this.#runtime.moved(before.state, state, time)
      }
      if (aborts && stopReason !== undefined) this.#abort(stopReason)
      if (gives !== undefined) this.#conduct(gives, tickets, time)
      else if (step === undefined) this.#pace = undefined
    }
    this.#runtime.settled()
  }

  /** A stop watches over a start step that it has to wait for. */
  #nextPace(startedAt: number): Pace {
    const pace = new Pace(startedAt)
    pace.stepTimer = this.#pace?.stepTimer
    pace.stepSince = this.#pace?.stepSince ?? startedAt
    return pace
  }

  #abort(reason: StopReason): void {
    this.#runtime.isWorking = false
    this.#runtime.currentRun.abort(reason)
    this.#runtime.workIfAny?.abort(reason)
  }

  /** Carries out one step, and gives the machine its outcome. */
  #conduct(step: Step, ticket: number, now: number | undefined): void {
    if (step === 'settle') {
      this.#settle(ticket)
      return
    }
    if (isStopStep(step) && this.#awaitsHook(step, ticket)) return
    if (this.isIdle(step)) {
      this.dispatch({ type: 'done', ticket }, now)
      return
    }
    const { clock } = this.#runtime.host
    const begun = now ?? clock.monotonic()
    this.#pace!.stepSince = begun
    let result: unknown
    try {
      result = this.#act(step, begun)
    } catch (error) {
      this.#outcome(step, ticket, begun, error)
      return
    }
    const promise = promiseOf(result)
    if (promise === undefined) this.#ended(step, ticket, begun)
    else this.#await(promise, step, ticket, begun)
  }

  /** Waits for the promise of a step, as long as it may take. */
  #await(result: Promise<unknown>, step: Step, ticket: number, begun: number): void {
    const { settings, host } = this.#runtime
    const limit = stepLimit(step, settings, this.#spent, host, begun)
    if (limit === 0) {
      // Not awaited, as asked; what it comes to is still heard.
      result.then(undefined, (error: unknown) =>
        this.#runtime.log.error({ err: error }, '%s failed', phaseOf(step))
      )
      this.dispatch({ type: 'done', ticket })
      return
    }
    const timer = this.#limitStep(step, ticket, limit, begun)
    this.#pace!.stepTimer = timer
    result.then(
      () => {
        this.#endSettling(ticket)
        this.#ended(step, ticket, begun)
        // At last, so that whoever begins to wait now shares the timer that is there.
        this.#clearStepTimer(timer)
      },
      (error: unknown) => {
        this.#endSettling(ticket)
        this.#outcome(step, ticket, begun, error)
        this.#clearStepTimer(timer)
      }
    )
  }

  #limitStep(step: Step, ticket: number, limit: number, begun: number): WaitLimit | undefined {
    const { host } = this.#runtime
    if (isOfShutdown(step)) return limitStop(host, limit, begun, (ms) => this.#expired(step, ticket, ms))
    if (limit === Infinity) return undefined
    const timer = new Alarm(host.clock, () => this.#expired(step, ticket, limit))
    timer.setIn(limit, begun)
    return timer
  }

  /** A step has done its work. */
  #ended(step: Step, ticket: number, begun: number): void {
    const now = this.#runtime.host.clock.monotonic()
    this.#spend(step, ticket, begun, now)
    this.dispatch({ type: 'done', ticket }, now)
  }

  /**
   * Whether there is nothing to do in a step, which is then over, without a look at the clock: of most services five
   * of the seven steps of a run, at two readings each. A hook that a stop must await is something to do.
   */
  isIdle(step: Step): boolean {
    const runtime = this.#runtime
    if (runtime.hookInFlight !== undefined) return false
    switch (step) {
      case 'work':
        if (runtime.workIfAny !== undefined || runtime.described.methods.length > 0) return false
        runtime.isWorking = true
        return true
      case 'children':
        if (runtime.childrenIfAny !== undefined) return false
        runtime.areChildrenOpen = true
        return true
      case 'stop-children':
        if (runtime.childrenIfAny !== undefined) return false
        runtime.areChildrenOpen = false
        return true
      case 'end-work':
        return runtime.workIfAny?.end() === undefined && runtime.currentRun.callsIfAny?.end() === undefined
      case 'release':
        return runtime.currentRun.releasesNothing()
      case 'first-start':
      case 'restart':
      case 'start':
      case 'started':
      case 'settle':
      case 'stop':
      case 'shutdown-gate':
      case 'shutdown':
        return false
    }
  }

  /** A timer that is kept, though it has been cleared, takes 128 bytes. */
  #clearStepTimer(timer: WaitLimit | undefined): void {
    timer?.clear()
    const pace = this.#pace
    if (pace !== undefined && pace.stepTimer === timer) pace.stepTimer = undefined
  }

  /** A stop begins with `onReady` or `onDrain` in flight: it waits for them first, then carries out the step. */
  #awaitsHook(step: Step, ticket: number): boolean {
    const runtime = this.#runtime
    for (let hook = runtime.hookInFlight; hook !== undefined; hook = runtime.hookInFlight) {
      runtime.hookInFlight = hook.earlier
      if (this.#awaitHook(hook, step, ticket)) return true
    }
    return false
  }

  #awaitHook(hook: HookInFlight, step: Step, ticket: number): boolean {
    const { host } = this.#runtime
    const begun = host.clock.monotonic()
    const limit = this.#stopLimit()
    const ended = hook.handOver((work) =>
      limit === 0 ? undefined : limitedInStop(host, limit, work, (ms) => this.overdue(hook.name, ms))
    )
    if (ended === undefined) return false
    void ended.then((errors: readonly unknown[]) => {
      for (const error of errors) this.#failedBeside(hook.name, error)
      const now = host.clock.monotonic()
      this.#spend('settle', ticket, begun, now)
      this.#conduct(step, ticket, now)
    })
    return true
  }

  #outcome(step: Step, ticket: number, begun: number, error: unknown): void {
    this.#spend(step, ticket, begun)
    if (!this.machine.awaits(ticket)) {
      this.#runtime.log.debug({ err: error }, '%s failed after its time was up', phaseOf(step))
      return
    }
    if (this.#runtime.stopReason !== undefined && isAbortError(error) && !isStopStep(step)) {
      this.dispatch({ type: 'cancelled', ticket })
      return
    }
    this.#fail(step, ticket, error)
  }

  #fail(step: Step, ticket: number, error: unknown): void {
    const runtime = this.#runtime
    const phase =
      constructionPhase(runtime.instance) ??
      ((step === 'end-work' && runtime.workIfAny?.nameOfOpen) || phaseOf(step))
    if (this.machine.at.state === 'starting') {
      this.troubles.startFailure = { phase, error }
      this.dispatch({ type: 'failed', ticket, error })
    } else {
      this.dispatch({
        type: 'failed',
        ticket,
        error: new Failure({ service: this.#runtime.name, phase, error })
      })
    }
  }

  #expired(step: Step, ticket: number, limit: number): void {
    if (!this.machine.awaits(ticket)) return
    // After a stop or crash, what is left of the start is `settle`'s matter.
    if (!isStopStep(step) && this.machine.at.state !== 'starting') return
    this.#spend(step, ticket, this.#pace!.stepSince)
    this.#fail(step, ticket, this.overdue(phaseOf(step), limit))
  }

  /** The start step in flight was told to end: waits for it as long as a stop may. */
  #settle(ticket: number): void {
    const { step } = this.machine.at
    const pace = this.#pace!
    pace.stepTimer?.clear()
    if (step === 'children') {
      // They are stopped in their turn; nothing of the owner's own is in flight.
      this.dispatch({ type: 'cancelled', ticket })
      return
    }
    const limit = this.#stopLimit()
    if (limit === 0) {
      this.dispatch({ type: 'cancelled', ticket })
      return
    }
    pace.isSettling = true
    const { host } = this.#runtime
    pace.settleTimer = limitStop(host, limit, host.clock.monotonic(), (ms) => {
      if (!this.machine.awaits(ticket)) return
      pace.isSettling = false
      this.#spend('settle', ticket, pace.startedAt)
      this.#fail(step ?? 'settle', ticket, this.overdue(phaseOf(step ?? 'settle'), ms))
    })
  }

  #endSettling(ticket: number): void {
    const pace = this.#pace
    if (pace?.isSettling !== true || !this.machine.awaits(ticket)) return
    pace.isSettling = false
    pace.settleTimer?.clear()
    pace.settleTimer = undefined
  }

  #act(step: Step, now: number): unknown {
    if (isHookStep(step)) return callHook(this.#runtime, HOOK_OF_STEP[step])
    switch (step) {
      case 'work':
        this.#runtime.work.begin(this.#runtime.currentRun, now)
        this.#runtime.isWorking = true
        return undefined
      case 'children':
        this.#runtime.areChildrenOpen = true
        return this.#runtime.childrenIfAny?.start()
      case 'stop-children':
        return this.#stopChildren()
      case 'shutdown-gate':
        return this.#runtime.currentRun.shutdownGate()
      case 'end-work':
        return this.#endWork()
      case 'release':
        return this.#release()
      case 'settle':
        return undefined
    }
  }

  /** Something went wrong that is no failure of the step under way, or is one of several. */
  #failedBeside(phase: string, error: unknown): void {
    ;(this.troubles.otherFailures ??= []).push({ service: this.#runtime.name, phase, error })
  }

  #stopChildren(): Promise<void> | undefined {
    this.#runtime.areChildrenOpen = false
    const stopping = this.#runtime.childrenIfAny?.stop(this.#runtime.stopReason ?? { kind: 'stop' })
    return stopping?.then((failures) => {
      if (failures.length > 0) (this.troubles.otherFailures ??= []).push(...failures)
    })
  }

  #release(): Promise<void> | undefined {
    const { resources } = this.#runtime.currentRun
    const { host } = this.#runtime
    const limit = (release: Promise<void>): Promise<void> => {
      const limitMs = this.#stopLimit()
      return limitMs === 0
        ? release
        : limitedInStop(host, limitMs, release, (ms) => this.overdue('release', ms))
    }
    return runCall(this.#runtime, () => resources.release({ limit })).then((errors) => {
      if (errors.length === 0) return
      const last = errors.pop()
      for (const error of errors) this.#failedBeside('release', error)
      throw last
    })
  }

  /** What a step took counts against the limit of the start or stop that it is part of. */
  #spend(step: Step, ticket: number, begun: number, now = this.#runtime.host.clock.monotonic()): void {
    if (!this.machine.awaits(ticket)) return
    if (step === 'children' || step === 'stop-children' || step === 'shutdown-gate') return
    // A start step that a stop waits for began before that stop.
    const pace = this.#pace!
    pace.spent += now - Math.max(begun, pace.startedAt)
  }

  /** Of the limit of the start or stop under way, in milliseconds. */
  get #spent(): number {
    return this.#pace?.spent ?? 0
  }

  #stopLimit(): number {
    return stopLimit(this.#runtime.settings, this.#spent, this.#runtime.host)
  }
}

/** What is known of what went wrong, beside what the machine keeps. */
class Troubles {
  /** Why the last start failed. */
  startFailure: StartFailure | undefined
  /** What went wrong in the stops of its children, and in a hook that a stop had to wait for. */
  otherFailures: StopFailure[] | undefined
  /** What threw when it crashed, where that was not simply asked for. */
  crashPhase: string | undefined
}

/** What a service waits for, such as `'onStart'`, `'tasks'` or `'children'`. */
export interface PendingStep {
  readonly name: string
  /** On the monotonic clock of its host, in milliseconds. */
  readonly since: number
}

/** Marks an error of a stop step with where it came from, on its way through the machine. */
class Failure {
  readonly failure: StopFailure

  constructor(failure: StopFailure) {
    this.failure = failure
  }
}

const NO_FAILURES: readonly StopFailure[] = []

function phaseOf(step: Step): string {
  if (isHookStep(step)) return HOOK_OF_STEP[step]
  if (step === 'end-work') return 'tasks'
  if (step === 'shutdown-gate') return 'waitForShutdown'
  return step
}
