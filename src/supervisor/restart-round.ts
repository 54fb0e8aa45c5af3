import { isStartError } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { RestartPlanner, ServiceRuntime } from '../service/index.js'
import { Roster } from '../streams/index.js'
import type { RestartPlan, RunEnd } from './decide-restart.js'
import { restartInBurst } from './restart-burst.js'
import type { FailedRestart, RestarterPort } from './restarter-port.js'
import type { Unit } from './unit.js'

/** The end of a run that is to be decided about. */
export interface Incident {
  readonly unit: Unit
  readonly how: RunEnd
  readonly error: unknown
  /** How long the run had been up, in milliseconds. */
  readonly upForMs: number
  /** Stopped first, since they need what ended itself. */
  readonly along: readonly ServiceRuntime[]
}

/** What a round asks of the supervisor it belongs to. */
export interface RoundDesk {
  decide(incident: Incident): RestartPlan
  /** The units of these names, in this order. */
  units(names: readonly string[], incident: Incident): readonly Unit[]
  /** Spends a restart; gives the delay before it, undefined when the budget is used up. */
  spend(incident: Incident): number | undefined
  /** The supervisor crashes because of a unit. */
  crash(error: unknown, because: Unit): Promise<void>
  giveUp(incident: Incident): Promise<void>
  /** Another instance runs in the place of one that crashed. */
  replaced(old: ServiceRuntime, fresh: ServiceRuntime): void
}

/** An incident that waits for its turn. */
interface Entry {
  readonly incident: Incident
  /** How often the unit had been started. */
  readonly run: number
  readonly isRestarted: boolean
}

/**
 * Carries out restarts until nothing is owed any more: stops what is to stop, waits, starts what is to start, and
 * deals with what goes wrong meanwhile. What is stopped by hand, or planned by somebody else, leaves the round.
 */
export class RestartRound implements RestartPlanner {
  readonly #port: RestarterPort
  readonly #desk: RoundDesk
  readonly #entries: Entry[] = []
  /** To be owed a start once they have ended. */
  #announced: Set<ServiceRuntime> | undefined
  /** To be started. */
  readonly #owed = new Roster<ServiceRuntime>()
  /** Stopped by this round, with the run that it ended: whoever starts one, by hand as well, begins another. */
  #down: Map<ServiceRuntime, number> | undefined
  /** What is to be done right before the next start. */
  readonly #preparations: (() => Promise<void> | undefined)[] = []
  /** No start before this reading of the monotonic clock. */
  #notBefore = 0
  #isOpen = true
  #isRunning = false
  #wake: (() => void) | undefined

  constructor(port: RestarterPort, desk: RoundDesk) {
    this.#port = port
    this.#desk = desk
  }

  /** Whether {@link run} has still something to do. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Those that wait for their turn. */
  get incidents(): readonly Incident[] {
    return this.#entries.map(({ incident }) => incident)
  }

  /** Says whom it is going to restart once what the incident tells of is over; then {@link add} is called. */
  announce(incident: Incident): ReadonlySet<ServiceRuntime> {
    const units = this.#plan(incident, this.#desk.decide(incident))
    const announced = new Set(units.flatMap((unit) => unit.restarting))
    this.#announced ??= new Set()
    for (const runtime of announced) this.#announced.add(runtime)
    return announced
  }

  /** Of what was announced nothing comes: what rests has ended, the others go on. */
  withdraw(announced: ReadonlySet<ServiceRuntime>): void {
    for (const runtime of announced) {
      if (runtime.isAtRest) runtime.endRestarts({ kind: 'stop' }, this)
      else runtime.dropRestart(this)
    }
  }

  /** Whether some of a unit is to be restarted by this round. */
  plans(unit: Unit): boolean {
    return unit.runtimes.some((runtime) => runtime.isPlannedBy(this))
  }

  /** Takes an incident, and says at once whom it is going to restart. */
  add(incident: Incident): void {
    const units = this.#plan(incident, this.#desk.decide(incident))
    for (const unit of units) for (const runtime of unit.restarting) this.#owed.add(runtime)
    this.#announced = undefined
    this.#entries.push({ incident, run: runOf(incident.unit), isRestarted: units.length > 0 })
    this.#wake?.()
  }

  dropped(runtime: ServiceRuntime): void {
    this.#owed.delete(runtime)
    this.#announced?.delete(runtime)
    this.#wake?.()
  }

  /**
   * Nothing more is stopped or started.
   *
   * @param reason of the supervisor's own end: what waited for a restart, which nobody else plans, has stopped for good
   */
  close(reason?: StopReason): void {
    this.#isOpen = false
    for (const runtime of [...this.#owed.all(), ...(this.#announced ?? [])]) {
      if (reason === undefined) runtime.dropRestart(this)
      else runtime.endRestarts(reason, this)
    }
    this.#wake?.()
  }

  /** Leaves all that it was going to restart to another; gives back what that is. */
  handOver(to: RestartPlanner): readonly ServiceRuntime[] {
    const planned = [...this.#owed.all(), ...(this.#announced ?? [])].filter((runtime) =>
      runtime.isPlannedBy(this)
    )
    for (const runtime of planned) runtime.planRestart(to)
    return planned
  }

  /**
   * Goes on until nothing is owed. Told by calls, not by an async function, whose promises would be a tenth of a restart.
   *
   * @param over told when that is so, or what has gone wrong
   */
  run(over: (failure?: { readonly error: unknown }) => void): void {
    this.#isRunning = true
    // What crashes in one turn crashes together: the first of them does not stop the others before they can.
    void OVER.then(() => this.#go(over))
  }

  #go(over: (failure?: { readonly error: unknown }) => void): void {
    const fail = (error: unknown): void => {
      this.#isRunning = false
      over({ error })
    }
    try {
      while (this.#isOpen && this.#hasWork) {
        const step = this.#step()
        if (step === undefined) continue
        step.then(() => this.#go(over), fail)
        return
      }
    } catch (error) {
      fail(error)
      return
    }
    this.#isRunning = false
    over()
  }

  get #hasWork(): boolean {
    if (this.#entries.length > 0) return true
    for (const runtime of this.#owed.all()) {
      // Its incident came to nothing: somebody else took care of it.
      if (runtime.state === 'running') runtime.dropRestart(this)
      if (!runtime.isPlannedBy(this)) this.#owed.delete(runtime)
    }
    return this.#owed.size > 0
  }

  /** Undefined when that is over already. */
  #step(): Promise<void> | undefined {
    const entry = this.#entries.shift()
    if (entry !== undefined) return this.#isOpenMatter(entry) ? this.#bringDown(entry.incident) : undefined
    if (this.#notBefore > 0) {
      const left = this.#notBefore - this.#port.clock.monotonic()
      if (left > 0) return this.#pause(left)
    }
    const prepared = this.#prepare()
    const turn = restartInBurst()
    const ahead =
      prepared === undefined || turn === undefined ? (prepared ?? turn) : prepared.then(() => turn)
    return ahead === undefined ? this.#bringUp() : ahead.then(() => this.#bringUp())
  }

  #prepare(): Promise<void> | undefined {
    let prepared: Promise<void> | undefined
    for (const prepare of this.#preparations.splice(0))
      prepared = prepared === undefined ? prepare() : prepared.then(prepare)
    return prepared
  }

  #isOpenMatter({ incident: { unit }, run, isRestarted }: Entry): boolean {
    if (isRestarted && !this.plans(unit)) return false
    // It was started, or an earlier incident stopped it together with others: that took care of it.
    return (
      runOf(unit) === run &&
      !isUp(unit) &&
      !unit.restarting.every((runtime) => this.#down?.get(runtime) === runtime.run)
    )
  }

  /** Stops what is to stop. Never over at once: what has ended comes to its end before it is started again. */
  #bringDown(incident: Incident): Promise<void> {
    const { unit, error } = incident
    const plan = this.#desk.decide(incident)
    if (plan.climb) return this.#desk.crash(error, unit)
    const starting = this.#plan(incident, plan)
    const others = this.#desk.units(plan.stop, incident)
    const stopping = others.length === 0 ? unit.runtimes : [unit, ...others].flatMap((one) => one.runtimes)
    if (starting.length === 0) return this.#port.stop(stopping, { kind: 'crash', detail: error }) ?? OVER
    const delay = this.#desk.spend(incident)
    if (delay === undefined) return this.#desk.giveUp(incident)
    this.#tell(incident, starting, delay)
    const ended = runsOf(starting)
    const down = (): void => {
      this.#down ??= new Map()
      for (const { runtime, run } of ended) {
        this.#owed.add(runtime)
        this.#down.set(runtime, run)
      }
      if (delay > 0) this.#backOff(unit, delay)
      this.#preparations.push(() => this.#renew(incident, starting))
    }
    const stopped = this.#port.stop(stopping, { kind: 'restart', detail: error })
    if (stopped !== undefined) return stopped.then(down)
    down()
    return OVER
  }

  #backOff(unit: Unit, delay: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#port.clock.monotonic() + delay)
    for (const runtime of unit.runtimes) if (runtime.isPlannedBy(this)) runtime.backOff()
  }

  #renew({ unit, how }: Incident, starting: readonly Unit[]): Promise<void> | undefined {
    if (!this.#isOpen) return undefined
    // What a supervisor below was about to restart by itself is restarted with the rest of it.
    for (const one of starting) for (const runtime of one.renew?.(this) ?? []) this.#owed.add(runtime)
    return how === 'crash' && this.#port.replace !== undefined ? this.#replace(unit) : undefined
  }

  #bringUp(): Promise<void> | undefined {
    if (!this.#isOpen || this.#entries.length > 0) return undefined
    const ready = this.#port.startable(this.#owed.all())
    const starting = ready.length === 0 ? undefined : this.#port.start(ready)
    return starting === undefined
      ? this.#broughtUp(ready, undefined)
      : starting.then((failure) => this.#broughtUp(ready, failure))
  }

  #broughtUp(
    ready: readonly ServiceRuntime[],
    failure: FailedRestart | undefined
  ): Promise<void> | undefined {
    if (failure !== undefined) this.#startFailed(failure)
    // What has crashed meanwhile comes first.
    if (this.#entries.length > 0) return undefined
    // Nothing has come of it: something else must happen first.
    if (this.#owed.size > 0 && ready.every((runtime) => runtime.isAtRest && runtime.isPlannedBy(this)))
      return Promise.race([this.#port.changed(), this.#woken()])
    return undefined
  }

  /** A restart whose start fails counts as another crash. */
  #startFailed({ runtime, error }: FailedRestart): void {
    if (!this.#isOpen || !runtime.isPlannedBy(this)) return
    this.#down?.delete(runtime)
    const unit = this.#port.unitOf(runtime)
    this.add({ unit, how: 'crash', error: causeOf(error), upForMs: 0, along: [] })
  }

  #plan(incident: Incident, plan: RestartPlan): readonly Unit[] {
    const units = this.#desk.units(plan.start, incident)
    for (const unit of units) for (const runtime of unit.restarting) runtime.planRestart(this)
    return units
  }

  /** Waits, until something has changed at the latest. */
  async #pause(ms: number): Promise<void> {
    const woken = this.#woken()
    const timer = this.#port.clock.setTimeout(() => this.#wake?.(), ms)
    await woken
    this.#port.clock.clearTimeout(timer)
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake = undefined
        resolve()
      }
      this.#wake = wake
    })
  }

  async #replace(unit: Unit): Promise<void> {
    if (this.#port.replace === undefined) return
    for (const runtime of unit.runtimes) {
      if (!runtime.isPlannedBy(this)) continue
      try {
        const fresh = await this.#port.replace(runtime)
        if (fresh === runtime || !this.#isOpen) continue
        this.#desk.replaced(runtime, fresh)
        fresh.planRestart(this)
        this.#owed.add(fresh)
      } catch (error) {
        this.#startFailed({ runtime, error })
      }
    }
  }

  #tell({ unit, error }: Incident, starting: readonly Unit[], delayMs: number): void {
    const { name: supervisor } = this.#port
    this.#port.publish((at) => {
      const services = starting.flatMap(({ restarting }) => restarting.map(({ name }) => name))
      return {
        type: 'supervisor.restarting',
        at,
        supervisor,
        service: unit.name,
        services,
        delayMs,
        error
      }
    }, unit)
  }
}

const OVER = Promise.resolve()

function runOf(unit: Unit): number {
  let sum = 0
  for (const runtime of unit.runtimes) sum += runtime.run
  return sum
}

/** Which runs come to their end. `flatMap()` for this would be a twentieth of a restart. */
function runsOf(
  units: readonly Unit[]
): readonly { readonly runtime: ServiceRuntime; readonly run: number }[] {
  const runs: { readonly runtime: ServiceRuntime; readonly run: number }[] = []
  for (const unit of units) for (const runtime of unit.restarting) runs.push({ runtime, run: runtime.run })
  return runs
}

function isUp(unit: Unit): boolean {
  return unit.runtimes.length > 0 && unit.runtimes.every((runtime) => runtime.state === 'running')
}

function causeOf(error: unknown): unknown {
  return isStartError(error) && error.cause !== undefined ? error.cause : error
}
