import { isExit, isKeelsonError, LifecycleError, StartError } from '../errors/index.js'
import { type Digraph, pathFromRoot } from '../graph/index.js'
import { type Clock, formatDuration, type TimerHandle, setLimit } from '../time/index.js'
import { whileItTakesLong } from '../waits/index.js'
import type { BuildWatch } from './build-watch.js'
import { cycleProblems } from './check.js'
import { isOwnError, wiringError } from './construction-errors.js'
import { ConstructionQueue } from './construction-queue.js'
import { areDispensable } from './dispensable.js'
import type { WiringPlan } from './link.js'
import { orderGraph } from './order-nodes.js'
import { type ConstructionFailure, PENDING, type Producer } from './producer.js'
import type { ProviderNode } from './provider-node.js'
import { isToRelease, type MadeValue } from './release.js'

/** What a boot needs from its surroundings. */
export interface BootPort {
  readonly clock: Clock
  readonly watch?: BuildWatch | undefined
  /** The value of a factory has come when nobody waits any more. */
  tooLate(made: MadeValue): void
  /** An error that nobody waits for any more. */
  lost(error: unknown, provider: string): void
  /** It takes long: tells which async factories it waits for. */
  readonly slow: ((elapsedMs: number, factories: readonly string[]) => void) | undefined
}

/**
 * Makes everything that is shared, dependencies first. Factories that something declares come ahead, with what they
 * need; those that are async and do not need each other run at the same time. Whatever declares one waits for it, and
 * so does every other class, since its `inject()` may lead to one that waits. A factory that nobody declares keeps
 * nobody waiting.
 */
export class Boot {
  /** Grows as `inject()` finds more. */
  readonly #nodes: readonly ProviderNode[]
  readonly #producer: Producer
  readonly #port: BootPort
  /** Until everything is made. */
  #queue: ConstructionQueue | undefined
  /** Async factories under way. */
  readonly #pending = new Map<ProviderNode, TimerHandle>()
  /** Those of them that something declares. */
  readonly #awaited = new Set<ProviderNode>()
  #failed: Map<ProviderNode, StartError> | undefined
  /** Factories that something declares, and all that these need. */
  readonly #ahead: ReadonlySet<ProviderNode>
  #error: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined
  /** Has everything been made? What is asked for later nobody waits for. */
  #isOver = false

  constructor({ linker, order, graph }: WiringPlan, producer: Producer, port: BootPort) {
    this.#nodes = linker.table.nodes
    this.#ahead = declaredFactories(order, graph)
    this.#queue = new ConstructionQueue(inFront(this.#ahead, order), graph)
    this.#producer = producer
    this.#port = port
  }

  /** What could not be made, and can be done without. */
  get failed(): Iterable<[ProviderNode, StartError]> {
    return this.#failed ?? []
  }

  /** Adds nodes to make, found on the way. */
  add(nodes: readonly ProviderNode[]): void {
    this.#queue?.add(nodes)
  }

  /** An async factory has been called, by whoever needed it first. */
  watch(node: ProviderNode, promise: PromiseLike<unknown>, given: readonly unknown[]): void {
    const limit = node.source.kind === 'factory' ? node.source.spec.startTimeout : Infinity
    const over = this.#port.watch?.awaits?.({ service: node.name, phase: 'factory' })
    const expire = (): void => {
      over?.()
      this.#expire(node, limit)
    }
    const timer = limit === Infinity ? undefined : setLimit(this.#port.clock, expire, limit)
    this.#pending.set(node, timer)
    if (this.#queue?.isNeeded(node) === true) this.#awaited.add(node)
    const settled = (take: () => void, tooLate: () => void): void => {
      this.#port.clock.clearTimeout(timer)
      over?.()
      const isInTime = this.#pending.delete(node)
      this.#awaited.delete(node)
      if (isInTime && this.#error === undefined) take()
      else tooLate()
      this.#wake?.()
    }
    promise.then(
      (value) =>
        settled(
          () => {
            try {
              this.#producer.settle(node, value, given)
              this.#queue?.settle(node)
            } catch (error) {
              // it is a service, whose class depends on what there is not
              this.#error ??= { error }
            }
          },
          () => {
            if (isToRelease({ node, value }, given)) this.#port.tooLate({ node, value })
          }
        ),
      (cause: unknown) =>
        settled(
          () => {
            this.#producer.reject(node, cause)
            if (this.#isOver) this.#port.lost(cause, node.name)
            else this.#factoryFailed(node, cause)
          },
          () => this.#port.lost(cause, node.name)
        )
    )
  }

  /**
   * Makes everything.
   *
   * @throws StartError when a constructor or factory fails, or takes too long
   * @throws WiringError, LifecycleError for what is wrong with the edges of `inject()`
   * @throws the reason why it was abandoned
   */
  async run(): Promise<void> {
    const { signal, abandoned } = this.#port.watch ?? {}
    const giveUp = (): void => {
      const reason: unknown = signal?.reason
      const [node] = this.#pending.keys()
      // when time is up, it is up for what is awaited
      if (node !== undefined && isKeelsonError(reason, 'KEEL_START_TIMEOUT')) {
        this.#fail({ node, phase: 'factory', cause: reason })
      } else this.#error ??= { error: reason }
      this.#wake?.()
    }
    signal?.addEventListener('abort', giveUp)
    if (signal?.aborted === true) giveUp()
    const { slow } = this.#port
    const factories = (): string[] => [...this.#pending.keys()].map(({ name }) => name)
    const patient = slow && whileItTakesLong(this.#port.clock, (elapsedMs) => slow(elapsedMs, factories()))
    try {
      await this.#makeAll()
    } finally {
      signal?.removeEventListener('abort', giveUp)
      patient?.()
      for (const timer of this.#pending.values()) this.#port.clock.clearTimeout(timer)
    }
    if (this.#error !== undefined) throw this.#error.error
    abandoned?.throwIfAborted()
    // what failed and was caught by the constructor that asked for it has failed all the same
    if (this.#producer.failure !== undefined) throw this.#startError(this.#producer.failure)
    this.#isOver = true
    const { isDone } = this.#queue!
    this.#queue = undefined
    if (!isDone) throw wiringError(cycleProblems(this.#nodes, orderGraph(this.#nodes)))
  }

  async #makeAll(): Promise<void> {
    while (this.#error === undefined) {
      const node = this.#isAbandoned
        ? undefined
        : this.#queue?.next(this.#awaited.size === 0 ? undefined : this.#holds)
      if (node !== undefined) this.#make(node)
      else if (this.#pending.size === 0) return
      else {
        await new Promise<void>((resolve) => (this.#wake = resolve))
        this.#wake = undefined
      }
    }
  }

  /** A class is held back while something waits for a factory, unless a factory waits for it. */
  readonly #holds = (node: ProviderNode): boolean => node.source.kind === 'class' && !this.#ahead.has(node)

  #make(node: ProviderNode): void {
    let thrown: { readonly error: unknown } | undefined
    try {
      if (node.isShared && this.#failed?.has(node) !== true && this.#producer.construct(node) === PENDING)
        return
    } catch (error) {
      thrown = { error }
    }
    const { failure } = this.#producer
    if (thrown !== undefined && failure === undefined && isOwnError(thrown.error)) {
      this.#error ??= thrown
      return
    }
    if (thrown !== undefined || failure !== undefined)
      this.#madeInVain(node, thrown, failure ?? { node, phase: phaseOf(node), cause: thrown?.error })
    this.#queue?.settle(node)
  }

  /**
   * Something has failed while a node was made: that itself, or what its constructor has asked for.
   *
   * @param thrown by the node itself; what it has caught is no failure of its own
   */
  #madeInVain(
    node: ProviderNode,
    thrown: { readonly error: unknown } | undefined,
    failure: ConstructionFailure
  ): void {
    const { way = [node] } = failure
    const within = way.filter((one) => one !== failure.node && one !== node && this.#producer.hasFailed(one))
    const above = thrown === undefined || node === failure.node ? within : [node, ...within]
    // whoever has caught it does without
    const asking = thrown === undefined ? [] : way
    if (isExit(failure.cause) || !areDispensable([...above, failure.node], this.#nodes, asking)) {
      this.#fail(failure)
      return
    }
    this.#producer.failure = undefined
    this.#doWithout(failure)
    // from the inside out: each failed since the one within it did
    for (const one of above.toReversed())
      this.#doWithout({ node: one, phase: phaseOf(one), cause: this.#producer.errorOf(one) ?? thrown?.error })
  }

  /** Whoever asks for it later fails with why. */
  #doWithout(failure: ConstructionFailure): void {
    const error = this.#startError(failure)
    ;(this.#failed ??= new Map()).set(failure.node, error)
    this.#producer.reject(failure.node, error)
  }

  #expire(node: ProviderNode, limit: number): void {
    this.#pending.delete(node)
    this.#awaited.delete(node)
    if (this.#isOver) return
    const cause = new LifecycleError('KEEL_START_TIMEOUT', {
      message: `the factory of ${node.label} did not settle within ${formatDuration(limit)}`,
      service: node.name
    })
    this.#factoryFailed(node, cause)
    this.#wake?.()
  }

  /** No more is begun; what is under way is awaited. */
  get #isAbandoned(): boolean {
    return this.#port.watch?.abandoned?.aborted === true
  }

  #factoryFailed(node: ProviderNode, cause: unknown): void {
    const failure = { node, phase: 'factory', cause } as const
    if (this.#isAbandoned) this.#port.watch?.failed?.({ service: node.name, phase: 'factory', error: cause })
    else if (this.#error === undefined && !isExit(cause) && areDispensable([node], this.#nodes, [])) {
      this.#doWithout(failure)
      this.#queue?.settle(node)
    } else this.#fail(failure)
  }

  #fail(failure: ConstructionFailure): void {
    this.#error ??= { error: this.#blame(failure) }
  }

  /** Where something that was done without before turns out to be needed, that is to blame. */
  #blame(failure: ConstructionFailure): StartError {
    const error = this.#startError(failure)
    for (const [, known] of this.failed) {
      if (known !== failure.cause) continue
      const { service, phase, cause, location } = known
      return new StartError({ service, path: [...error.path, service], phase, cause, location })
    }
    return error
  }

  #startError({ node, phase, cause, way = [] }: ConstructionFailure): StartError {
    const [outermost = node, ...within] = way.at(-1) === node ? way : [node]
    const above = pathFromRoot(orderGraph(this.#nodes), outermost.index).map((index) => this.#nodes[index]!)
    const path = [...above, ...within].map(({ name }) => name)
    // a factory has no place but that of its module
    const location = node.location ?? node.view.location
    return new StartError({ service: node.name, path, phase, cause, location })
  }
}

function phaseOf({ source }: ProviderNode): ConstructionFailure['phase'] {
  return source.kind === 'class' ? 'constructor' : 'factory'
}

function declaredFactories(order: readonly ProviderNode[], graph: Digraph): ReadonlySet<ProviderNode> {
  const { offsets } = graph.dependants
  const left = order.filter(
    ({ source, index }) => source.kind === 'factory' && offsets[index + 1]! > offsets[index]!
  )
  const found = new Set(left)
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    for (const need of node.predecessors()) {
      if (found.has(need)) continue
      found.add(need)
      left.push(need)
    }
  }
  return found
}

function inFront(some: ReadonlySet<ProviderNode>, all: readonly ProviderNode[]): readonly ProviderNode[] {
  if (some.size === 0) return all
  return [...all.filter((node) => some.has(node)), ...all.filter((node) => !some.has(node))]
}
