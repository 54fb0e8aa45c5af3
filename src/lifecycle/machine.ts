import { LifecycleError } from '../errors/index.js'
import { canMove, type ServiceState, type StopReason } from './service-state.js'
import { isHookStep, START_STEPS, STOP_STEPS, type HookStep, type Step, type StopStep } from './steps.js'

/** What the machine knows of a service's class; it never changes. */
export interface MachineShape {
  /** The hook steps that have something to call. */
  readonly hooks: ReadonlySet<HookStep>
  /** Whether a stop waits for `setShutdown()`. */
  readonly waitForShutdown: boolean
}

/** A step that was given out, whose end is still owed, though the service may have crashed or been stopped since. */
export interface InFlight {
  readonly step: Step
  readonly ticket: number
}

/** One service, as data. Made by {@link initialMachine}, changed by {@link reduce} only. */
export interface Machine {
  readonly shape: MachineShape
  readonly state: ServiceState
  /** The number of the current or last run; 0 before the first. */
  readonly run: number
  readonly restartCount: number
  /** The step under way, which only the outcome with this ticket can end. */
  readonly inFlight: InFlight | undefined
  /** Tickets given out so far. A late settler comes with an old one and is not heard. */
  readonly tickets: number
  /** Whether `onFirstStart` has once resolved. */
  readonly firstStarted: boolean
  /** Whether this run is a restart. */
  readonly restarting: boolean
  /** Whether this run has entered `starting`. */
  readonly begun: boolean
  /** Whether this run's `onStart` has resolved. */
  readonly started: boolean
  readonly stopReason: StopReason | undefined
  readonly crash: { readonly reason: unknown } | undefined
  /** What went wrong while stopping, in order. */
  readonly errors: readonly unknown[]
}

/**
 * What can happen to a service.
 *
 * `done`, `failed` and `cancelled` are outcomes of a step and carry its ticket; `cancelled` says that it ended
 * without having done its work, because its signal was aborted, which is not an error.
 */
export type MachineEvent =
  | { readonly type: 'start'; readonly restart: boolean }
  | { readonly type: 'dependencies-running' }
  | { readonly type: 'done'; readonly ticket: number }
  | { readonly type: 'failed'; readonly ticket: number; readonly error: unknown }
  | { readonly type: 'cancelled'; readonly ticket: number }
  | { readonly type: 'stop'; readonly reason: StopReason }
  | { readonly type: 'crash'; readonly reason: unknown }
  | { readonly type: 'back-off' }

/** The machine after an event, and what is to be done, once the new state can be read: first the abort, then the step. */
export interface Reduction {
  readonly machine: Machine
  /** Why the signal of the run is to be aborted now. */
  readonly abort: StopReason | undefined
  /** What is to be carried out now, and its outcome told with its ticket. */
  readonly step: InFlight | undefined
}

const NO_ERRORS: readonly unknown[] = []

/**
 * The machine that comes next: a copy, on which an event is worked out, so that whoever holds the one before sees
 * nothing of it. One for an event and filled by assignments: spreading, of which an event took two to four, was a
 * sixth of all that a restart costs. Declared fields come to be by these assignments, and not once more before them.
 */
class Draft implements Machine {
  declare shape: MachineShape
  declare state: ServiceState
  declare run: number
  declare restartCount: number
  declare inFlight: InFlight | undefined
  declare tickets: number
  declare firstStarted: boolean
  declare restarting: boolean
  declare begun: boolean
  declare started: boolean
  declare stopReason: StopReason | undefined
  declare crash: { readonly reason: unknown } | undefined
  declare errors: readonly unknown[]

  constructor(before: Machine) {
    this.shape = before.shape
    this.state = before.state
    this.run = before.run
    this.restartCount = before.restartCount
    this.inFlight = before.inFlight
    this.tickets = before.tickets
    this.firstStarted = before.firstStarted
    this.restarting = before.restarting
    this.begun = before.begun
    this.started = before.started
    this.stopReason = before.stopReason
    this.crash = before.crash
    this.errors = before.errors
  }
}

/** Knows what there is to do. */
export interface Steps {
  /** Whether there is nothing to do in a step. Asked once, when its turn comes: a step that is idle is over by that. */
  isIdle(step: Step): boolean
}

const ALL_STEPS: Steps = { isIdle: () => false }

/** A service that was constructed and never started. */
export function initialMachine(shape: MachineShape): Machine {
  return new Draft({
    shape,
    state: 'init',
    run: 0,
    restartCount: 0,
    inFlight: undefined,
    tickets: 0,
    firstStarted: false,
    restarting: false,
    begun: false,
    started: false,
    stopReason: undefined,
    crash: undefined,
    errors: NO_ERRORS
  })
}

/** The same service with another instance behind it: its hooks are other ones, and none of them has run. */
export function withShape(machine: Machine, shape: MachineShape): Machine {
  const next = new Draft(machine)
  next.shape = shape
  next.firstStarted = false
  return next
}

/**
 * The whole behaviour of one service: `(machine, event) → (machine, what is to be done)`. Pure; knows no clock, no promise
 * and no other service.
 *
 * @param steps those that are idle are passed over on the way from one to the next. The first of a start and of a stop is
 *   given out in any case, so that `starting` and `stopping` are states to be seen. Of most services five of the seven
 *   steps of a run are idle: each would be an event and an effect more
 * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` for a start, crash or back-off that the table does not allow
 */
export function reduce(machine: Machine, event: MachineEvent, steps: Steps = ALL_STEPS): Reduction {
  switch (event.type) {
    case 'start':
      return same(start(machine, event.restart))
    case 'dependencies-running':
      return machine.state === 'waiting' ? begin(machine) : same(machine)
    case 'done':
    case 'failed':
    case 'cancelled':
      return machine.inFlight?.ticket === event.ticket
        ? settle(machine, machine.inFlight.step, event, steps)
        : same(machine)
    case 'stop':
      return stop(machine, event.reason)
    case 'crash':
      return crash(machine, event.reason)
    case 'back-off':
      return same(leaveCrash(machine, 'backoff'))
  }
}

function start(machine: Machine, restart: boolean): Machine {
  const next = leaveCrash(machine, 'waiting')
  next.run++
  if (restart) next.restartCount++
  next.inFlight = undefined
  next.restarting = restart
  next.begun = false
  next.started = false
  next.stopReason = undefined
  next.crash = undefined
  next.errors = NO_ERRORS
  return next
}

function begin(machine: Machine): Reduction {
  const next = move(machine, 'starting')
  next.begun = true
  return nextStartStep(next, 0)
}

function stop(machine: Machine, reason: StopReason): Reduction {
  switch (machine.state) {
    case 'init':
    case 'stopping':
    case 'stopped':
      return same(machine)
    case 'crashed':
      // The signal was aborted when it crashed; what is left is to release what the run held, once.
      return machine.begun ? nextStopStep(move(machine, 'stopping'), 0) : same(machine)
    case 'backoff': {
      const next = move(machine, 'stopping')
      next.stopReason = reason
      next.crash = undefined
      return nextStopStep(next, 0)
    }
    case 'waiting':
    case 'starting':
    case 'running': {
      const next = move(machine, 'stopping')
      next.stopReason = reason
      const { step } = nextStopStep(next, 0)
      return { machine: next, abort: reason, step }
    }
  }
}

function crash(machine: Machine, reason: unknown): Reduction {
  // The first reason wins; what fails after it, or while stopping, is one of the stop's errors.
  if (machine.state === 'crashed' || machine.state === 'stopping' || machine.state === 'backoff') {
    // out of `backoff` it only ceases to be about to restart: that run's signal was aborted when it crashed
    const now = machine.state === 'backoff' ? move(machine, 'crashed') : machine
    if (machine.crash?.reason === reason) return same(now)
    const next = new Draft(now)
    next.errors = [...now.errors, reason]
    return same(next)
  }
  const stopReason: StopReason = { kind: 'crash', detail: reason }
  const next = move(machine, 'crashed')
  next.stopReason = stopReason
  next.crash = { reason }
  return { machine: next, abort: stopReason, step: undefined }
}

function settle(
  machine: Machine,
  step: Step,
  outcome: Extract<MachineEvent, { ticket: number }>,
  steps: Steps
): Reduction {
  const done = outcome.type === 'done'
  const next = new Draft(machine)
  next.inFlight = undefined
  if (done && step === 'first-start') next.firstStarted = true
  if (done && step === 'start') next.started = true
  if (next.state === 'starting') {
    if (outcome.type === 'failed') return crash(next, outcome.error)
    return nextStartStep(next, START_STEPS.indexOf(step as (typeof START_STEPS)[number]) + 1, steps)
  }
  if (outcome.type === 'failed') next.errors = [...next.errors, outcome.error]
  if (next.state === 'stopping') {
    const at = STOP_STEPS.indexOf(step as StopStep)
    // Not a stop step: the start step in flight when the stop came, for which `settle` waited.
    return nextStopStep(next, at < 0 ? 1 : at + 1, steps)
  }
  // Crashed meanwhile: what the start step came to is remembered for the release.
  return same(next)
}

/** The steps in their order, each with whether it calls a hook: of a run that would be asked ten times. */
const START_PLAN = START_STEPS.map((step) => ({ step, hook: isHookStep(step) ? step : undefined }))
const STOP_PLAN = STOP_STEPS.map((step) => ({ step, hook: isHookStep(step) ? step : undefined }))

function nextStartStep(next: Draft, from: number, steps = ALL_STEPS): Reduction {
  for (let index = from; index < START_PLAN.length; index++) {
    const { step, hook } = START_PLAN[index]!
    const skipped =
      (step === 'first-start' && next.firstStarted) ||
      (step === 'restart' && !next.restarting) ||
      (hook === undefined ? steps.isIdle(step) : !next.shape.hooks.has(hook))
    if (!skipped) return giveStep(next, step)
    if (step === 'first-start') next.firstStarted = true
    else if (step === 'start') next.started = true
  }
  enter(next, 'running')
  return same(next)
}

function nextStopStep(next: Draft, from: number, steps = ALL_STEPS): Reduction {
  for (let index = from; index < STOP_PLAN.length; index++) {
    const { step, hook } = STOP_PLAN[index]!
    if (step === 'settle') {
      // The ticket stays the one of the start step: its own outcome ends this step.
      const owed = next.inFlight
      if (owed !== undefined) return { machine: next, abort: undefined, step: { step, ticket: owed.ticket } }
    } else if (applies(next, step, hook) && !steps.isIdle(step)) return giveStep(next, step)
  }
  enter(next, next.crash === undefined ? 'stopped' : 'crashed')
  next.begun = false
  next.started = false
  return same(next)
}

function applies(machine: Machine, step: StopStep, hook: HookStep | undefined): boolean {
  // Always there, so that every stop passes through `stopping` for all to see.
  if (step === 'end-work') return true
  if (!machine.begun) return false
  if (step === 'shutdown-gate') return machine.started && machine.shape.waitForShutdown
  if (hook === undefined) return true
  return machine.shape.hooks.has(hook) && (step !== 'stop' || machine.started)
}

function giveStep(next: Draft, step: Step): Reduction {
  const given = { step, ticket: ++next.tickets }
  next.inFlight = given
  return { machine: next, abort: undefined, step: given }
}

/** The machine in another state, to be changed further. */
function move(machine: Machine, to: ServiceState): Draft {
  const next = new Draft(machine)
  enter(next, to)
  return next
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
function leaveCrash(machine: Machine, to: 'waiting' | 'backoff'): Draft {
  if (machine.state === 'crashed' && machine.begun) {
    throw new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `a service that is 'crashed' cannot become '${to}' before it has released what it held`,
      hint: 'stop it first, and wait until that is over'
    })
  }
  return move(machine, to)
}

function same(machine: Machine): Reduction {
  return { machine, abort: undefined, step: undefined }
}
