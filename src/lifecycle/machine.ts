import type { ServiceState, StopReason } from './service-state.js'
import { Situation, type MachineShape } from './situation.js'
import type { Step } from './steps.js'

/**
 * One service, as data. Made by {@link initialMachine}, never changed: {@link reduce} gives the one that comes next. There is
 * one for each event: fields that are only declared come to be as the constructor writes them, and not once more before.
 */
export class Machine {
  /** Where it stands, which says what comes next. */
  declare readonly at: Situation
  /** The number of the current or last run; 0 before the first. */
  declare readonly run: number
  declare readonly restartCount: number
  /** Steps given out so far; the last one's ticket. A late settler comes with an old one and is not heard. */
  declare readonly tickets: number
  declare readonly stopReason: StopReason | undefined
  declare readonly crash: { readonly reason: unknown } | undefined
  /** What went wrong while stopping, in order. */
  declare readonly errors: readonly unknown[]

  constructor(
    at: Situation,
    run: number,
    restartCount: number,
    tickets: number,
    stopReason: StopReason | undefined,
    crash: { readonly reason: unknown } | undefined,
    errors: readonly unknown[]
  ) {
    this.at = at
    this.run = run
    this.restartCount = restartCount
    this.tickets = tickets
    this.stopReason = stopReason
    this.crash = crash
    this.errors = errors
  }

  get state(): ServiceState {
    return this.at.state
  }

  /** Whether the outcome with this ticket is owed: only that can end the step under way. */
  awaits(ticket: number): boolean {
    return this.tickets === ticket && this.at.step !== undefined
  }
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

const NO_ERRORS: readonly unknown[] = []

/** Knows what there is to do. */
export interface Steps {
  /** Whether there is nothing to do in a step that calls no hook. Asked when its turn comes: one that is idle is over by that. */
  isIdle(step: Step): boolean
}

const ALL_STEPS: Steps = { isIdle: () => false }

/** A service that was constructed and never started. */
export function initialMachine(shape: MachineShape): Machine {
  return new Machine(Situation.initial(shape), 0, 0, 0, undefined, undefined, NO_ERRORS)
}

/** The same service with another instance behind it: its hooks are other ones, and none of them has run. */
export function withShape(machine: Machine, shape: MachineShape): Machine {
  const { at, run, restartCount, tickets, stopReason, crash, errors } = machine
  return new Machine(at.reshaped(shape), run, restartCount, tickets, stopReason, crash, errors)
}

/**
 * The whole behaviour of one service: `(machine, event) → machine`. Pure; knows no clock, no promise and no other service.
 *
 * Where it comes to stand anew, {@link Machine.at} says what is to be done, once the new state can be read: first to abort
 * the signal of the run, then a step, whose outcome is told with the ticket {@link Machine.tickets}. Where it stands as
 * before, there is nothing to do.
 *
 * @param steps those that are idle are passed over on the way from one to the next. The first of a start and of a stop is
 *   given out in any case, so that `starting` and `stopping` are states to be seen. Of most services five of the seven
 *   steps of a run are idle: each would be an event more
 * @throws LifecycleError `KEEL_ILLEGAL_TRANSITION` for a start, crash or back-off that the table does not allow
 */
export function reduce(machine: Machine, event: MachineEvent, steps: Steps = ALL_STEPS): Machine {
  switch (event.type) {
    case 'start':
      return start(machine, event.restart)
    case 'dependencies-running':
    case 'back-off':
      return moved(machine, machine.at.after(event.type))
    case 'done':
    case 'cancelled':
      if (!machine.awaits(event.ticket)) return machine
      return moved(machine, passIdle(machine.at.after(event.type), steps))
    case 'failed':
      return machine.awaits(event.ticket) ? fail(machine, event.error, steps) : machine
    case 'stop':
      return stop(machine, event.reason)
    case 'crash':
      return crash(machine, machine.at.after('crash'), event.reason)
  }
}

function start({ at, run, restartCount, tickets }: Machine, restart: boolean): Machine {
  const next = at.after(restart ? 'restart' : 'start')
  return new Machine(
    next,
    run + 1,
    restart ? restartCount + 1 : restartCount,
    tickets,
    undefined,
    undefined,
    NO_ERRORS
  )
}

/** Stands elsewhere, and remembers what it did. */
function moved(machine: Machine, at: Situation): Machine {
  if (at === machine.at) return machine
  const { run, restartCount, stopReason, crash, errors } = machine
  return new Machine(at, run, restartCount, ticketsAt(at, machine), stopReason, crash, errors)
}

function stop(machine: Machine, reason: StopReason): Machine {
  const at = machine.at.after('stop')
  if (at === machine.at) return machine
  const { run, restartCount, stopReason, crash, errors } = machine
  const tickets = ticketsAt(at, machine)
  // One that has crashed only releases what it held: that is why it stops.
  if (at.hasCrashed) return new Machine(at, run, restartCount, tickets, stopReason, crash, errors)
  return new Machine(at, run, restartCount, tickets, reason, undefined, errors)
}

/** The first reason wins; what fails after it, or while stopping, is one of the stop's errors. */
function crash(machine: Machine, at: Situation, reason: unknown): Machine {
  const { run, restartCount, tickets, stopReason } = machine
  if (at.aborts && at !== machine.at)
    return new Machine(
      at,
      run,
      restartCount,
      tickets,
      { kind: 'crash', detail: reason },
      { reason },
      machine.errors
    )
  const errors = machine.crash?.reason === reason ? machine.errors : [...machine.errors, reason]
  if (at === machine.at && errors === machine.errors) return machine
  return new Machine(at, run, restartCount, tickets, stopReason, machine.crash, errors)
}

/** A step has failed: a start crashes, a stop goes on and remembers. */
function fail(machine: Machine, error: unknown, steps: Steps): Machine {
  const at = machine.at.after('failed')
  if (machine.at.state === 'starting') return crash(machine, at, error)
  const next = passIdle(at, steps)
  const { run, restartCount, stopReason, errors } = machine
  return new Machine(next, run, restartCount, ticketsAt(next, machine), stopReason, machine.crash, [
    ...errors,
    error
  ])
}

/** `settle` waits for the step that was given out before it. */
function ticketsAt({ gives }: Situation, { tickets }: Machine): number {
  return gives === undefined || gives === 'settle' ? tickets : tickets + 1
}

function passIdle(at: Situation, steps: Steps): Situation {
  let next = at
  while (next.mayBeIdle && steps.isIdle(next.gives!)) next = next.after('done')
  return next
}
