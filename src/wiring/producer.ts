import {
  createFacade,
  type InjectionContext,
  type Resolver,
  setInjectionContext
} from '../container/index.js'
import type { DependencyContainer } from '../container/index.js'
import { describe } from '../metadata/index.js'
import type { Class, DependencyParts, Token } from '../tokens/index.js'
import { tokenName } from '../tokens/index.js'
import type { AssembledService } from './assembled-service.js'
import {
  asyncNotKept,
  disposedError,
  isOverflow,
  isOwnError,
  lazyNotReady,
  notReady,
  tooDeep,
  tooLate
} from './construction-errors.js'
import { type Frame, needsOf, type Resolution, targetsOf } from './frame.js'
import { LazyReference } from './lazy-reference.js'
import type { Overlay } from './overlay.js'
import type { LinkedDependency, NodeSource, ProviderNode } from './provider-node.js'
import type { MadeValue } from './release.js'

/** What a {@link Producer} asks of the assembly that it works for. */
export interface ProducerHost {
  /** Links what `inject()` asks for; throws when it cannot be had. */
  request(node: ProviderNode, parts: DependencyParts, overlay: Overlay | undefined): LinkedDependency
  /** The node that a token stands for outside of any constructor; throws when there is none. */
  find(token: Token): ProviderNode
  /** All that a token stands for. */
  findAll(token: Token): readonly ProviderNode[]
  /** Whether a token stands for something. */
  has(token: Token): boolean
  /** The way around in which a node needs itself. */
  cycleError(frames: readonly Frame[], node: ProviderNode): Error
  /** Something scoped was asked for where there is no scope. */
  outsideScope(frames: readonly Frame[], node: ProviderNode): Error
  /** The record of a service that is about to be made; of one that a factory made, with its instance. */
  record(node: ProviderNode, instance?: object): AssembledService
  /** A service has its instance. */
  constructed(node: ProviderNode, instance: object): void
  ambient(token: Token, requester: AssembledService | undefined): unknown
  /** Why a scope had to provide something: it does not. */
  missing(node: ProviderNode, dependency: LinkedDependency): Error
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

/** Where nothing is kept for the length of a resolve. */
const NOTHING_KEPT: Resolution = {}

/** Nobody nests so many constructors by hand; and with fewer the stack is not filled by them. */
const DEEP = 50

/** Recursion that no stack minds. */
const SHALLOW = 200

// states of shared nodes; nothing at all before
const READY = 1
const WAITING = 2
const FAILED = 3

/** The first thing that a user's constructor or factory threw. */
export interface ConstructionFailure {
  readonly node: ProviderNode
  readonly phase: 'constructor' | 'factory'
  readonly cause: unknown
}

/**
 * Makes values: each after what it declares to need, by a list of frames and not by recursion. Answers `inject()`
 * while a constructor runs; that nests constructors, as it must.
 */
export class Producer implements InjectionContext {
  readonly #host: ProducerHost
  readonly #container: DependencyContainer | undefined
  readonly #isService: (value: unknown) => value is object
  /** By index of the node. */
  readonly #states: number[] = []
  readonly #values: unknown[] = []
  readonly #frames: Frame[] = []
  readonly #constructing = new Set<ProviderNode>()
  /** Instances of services. */
  readonly #services = new Set<object>()
  /** Whose constructor runs. */
  #active: Frame | undefined
  #facade: DependencyContainer | undefined
  #deepest: ProviderNode[] | undefined
  #isBooting = true
  #isQuick = false
  #isDisposed = false
  /** Values of factories, in the order in which they were made. */
  readonly made: MadeValue[] = []
  /** The first thing that went wrong in user code while booting. */
  failure: ConstructionFailure | undefined

  constructor(
    host: ProducerHost,
    container: DependencyContainer | undefined,
    isService: (value: unknown) => value is object
  ) {
    this.#host = host
    this.#container = container
    this.#isService = isService
  }

  /** Everything has been made: from now on what is asked for is not recorded, and no service can be added. */
  seal(): void {
    this.#isBooting = false
    // what tsyringe keeps for the length of a resolve has to know of the whole of it
    this.#isQuick = this.#container === undefined
  }

  /** Nothing more can be made. */
  dispose(): Promise<void> | void {
    this.#isDisposed = true
    return this.#facade?.dispose()
  }

  /** The node whose constructor runs, if one does. */
  get active(): ProviderNode | undefined {
    return this.#active?.node
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
    if (this.#isQuick) return this.#quick(node, overlay, undefined, 0)
    const ready = this.#available(node, overlay, undefined, undefined)
    return ready === NOT_YET ? this.#run(node, overlay, undefined, {}) : ready
  }

  /**
   * The same as {@link #run} for the plain case, a class that is made for each that asks out of what is injected
   * as it is: recursion takes a fraction of the time, and where it would go deep {@link #run} takes over.
   */
  #quick(
    node: ProviderNode,
    overlay: Overlay | undefined,
    requester: AssembledService | undefined,
    depth: number
  ): unknown {
    const ready = this.#available(node, overlay, requester, undefined)
    if (ready !== NOT_YET) return ready
    const { source, lifetime } = node
    const needs = node.needs ?? needsOf(node, undefined)
    const isPlain =
      source.kind === 'class' &&
      node.isSimple &&
      (lifetime === 'transient' || lifetime === 'scoped') &&
      depth < SHALLOW &&
      (overlay === undefined || overlay.providers.size === 0)
    if (!isPlain) return this.#run(node, overlay, requester, {})
    if (this.#isDisposed) throw disposedError('something to be made')
    const values: unknown[] = []
    for (const need of needs) values.push(this.#quick(need, overlay, requester, depth + 1))
    const value = this.#call(
      { node, overlay, requester, resolution: NOTHING_KEPT, needs, values, injecting: undefined },
      source
    )
    if (lifetime === 'scoped') overlay!.keep(node, value)
    return value
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

  /** Answers `inject()`. */
  inject(parts: DependencyParts): unknown {
    const frame = this.#active!
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

  /** What a factory of tsyringe is given to resolve from. */
  container(overlay: Overlay | undefined): DependencyContainer {
    if (overlay?.scope !== undefined) {
      return (overlay.container ??= createFacade(this.#container!, this.#resolver(overlay)))
    }
    return (this.#facade ??= createFacade(this.#container!, this.#resolver(undefined)))
  }

  #resolver(overlay: Overlay | undefined): Resolver {
    return {
      resolve: (token, optional) => {
        if (this.#active !== undefined) return this.inject({ token, all: false, optional, lazy: false })
        if (optional && !this.#host.has(token)) return undefined
        return this.value(this.#host.find(token), overlay)
      },
      resolveAll: (token, optional) =>
        this.#active === undefined
          ? this.#host.findAll(token).map((node) => this.value(node, overlay))
          : (this.inject({ token, all: true, optional, lazy: false }) as unknown[]),
      has: (token) => this.#host.has(token)
    }
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
      case 'singleton':
        return this.#shared(node)
      case 'container':
        return overlay?.scope === undefined ? this.#shared(node) : kept(overlay, node)
      case 'scoped':
        if (overlay === undefined || (overlay.scope === undefined && node.index >= 0)) {
          throw this.#host.outsideScope(this.#frames, node)
        }
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
    switch (this.#states[index]) {
      case READY:
        return this.#values[index]
      case WAITING:
        throw notReady(node, this.#frames.at(-1)?.node)
      case FAILED:
        throw this.#values[index]
      default:
        if (source.kind !== 'value') return NOT_YET
        this.#states[index] = READY
        this.#values[index] = source.value
        if (node.isService) {
          this.#host.record(node)
          this.#constructed(node, source.value as object)
        }
        return source.value
    }
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
    if (this.#isDisposed) throw disposedError('something to be made')
    const frames = this.#frames
    const base = frames.length
    if (base === 0) this.#deepest = undefined
    try {
      let frame = this.#enter(root, overlay, requester, resolution)
      for (;;) {
        const need = frame.needs[frame.values.length]
        if (need !== undefined) {
          const ready = this.#available(need, frame.overlay, frame.requester, resolution)
          if (ready === NOT_YET) frame = this.#enter(need, frame.overlay, frame.requester, resolution)
          else frame.values.push(ready)
          continue
        }
        const value = this.#make(frame)
        frames.pop()
        this.#constructing.delete(frame.node)
        if (frames.length === base) return value
        frame = frames[frames.length - 1]!
        frame.values.push(value)
      }
    } catch (error) {
      for (const frame of frames.splice(base)) this.#constructing.delete(frame.node)
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
    if (this.#constructing.has(node)) throw this.#host.cycleError(this.#frames, node)
    if (node.isService && !this.#isBooting && node.index >= 0) throw tooLate(node)
    // what is shared by all knows of no scope
    const isShared = isKeptByAll(node, overlay)
    const own = isShared ? undefined : overlay
    const frame: Frame = {
      node,
      overlay: own,
      requester:
        node.isService && node.index >= 0 ? this.#host.record(node) : isShared ? undefined : requester,
      resolution,
      needs: needsOf(node, own),
      values: [],
      injecting: undefined
    }
    this.#constructing.add(node)
    this.#frames.push(frame)
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
      overlay!.keep(node, value)
    } else if (node.lifetime === 'resolution') (frame.resolution.kept ??= new Map()).set(node, value)
    return value
  }

  /** Runs the user's constructor or factory. */
  #call(frame: Frame, source: NodeSource): unknown {
    const before = setInjectionContext(this)
    const active = this.#active
    this.#active = frame
    try {
      if (source.kind === 'class') return this.#construct(frame, source.class)
      if (source.kind === 'factory') return source.spec.factory(...(this.#arguments(frame) as never[]))
      if (source.kind === 'container-factory') return source.factory(this.container(frame.overlay))
      throw new TypeError(`${frame.node.label} cannot be made`)
    } catch (error) {
      if (isOverflow(error) && this.#isDeep()) this.#deepest ??= this.#frames.map((each) => each.node)
      else if (this.#isBooting)
        this.#fail(frame.node, source.kind === 'class' ? 'constructor' : 'factory', error)
      throw error
    } finally {
      this.#active = active
      setInjectionContext(before)
    }
  }

  #construct(frame: Frame, cls: Class): unknown {
    const { properties, parameters } = frame.node
    const values = this.#arguments(frame)
    const instance = construct(cls, values)
    if (properties.length > 0) {
      let at = parameters.reduce((sum, dependency) => sum + this.#width(dependency, frame), 0)
      for (const dependency of properties) {
        const { property } = dependency.request
        const value = this.#assembleOne(dependency, frame, at)
        at += this.#width(dependency, frame)
        if (property !== undefined) (instance as Record<string | symbol, unknown>)[property] = value
      }
    }
    return instance
  }

  /** Constructor arguments, out of the values that were had for them. */
  #arguments(frame: Frame): unknown[] {
    const { parameters } = frame.node
    if (parameters.length === 0) return []
    if (frame.needs === frame.node.needs && frame.node.isSimple) return frame.values
    const values: unknown[] = []
    let at = 0
    for (const dependency of parameters) {
      values.push(this.#assembleOne(dependency, frame, at))
      at += this.#width(dependency, frame)
    }
    return values
  }

  /** How many of the values a dependency has to itself. */
  #width(dependency: LinkedDependency, { overlay }: Frame): number {
    const values = dependency.request.lazy ? 0 : targetsOf(dependency, overlay).length
    return values + (dependency.transform === undefined ? 0 : 1)
  }

  #assembleOne(dependency: LinkedDependency, frame: Frame, at: number): unknown {
    const { request, transform } = dependency
    const targets = targetsOf(dependency, frame.overlay)
    const end = at + (request.lazy ? 0 : targets.length)
    const value = this.#combine(dependency, frame, frame.values.slice(at, end))
    if (transform === undefined) return value
    const transformer = frame.values[end] as {
      transform(value: unknown, ...args: readonly unknown[]): unknown
    }
    return transformer.transform(value, ...transform.args)
  }

  #combine(dependency: LinkedDependency, frame: Frame, values: readonly unknown[]): unknown {
    const { request } = dependency
    const targets = targetsOf(dependency, frame.overlay)
    if (request.lazy)
      return targets.length === 0 ? this.#absent(dependency, frame) : this.#later(dependency, frame)
    if (request.all) return values
    return targets.length === 0 ? this.#absent(dependency, frame) : values[0]
  }

  #absent(dependency: LinkedDependency, frame: Frame): undefined {
    // a scope was to provide it, and does not
    if (!dependency.request.optional) throw this.#host.missing(frame.node, dependency)
    return undefined
  }

  /** The value of an `inject()` call. */
  #deliver(dependency: LinkedDependency, frame: Frame): unknown {
    if (dependency.request.lazy) return this.#combine(dependency, frame, [])
    const values = targetsOf(dependency, frame.overlay).map((target) => {
      const ready = this.#available(target, frame.overlay, frame.requester, frame.resolution)
      return ready === NOT_YET ? this.#run(target, frame.overlay, frame.requester, frame.resolution) : ready
    })
    return this.#combine(dependency, frame, values)
  }

  #later(dependency: LinkedDependency, { overlay, requester }: Frame): unknown {
    const { delay } = dependency.request
    if (delay !== undefined) return this.#proxy(dependency, delay, overlay)
    return new LazyReference(() => this.#late(dependency, overlay, requester))
  }

  #proxy(
    dependency: LinkedDependency | undefined,
    delay: { createProxy(create: (target: Class) => unknown): unknown },
    overlay: Overlay | undefined
  ): unknown {
    return delay.createProxy(() =>
      dependency === undefined ? undefined : this.#late(dependency, overlay, undefined)
    )
  }

  #late(
    dependency: LinkedDependency,
    overlay: Overlay | undefined,
    requester: AssembledService | undefined
  ): unknown {
    const target = targetsOf(dependency, overlay)[0]!
    const isThere = target.isShared && this.#states[target.index] === READY
    if (this.#isBooting && !isThere) throw lazyNotReady(tokenName(dependency.token))
    const ready = this.#available(target, overlay, requester, undefined)
    return ready === NOT_YET ? this.#run(target, overlay, requester, {}) : ready
  }

  /** An async factory: whoever declared it waits, whoever injects it cannot. */
  #await(frame: Frame, promise: PromiseLike<unknown>): unknown {
    const { node } = frame
    if (!node.isShared) {
      promise.then(undefined, () => {})
      throw asyncNotKept(node)
    }
    this.#states[node.index] = WAITING
    this.#host.pending(node, promise, frame.values)
    if (this.#frames.length === 1 && this.#isBooting) return PENDING
    throw notReady(node, this.#frames.at(-2)?.node)
  }

  /** Takes note of a value that is shared. */
  #welcome(node: ProviderNode, value: unknown, given: readonly unknown[]): void {
    const isFactory = node.source.kind === 'factory'
    // what a factory was given it has not made, and nor is it to be disposed of, or to be a service twice
    const isMade = isFactory && !given.includes(value)
    if (isMade && this.#isBooting && this.#isService(value) && !this.#services.has(value)) {
      node.description = describe(value.constructor as Class)
      node.isService = true
      this.#host.record(node, value)
    } else if (isMade) this.made.push({ node, value })
    if (node.isService) this.#constructed(node, value as object)
  }

  #constructed(node: ProviderNode, instance: object): void {
    this.#services.add(instance)
    this.#host.constructed(node, instance)
  }

  #fail(node: ProviderNode, phase: ConstructionFailure['phase'], cause: unknown): void {
    if (node.isShared && node.index >= 0) this.reject(node, cause)
    // what is told inside a constructor as our own error is not its failure
    if (!isOwnError(cause)) this.failure ??= { node, phase, cause }
  }

  /** Did `inject()` fill the stack, and not a recursion of the user's own? */
  #isDeep(): boolean {
    if (this.#deepest !== undefined) return true
    let nested = 0
    for (const frame of this.#frames) if (frame.injecting !== undefined) nested++
    return nested > DEEP
  }
}

/** Spreading costs more than most constructors. */
function construct(cls: Class, values: readonly unknown[]): object {
  const Made = cls as new (...values: unknown[]) => object
  switch (values.length) {
    case 0:
      return new Made()
    case 1:
      return new Made(values[0])
    case 2:
      return new Made(values[0], values[1])
    case 3:
      return new Made(values[0], values[1], values[2])
    default:
      return new Made(...values)
  }
}

/** Is it the application's own, and not that of a scope? */
function isKeptByAll({ lifetime }: ProviderNode, overlay: Overlay | undefined): boolean {
  return lifetime === 'singleton' || (lifetime === 'container' && overlay?.scope === undefined)
}

function kept(overlay: Overlay, node: ProviderNode): unknown {
  return overlay.instances.has(node) ? overlay.instances.get(node) : NOT_YET
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  )
}
