import {
  type Problem,
  refuseUnknownOptions,
  isStartError,
  StartError,
  type StopFailure
} from '../errors/index.js'
import { type ClassDescription, describe, refuse } from '../metadata/index.js'
import { Roster } from '../streams/index.js'
import type { Clock } from '../time/index.js'
import {
  type Class,
  isClass,
  type ModuleClass,
  type Provider,
  type Token,
  tokenName
} from '../tokens/index.js'
import type { AssembledService, ServiceDependency, ServiceRecord } from './assembled-service.js'
import { Boot } from './boot.js'
import type { BuildWatch } from './build-watch.js'
import { cycleProblems, findWarnings, findWarningsOfMade } from './check.js'
import { disposedError, leftOut, tooLate, wiringError } from './construction-errors.js'
import { cycleError, missingNow, outsideScope, unreadable } from './construction-problems.js'
import { Failure } from './failure.js'
import { fillOverlay } from './fill-overlay.js'
import { findAnywhere } from './find-anywhere.js'
import { LateLinker } from './late-linker.js'
import { noClassError } from './no-class.js'
import type { WiringPlan } from './link.js'
import { LivingScope, type ScopeHost } from './living-scope.js'
import type { ModuleNode } from './module-node.js'
import { orderGraph, orderNodes } from './order-nodes.js'
import { giveOut, type ObjectOwner, OwnedObject } from './owned-object.js'
import { Overlay } from './overlay.js'
import { ProblemPaths } from './problem-paths.js'
import { Producer, type ProducerHost } from './producer.js'
import type { ProviderNode } from './provider-node.js'
import type { Recipe } from './recipe.js'
import { hasToRelease, type MadeValue, type Patience, release } from './release.js'
import type { GetOptions, Scope } from './scope.js'
import { ServiceRecords } from './service-records.js'
import { servicesBelow, type ServicesBelow } from './services-below.js'
import { startEdges, type StartEdges } from './start-edges.js'
import { unwrap } from './unwrap.js'

/** What an application supplies to its assembly. */
export interface AssemblyPort {
  /** For the time limits of async factories. */
  readonly clock: Clock
  /**
   * The value of an ambient token. Asked for each that needs it, before its constructor runs.
   *
   * @param requester the service that needs it, or for which something else that needs it is made; `undefined` for
   * what is shared and no service, and outside of every construction
   */
  ambient(token: Token, requester: AssembledService | undefined): unknown
  /**
   * The object of a service is there, though not all is constructed. Told of what factories have made, and, before their
   * constructor has returned, of objects that extend a service.
   */
  appeared?(service: AssembledService, object: object): void
  /** Looks on while factories are awaited, and may end that. */
  readonly watch?: BuildWatch | undefined
  /** Takes errors that come when nobody waits for them any more: of a factory that ran into its time limit. */
  lost?(error: unknown, provider: string): void
  /** Told what could not be made, is no service, and is merely wanted by whatever needs it. */
  doneWithout?(error: StartError, provider: string): void
  /** Told after 5, 15 and 30 s which async factories the construction waits for. */
  slow?(elapsedMs: number, factories: readonly string[]): void
  /** The construction has failed: releases what constructors have taken, before what factories made is disposed of. */
  release?(): Promise<readonly StopFailure[]>
}

/**
 * Constructs everything that a sound plan says: dependencies first, async factories awaited. When that fails, what
 * constructors had taken is released, and what factories had made disposed of, in reverse, before the error comes.
 *
 * @throws StartError when a constructor or factory throws, or takes too long, of what is not merely wanted; `errors`
 *   are those of the release and the disposal
 * @throws WiringError when something is wrong with the edges of `inject()`, seen only now
 * @throws LifecycleError `KEEL_ASYNC_NOT_READY`, `KEEL_CONSTRUCTION_TOO_DEEP`
 * @throws the reason why it was abandoned
 */
export async function assemble(plan: WiringPlan, port: AssemblyPort): Promise<Assembly> {
  const assembly = new Assembly(plan, port)
  try {
    await assembly.construct()
    return assembly
  } catch (error) {
    const { watch } = port
    const released = (await port.release?.()) ?? []
    const failures = [...released, ...(await assembly.dispose(watch?.patience))]
    if (watch?.abandoned?.aborted === true) for (const failure of failures) watch.failed?.(failure)
    if (!isStartError(error) || failures.length === 0) throw error
    const { service, path, phase, cause, location } = error
    throw new StartError({
      service,
      path,
      phase,
      cause,
      location,
      errors: failures.map((each) => each.error)
    })
  }
}

/** Everything that an application consists of, constructed. Nothing of it has been started. */
export class Assembly {
  readonly #plan: WiringPlan
  readonly #port: AssemblyPort
  readonly #linker: LateLinker
  readonly #producer: Producer
  readonly #boot: Boot
  readonly #records: ServiceRecords
  /** Shared values by token: what `get()` looks at first. */
  readonly #ready = new Map<unknown, unknown>()
  /** How to make what is new each time, by token: what `get()` looks at next. Half of 170 ns for a graph of ten. */
  readonly #recipes = new Map<unknown, Recipe>()
  #services: readonly ServiceRecord[] = []
  readonly #failures = new Map<AssembledService, StartError>()
  #isBooting = true
  #isDisposed = false
  #disposing: Promise<StopFailure[]> | undefined
  readonly #scopes: ScopeHost
  readonly #lost = ({ error, service }: StopFailure): void => this.#port.lost?.(error, service)

  constructor(plan: WiringPlan, port: AssemblyPort) {
    const { linker, tree } = plan
    const isDisposed = (): boolean => this.#isDisposed
    this.#scopes = {
      open: new Roster(),
      get isDisposed() {
        return isDisposed()
      }
    }
    this.#plan = plan
    this.#port = port
    this.#records = new ServiceRecords(plan)
    this.#linker = new LateLinker(linker, () => plan.names, {
      found: (fresh) => {
        if (this.#isBooting) this.#boot.add(fresh)
      },
      broken: (fresh, error) => {
        for (const node of fresh) this.#producer.reject(node, error)
        if (this.#isBooting) this.#boot.add(fresh)
      }
    })
    this.#producer = new Producer(this.#host(), tree.options.container, linker.table)
    this.#boot = new Boot(plan, this.#producer, {
      clock: port.clock,
      watch: port.watch,
      tooLate: (made) => void this.#releaseLate(made),
      lost: (error, provider) => port.lost?.(error, provider),
      slow: port.slow?.bind(port)
    })
  }

  /** Every module, those that are imported before those that import them. */
  get modules(): readonly ModuleNode[] {
    return this.#plan.tree.modules
  }

  /** Every service, in start order. */
  get services(): readonly AssembledService[] {
    return this.#services
  }

  /** Services without an instance: what could not be constructed, and is merely wanted, with why. */
  get failures(): ReadonlyMap<AssembledService, StartError> {
    return this.#failures
  }

  /** The services that the `providers` of a module lead to. */
  listedBy(module: ModuleNode): ReadonlySet<AssembledService> {
    return this.#records.listedBy(module)
  }

  /** What does not keep it from running: of the plan, of what only `inject()` has found, and of what factories have made. */
  get warnings(): readonly Problem[] {
    const { linker, order, warnings } = this.#plan
    const { nodes } = linker.table
    const { made } = this.#producer
    if (nodes.length === order.length && made.length === 0) return warnings
    const paths = new ProblemPaths(nodes, () => orderGraph(nodes))
    return [
      ...warnings,
      ...findWarnings({ modules: [], nodes: nodes.slice(order.length), paths }),
      ...findWarningsOfMade(made, paths)
    ]
  }

  /** What orders the start of the services: all edges but the lazy ones. */
  startEdges(): StartEdges {
    return startEdges(this.#services, this.#records)
  }

  /** Which services need which. */
  get edges(): readonly (ServiceDependency & { readonly from: AssembledService })[] {
    return this.#services.flatMap((from) =>
      from.dependencies.map(({ service, kind }) => ({ from, service, kind }))
    )
  }

  /** Constructs everything; see {@link assemble}, which disposes when it fails. To be called once. */
  async construct(): Promise<void> {
    await this.#boot.run()
    for (const [node, error] of this.#boot.failed) this.#noteFailure(node, error)
    this.#services = this.#records.finish(this.#finalOrder())
    this.#plan.linker.lookup.forget()
    this.#producer.seal()
    this.#isBooting = false
  }

  #noteFailure(node: ProviderNode, error: StartError): void {
    const { lookup, table } = this.#plan.linker
    // what its factory was to make can be told by its token only
    const listed = node.isService
      ? undefined
      : node.view.bindings.find((binding) => lookup.knownBinding(binding) === node)
    if (listed !== undefined) table.takeForService(node, listed.token)
    if (node.isService) this.#failures.set(this.#records.of(node), error)
    else this.#port.doneWithout?.(error, node.name)
  }

  /** In place of {@link construct}: makes one thing and what it needs, at once. What is lazy is made when it is used. */
  constructOnly<T>(token: Token<T>): T {
    const value = this.get(token)
    this.#producer.permitLazy()
    return value
  }

  /** Every node, each after what it needs: as planned, unless `inject()` has found more. */
  #finalOrder(): readonly ProviderNode[] {
    const { linker, order: planned } = this.#plan
    const { nodes } = linker.table
    if (nodes.length === planned.length && nodes.every((node) => node.injected.length === 0)) return planned
    const { order, isCyclic } = orderNodes(planned, nodes)
    // @DependsOn and inject() together may close a circle that no constructor has met
    if (isCyclic) throw wiringError(cycleProblems(nodes, orderGraph(nodes)))
    return order
  }

  /**
   * What a token stands for. In a constructor it is a dependency like any other.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN`, `KEEL_AMBIGUOUS_TOKEN`, `KEEL_DISPOSED`
   * @throws WiringError when it is scoped, or is made only now and cannot be
   */
  get<T>(token: Token<T>, options?: GetOptions): T {
    if (options !== undefined) refuseUnknownOptions(options, ['from'], 'get()')
    if (options?.from === undefined) {
      const ready = this.#ready.get(token)
      if (ready !== undefined) return ready as T
      const recipe = this.#recipes.get(token)
      if (recipe !== undefined && this.#producer.active === undefined) {
        return this.#producer.follow(recipe, undefined) as T
      }
    }
    return this.#get(token, options?.from) as T
  }

  /**
   * Constructs a class anew, with its dependencies: from its own providers, then from what the root sees.
   *
   * @param providers visible to this construction only
   * @throws WiringError when something that it needs cannot be had
   */
  create<T>(cls: Class<T>, providers?: readonly Provider[]): T {
    this.#mustLive('create()')
    if (!isClass(cls)) throw noClassError('create()', cls)
    const overlay = this.#overlay(providers)
    const node = this.#linker.loose(cls)
    return giveOut(overlay, () => this.#producer.value(node, overlay) as T, this.#lost)
  }

  /**
   * The same for something that ends by itself: then what factories have made for it alone is released, with the assembly at
   * the latest.
   *
   * @param ambient answers for ambient tokens in place of the application, unless it gives `undefined`
   * @param owner told how it goes
   */
  createOwned(
    cls: Class,
    providers: readonly Provider[],
    ambient: (token: Token) => unknown,
    owner: ObjectOwner = {}
  ): OwnedObject {
    this.#mustLive('create()')
    const overlay = this.#overlay(providers)
    const node = this.#linker.loose(cls)
    overlay.ambient = ambient
    overlay.owned = node
    overlay.appeared = (object) => owner.appeared?.(object)
    const make = (): object => this.#producer.value(node, overlay) as object
    const below = (): ServicesBelow =>
      servicesBelow(node, this.#records, (token) => overlay.providers.has(token))
    return new OwnedObject(overlay, this.#scopes.open, make, below, this.#lost, owner)
  }

  /** Opens a scope. Its own providers go before those of modules, for all that is not a singleton. */
  createScope(providers?: readonly Provider[]): Scope {
    this.#mustLive('createScope()')
    return new LivingScope(this.#overlay(providers), this.#producer, this.#linker, this.#scopes)
  }

  /**
   * Position, in the start order, of the service that a token stands for; `undefined` when it stands for none.
   *
   * @throws LifecycleError `KEEL_AMBIGUOUS_TOKEN` when it stands for different things in different modules
   */
  serviceIndex(token: Token): number | undefined {
    const found = findAnywhere(this.#plan.linker, token)
    if (!(found instanceof Failure)) return this.#records.find(found)?.index
    return found.isAbsence ? undefined : this.#records.find(this.#linker.find(token))?.index
  }

  /** The services that a class says to depend on. */
  servicesOf(dependsOn: ClassDescription['dependsOn']): ServicesBelow {
    const [services, wanted, absent]: [ServiceRecord[], ServiceRecord[], { name: string }[]] = [[], [], []]
    for (const { token: stated, wanted: isWanted } of dependsOn) {
      const token = unwrap(stated)
      const index = token === undefined ? undefined : this.serviceIndex(token)
      if (index !== undefined) (isWanted ? wanted : services).push(this.#services[index]!)
      else if (!isWanted && isClass(token) && describe(token).service !== undefined)
        absent.push({ name: tokenName(token) })
    }
    return { services, wanted, absent }
  }

  /** The token by which a service is to be had: that it is listed under, else its class. */
  tokenOf({ index }: AssembledService): Token {
    const { node, module, description } = this.#services[index]!
    const { lookup } = this.#plan.linker
    const listed = module.bindings.find(
      (binding) => binding.spec.kind !== 'alias' && lookup.binding(binding) === node
    )
    return listed?.token ?? description.class
  }

  /** Whether {@link dispose} has more to do than to forget. */
  get hasToDispose(): boolean {
    return this.#scopes.open.size > 0 || hasToRelease(this.#producer.made)
  }

  /**
   * Disposes of the scopes that are open still, then of what factories have made, last made first. Nothing can be had from the assembly afterwards.
   * Idempotent.
   *
   * @param patience how long each may take; default: any time
   * @returns what failed; it kept nothing else from being disposed of
   */
  dispose(patience?: Patience): Promise<StopFailure[]> {
    return (this.#disposing ??= this.#dispose(patience))
  }

  async #dispose(patience: Patience | undefined): Promise<StopFailure[]> {
    this.#isDisposed = true
    this.#ready.clear()
    this.#recipes.clear()
    const failures: StopFailure[] = []
    for (const scope of this.#scopes.open.all().toReversed())
      failures.push(...(await scope.release(patience)))
    failures.push(...(await release(this.#producer.made, patience)))
    await this.#producer.dispose()
    return failures
  }

  async #releaseLate(made: MadeValue): Promise<void> {
    for (const failure of await release([made])) this.#lost(failure)
  }

  #get(token: Token, from: ModuleClass | undefined): unknown {
    this.#mustLive('get()')
    if (this.#producer.active !== undefined && from === undefined) {
      return this.#producer.inject({ token, optional: false, all: false, lazy: false })
    }
    const node = this.#linker.get(token, from)
    const value = this.#producer.value(node, undefined)
    if (from === undefined) this.#remember(token, node, value)
    return value
  }

  #remember(token: Token, node: ProviderNode, value: unknown): void {
    if (node.isShared) {
      this.#ready.set(token, value)
      return
    }
    const recipe = this.#producer.recipeOf(node)
    if (recipe !== undefined) this.#recipes.set(token, recipe)
  }

  #overlay(providers: readonly Provider[] = []): Overlay {
    if (!Array.isArray(providers)) {
      throw refuse('providers', providers, 'an array')
    }
    const overlay = new Overlay()
    if (providers.length > 0) fillOverlay(overlay, providers, this.#plan.linker, () => this.#linker.check())
    return overlay
  }

  #mustLive(what: string): void {
    if (this.#isDisposed) throw disposedError(what)
  }

  #host(): ProducerHost {
    const { linker, tree } = this.#plan
    const { only } = tree.options
    return {
      request: (node, parts, overlay) => this.#linker.request(node, parts, overlay),
      find: (token) => this.#linker.find(token),
      findAll: (token) => this.#linker.findAll(token),
      has: (token) => this.#linker.has(token),
      cycleError,
      outsideScope,
      unreadable,
      tooLate: (node, asked) => (only === undefined ? tooLate(node) : leftOut(node, asked, only)),
      missing: (frame, dependency) => missingNow(frame, dependency, linker),
      record: (node, instance) => {
        if (instance !== undefined) this.#linker.takeMade(node, linker.table.nameOf(instance) !== undefined)
        const record = this.#records.of(node, instance)
        if (instance !== undefined) this.#port.appeared?.(record, instance)
        return record
      },
      appeared: (node, object) => this.#port.appeared?.(this.#records.of(node), object),
      constructed: (node, instance) => {
        this.#records.of(node).instance = instance
      },
      ambient: (token, requester) => this.#port.ambient(token, requester),
      pending: (node, promise, given) => this.#boot.watch(node, promise, given)
    }
  }
}
