import type { LifecycleEvent } from '../events/index.js'
import type { RestartPlanner, ServiceRuntime } from '../service/index.js'
import {
  Restarter,
  serviceOf,
  ServiceUnit,
  supervisorSettings,
  type RestarterPort,
  type SupervisorOptions,
  type SupervisorSettings,
  type Unit
} from '../supervisor/index.js'
import type { Clock } from '../time/index.js'
import type { RestartGate } from './restart-gate.js'
import type { ServiceNodes } from './service-nodes.js'

/** A supervisor as the modules declare it: of a module, or of the application. */
export interface SupervisedGroup {
  readonly name: string
  readonly options: SupervisorOptions
  /** The services it answers for, by index. */
  readonly members: readonly number[]
  /** The place of the supervisor above it in the same list; undefined for none. */
  readonly above: number | undefined
}

/** What supervision needs from the application. */
export interface SupervisionPort {
  readonly clock: Clock
  readonly nodes: ServiceNodes
  readonly gate: RestartGate
  /** Stops services, dependants first. */
  stopTogether: RestarterPort['stop']
  /** Starts services as restarts, dependencies first. */
  startTogether: RestarterPort['start']
  /** No supervisor answers for a service: the application crashes. */
  crashed(runtime: ServiceRuntime, reason: unknown): void
  report(error: unknown, what: string): void
  /** Publishes an event, made when anybody listens. */
  publish(build: (at: number) => LifecycleEvent, about?: ServiceRuntime): void
}

/** The supervisors of an application, which its modules and its options declare. */
export class Supervisors {
  readonly #all: readonly ModuleSupervisor[]

  /** Puts the services under their supervisors. */
  constructor(groups: readonly SupervisedGroup[], port: SupervisionPort) {
    const all = groups.map((group) => new ModuleSupervisor(group, port))
    groups.forEach(({ above }, index) => {
      if (above !== undefined) all[index]!.standUnder(all[above]!)
    })
    this.#all = all
  }

  /** The application starts: all budgets are whole again. */
  reset(): void {
    for (const one of this.#all) one.restarter.reset()
  }

  /** The application has stopped: what is started from now on is restarted again. */
  reopen(): void {
    for (const one of this.#all) one.restarter.reopen()
  }

  /** The application is to stop: nothing is restarted any more. */
  close(): void {
    for (const one of this.#all) one.restarter.close()
  }
}

/** The supervisor that `@Module({ supervisor })` declares. */
class ModuleSupervisor {
  readonly restarter: Restarter
  readonly #group: SupervisedGroup
  readonly #port: SupervisionPort
  readonly #settings: SupervisorSettings
  readonly #own: readonly ServiceUnit[]
  readonly #below: ModuleSupervisor[] = []
  readonly #units = new Map<ServiceRuntime, Unit>()
  #above: ModuleSupervisor | undefined

  constructor(group: SupervisedGroup, port: SupervisionPort) {
    this.#group = group
    this.#port = port
    this.#settings = supervisorSettings(group.options, `the supervisor of ${group.name}`)
    this.restarter = new Restarter(this.#restarterPort(), this.#settings)
    this.#own = group.members.map((index) => {
      const runtime = port.nodes.runtimes[index]!
      runtime.supervision = this.restarter
      const unit = new ServiceUnit(runtime, { mayFail: port.nodes.mayFail(index) })
      this.#units.set(runtime, unit)
      return unit
    })
  }

  standUnder(above: ModuleSupervisor): void {
    this.#above = above
    above.#below.push(this)
  }

  /** All services below it, in start order. */
  get #runtimes(): readonly ServiceRuntime[] {
    const { nodes } = this.#port
    const all = [
      ...this.#own.flatMap((unit) => unit.runtimes),
      ...this.#below.flatMap((one) => one.#runtimes)
    ]
    return nodes.indexesOf(all).map((index) => nodes.runtimes[index]!)
  }

  /** What it is to the supervisor above it. */
  get #asUnit(): Unit {
    const runtimes = this.#runtimes
    const restarting = runtimes.filter((runtime) => {
      const isUp = !runtime.isAtRest && runtime.state !== 'stopping'
      return (isUp || runtime.isOwedARestart) && runtime.settings.restart !== 'temporary'
    })
    return {
      key: this,
      name: this.#group.name,
      restart: 'transient',
      isAlive: restarting.length > 0,
      isForeign: false,
      mayFail: false,
      runtimes,
      restarting,
      renew: (planner) => this.#renew(planner)
    }
  }

  #renew(planner: RestartPlanner): readonly ServiceRuntime[] {
    const owed = this.restarter.handOver(planner)
    this.restarter.reset()
    return [...owed, ...this.#below.flatMap((one) => one.#renew(planner))]
  }

  #restarterPort(): RestarterPort {
    const port = this.#port
    return {
      name: this.#group.name,
      clock: port.clock,
      candidates: (unit, along) => this.#candidates(unit, along),
      unitOf: (runtime) => this.#units.get(runtime) ?? new ServiceUnit(runtime, { isForeign: true }),
      stop: (runtimes, reason) => port.stopTogether(runtimes, reason),
      startable: (runtimes) => {
        this.#dropVain(runtimes)
        return port.gate.startable(runtimes)
      },
      changed: () => port.gate.changed(),
      start: (runtimes) => port.startTogether(runtimes),
      crash: (error, because) => this.#crash(error, because),
      isPlannedAbove: (runtime) => this.#isPlannedAbove(runtime),
      report: (error, unit) => port.report(error, `restarting ${unit.name}`),
      publish: (build, about) => port.publish(build, serviceOf(about)),
      random: Math.random,
      ...(this.#settings.replacement === undefined ? {} : { replace: (runtime) => this.#replace(runtime) })
    }
  }

  /** What has not run since it was started does not begin without what it needs: it is not restarted after all. */
  #dropVain(runtimes: readonly ServiceRuntime[]): void {
    if (runtimes.every((runtime) => runtime.hasRun)) return
    const { nodes } = this.#port
    for (const index of nodes.indexesOf(runtimes)) {
      const runtime = nodes.runtimes[index]!
      if (runtime.hasRun || !runtime.isAtRest) continue
      const missing = nodes.missing(index)
      if (missing === undefined) continue
      const { name, isAtRest, isComing } = nodes.runtimes[missing]!
      if (!isAtRest || isComing) continue
      runtime.log.warn('is not restarted: it needs %s, which has ended', name)
      runtime.endRestarts({ kind: 'stop', detail: `${name} has ended` })
    }
  }

  #isPlannedAbove(runtime: ServiceRuntime): boolean {
    for (let above = this.#above; above !== undefined; above = above.#above)
      if (above.restarter.plans(runtime)) return true
    return false
  }

  #candidates(
    ended: Unit,
    along: readonly ServiceRuntime[]
  ): { readonly unit: Unit; readonly isDependent: boolean }[] {
    const { nodes } = this.#port
    const dependents = this.#settings.strategy === 'dependents' ? this.#dependentsOf(ended) : NOBODY
    const units: Unit[] = [...this.#own]
    // Exactly those that depend on what ended, of other supervisors too: these are not touched as a whole.
    const below = this.#settings.strategy === 'dependents' ? [] : this.#below.map((one) => one.#asUnit)
    for (const unit of below) if (unit.runtimes.length > 0 && unit.key !== ended.key) units.push(unit)
    if (!this.#own.some((unit) => unit.key === ended.key)) units.push(ended)
    for (const runtime of new Set([...dependents, ...along])) {
      if (!this.#units.has(runtime)) units.push(new ServiceUnit(runtime, { isForeign: true }))
    }
    const first = (unit: Unit): number => nodes.indexOf(unit.runtimes[0]!) ?? -1
    return units
      .toSorted((a, b) => first(a) - first(b))
      .map((unit) => ({ unit, isDependent: unit.runtimes.some((runtime) => dependents.has(runtime)) }))
  }

  /** All that cannot do without a unit. */
  #dependentsOf(unit: Unit): ReadonlySet<ServiceRuntime> {
    const { nodes } = this.#port
    const found = new Set<ServiceRuntime>()
    for (const runtime of unit.runtimes) {
      for (const index of nodes.cannotDoWithout(nodes.indexOf(runtime)!)) found.add(nodes.runtimes[index]!)
    }
    for (const runtime of unit.runtimes) found.delete(runtime)
    return found
  }

  #crash(error: unknown, because: Unit): void {
    if (this.#above === undefined) this.#port.crashed(because.runtimes[0]!, error)
    else this.#above.restarter.ask(this.#asUnit, error, 0)
  }

  /** An injected service keeps its name and its place: only the object behind it is another. */
  async #replace(runtime: ServiceRuntime): Promise<ServiceRuntime> {
    const index = this.#group.members.indexOf(this.#port.nodes.indexOf(runtime)!)
    const service = index < 0 ? undefined : await this.#settings.replacement?.(runtime.instance, index)
    // it may have been started by hand, or stopped for good, since
    const isWanted = runtime.isAtRest && runtime.isRestartPlanned
    if (isWanted && service !== undefined && service !== runtime.instance) runtime.replaceInstance(service)
    return runtime
  }
}

const NOBODY: ReadonlySet<ServiceRuntime> = new Set()
