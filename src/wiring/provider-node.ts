import type { Registration } from '../container/index.js'
import type { EdgeKind } from '../graph/index.js'
import type { ClassDescription, DelayedClass } from '../metadata/index.js'
import type { Class, Lifetime, Token } from '../tokens/index.js'
import type { Failure } from './failure.js'
import type { Recipe } from './recipe.js'
import { fitted } from './fitted.js'
import type { FactorySpec, ModuleNode } from './module-node.js'

/** What a node's value comes from. */
export type NodeSource =
  /** A description serves as it is. */
  | {
      readonly kind: 'class'
      readonly class: Class
      /** Where a tsyringe container may hold the instance already. */
      readonly registration?: Registration | undefined
    }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'factory'; readonly spec: FactorySpec }
  /** A factory registered with tsyringe, which asks a container for what it needs. */
  | { readonly kind: 'container-factory'; readonly factory: (container: unknown) => unknown }
  /** What tsyringe's `delay()` makes. */
  | { readonly kind: 'delayed'; readonly delay: DelayedClass }
  /** Supplied by the application for each that asks. */
  | { readonly kind: 'ambient'; readonly token: Token }
  /** The scope itself. */
  | { readonly kind: 'scope' }

/**
 * How long an instance is kept. The last two come with tsyringe: one per application and one per scope; one for
 * all that a single construction makes.
 */
export type NodeLifetime = Lifetime | 'container' | 'resolution'

/** What is asked for: what a class states, or what somebody asks for in the same form. */
export interface DependencyRequest {
  readonly token: Token | (() => Token)
  readonly optional: boolean
  readonly all: boolean
  readonly lazy: boolean
  /** Of a parameter, of a class or a factory. */
  readonly index?: number
  readonly property?: string | symbol
  readonly parameterName?: string | undefined
  readonly delay?: DelayedClass | undefined
}

/** One dependency as it is stated. */
export interface StatedDependency {
  readonly request: DependencyRequest
  readonly kind: EdgeKind
  /** Where it is stated; `value`: nowhere, a factory has handed it out. */
  readonly at: 'class' | 'factory' | 'inject' | 'depends-on' | 'value'
}

/** One dependency, linked to what it leads to. */
export interface LinkedDependency extends StatedDependency {
  readonly token: Token
  /** One, or for `all` any number; none when it is absent. */
  targets: readonly ProviderNode[]
  /** Why there is none: it may be absent, or a scope is to provide it. */
  failure: Failure | undefined
  /** What turns the value into what is injected: tsyringe's `Transform`. */
  readonly transform: { readonly by: ProviderNode; readonly args: readonly unknown[] } | undefined
}

/** An injection of one value as it is, as nearly all are: half the size of others. */
export class PlainLink implements LinkedDependency {
  readonly request: DependencyRequest
  declare readonly kind: 'inject'
  declare readonly at: 'class'
  declare readonly failure: undefined
  declare readonly transform: undefined
  readonly targets: readonly ProviderNode[]

  static {
    Object.assign(this.prototype, { kind: 'inject', at: 'class', failure: undefined, transform: undefined })
  }

  constructor(request: DependencyRequest, target: ProviderNode) {
    this.request = request
    this.targets = target.alone
  }

  get token(): Token {
    return this.request.token as Token
  }
}

/** What most nodes have nothing of, and go without: a third of what a node takes. */
class Links {
  parameters: readonly LinkedDependency[] | undefined
  properties: readonly LinkedDependency[] = NONE
  awaited: readonly LinkedDependency[] = NONE
  injected: readonly LinkedDependency[] = NONE
  predecessors: readonly ProviderNode[] | undefined
  alone: readonly [ProviderNode] | undefined
  needs: readonly ProviderNode[] | undefined
  isSimple = false
  recipe: Recipe | undefined

  /** Are there none but those of the constructor? */
  get isEmpty(): boolean {
    return this.properties.length + this.awaited.length + this.injected.length === 0
  }
}

/** One thing that can be handed out: a class, a value or a factory, wherever and under how many tokens it is listed. */
export class ProviderNode {
  /** Position in the list of nodes; -1 for one that only a scope or a single construction knows. */
  index = -1
  declare readonly source: NodeSource
  declare readonly lifetime: NodeLifetime
  /** Of a class, or of the class of an instance. */
  declare description: ClassDescription | undefined
  /** The modules that list it; the root for what nobody lists. */
  declare readonly homes: readonly [ModuleNode, ...ModuleNode[]]
  /** Has it a lifecycle of its own? Of what a factory makes it is known when it is made. */
  declare isService: boolean
  /** The name that the user gave it. */
  declare readonly givenName: string | undefined
  /** For messages: the class, or the token. */
  declare readonly label: string
  /** Name among services, once they are named; the label for all others. */
  declare name: string
  /** Is its constructor or factory under way? Kept by whoever makes it. */
  isBeingMade = false
  /** What its constructor is given, in order, where that is plain. */
  #plain: readonly ProviderNode[] | undefined
  #links: Links | undefined

  constructor(details: {
    readonly source: NodeSource
    readonly lifetime: NodeLifetime
    readonly label: string
    readonly homes: readonly [ModuleNode, ...ModuleNode[]]
    readonly description?: ClassDescription | undefined
    readonly isService?: boolean
    readonly givenName?: string | undefined
  }) {
    this.source = details.source
    this.lifetime = details.lifetime
    this.label = details.label
    this.name = details.label
    this.homes = details.homes
    this.description = details.description
    this.isService = details.isService ?? false
    this.givenName = details.givenName
  }

  get #own(): Links {
    return (this.#links ??= new Links())
  }

  /** This node as the only target of a dependency; always the same list. */
  get alone(): readonly [ProviderNode] {
    return (this.#own.alone ??= [this])
  }

  /** Constructor arguments, or those of the factory, in order. */
  get parameters(): readonly LinkedDependency[] {
    const known = this.#links?.parameters
    if (known !== undefined) return known
    if (this.#plain === undefined || this.#plain.length === 0) return NONE
    return (this.#own.parameters = this.#plainLinks(this.#plain))
  }

  set parameters(parameters: readonly LinkedDependency[]) {
    this.#own.parameters = parameters
  }

  get properties(): readonly LinkedDependency[] {
    return this.#links?.properties ?? NONE
  }

  set properties(properties: readonly LinkedDependency[]) {
    this.#own.properties = properties
  }

  /** Order only: `@DependsOn`. */
  get awaited(): readonly LinkedDependency[] {
    return this.#links?.awaited ?? NONE
  }

  set awaited(awaited: readonly LinkedDependency[]) {
    this.#own.awaited = awaited
  }

  /** Found while constructing. */
  get injected(): readonly LinkedDependency[] {
    return this.#links?.injected ?? NONE
  }

  /** Its constructor is given these as they are; {@link parameters} says the same at length, once that is asked for. */
  takePlain(targets: readonly ProviderNode[]): void {
    this.#plain = targets
  }

  /** All that it leads to, where that is what its constructor is given as it is; else {@link dependencies} says it. */
  get plain(): readonly ProviderNode[] | undefined {
    return this.#links === undefined || this.#links.isEmpty ? this.#plain : undefined
  }

  /** What has to be there before it is made; kept by whoever makes it, but where that is {@link plain}. */
  get needs(): readonly ProviderNode[] | undefined {
    return this.#links === undefined ? this.#plain : (this.plain ?? this.#links.needs)
  }

  set needs(needs: readonly ProviderNode[]) {
    this.#own.needs = needs
  }

  /** Are the values of {@link needs} its arguments as they are? Kept by whoever makes it. */
  get isSimple(): boolean {
    return this.plain !== undefined || this.#links?.isSimple === true
  }

  set isSimple(isSimple: boolean) {
    this.#own.isSimple = isSimple
  }

  /** How to make it in short, once that was asked for; kept by whoever makes it. */
  get recipe(): Recipe | undefined {
    return this.#links?.recipe
  }

  set recipe(recipe: Recipe) {
    this.#own.recipe = recipe
  }

  /** In whose view its dependencies are looked up. */
  get view(): ModuleNode {
    return this.homes[0]
  }

  /** The module that tells it from others of its name; a root made up for services tells nothing. */
  get module(): string | undefined {
    const { view } = this
    return view.class === undefined ? undefined : view.name
  }

  /** `file:line`, where it has one. */
  get location(): string | undefined {
    return this.description?.location
  }

  /** Is there at most one per application, made when the application is? */
  get isShared(): boolean {
    return this.lifetime === 'singleton' || this.lifetime === 'container'
  }

  /** All that it leads to, in the order in which it is stated. */
  dependencies(): readonly LinkedDependency[] {
    const { parameters, properties, awaited, injected } = this
    // most nodes have parameters only
    return properties.length + awaited.length + injected.length === 0
      ? parameters
      : [...parameters, ...properties, ...awaited, ...injected]
  }

  /** What it must be made after. Not to be asked for before it is linked. */
  predecessors(): readonly ProviderNode[] {
    if (this.#links === undefined && this.#plain !== undefined) return this.#plain
    return this.plain ?? (this.#own.predecessors ??= this.#findPredecessors())
  }

  /** Takes in a dependency that was found while constructing. */
  addInjected(dependency: LinkedDependency): void {
    this.#own.injected = [...this.injected, dependency]
    this.#own.predecessors = undefined
  }

  #plainLinks(targets: readonly ProviderNode[]): readonly LinkedDependency[] {
    const facts = this.description!.constructorDependencies
    return targets.map((target, index) => new PlainLink(facts[index] as DependencyRequest, target))
  }

  #findPredecessors(): readonly ProviderNode[] {
    const dependencies = this.dependencies()
    const found: ProviderNode[] = []
    for (let d = 0; d < dependencies.length; d++) {
      const targets = orderedTargets(dependencies[d]!)
      for (let t = 0; t < targets.length; t++) found.push(targets[t]!)
    }
    return found.length === 0 ? NO_NODES : fitted(found)
  }
}

const NONE: readonly LinkedDependency[] = Object.freeze([])
const NO_NODES: readonly ProviderNode[] = Object.freeze([])

/** The targets of a dependency that must be made first: none of a lazy one, but what transforms it. */
export function orderedTargets({ kind, targets, transform }: LinkedDependency): readonly ProviderNode[] {
  const ordered = kind === 'lazy' ? NO_NODES : targets
  return transform === undefined ? ordered : [...ordered, transform.by]
}
