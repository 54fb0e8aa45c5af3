import { ConfigurationError, type StartError, type StopFailure } from '../errors/index.js'
import { LOGGER } from '../logging/index.js'
import {
  drives,
  givenNameOf,
  isServiceBase,
  refuseOtherCopy,
  releaseUnbegun,
  runtimeOf,
  ServiceContext,
  ServiceRuntime,
  UNDESCRIBED,
  Unconstructed
} from '../service/index.js'
import type { SupervisorOptions } from '../supervisor/index.js'
import { Clock, formatDuration } from '../time/index.js'
import type { Token } from '../tokens/index.js'
import type { AssembledService, Assembly, AssemblyPort, BuildWatch } from '../wiring/index.js'
import { Application } from './application.js'
import { patienceOf } from './disposal.js'
import { EarlyService } from './early-service.js'
import { graphOf } from './graph-of.js'
import type { ApplicationParts } from './application-parts.js'
import type { LiveApplication } from './live-application.js'
import { ServiceNodes } from './service-nodes.js'
import { groupsOf } from './supervised-groups.js'

/** Tokens that no module provides: the application answers for them. */
const AMBIENT_TOKENS: ReadonlySet<Token> = new Set<Token>([Application, ServiceContext, Clock, LOGGER])

/** What the wiring has to know of services. */
export const WIRING = {
  ambientTokens: AMBIENT_TOKENS,
  ownTokens: new Set<Token>([ServiceContext]),
  isServiceInstance: isServiceBase,
  instanceName: givenNameOf
} as const

/**
 * Gives every service that is constructed its runtime, and what only an application can give: itself, the clock,
 * the logger, and to each service its own context.
 */
export class Construction implements AssemblyPort {
  readonly clock: Clock
  readonly ambientTokens = AMBIENT_TOKENS
  readonly #app: LiveApplication
  readonly #supervisor: SupervisorOptions | undefined
  /** Those that are there before all is constructed. */
  readonly #early = new Map<AssembledService, EarlyService>()
  /** In their place once everything is constructed, in start order. */
  #runtimes: readonly ServiceRuntime[] | undefined
  /** Those that were there before, to be taken over when all have been looked at. */
  readonly #brought = new Map<ServiceRuntime, AssembledService>()

  readonly watch: BuildWatch | undefined

  /**
   * @param supervisor answers for every service that no module's supervisor does
   * @param watch looks on, and may end it
   */
  constructor(app: LiveApplication, supervisor: SupervisorOptions | undefined, watch?: BuildWatch) {
    this.#app = app
    this.#supervisor = supervisor
    this.watch = watch
    this.clock = app.settings.clock
  }

  ambient(token: Token, requester: AssembledService | undefined): unknown {
    if (token === Application) return this.#app
    if (token === Clock) return this.clock
    if (token === LOGGER) return this.#app.log
    return requester === undefined ? this.#app.life.ownContext : this.#driverOf(requester).liveContext
  }

  lost(error: unknown, provider: string): void {
    this.#app.log.error({ err: error }, '%s failed after the application had been given up', provider)
  }

  doneWithout(error: StartError, provider: string): void {
    this.#app.log.error({ err: error }, '%s could not be made; what merely wants it does without', provider)
  }

  slow(elapsedMs: number, factories: readonly string[]): void {
    const what = factories.length === 1 ? 'the factory of' : 'the factories of'
    this.#app.log.warn(
      'application still being constructed after %s, waits for %s %s',
      formatDuration(elapsedMs),
      what,
      factories.join(', ')
    )
  }

  async release(): Promise<readonly StopFailure[]> {
    const { clock, shutdownTimeout } = this.#app.settings
    const { left } = patienceOf(clock, shutdownTimeout)
    const failures: StopFailure[] = []
    const made = this.#runtimes ?? [...this.#early.values()].map((one) => one.runtime)
    for (const runtime of [...this.#app.life.own, ...made].toReversed()) {
      // what a factory hands out may be of somebody else
      const isOurs = runtime !== undefined && (runtime.host === this.#app.host || runtime.isFree)
      const releasing = isOurs ? releaseUnbegun(runtime, left) : undefined
      if (releasing !== undefined) failures.push(...(await releasing))
    }
    return failures
  }

  /** Everything is constructed: the services as the application drives them. */
  finish(assembly: Assembly): ApplicationParts {
    const { services, failures } = assembly
    const runtimes = new Array<ServiceRuntime>(services.length)
    const failed: number[] = []
    for (let n = 0; n < services.length; n++) {
      const service = services[n]!
      const failure = failures.size === 0 ? undefined : failures.get(service)
      if (failure !== undefined) failed.push(n)
      runtimes[n] = failure === undefined ? this.#runtimeFor(service) : this.#unconstructed(service, failure)
    }
    if (this.#brought.size > 0) this.#takeOver(runtimes)
    const nodes = new ServiceNodes(runtimes, assembly.startEdges(), failed)
    this.#runtimes = runtimes
    this.#early.clear()
    return {
      assembly,
      nodes,
      graph: () => graphOf(assembly.services),
      supervisors: groupsOf(assembly, this.#supervisor, this.#app.name)
    }
  }

  appeared(service: AssembledService, object: object): void {
    this.#earlyOf(service).appeared(object)
  }

  #earlyOf(service: AssembledService): EarlyService {
    let early = this.#early.get(service)
    if (early === undefined) this.#early.set(service, (early = new EarlyService()))
    return early
  }

  #driverOf(service: AssembledService): ServiceRuntime {
    // what is lazy is made for one that has been there for long
    return this.#runtimes?.[service.index] ?? this.#earlyOf(service).need(() => this.#newRuntime(service))
  }

  #runtimeFor(service: AssembledService): ServiceRuntime {
    const { instance } = service
    const early = this.#early.get(service)?.made
    // A `ServiceBase` that used its own members while it was constructed brings its runtime along.
    const own = runtimeOf(instance)
    if (own !== undefined && own !== early) {
      if (!own.isAtRest) throw takenError(own, service.name, this.#app.name)
      this.#brought.set(own, service)
      if (early !== undefined) replaceBy(own, early)
      return own
    }
    return own ?? drives(early ?? this.#newRuntime(service), instance)
  }

  /** Merely wanted, and there is nothing that could be started: of its class only the options count. */
  #unconstructed(service: AssembledService, failure: StartError): ServiceRuntime {
    const { name, description } = service
    const { service: options, dependsOn, location } = description
    const runtime = new ServiceRuntime(
      name,
      { ...UNDESCRIBED, service: options, dependsOn, location },
      this.#app.host
    )
    runtime.bind(new Unconstructed(failure))
    const early = this.#early.get(service)?.runtime
    if (early !== undefined) replaceBy(runtime, early)
    return runtime
  }

  /** What was there before: what belongs to a service of this application, such as a supervisor, goes on to. */
  #takeOver(runtimes: readonly ServiceRuntime[]): void {
    const { host, name: application } = this.#app
    const owned = [...this.#brought].filter(([own]) => own.owner !== undefined)
    const here = new Set(owned.length > 0 ? runtimes : [])
    for (const [own, { name }] of owned) if (!here.has(own.top)) throw takenError(own, name, application)
    for (const [own, { name }] of this.#brought) if (own.owner === undefined) own.adopt(host, name)
    // owners first, which name what they own after themselves
    for (const [own, { name }] of owned.toReversed()) own.adopt(host, name, own.owner)
  }

  #newRuntime(service: AssembledService): ServiceRuntime {
    const { name, description } = service
    // most extend nothing, and need no look
    if (description.isDerived) refuseOtherCopy(description.class)
    return new ServiceRuntime(name, description, this.#app.host)
  }
}

/** A runtime that was made for an object that had asked for its context, and has got another one. */
function replaceBy(runtime: ServiceRuntime, early: ServiceRuntime): void {
  early.liveContext.retarget(runtime)
  runtime.inherit(early)
}

/** What runs, or belongs to another service, is not to be taken away from where it is. */
function takenError(own: ServiceRuntime, name: string, application: string): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${name} cannot be a service of ${application}: its object is one already, ${own.path}, which is '${own.state}'`,
    service: name,
    hint: 'give each place an object of its own, by a class or a factory; or stop, or remove, the other one first.'
  })
}
