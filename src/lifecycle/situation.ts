import { LifecycleError } from '../errors/index.js'
import { canMove, type ServiceState } from './service-state.js'
import { isHookStep, START_STEPS, STOP_STEPS, type HookStep, type Step, type StopStep } from './steps.js'

/** What the machine knows of a service's class; it never changes. */
export interface MachineShape {
  /** The hook steps that have something to call. */
  readonly hooks: ReadonlySet<HookStep>
  /** Whether a stop waits for `setShutdown()`. */
  readonly waitForShutdown: boolean
}

/** What can happen to a service, without what comes with it. */
export type Cue =
  | 'start'
  | 'restart'
  | 'dependencies-running'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'stop'
  | 'crash'
  | 'back-off'

/**
 * Where a service stands: all that says what comes next, and nothing of what it has been through. Never changes.
 *
 * A shape has a few hundred of them at most, of which most programs meet a dozen, and each is there once: what is decided
 * for a cue is remembered, and 20,000 services that start go the same way over the same few objects.
 */
export class Situation {
  readonly shape: MachineShape
  readonly state: ServiceState
  /** The step under way, whose end is owed, though the service may have crashed or been stopped since. */
  readonly step: Step | undefined
  /** Whether `onFirstStart` has once resolved. */
  readonly firstStarted: boolean
  /** Whether this run is a restart. */
  readonly restarting: boolean
  /** Whether this run has entered `starting`. */
  readonly begun: boolean
  /** Whether this run's `onStart` has resolved. */
  readonly started: boolean
  readonly hasCrashed: boolean
  /** Whether the signal of the run is to be aborted by whoever comes here; that is done first. */
  readonly aborts: boolean
  /** What whoever comes here is to carry out. */
  readonly gives: Step | undefined
  /** Whether there may be nothing to do in that, as in what calls no hook. */
  readonly mayBeIdle: boolean
  /** What follows each cue, once that was asked for: fields, which are found sooner than the entries of a map. */
  #afterStart: Situation | undefined
  #afterRestart: Situation | undefined
  #afterGo: Situation | undefined
  #afterDone: Situation | undefined
  #afterFailed: Situation | undefined
  #afterCancelled: Situation | undefined
  #afterStop: Situation | undefined
  #afterCrash: Situation | undefined
  #afterBackOff: Situation | undefined

  constructor(draft: Draft) {
    this.shape = draft.shape
    this.state = draft.state
    this.step = draft.step
    this.firstStarted = draft.firstStarted
    this.restarting = draft.restarting
    this.begun = draft.begun
    this.started = draft.started
    this.hasCrashed = draft.hasCrashed
    this.aborts = draft.aborts
    this.gives = draft.gives
    this.mayBeIdle = draft.gives !== undefined && !isHookStep(draft.gives)
  }

  /**
   * Where the service stands then; itself when nothing changes.
   *
   * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` for a start, crash or back-off that the table does not allow
   */
  after(cue: Cue): Situation {
    switch (cue) {
      case 'done':
        return (this.#afterDone ??= decide(this, cue))
      case 'start':
        return (this.#afterStart ??= decide(this, cue))
      case 'dependencies-running':
        return (this.#afterGo ??= decide(this, cue))
      case 'stop':
        return (this.#afterStop ??= decide(this, cue))
      case 'restart':
        return (this.#afterRestart ??= decide(this, cue))
      case 'crash':
        return (this.#afterCrash ??= decide(this, cue))
      case 'failed':
        return (this.#afterFailed ??= decide(this, cue))
      case 'cancelled':
        return (this.#afterCancelled ??= decide(this, cue))
      case 'back-off':
        return (this.#afterBackOff ??= decide(this, cue))
    }
  }

  /** The same for a service with another instance behind it: its hooks are other ones, and none of them has run. */
  reshaped(shape: MachineShape): Situation {
    return theOne({ ...draftOf(this), shape, firstStarted: false })
  }

  /** Of a service that was constructed and never started. */
  static initial(shape: MachineShape): Situation {
    return theOne({
      shape,
      state: 'init',
      step: undefined,
      firstStarted: false,
      restarting: false,
      begun: false,
      started: false,
      hasCrashed: false,
      aborts: false,
      gives: undefined
    })
  }
}

/** A situation while it is worked out. */
type Draft = {
  -readonly [Key in Exclude<keyof Situation, 'mayBeIdle' | 'after' | 'reshaped'>]: Situation[Key]
}

/** A situation to be changed, with nothing to do in it. */
function draftOf({
  shape,
  state,
  step,
  firstStarted,
  restarting,
  begun,
  started,
  hasCrashed
}: Situation): Draft {
  return {
    shape,
    state,
    step,
    firstStarted,
    restarting,
    begun,
    started,
    hasCrashed,
    aborts: false,
    gives: undefined
  }
}

const situations = new WeakMap<MachineShape, Map<string, Situation>>()

/** The only one of its kind. */
function theOne(draft: Draft): Situation {
  const { shape, state, step, firstStarted, restarting, begun, started, hasCrashed, aborts, gives } = draft
  let known = situations.get(shape)
  if (known === undefined) situations.set(shape, (known = new Map<string, Situation>()))
  const key = [state, step, firstStarted, restarting, begun, started, hasCrashed, aborts, gives].join()
  let situation = known.get(key)
  if (situation === undefined) known.set(key, (situation = new Situation(draft)))
  return situation
}

/** What a service does when something happens to it: the whole truth, but for the data that {@link reduce} adds. */
function decide(from: Situation, cue: Cue): Situation {
  const next = draftOf(from)
  switch (cue) {
    case 'start':
    case 'restart':
      leaveCrash(next, 'waiting')
      next.step = undefined
      next.restarting = cue === 'restart'
      next.begun = false
      next.started = false
      next.hasCrashed = false
      return theOne(next)
    case 'dependencies-running':
      if (from.state !== 'waiting') return from
      enter(next, 'starting')
      next.begun = true
      goOnStarting(next, 0)
      return theOne(next)
    case 'done':
    case 'failed':
    case 'cancelled':
      if (from.step === undefined) return from
      settle(next, from.step, cue)
      return theOne(next)
    case 'stop':
      return stop(next) ? theOne(next) : from
    case 'crash':
      return crash(next) ? theOne(next) : from
    case 'back-off':
      leaveCrash(next, 'backoff')
      return theOne(next)
  }
}

/** False when there is nothing to stop. */
function stop(next: Draft): boolean {
  switch (next.state) {
    case 'init':
    case 'stopping':
    case 'stopped':
      return false
    case 'crashed':
      // The signal was aborted when it crashed; what is left is to release what the run held, once.
      if (!next.begun) return false
      break
    case 'backoff':
      next.hasCrashed = false
      break
    case 'waiting':
    case 'starting':
    case 'running':
      next.aborts = true
      break
  }
  enter(next, 'stopping')
  goOnStopping(next, 0)
  return true
}

/** False when it goes down already: what fails then is one of the stop's errors. */
function crash(next: Draft): boolean {
  if (next.state === 'crashed' || next.state === 'stopping') return false
  // out of `backoff` it only ceases to be about to restart: that run's signal was aborted when it crashed
  next.aborts = next.state !== 'backoff'
  enter(next, 'crashed')
  next.hasCrashed = true
  return true
}

function settle(next: Draft, step: Step, cue: 'done' | 'failed' | 'cancelled'): void {
  next.step = undefined
  if (cue === 'done' && step === 'first-start') next.firstStarted = true
  if (cue === 'done' && step === 'start') next.started = true
  if (next.state === 'starting') {
    if (cue === 'failed') crash(next)
    else goOnStarting(next, START_STEPS.indexOf(step as (typeof START_STEPS)[number]) + 1)
  } else if (next.state === 'stopping') {
    const at = STOP_STEPS.indexOf(step as StopStep)
    // Not a stop step: the start step in flight when the stop came, for which `settle` waited.
    goOnStopping(next, at < 0 ? 1 : at + 1)
  }
  // Crashed meanwhile: what the start step came to is remembered for the release.
}

function goOnStarting(next: Draft, from: number): void {
  for (const step of START_STEPS.slice(from)) {
    const skipped =
      (step === 'first-start' && next.firstStarted) ||
      (step === 'restart' && !next.restarting) ||
      (isHookStep(step) && !next.shape.hooks.has(step))
    if (!skipped) return give(next, step)
    if (step === 'first-start') next.firstStarted = true
    else if (step === 'start') next.started = true
  }
  enter(next, 'running')
}

function goOnStopping(next: Draft, from: number): void {
  for (const step of STOP_STEPS.slice(from)) {
    if (step === 'settle') {
      // The step in flight stays what it is: its own outcome ends this one.
      if (next.step !== undefined) {
        next.gives = step
        return
      }
    } else if (applies(next, step)) return give(next, step)
  }
  enter(next, next.hasCrashed ? 'crashed' : 'stopped')
  next.begun = false
  next.started = false
}

function applies({ begun, started, shape }: Draft, step: StopStep): boolean {
  // Always there, so that every stop passes through `stopping` for all to see.
  if (step === 'end-work') return true
  if (!begun) return false
  if (step === 'shutdown-gate') return started && shape.waitForShutdown
  return !isHookStep(step) || (shape.hooks.has(step) && (step !== 'stop' || started))
}

function give(next: Draft, step: Step): void {
  next.step = step
  next.gives = step
}

function enter(next: Draft, to: ServiceState): void {
  if (!canMove(next.state, to)) {
    throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `a service that is '${next.state}' cannot become '${to}'`,
      hint: `from '${next.state}' it can only go on as the transition table says: look at state before you ask`
    })
  }
  next.state = to
}

/** To `waiting` or `backoff`; from `crashed` only when what the run held has been released. */
function leaveCrash(next: Draft, to: 'waiting' | 'backoff'): void {
  if (next.state === 'crashed' && next.begun) {
    throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `a service that is 'crashed' cannot become '${to}' before it has released what it held`,
      hint: 'stop it first, and wait until that is over'
    })
  }
  enter(next, to)
}
