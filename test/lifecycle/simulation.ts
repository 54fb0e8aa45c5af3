import { isKeelsonError } from '../../src/errors/index.js'
import {
  canMove,
  type HookStep,
  initialMachine,
  isHookStep,
  type Machine,
  type MachineEvent,
  type MachineShape,
  reduce,
  START_STEPS,
  type Step,
  STOP_STEPS
} from '../../src/lifecycle/index.js'

/** What a run came to, seen from outside. */
interface RunLog {
  readonly restart: boolean
  /** Steps in the order they were given out. */
  readonly steps: Step[]
  begun: boolean
  /** `onStart` resolved, or there is none to call and its turn has passed. */
  started: boolean
  aborted: boolean
}

/** Drives a machine as a service would, and throws as soon as it does what no service may. */
export class Simulation {
  machine: Machine
  readonly runs: RunLog[] = []
  /** Every step given out whose work has not settled, timed-out ones included: a hook ends when it wants to. */
  readonly open = new Map<number, Step>()
  /** Steps that the machine waits for. */
  awaited: number | undefined
  firstStarted = false
  #crash: { readonly reason: unknown } | undefined

  constructor(readonly shape: MachineShape) {
    this.machine = initialMachine(shape)
  }

  get run(): RunLog | undefined {
    return this.runs.at(-1)
  }

  get atRest(): boolean {
    const { state } = this.machine
    return (
      state === 'init' ||
      state === 'stopped' ||
      state === 'backoff' ||
      (state === 'crashed' && !this.machine.at.begun)
    )
  }

  /** Gives it an event. False when it was refused as illegal. */
  send(event: MachineEvent): boolean {
    const before = this.machine
    const frozen = JSON.stringify(before)
    try {
      this.machine = reduce(before, event)
    } catch (error) {
      check(isKeelsonError(error, 'KEEL_ILLEGAL_TRANSITION'), `threw ${String(error)}`)
      check(isRefusable(before, event), `refused ${event.type} in ${before.state}`)
      return false
    } finally {
      check(JSON.stringify(before) === frozen, 'changed the machine it was given')
    }
    this.#checkMove(before, event)
    if (event.type === 'start') this.#begin(event.restart)
    if (before.state === 'waiting' && this.machine.state === 'starting') this.run!.begun = true
    const { at, tickets } = this.machine
    if (at !== before.at && at.aborts) this.#abort()
    if (at !== before.at && at.gives !== undefined) this.#perform(at.gives, tickets)
    this.#checkCrash(before, event)
    this.#checkRest()
    return true
  }

  /** The work of a step settles; `silent` when its time was up before, so that the machine knows already. */
  settle(ticket: number, outcome: 'done' | 'failed' | 'cancelled'): void {
    const step = this.open.get(ticket)
    const before = this.machine
    const heard = this.awaited === ticket && before.awaits(ticket)
    if (heard && step === 'start' && outcome === 'done') this.run!.started = true
    if (heard && step === 'first-start' && outcome === 'done') this.firstStarted = true
    if (heard) this.awaited = undefined
    const event: MachineEvent =
      outcome === 'failed' ? { type: 'failed', ticket, error: `${step} failed` } : { type: outcome, ticket }
    this.open.delete(ticket)
    const errors = before.errors.length
    this.send(event)
    if (!heard) {
      check(this.machine === before, `a late ${outcome} of ${step} changed something`)
      return
    }
    if (outcome === 'failed') {
      const kept = this.machine.errors.length > errors || this.machine.crash?.reason === `${step} failed`
      check(kept, `the error of ${step} was lost in ${before.state}`)
    }
  }

  /** The time of the awaited step is up: the machine is told, the work goes on. */
  expire(): void {
    const ticket = this.awaited
    if (ticket === undefined) return
    const step = this.open.get(ticket)!
    this.settle(ticket, 'failed')
    this.open.set(ticket, step)
  }

  #begin(restart: boolean): void {
    check(this.awaited === undefined, 'began a run while a step was in flight')
    this.#crash = undefined
    this.runs.push({ restart, steps: [], begun: false, started: false, aborted: false })
    check(this.machine.run === this.runs.length, `is in run ${this.machine.run}, not ${this.runs.length}`)
    check(
      this.machine.restartCount === this.runs.filter((run) => run.restart).length,
      `counts ${this.machine.restartCount} restarts`
    )
  }

  #abort(): void {
    const run = this.run!
    check(!run.aborted, 'aborted twice')
    run.aborted = true
  }

  #perform(step: Step, ticket: number): void {
    const run = this.run!
    if (step === 'settle') {
      check(this.awaited === ticket && this.open.has(ticket), 'waits for a start step that is not in flight')
      run.steps.push(step)
      return
    }
    check(this.awaited === undefined, `gave ${step} while ${this.open.get(this.awaited ?? -1)} was awaited`)
    check(!this.open.has(ticket), 'gave a ticket twice')
    if (isHookStep(step)) check(this.shape.hooks.has(step), `called a hook it does not have: ${step}`)
    // A stop that ends a wait in `backoff` passes through `stopping` for all to see; its run was over before.
    const isPassage = step === 'end-work' && run.steps.includes('end-work') && !this.machine.at.begun
    if (isStartStep(step)) this.#checkStartStep(run, step)
    else if (!isPassage) this.#checkStopStep(run, step)
    if (!isPassage) run.steps.push(step)
    this.open.set(ticket, step)
    this.awaited = ticket
  }

  #checkStartStep(run: RunLog, step: Step): void {
    check(run.begun && !run.aborted, `${step} in a run that is not starting`)
    checkOrder(START_STEPS, run.steps, step)
    if (step === 'first-start') check(!this.firstStarted, 'called onFirstStart again')
    if (step === 'work') this.#checkHooksCalled(run)
    if (step === 'restart') check(run.restart, 'called onRestart in a run that is no restart')
    if (START_STEPS.indexOf(step as never) > START_STEPS.indexOf('start')) {
      if (!this.shape.hooks.has('start')) run.started = true
      check(run.started, `${step} though onStart has not resolved`)
    }
  }

  #checkHooksCalled(run: RunLog): void {
    const { hooks } = this.shape
    if (hooks.has('first-start')) check(this.firstStarted, 'goes on though onFirstStart has never resolved')
    if (hooks.has('restart')) check(run.steps.includes('restart') === run.restart, 'left out onRestart')
    if (hooks.has('start')) check(run.steps.includes('start'), 'left out onStart')
  }

  #checkStopStep(run: RunLog, step: Step): void {
    check(run.aborted, `${step} before the abort`)
    checkOrder(STOP_STEPS, run.steps, step)
    if (step === 'stop') check(run.started, 'called onStop though onStart has not resolved')
    if (step !== 'end-work') check(run.begun, `${step} in a run that never began`)
  }

  #checkMove(before: Machine, event: MachineEvent): void {
    const { state } = this.machine
    check(
      state === before.state || canMove(before.state, state),
      `moved from ${before.state} to ${state} at ${event.type}`
    )
  }

  #checkCrash(before: Machine, event: MachineEvent): void {
    const reason = event.type === 'crash' ? event.reason : event.type === 'failed' ? event.error : undefined
    if (this.machine.state === 'crashed' && before.state !== 'crashed' && before.state !== 'stopping') {
      check(reason !== undefined, `crashed at ${event.type}`)
      this.#crash ??= { reason }
    }
    if (this.machine.state === 'crashed' || this.machine.state === 'backoff') {
      check(this.machine.crash?.reason === this.#crash?.reason, 'forgot the first reason of the crash')
    }
  }

  /** A run that is over has had its whole stop, once. */
  #checkRest(): void {
    const { run } = this
    if (run === undefined || !this.atRest) return
    check(this.awaited === undefined, 'rests while a step is in flight')
    if (!run.begun) return
    const count = (step: Step): number => run.steps.filter((one) => one === step).length
    const expected: [Step, boolean][] = [
      ['stop', run.started && this.shape.hooks.has('stop')],
      ['stop-children', true],
      ['shutdown-gate', run.started && this.shape.waitForShutdown],
      ['end-work', true],
      ['release', true],
      ['shutdown', this.shape.hooks.has('shutdown')]
    ]
    for (const [step, once] of expected)
      check(count(step) === (once ? 1 : 0), `rests after ${count(step)} × ${step}`)
  }
}

function isStartStep(step: Step): boolean {
  return (START_STEPS as readonly Step[]).includes(step)
}

function checkOrder(order: readonly Step[], steps: readonly Step[], step: Step): void {
  const at = order.indexOf(step)
  const last = Math.max(...steps.map((one) => order.indexOf(one)))
  check(at > last, `${step} out of order, after ${steps.join(', ')}`)
}

function isRefusable(machine: Machine, event: MachineEvent): boolean {
  const target = { start: 'waiting', crash: 'crashed', 'back-off': 'backoff' } as const
  if (event.type !== 'start' && event.type !== 'crash' && event.type !== 'back-off') return false
  // a crashed run is released before anything else begins
  return !canMove(machine.state, target[event.type]) || (event.type !== 'crash' && machine.at.begun)
}

function check(condition: boolean, complaint: string): void {
  if (!condition) throw new Error(`the machine ${complaint}`)
}

/** A service with these hooks. */
export function shapeWith(hooks: readonly HookStep[], waitForShutdown = false): MachineShape {
  return { hooks: new Set(hooks), waitForShutdown }
}
