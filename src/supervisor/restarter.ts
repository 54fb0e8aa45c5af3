import { MaxRestartsExceededError } from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { RestartType } from '../metadata/index.js'
import type { ServiceRuntime, Supervision } from '../service/index.js'
import type { Clock } from '../time/index.js'
import { nextBackoff } from './backoff.js'
import { decideRestart, type Candidate, type RestartPlan, type RunEnd } from './decide-restart.js'
import { budgetWindow, spendRestart } from './restart-budget.js'
import type { SupervisorSettings } from './supervisor-options.js'

/** What a supervisor answers for as one thing: a service, or a whole supervisor below it with its services. */
export interface Unit {
  readonly name: string
  readonly restart: RestartType
  /** Running, starting, or owed a restart. */
  readonly isAlive: boolean
  readonly isForeign: boolean
  readonly mayFail: boolean
  /** Its services, in start order. */
  readonly runtimes: readonly ServiceRuntime[]
  /** It starts anew: its own restart budget is whole again. */
  renew?(): void
}

/** What a supervisor needs from where it stands. */
export interface RestarterPort {
  /** Name of the supervisor, for events and errors. */
  readonly name: string
  readonly clock: Clock
  /** Everything it may decide about when `unit` ended, in start order, with what the strategy asks of each. */
  candidates(unit: Unit): readonly { readonly unit: Unit; readonly isDependent: boolean }[]
  /** Stops services, dependants first, and releases what crashed ones held; resolves when they are at rest. */
  stop(runtimes: readonly ServiceRuntime[]): Promise<void>
  /** Starts services at rest as restarts, dependencies first. Resolves with the one that could not start. */
  start(
    runtimes: readonly ServiceRuntime[]
  ): Promise<{ readonly runtime: ServiceRuntime; readonly error: unknown } | undefined>
  /** The unit that stands for a service. */
  unitOf(runtime: ServiceRuntime): Unit
  /** The supervisor has crashed: its services are to be stopped, and the one above decides. */
  crash(error: unknown, because: Unit): void
  /** A service has failed in stopping before its restart, or another surprise that ends nothing. */
  report(error: unknown, unit: Unit): void
  publish(event: LifecycleEvent): void
  replace?(runtime: ServiceRuntime): Promise<ServiceRuntime>
  random(): number
}

/** An end that is to be decided about. */
interface Incident {
  readonly unit: Unit
  readonly how: RunEnd
  readonly error: unknown
  readonly run: number
  readonly upForMs: number
  readonly stoppedAlong: ReadonlySet<string>
}

const NOBODY: ReadonlySet<string> = new Set()

/**
 * Carries out what `decideRestart` decides for one supervisor. Incidents of services that restart alone are dealt
 * with side by side; those of strategies that touch others one after another, so that no two restarts mix.
 */
export class Restarter implements Supervision {
  readonly #port: RestarterPort
  readonly #settings: SupervisorSettings
  #history: readonly number[] = []
  readonly #attempts = new Map<string, number>()
  readonly #queue: Incident[] = []
  #busy = false
  #isOpen = true

  constructor(port: RestarterPort, settings: SupervisorSettings) {
    this.#port = port
    this.#settings = settings
  }

  /** A new life of the supervisor: its budget is whole again. */
  reset(): void {
    this.#history = []
    this.#attempts.clear()
    this.#isOpen = true
  }

  /** Nothing is restarted any more. */
  close(): void {
    this.#isOpen = false
    this.#queue.length = 0
  }

  crashed(runtime: ServiceRuntime, reason: unknown): void {
    this.ask(this.#port.unitOf(runtime), 'crash', reason, runtime.upForMs)
  }

  ended(runtime: ServiceRuntime, along: readonly ServiceRuntime[]): void {
    const names = new Set(along.map((other) => other.name))
    this.ask(this.#port.unitOf(runtime), 'own-stop', runtime.stopReason?.detail, runtime.upForMs, names)
  }

  /** Something it answers for has ended. */
  ask(unit: Unit, how: RunEnd, error: unknown, upForMs: number, stoppedAlong = NOBODY): void {
    if (!this.#isOpen) return
    const incident: Incident = { unit, how, error, run: runOf(unit), upForMs, stoppedAlong }
    const plan = this.#decide(incident)
    // Whoever waits for the end of a service is to wait on: said before anybody could look.
    for (const other of this.#unitsOf(plan.start, incident)) expect(other, true)
    if (this.#settings.strategy === 'one-for-one') {
      void this.#deal(incident, plan)
      return
    }
    this.#queue.push(incident)
    void this.#work()
  }

  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        // The restart of the group took care of it already.
        if (runOf(next.unit) !== next.run || isUp(next.unit)) continue
        await this.#deal(next, this.#decide(next))
      }
    } finally {
      this.#busy = false
    }
  }

  async #deal(incident: Incident, plan: RestartPlan): Promise<void> {
    try {
      await this.#carryOut(incident, plan)
    } catch (error) {
      this.#port.report(error, incident.unit)
    }
  }

  async #carryOut(first: Incident, firstPlan: RestartPlan): Promise<void> {
    let incident = first
    let plan = firstPlan
    while (this.#isOpen) {
      if (plan.climb) {
        this.#port.crash(incident.error, incident.unit)
        return
      }
      const starting = this.#unitsOf(plan.start, incident)
      const stopping = [incident.unit, ...this.#unitsOf(plan.stop, incident)]
      if (starting.length === 0) {
        await this.#port.stop(stopping.flatMap((unit) => unit.runtimes))
        return
      }
      const delay = this.#delayFor(incident)
      if (delay === undefined) {
        this.#giveUp(incident, starting)
        return
      }
      this.#tell(incident, plan, delay)
      await this.#port.stop(stopping.flatMap((unit) => unit.runtimes))
      if (delay > 0 && !(await pause(incident.unit, delay))) {
        for (const unit of starting) expect(unit, false)
        return
      }
      const failure = await this.#start(starting)
      if (failure === undefined) return
      const unit = this.#port.unitOf(failure.runtime)
      incident = { unit, how: 'crash', error: causeOf(failure), run: runOf(unit), upForMs: 0, stoppedAlong: NOBODY }
      plan = this.#decide(incident)
      for (const other of this.#unitsOf(plan.start, incident)) expect(other, true)
    }
  }

  async #start(units: readonly Unit[]): Promise<Awaited<ReturnType<RestarterPort['start']>>> {
    const wanted = units.flatMap((unit) => unit.runtimes).filter((runtime) => runtime.isRestartPlanned)
    for (const unit of units) unit.renew?.()
    const { replace } = this.#port
    const runtimes = replace === undefined ? wanted : await Promise.all(wanted.map((one) => replace(one)))
    const failure = await this.#port.start(runtimes)
    if (failure === undefined) for (const runtime of runtimes) runtime.expectRestart(false)
    return failure
  }

  #decide(incident: Incident): RestartPlan {
    const candidates = this.#port.candidates(incident.unit).map(
      ({ unit, isDependent }): Candidate => ({
        name: unit.name,
        restart: unit.restart,
        alive: unit.isAlive,
        foreign: unit.isForeign,
        dependent: isDependent,
        stoppedAlong: incident.stoppedAlong.has(unit.name),
        mayFail: unit.mayFail
      })
    )
    return decideRestart({ strategy: this.#settings.strategy, candidates, ended: incident.unit.name, how: incident.how })
  }

  #unitsOf(names: readonly string[], incident: Incident): Unit[] {
    const wanted = new Set(names)
    const order = new Map(names.map((name, index) => [name, index]))
    return this.#port
      .candidates(incident.unit)
      .map(({ unit }) => unit)
      .filter((unit) => wanted.has(unit.name))
      .toSorted((a, b) => order.get(a.name)! - order.get(b.name)!)
  }

  /** Milliseconds to wait before the restart; undefined when the budget is spent. */
  #delayFor({ unit, upForMs }: Incident): number | undefined {
    const { backoff } = this.#settings
    const verdict = spendRestart(this.#history, this.#port.clock.monotonic(), this.#settings)
    this.#history = verdict.history
    if (!verdict.allowed) return undefined
    if (backoff === undefined) return 0
    const before = this.#attempts.get(unit.name) ?? 0
    const { delay, attempts } = nextBackoff(backoff, before, upForMs, () => this.#port.random())
    this.#attempts.set(unit.name, attempts)
    return delay
  }

  #giveUp(incident: Incident, starting: readonly Unit[]): void {
    const { name, clock } = this.#port
    const { maxRestarts } = this.#settings
    const error = new MaxRestartsExceededError({
      supervisor: name,
      service: incident.unit.name,
      maxRestarts,
      withinMs: budgetWindow(this.#settings),
      cause: incident.error
    })
    for (const unit of starting) expect(unit, false)
    this.#port.publish({
      type: 'supervisor.gave-up',
      at: clock.now(),
      supervisor: name,
      service: incident.unit.name,
      error
    })
    this.close()
    this.#port.crash(error, incident.unit)
  }

  #tell(incident: Incident, plan: RestartPlan, delayMs: number): void {
    this.#port.publish({
      type: 'supervisor.restarting',
      at: this.#port.clock.now(),
      supervisor: this.#port.name,
      service: incident.unit.name,
      services: plan.start,
      delayMs,
      error: incident.error
    })
  }
}

function expect(unit: Unit, planned: boolean): void {
  for (const runtime of unit.runtimes) runtime.expectRestart(planned)
}

function runOf(unit: Unit): number {
  return unit.runtimes.reduce((sum, runtime) => sum + runtime.run, 0)
}

function isUp(unit: Unit): boolean {
  return unit.runtimes.length > 0 && unit.runtimes.every((runtime) => runtime.state === 'running')
}

/** Waits with the services in `backoff`; false when somebody stopped them meanwhile. */
async function pause(unit: Unit, delay: number): Promise<boolean> {
  const waits = unit.runtimes.filter((runtime) => runtime.isRestartPlanned).map((runtime) => runtime.backOff(delay))
  return (await Promise.all(waits)).some(Boolean)
}

function causeOf({ error }: { readonly error: unknown }): unknown {
  return error instanceof Error && error.cause !== undefined && error.name === 'StartError' ? error.cause : error
}
