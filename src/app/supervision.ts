import type { LifecycleEvent } from '../events/index.js'
import type { ServiceRuntime } from '../service/index.js'
import {
  Restarter,
  ServiceUnit,
  supervisorSettings,
  type RestarterPort,
  type SupervisorOptions,
  type SupervisorSettings,
  type Unit
} from '../supervisor/index.js'
import type { Clock } from '../time/index.js'
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
  /** Stops services, dependants first. */
  stopTogether(runtimes: readonly ServiceRuntime[]): Promise<void>
  /** Starts services as restarts, dependencies first. */
  startTogether: RestarterPort['start']
  /** No supervisor answers: the application crashes. */
  crashWith(reason: unknown): void
  report(error: unknown, what: string): void
  publish(event: LifecycleEvent): void
}

/** Makes the supervisors of an application, and puts its services under them. */
export function superviseServices(groups: readonly SupervisedGroup[], port: SupervisionPort): void {
  const supervisors: ModuleSupervisor[] = []
  for (const group of groups) supervisors.push(new ModuleSupervisor(group, port))
  groups.forEach(({ above }, index) => {
    if (above !== undefined) supervisors[index]!.standUnder(supervisors[above]!)
  })
}

/** The supervisor that `@Module({ supervisor })` declares. */
class ModuleSupervisor {
  readonly #group: SupervisedGroup
  readonly #port: SupervisionPort
  readonly #settings: SupervisorSettings
  readonly #restarter: Restarter
  readonly #own: Unit[]
  readonly #below: ModuleSupervisor[] = []
  readonly #units = new Map<ServiceRuntime, Unit>()
  #above: ModuleSupervisor | undefined

  constructor(group: SupervisedGroup, port: SupervisionPort) {
    this.#group = group
    this.#port = port
    this.#settings = supervisorSettings(group.options, `the supervisor of ${group.name}`)
    this.#restarter = new Restarter(this.#restarterPort(), this.#settings)
    this.#own = group.members.map((index) => {
      const runtime = port.nodes.runtimes[index]!
      runtime.supervision = this.#restarter
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
    const all = [...this.#own.flatMap((unit) => unit.runtimes), ...this.#below.flatMap((one) => one.#runtimes)]
    return all.toSorted((a, b) => nodes.indexOf(a)! - nodes.indexOf(b)!)
  }

  /** What it is to the supervisor above it. */
  get #asUnit(): Unit {
    const runtimes = this.#runtimes
    return {
      name: this.#group.name,
      restart: 'transient',
      isAlive: runtimes.some((runtime) => !runtime.isAtRest || runtime.isRestartPlanned),
      isForeign: false,
      mayFail: false,
      runtimes,
      renew: () => this.#renew()
    }
  }

  #renew(): void {
    this.#restarter.reset()
    for (const one of this.#below) one.#renew()
  }

  #restarterPort(): RestarterPort {
    const port = this.#port
    return {
      name: this.#group.name,
      clock: port.clock,
      candidates: (unit) => this.#candidates(unit),
      unitOf: (runtime) => this.#unitOf(runtime),
      stop: (runtimes) => port.stopTogether(runtimes),
      start: (runtimes) => port.startTogether(runtimes),
      crash: (error) => void this.#crash(error),
      report: (error, unit) => port.report(error, `restarting ${unit.name}`),
      publish: (event) => port.publish(event),
      random: Math.random,
      ...(this.#settings.replacement === undefined ? {} : { replace: (runtime) => this.#replace(runtime) })
    }
  }

  #unitOf(runtime: ServiceRuntime): Unit {
    const own = this.#units.get(runtime)
    if (own !== undefined) return own
    const below = this.#below.find((one) => one.#runtimes.includes(runtime))
    return below === undefined ? new ServiceUnit(runtime, { isForeign: true }) : below.#asUnit
  }

  #candidates(unit: Unit): { readonly unit: Unit; readonly isDependent: boolean }[] {
    const { nodes } = this.#port
    const dependents = this.#settings.strategy === 'dependents' ? this.#dependentsOf(unit) : NOBODY
    const units = [...this.#own, ...this.#below.map((one) => one.#asUnit)]
    const known = new Set(units.flatMap((one) => one.runtimes))
    for (const runtime of dependents) if (!known.has(runtime)) units.push(this.#unitOf(runtime))
    const first = (one: Unit): number => nodes.indexOf(one.runtimes[0]!) ?? -1
    return units
      .filter((one) => one.runtimes.length > 0)
      .toSorted((a, b) => first(a) - first(b))
      .map((one) => ({ unit: one, isDependent: one.runtimes.some((runtime) => dependents.has(runtime)) }))
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

  async #crash(error: unknown): Promise<void> {
    this.#restarter.close()
    if (this.#above === undefined) {
      this.#port.crashWith(error)
      return
    }
    const unit = this.#asUnit
    this.#above.#restarter.ask(unit, 'crash', error, 0)
  }

  /** An injected service keeps its identity: what replaces it would be unknown to those that hold it. */
  async #replace(runtime: ServiceRuntime): Promise<ServiceRuntime> {
    const index = this.#group.members.indexOf(this.#port.nodes.indexOf(runtime)!)
    const service = await this.#settings.replacement?.(runtime.instance, index)
    if (service !== undefined && service !== runtime.instance) runtime.bind(service)
    return runtime
  }
}

const NOBODY: ReadonlySet<ServiceRuntime> = new Set()
