import {
  createFacade,
  type DependencyContainer,
  type InjectionContext,
  setInjectionContext
} from '../container/index.js'
import { type Class, type DependencyParts, type Token, tokenName } from '../tokens/index.js'
import { argumentsOf, combine, construct, type Injector, setProperties } from './arguments.js'
import type { AssembledService } from './assembled-service.js'
import {
  asyncNotKept,
  disposedError,
  isOwnError,
  lazyNotReady,
  notReady,
  tooDeep
} from './construction-errors.js'
import { createResolver, type Finder, type Maker } from './container-resolver.js'
import { type Frame, mayBeMadeIn, needsOf, type Resolution, targetsOf } from './frame.js'
import { FrameStack } from './frame-stack.js'
import { LazyReference } from './lazy-reference.js'
import { isOverflow, isStackNearlyFull } from './overflow.js'
import { MadeValues, type ServiceTable } from './made-values.js'
import type { Overlay } from './overlay.js'
import type { LinkedDependency, NodeSource, ProviderNode } from './provider-node.js'
import { compileRecipe, type Kitchen, type Recipe } from './recipe.js'
import type { MadeValue } from './release.js'

/** What a {@link Producer} asks of the assembly that it works for. */
export interface ProducerHost extends Finder {
  /** Links what `inject()` asks for; throws when it cannot be had. */
  request(node: ProviderNode, parts: DependencyParts, overlay: Overlay | undefined): LinkedDependency
  /** The way around in which a node needs itself. */
  cycleError(frames: readonly Frame[], node: ProviderNode): Error
  /** Something scoped was asked for where there is no scope. */
  outsideScope(frames: readonly Frame[], node: ProviderNode): Error
  /** A service was asked for, by `asked` if by anything that is being made, that the application was not built with. */
  tooLate(node: ProviderNode, asked: ProviderNode | undefined): Error
  /** The record of a service that is about to be made; of one that a factory made, with its instance. */
  record(node: ProviderNode, instance?: object): AssembledService
  /** A service is there, though its constructor has not returned. */
  appeared(node: ProviderNode, object: object): void
  /** A service has its instance. */
  constructed(node: ProviderNode, instance: object): void
  ambient(token: Token, requester: AssembledService | undefined): unknown
  /** Nothing provides something where this is made. */
  missing(frame: Frame, dependency: LinkedDependency): Error
  /** `inject()` was given what is no dependency. */
  unreadable(node: ProviderNode, given: unknown): Error
  /**
   * A factory is async: it was called, once, and what it gives is to be handed to {@link Producer.settle}.
   *
   * @param given what the factory was called with
   */
  pending(node: ProviderNode, promise: PromiseLike<unknown>, given: readonly unknown[]): void
}

/** What {@link Producer.construct} gives for a value that is still to come. */
export const PENDING: unique symbol = Symbol('pending')

const NOT_YET = Symbol('not yet')

const NO_RECIPE: Recipe = () => undefined
/** Stands for {@link Producer.active}: a recipe is followed, which makes no frames. */
const COOKING = Symbol('cooking')
const NO_VALUES: readonly unknown[] = []
const NO_NODES: readonly ProviderNode[] = []

/** Nobody nests so many constructors by hand; and with fewer the stack is not filled by them. */
const DEEP = 50

// states of shared nodes
const UNMADE = 0
const READY = 1
const WAITING = 2
const FAILED = 3

/** The first thing that a user's constructor or factory threw. */
export interface ConstructionFailure {
  readonly node: ProviderNode
  readonly phase: 'constructor' | 'factory'
  readonly cause: unknown
  /** What was being constructed, the outermost first, `node` last: `inject()` is no edge before its constructor has ended. */
  readonly way?: readonly ProviderNode[]
}

/**
 * Makes values: each after what it declares to need, by a list of frames and not by recursion. Answers `inject()`
 * while a constructor runs; that nests constructors, as it must.
 */
export class Producer implements InjectionContext, Injector, Maker, Kitchen {
  readonly #host: ProducerHost
  readonly #container: DependencyContainer | undefined
  readonly #table: ServiceTable
  /** By index of the node. */
  readonly #states: number[]
  readonly #values: unknown[]
  readonly #frames = new FrameStack()
  readonly #made: MadeValues
  /** Whose constructor runs. */
  #active: Frame | typeof COOKING | undefined
  /** Of the recipe that is followed: whose constructor runs, and where. */
  readonly #cooking: { node: ProviderNode | undefined; overlay: Overlay | undefined } = {
    node: undefined,
    overlay: undefined
  }
  #facade: DependencyContainer | undefined
  #deepest: ProviderNode[] | undefined
  #isBooting = true
  /** Can what is lazy be had? */
  #isLazyReady = false
  #isQuick = false
  #isDisposed = false
  /** The first thing that went wrong in user code while booting, unless it was found that nobody needs it. */
  failure: ConstructionFailure | undefined

  constructor(host: ProducerHost, container: DependencyContainer | undefined, table: ServiceTable) {
    this.#host = host
    this.#container = container
    this.#table = table
    this.#states = new Array<number>(table.nodes.length).fill(UNMADE)
    this.#values = new Array<unknown>(table.nodes.length).fill(undefined)
    this.#made = new MadeValues(table, {
      instances: () => this.#serviceInstances(),
      record: (node, instance) => host.record(node, instance)
    })
  }

  /** Values of factories that are to be released, in the order in which they were made. */
  get made(): readonly MadeValue[] {
    return this.#made.list
  }

  /** Everything has been made: from now on what is asked for is not recorded, and no service can be added. */
  seal(): void {
    this.#isBooting = false
    this.permitLazy()
    this.#made.seal()
    // what tsyringe keeps for the length of a resolve has to know of the whole of it
    this.#isQuick = this.#container === undefined
  }

  /** From now on what is lazy can be had, though not all of it has been made. */
  permitLazy(): void {
    this.#isLazyReady = true
  }

  /** Nothing more can be made. */
  dispose(): Promise<void> | void {
    this.#isDisposed = true
    return this.#facade?.dispose()
  }

  /** The node whose constructor runs, if one does. */
  get active(): ProviderNode | undefined {
    return this.#active === COOKING ? this.#cooking.node : this.#active?.node
  }

  /** Makes what is shared, unless it is there; {@link PENDING} for an async factory that has not settled. */
  construct(node: ProviderNode): unknown {
    if (this.#states[node.index] === WAITING) return PENDING
    return this.#value(node, undefined)
  }

  /** The value of a node. */
  value(node: ProviderNode, overlay: Overlay | undefined): unknown {
    const value = this.#value(node, overlay)
    if (value === PENDING) throw notReady(node, undefined)
    return value
  }

  #value(node: ProviderNode, overlay: Overlay | undefined): unknown {
    return this.#cook(node, overlay) ?? this.take(node, overlay)
  }

  /** Makes what has a recipe; `undefined` for what has none. */
  #cook(node: ProviderNode, overlay: Overlay | undefined): unknown {
    if (overlay !== undefined && overlay.providers.size > 0) return undefined
    const recipe = this.recipeOf(node)
    if (recipe === undefined) return undefined
    if (this.#isDisposed) throw disposedError(node.label)
    if (this.#active === undefined) return this.follow(recipe, overlay)
    // inside a constructor, which goes on afterwards
    const active = this.#active
    const cooking = { ...this.#cooking }
    try {
      return this.follow(recipe, overlay)
    } finally {
      this.#active = active
      Object.assign(this.#cooking, cooking)
    }
  }

  /** How to make a node in short. Once everything is made, and without tsyringe, only. */
  recipeOf(node: ProviderNode): Recipe | undefined {
    if (!this.#isQuick) return undefined
    const recipe = (node.recipe ??= compileRecipe(node, this) ?? NO_RECIPE)
    return recipe === NO_RECIPE ? undefined : recipe
  }

  /** Follows a recipe, while no constructor of ours runs and nothing is disposed. */
  follow(recipe: Recipe, overlay: Overlay | undefined): unknown {
    const before = setInjectionContext(this)
    this.#active = COOKING
    this.#cooking.overlay = overlay
    try {
      return recipe(overlay)
    } finally {
      this.#active = undefined
      this.#cooking.overlay = undefined
      setInjectionContext(before)
    }
  }

  /** For recipes: what is there, and is to stay. */
  ready(node: ProviderNode): unknown {
    return this.#states[node.index] === READY ? this.#values[node.index] : undefined
  }

  /** For recipes: whatever is not plain. */
  take(node: ProviderNode, overlay: Overlay | undefined): unknown {
    const ready = this.#available(node, overlay, undefined, undefined)
    return ready === NOT_YET ? this.#run(node, overlay, undefined, { kept: undefined }) : ready
  }

  /** For recipes: whose constructor runs. */
  enter(node: ProviderNode): void {
    this.#cooking.node = node
  }

  /** The value of an async factory has come. */
  settle(node: ProviderNode, value: unknown, given: readonly unknown[]): void {
    this.#states[node.index] = READY
    this.#values[node.index] = value
    this.#welcome(node, value, given)
  }

  /** A node cannot be made; whoever asks for it fails with the same. */
  reject(node: ProviderNode, error: unknown): void {
    this.#states[node.index] = FAILED
    this.#values[node.index] = error
  }

  hasFailed({ index }: ProviderNode): boolean {
    return this.#states[index] === FAILED
  }

  /** What it was rejected with; undefined when it was not. */
  errorOf(node: ProviderNode): unknown {
    return this.hasFailed(node) ? this.#values[node.index] : undefined
  }

  /** Answers `inject()`. */
  inject(parts: DependencyParts): unknown {
    const frame = this.#active === COOKING ? this.#frameOfRecipe() : this.#active!
    const dependency = this.#host.request(frame.node, parts, frame.overlay)
    frame.injecting = dependency
    let value: unknown
    try {
      value = this.#deliver(dependency, frame)
    } finally {
      frame.injecting = undefined
    }
    const isOfScope = frame.overlay?.providers.has(dependency.token) === true
    if (!isOfScope && !frame.node.injected.includes(dependency)) frame.node.addInjected(dependency)
    return value
  }

  appeared(object: object): void {
    const frame = this.#active === COOKING ? this.#frameOfRecipe() : this.#active
    if (frame === undefined || !mayBeMadeIn(frame, object)) return
    const { node, overlay } = frame
    if (node.isService && node.index >= 0) this.#host.appeared(node, object)
    else if (overlay?.owned === node) overlay.appeared?.(object)
  }

  /** Why `inject()` cannot be answered: what it was given is nothing that could be asked for. */
  refusal(given: unknown): Error {
    return this.#host.unreadable(this.active!, given)
  }

  /** The constructor of a recipe asks for something after all. */
  #frameOfRecipe(): Frame {
    const { node, overlay } = this.#cooking
    return {
      node: node!,
      overlay,
      requester: undefined,
      resolution: {},
      needs: NO_NODES,
      values: [],
      ready: 0,
      injecting: undefined
    }
  }

  /** What a factory of tsyringe is given to resolve from: one for the application, one for each scope. */
  #containerFor(overlay: Overlay | undefined): DependencyContainer {
    const scoped = overlay?.scope === undefined ? undefined : overlay
    const create = (): DependencyContainer =>
      createFacade(this.#container!, createResolver(this, this.#host, scoped))
    if (scoped !== undefined) return (scoped.container ??= create())
    return (this.#facade ??= create())
  }

  /** A value that is there, or can be had without making anything. */
  #available(
    node: ProviderNode,
    overlay: Overlay | undefined,
    requester: AssembledService | undefined,
    resolution: Resolution | undefined
  ): unknown {
    const { source, lifetime } = node
    switch (lifetime) {
      case 'singleton': {
        const { index } = node
        return this.#states[index] === READY ? this.#values[index] : this.#shared(node)
      }
      case 'container':
        return overlay?.scope === undefined ? this.#shared(node) : kept(overlay, node)
      case 'scoped':
        if (overlay === undefined || (overlay.scope === undefined && node.index >= 0)) {
          throw this.#host.outsideScope(this.#frames.list(), node)
        }
        if (overlay.isDisposed) throw disposedError(node.label, 'scope')
        if (source.kind === 'scope') return overlay.scope
        return source.kind === 'value' ? source.value : kept(overlay, node)
      case 'transient':
        return source.kind === 'ambient' ? this.#ambient(source.token, overlay, requester) : NOT_YET
      case 'resolution':
        return resolution?.kept?.has(node) === true ? resolution.kept.get(node) : NOT_YET
    }
  }

  #shared(node: ProviderNode): unknown {
    const { index, source } = node
    const state = this.#states[index]
    if (state === READY) return this.#values[index]
    if (state === WAITING) throw this.#notReady(node, this.#frames.innermost())
    if (state === FAILED) throw this.#values[index]
    if (source.kind !== 'value') return NOT_YET
    this.#states[index] = READY
    this.#values[index] = source.value
    if (node.isService) {
      this.#host.record(node)
      this.#constructed(node, source.value as object)
    }
    return source.value
  }

  #ambient(token: Token, overlay: Overlay | undefined, requester: AssembledService | undefined): unknown {
    return overlay?.ambient?.(token) ?? this.#host.ambient(token, requester)
  }

  #run(
    root: ProviderNode,
    overlay: Overlay | undefined,
    requester: AssembledService | undefined,
    resolution: Resolution
  ): unknown {
    if (this.#isDisposed) throw disposedError(root.label)
    const frames = this.#frames
    const base = frames.depth
    if (base === 0) this.#deepest = undefined
    try {
      let frame = this.#enter(root, overlay, requester, resolution)
      for (;;) {
        const need = frame.needs[frame.ready]
        if (need !== undefined) {
          const ready = this.#available(need, frame.overlay, frame.requester, resolution)
          if (ready === NOT_YET) frame = this.#enter(need, frame.overlay, frame.requester, resolution)
          else frame.values[frame.ready++] = ready
          continue
        }
        const value = this.#make(frame)
        frames.pop()
        if (frames.depth === base) return value
        frame = frames.innermost()!
        frame.values[frame.ready++] = value
      }
    } catch (error) {
      while (frames.depth > base) frames.pop()
      if (base > 0 || this.#deepest === undefined) throw error
      throw tooDeep(this.#deepest)
    }
  }

  #enter(
    node: ProviderNode,
    overlay: Overlay | undefined,
    requester: AssembledService | undefined,
    resolution: Resolution
  ): Frame {
    if (node.isBeingMade) throw this.#host.cycleError(this.#frames.list(), node)
    if (node.isService && !this.#isBooting && node.index >= 0) throw this.#host.tooLate(node, this.active)
    // what is shared by all knows of no scope
    const isShared = isKeptByAll(node, overlay)
    const own = isShared ? undefined : overlay
    const needs = needsOf(node, own)
    const frame: Frame = {
      node,
      overlay: own,
      requester:
        node.isService && node.index >= 0 ? this.#host.record(node) : isShared ? undefined : requester,
      resolution,
      needs,
      // with room for all: one that is pushed to has room for seventeen
      values: new Array<unknown>(needs.length),
      ready: 0,
      injecting: undefined
    }
    this.#frames.push(frame)
    // no call that a full stack could refuse
    node.isBeingMade = true
    return frame
  }

  /** Makes the value of a frame, whose needs are there, and keeps it where it belongs. */
  #make(frame: Frame): unknown {
    const { node, overlay } = frame
    const { source } = node
    let value: unknown
    if (source.kind === 'delayed') return this.#proxy(node.parameters[0], source.delay, overlay)
    if (source.kind === 'class' && source.registration?.held !== undefined) value = source.registration.held
    else value = this.#call(frame, source)
    if (source.kind === 'factory' && isThenable(value)) return this.#await(frame, value)
    if (isKeptByAll(node, overlay)) {
      this.#states[node.index] = READY
      this.#values[node.index] = value
      this.#welcome(node, value, frame.values)
    } else if (node.lifetime === 'scoped' || node.lifetime === 'container') {
      overlay!.keep(node, value, frame.values)
    } else if (node.lifetime === 'resolution') (frame.resolution.kept ??= new Map()).set(node, value)
    else if (source.kind === 'factory') this.#entrust(frame, value)
    return value
  }

  /** A value that is made anew for each that asks ends with what it was made for, if that ends with a scope or with all. */
  #entrust({ node, overlay, values, resolution }: Frame, value: unknown): void {
    const made = { node, value }
    if (!this.#made.isToRelease(made, values)) return
    if (overlay?.isToEnd === true && !overlay.isDisposed) overlay.hold(made)
    else if (resolution.isForAll === true || this.#isForAll()) this.#made.list.push(made)
  }

  /** Is what is being made for something that lives as long as the application? */
  #isForAll(): boolean {
    return this.#frames.list().some(({ node, overlay }) => isKeptByAll(node, overlay))
  }

  /** Runs the user's constructor or factory. */
  #call(frame: Frame, source: NodeSource): unknown {
    const before = setInjectionContext(this)
    const active = this.#active
    this.#active = frame
    try {
      if (source.kind === 'class') {
        const instance = construct(source.class, argumentsOf(frame, this))
        setProperties(instance, frame, this)
        return instance
      }
      if (source.kind === 'factory') return source.spec.factory(...(argumentsOf(frame, this) as never[]))
      if (source.kind === 'container-factory') return source.factory(this.#containerFor(frame.overlay))
      throw new TypeError(`${frame.node.label} cannot be made`)
    } catch (error) {
      if (this.#overflowed(error)) this.#deepest ??= this.#frames.list().map((each) => each.node)
      else if (this.#isBooting)
        this.#fail(frame.node, source.kind === 'class' ? 'constructor' : 'factory', error)
      throw error
    } finally {
      this.#active = active
      setInjectionContext(before)
    }
  }

  /** The value of an `inject()` call. */
  #deliver(dependency: LinkedDependency, frame: Frame): unknown {
    if (dependency.request.lazy) return combine(dependency, frame, NO_VALUES, this)
    const { overlay, requester, resolution } = frame
    const values: unknown[] = []
    // a plain loop: each function more makes the stack hold fewer constructors
    for (const target of targetsOf(dependency, overlay)) {
      const ready = this.#available(target, overlay, requester, resolution)
      values.push(ready === NOT_YET ? this.#run(target, overlay, requester, resolution) : ready)
    }
    return combine(dependency, frame, values, this)
  }

  /** What is injected for a lazy dependency. */
  later(dependency: LinkedDependency, { overlay, requester }: Frame): unknown {
    const { delay } = dependency.request
    if (delay !== undefined) return this.#proxy(dependency, delay, overlay)
    return new LazyReference(this.#late(dependency, overlay, requester))
  }

  /** Nothing provides something where this is made. */
  missing(frame: Frame, dependency: LinkedDependency): Error {
    return this.#host.missing(frame, dependency)
  }

  #proxy(
    dependency: LinkedDependency | undefined,
    delay: { createProxy(create: (target: Class) => unknown): unknown },
    overlay: Overlay | undefined
  ): unknown {
    return delay.createProxy(
      dependency === undefined ? () => undefined : this.#late(dependency, overlay, undefined)
    )
  }

  /** How to have what is lazy, once it is used. */
  #late(
    dependency: LinkedDependency,
    overlay: Overlay | undefined,
    requester: AssembledService | undefined
  ): () => unknown {
    const isForAll = targetsOf(dependency, overlay)[0]?.lifetime === 'transient' && this.#isForAll()
    return () => {
      const target = targetsOf(dependency, overlay)[0]!
      const isThere = target.isShared && this.#states[target.index] === READY
      if (!this.#isLazyReady && !isThere) throw lazyNotReady(tokenName(dependency.token))
      const ready = this.#available(target, overlay, requester, undefined)
      return ready === NOT_YET ? this.#run(target, overlay, requester, { isForAll }) : ready
    }
  }

  /** An async factory: whoever declared it waits, whoever injects it cannot. */
  #await(frame: Frame, promise: PromiseLike<unknown>): unknown {
    const { node } = frame
    if (!node.isShared) {
      promise.then(undefined, () => {})
      throw asyncNotKept(node, frame.overlay)
    }
    this.#states[node.index] = WAITING
    this.#host.pending(node, promise, frame.values)
    if (this.#frames.depth === 1 && this.#isBooting) return PENDING
    throw this.#notReady(node, this.#frames.innermost(1))
  }

  #notReady(node: ProviderNode, asking: Frame | undefined): Error {
    return notReady(node, asking?.node, asking?.injecting)
  }

  /** Takes note of a value that is shared. */
  #welcome(node: ProviderNode, value: unknown, given: readonly unknown[]): void {
    if (node.source.kind === 'factory') this.#made.add(node, node.source.spec, value, given)
    if (node.isService) this.#constructed(node, value as object)
  }

  /** Of the services that are there; values are, though nobody has asked for them yet. */
  *#serviceInstances(): Iterable<[object, ProviderNode]> {
    for (const node of this.#table.nodes) {
      const { isService, index, source } = node
      if (!isService) continue
      if (this.#states[index] === READY) yield [this.#values[index] as object, node]
      else if (source.kind === 'value') yield [source.value as object, node]
    }
  }

  #constructed(node: ProviderNode, instance: object): void {
    this.#made.constructed(instance, node)
    this.#host.constructed(node, instance)
  }

  #fail(node: ProviderNode, phase: ConstructionFailure['phase'], cause: unknown): void {
    if (node.isShared && node.index >= 0) this.reject(node, cause)
    // what is told inside a constructor as our own error is not its failure
    if (isOwnError(cause)) return
    this.failure ??= { node, phase, cause, way: this.#frames.list().map((frame) => frame.node) }
  }

  /** Is it the stack that is full, and not the user's constructor that fails? What it is on the way up is known. */
  #overflowed(error: unknown): boolean {
    if (this.#deepest !== undefined) return true
    return this.#isDeep() && (isOverflow(error) || isStackNearlyFull())
  }

  /** Did `inject()` fill the stack, and not a recursion of the user's own? */
  #isDeep(): boolean {
    let nested = 0
    for (const frame of this.#frames.list()) if (frame.injecting !== undefined) nested++
    return nested > DEEP
  }
}

/** Is it the application's own, and not that of a scope? */
function isKeptByAll({ lifetime }: ProviderNode, overlay: Overlay | undefined): boolean {
  return lifetime === 'singleton' || (lifetime === 'container' && overlay?.scope === undefined)
}

function kept(overlay: Overlay, node: ProviderNode): unknown {
  const { instances } = overlay
  return instances?.has(node) === true ? instances.get(node) : NOT_YET
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false
  try {
    return typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  } catch {
    // a strict fake, or a revoked proxy: it is a value as it stands
    return false
  }
}
