import { MaxRestartsExceededError } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import type { RestartStrategy } from '../metadata/index.js'
import type { RestartPlanner, ServiceRuntime, Supervision } from '../service/index.js'
import { decideRestart, type Candidate, type RestartPlan } from './decide-restart.js'
import { budgetWindow } from './restart-budget.js'
import { RestartLedger } from './restart-ledger.js'
import { RestartRound, type Incident, type RoundDesk } from './restart-round.js'
import type { RestarterPort } from './restarter-port.js'
import type { SupervisorSettings } from './supervisor-options.js'
import type { Unit } from './unit.js'

/** Strategies that touch nothing but what ended, so that nobody else need be looked at. */
const ALONE: ReadonlySet<RestartStrategy> = new Set(['one-for-one', 'forfeit-one-for-one', 'crash'])
const NOBODY: readonly ServiceRuntime[] = []
const NO_UNITS: readonly Unit[] = []
/** A service ends itself, and those that need it end with it. */
const BY_ITSELF: StopReason = { kind: 'stop' }

/**
 * One supervisor at work: has `decideRestart` decide about each end, and rounds carry it out. Services that restart
 * alone each have a round of their own; strategies that touch others have one at a time, so that no two restarts mix.
 */
export class Restarter implements Supervision, RoundDesk {
  readonly #port: RestarterPort
  readonly #settings: SupervisorSettings
  readonly #ledger: RestartLedger
  /** By what each is for. A new map when the last has gone; see `Roster` for what a map that is kept costs. */
  #rounds: Map<object, RestartRound> | undefined
  /** What was decided about one that ended alone; each is asked about twice. */
  #decided: { readonly incident: Incident; readonly plan: RestartPlan } | undefined
  #isOpen = true

  constructor(port: RestarterPort, settings: SupervisorSettings) {
    this.#port = port
    this.#settings = settings
    this.#ledger = new RestartLedger(
      settings,
      () => port.clock,
      () => port.random()
    )
  }

  /** A new life of the supervisor: its budget is whole again. What has crashed and waited for its turn is only stopped. */
  reset(): void {
    const waiting = [...(this.#rounds?.values() ?? [])].flatMap((round) => round.incidents)
    this.close()
    this.#ledger.clear()
    this.#isOpen = true
    for (const { unit, error } of waiting) this.#stop(unit, error, ({ isGoingDown }) => isGoingDown)
  }

  /** It answers again after {@link close}, on what is left of its budget. */
  reopen(): void {
    this.#isOpen = true
  }

  get passesOn(): boolean {
    return this.#settings.strategy === 'crash'
  }

  /** Leaves all that it was going to restart to another; gives back what that is. */
  handOver(to: RestartPlanner): readonly ServiceRuntime[] {
    return [...(this.#rounds?.values() ?? [])].flatMap((round) => round.handOver(to))
  }

  /** Whether it is this one that is going to restart a service. */
  plans(runtime: ServiceRuntime): boolean {
    for (const round of this.#rounds?.values() ?? []) if (runtime.isPlannedBy(round)) return true
    return false
  }

  /**
   * Nothing is restarted any more.
   *
   * @param reason when it is the supervisor itself that has crashed
   */
  close(reason?: StopReason): void {
    this.#isOpen = false
    const rounds = this.#rounds
    this.#rounds = undefined
    for (const round of rounds?.values() ?? []) round.close(reason)
  }

  crashed(runtime: ServiceRuntime, reason: unknown): void {
    // It is about to be stopped with everything here, and to be started again.
    if (this.#port.isPlannedAbove?.(runtime) === true) runtime.stopAlone({ kind: 'crash', detail: reason })
    else this.ask(this.#port.unitOf(runtime), reason, runtime.upForMs)
  }

  /** A unit it answers for has crashed. When it has given up itself, that unit is only stopped. */
  ask(unit: Unit, error: unknown, upForMs: number): void {
    if (!this.#isOpen) {
      this.#stop(unit, error)
      return
    }
    const round = this.#roundFor(unit)
    round.add({ unit, how: 'crash', error, upForMs, along: NOBODY })
    this.#carryOut(unit, round)
  }

  /** Stops a unit, or those of it for which that holds, and no more. */
  #stop(unit: Unit, error: unknown, isMeant: (runtime: ServiceRuntime) => boolean = () => true): void {
    const stopped = this.#port.stop(unit.runtimes.filter(isMeant), { kind: 'crash', detail: error })
    stopped?.catch((failure: unknown) => this.#port.report(failure, unit))
  }

  ending(runtime: ServiceRuntime, along: readonly ServiceRuntime[]): () => void {
    if (!this.#isOpen) {
      for (const other of along) other.endRestarts(BY_ITSELF)
      return () => {}
    }
    const unit = this.#port.unitOf(runtime)
    const incident: Incident = { unit, how: 'own-stop', error: undefined, upForMs: 0, along }
    const round = this.#roundFor(unit)
    const announced = round.announce(incident)
    // Whoever was going to restart one of the others would do so without what it needs.
    for (const other of along) if (!announced.has(other)) other.endRestarts(BY_ITSELF)
    return () => {
      if (!this.#isOpen) return
      // It may have been stopped by hand meanwhile, which is not undone.
      if (announced.size > 0 && !round.plans(unit)) {
        round.withdraw(announced)
        return
      }
      const stillOwed = along.filter((other) => other.isPlannedBy(round))
      round.add({ ...incident, upForMs: runtime.upForMs, along: stillOwed })
      this.#carryOut(unit, round)
    }
  }

  decide(incident: Incident): RestartPlan {
    if (!this.#isAlone(incident)) return this.#decideAmong(incident)
    // Of one that nobody has to do with nothing changes that counts: what was decided first holds.
    const decided = this.#decided
    this.#decided = undefined
    if (decided?.incident === incident) return decided.plan
    const plan = this.#decideAmong(incident)
    this.#decided = { incident, plan }
    return plan
  }

  #decideAmong(incident: Incident): RestartPlan {
    const { strategy } = this.#settings
    const { unit: ended, how, along } = incident
    const candidates = this.#candidates(incident).map(({ unit, isDependent }): Candidate => ({
      name: unit.name,
      restart: unit.restart,
      alive: unit.isAlive,
      foreign: unit.isForeign,
      dependent: isDependent,
      stoppedAlong: along.some((runtime) => runtime === unit.key),
      mayFail: unit.mayFail
    }))
    return decideRestart({ strategy, candidates, ended: ended.name, how })
  }

  units(names: readonly string[], incident: Incident): readonly Unit[] {
    if (names.length === 0) return NO_UNITS
    if (this.#isAlone(incident)) return [incident.unit]
    const byName = new Map(this.#candidates(incident).map(({ unit }) => [unit.name, unit]))
    return names.map((name) => byName.get(name)).filter((unit) => unit !== undefined)
  }

  spend({ unit, upForMs }: Incident): number | undefined {
    return this.#ledger.spend(unit, upForMs)
  }

  async giveUp({ unit, how, error: cause }: Incident): Promise<void> {
    const { name: supervisor } = this.#port
    const { maxRestarts } = this.#settings
    const withinMs = budgetWindow(this.#settings)
    const service = unit.name
    const byItself = how === 'own-stop'
    const error = new MaxRestartsExceededError({
      supervisor,
      service,
      maxRestarts,
      withinMs,
      cause,
      byItself
    })
    this.#port.publish((at) => ({ type: 'supervisor.gave-up', at, supervisor, service, error }), unit)
    await this.crash(error, unit)
  }

  async crash(error: unknown, because: Unit): Promise<void> {
    this.#isOpen = false
    await this.#port.crash(error, because)
    this.close({ kind: 'crash', detail: error })
  }

  replaced(old: ServiceRuntime, fresh: ServiceRuntime): void {
    this.#ledger.carryOver(this.#port.unitOf(old), this.#port.unitOf(fresh))
  }

  #candidates(incident: Incident): ReturnType<RestarterPort['candidates']> {
    const { unit, along } = incident
    return this.#isAlone(incident) ? [{ unit, isDependent: false }] : this.#port.candidates(unit, along)
  }

  /** Whether nobody else has anything to do with it. */
  #isAlone({ along }: Incident): boolean {
    return along.length === 0 && ALONE.has(this.#settings.strategy)
  }

  #keyOf(unit: Unit): object {
    return ALONE.has(this.#settings.strategy) ? unit.key : this
  }

  #roundFor(unit: Unit): RestartRound {
    const key = this.#keyOf(unit)
    const rounds = (this.#rounds ??= new Map<object, RestartRound>())
    let round = rounds.get(key)
    if (round === undefined) rounds.set(key, (round = new RestartRound(this.#port, this)))
    return round
  }

  #carryOut(unit: Unit, round: RestartRound): void {
    if (round.isRunning) return
    const key = this.#keyOf(unit)
    round.run((failure) => {
      if (failure !== undefined) round.close()
      this.#over(key, round)
      if (failure !== undefined) this.#port.report(failure.error, unit)
    })
  }

  #over(key: object, round: RestartRound): void {
    const rounds = this.#rounds
    if (rounds?.get(key) !== round) return
    if (rounds.size === 1) this.#rounds = undefined
    else rounds.delete(key)
  }
}
