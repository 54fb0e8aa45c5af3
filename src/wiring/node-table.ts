import type { Registration, Registry } from '../container/index.js'
import { type ClassDescription, describe } from '../metadata/index.js'
import { type Class, isClass, type Lifetime, prototypeOf, type Token, tokenName } from '../tokens/index.js'
import type { ModuleTree } from './collect.js'
import type { Issue } from './issue.js'
import {
  type Binding,
  type ClassSpec,
  type FactorySpec,
  isUnderOtherToken,
  type ModuleNode,
  type ProviderSpec
} from './module-node.js'
import { type NodeLifetime, type NodeSource, ProviderNode } from './provider-node.js'
import type { Visibility } from './visibility.js'

type Homes = readonly [ModuleNode, ...ModuleNode[]]

/**
 * The nodes, each made once: a singleton class is one node however many tokens and modules lead to it, a class with
 * a name of its own, a value and a factory are one for each time they are listed.
 */
export class NodeTable {
  readonly nodes: ProviderNode[] = []
  readonly #root: ModuleNode
  readonly #isServiceInstance: (value: object) => boolean
  readonly #instanceName: (value: object) => string | undefined
  readonly #isOneScope: boolean
  readonly #registry: Registry | undefined
  readonly #issues: Issue[]
  readonly #onNew: (node: ProviderNode) => void
  readonly #visibility: Visibility
  /** Which modules list a class under another token than itself. */
  readonly #homes = new Map<Class, ModuleNode[]>()
  /** By binding, registration, instance or token. */
  readonly #byKey = new Map<unknown, ProviderNode>()
  readonly #byClass: Readonly<Record<'singleton' | 'scoped', Map<Class, ProviderNode>>> = {
    singleton: new Map(),
    scoped: new Map()
  }
  /** Providers that state a lifetime which a service cannot have. */
  readonly #short = new Set<Binding>()
  readonly #transients = new Map<ModuleNode, Map<Class, ProviderNode>>()

  constructor(
    tree: ModuleTree,
    visibility: Visibility,
    registry: Registry | undefined,
    issues: Issue[],
    onNew: (node: ProviderNode) => void
  ) {
    this.#root = tree.root
    this.#visibility = visibility
    this.#isServiceInstance = tree.options.isServiceInstance ?? (() => false)
    this.#instanceName = tree.options.instanceName ?? (() => undefined)
    this.#isOneScope = tree.options.isOneScope ?? false
    this.#registry = registry
    this.#issues = issues
    this.#onNew = onNew
    for (const { underOtherTokens } of tree.modules) {
      for (const binding of underOtherTokens) {
        if (visibility.overriding(binding.token).length === 0) this.#addHome(binding)
      }
    }
    for (const bindings of tree.overrides.values()) {
      for (const binding of bindings) if (isUnderOtherToken(binding)) this.#addHome(binding)
    }
  }

  /** The node of a provider that is no alias. */
  ofBinding(binding: Binding): ProviderNode {
    const { spec } = binding
    return spec.kind === 'class' ? this.#ofListed(binding, spec) : this.#ofOther(binding, spec)
  }

  #ofListed(binding: Binding, { description, lifetime, name }: ClassSpec): ProviderNode {
    const { module } = binding
    const node =
      name === undefined
        ? this.ofClass(description, lifetime, module)
        : this.#named(binding, description, lifetime, name)
    if (lifetime !== undefined && lifetime !== 'singleton' && node.isService) this.#tooShort(binding, node)
    return node
  }

  #named(
    binding: Binding,
    description: ClassDescription,
    lifetime: Lifetime | undefined,
    name: string
  ): ProviderNode {
    return this.#keyed(binding, () => this.#class(description, lifetime, [binding.module], name))
  }

  #ofOther(binding: Binding, spec: Exclude<ProviderSpec, ClassSpec>): ProviderNode {
    const { module } = binding
    switch (spec.kind) {
      case 'value':
        return this.#value(binding, spec.value, tokenName(binding.token), module)
      case 'factory':
        return this.#keyed(binding, () => this.#factory(spec, tokenName(binding.token), [module]))
      case 'alias':
        throw new TypeError('an alias has no node of its own')
    }
  }

  /** The node of a provider, if there is one already; an alias has none. */
  known(binding: Binding): ProviderNode | undefined {
    const { spec, module } = binding
    if (spec.kind === 'alias') return undefined
    if (spec.kind === 'value') return this.#byKey.get(binding) ?? this.#byKey.get(spec.value)
    if (spec.kind === 'factory' || spec.name !== undefined) return this.#byKey.get(binding)
    const { description } = spec
    const held = this.#held(description)
    if (held !== undefined) return this.#byKey.get(held.held)
    return this.#classes(this.#lifetime(description, spec.lifetime), module).get(description.class)
  }

  /**
   * The node of a class.
   *
   * @param stated the lifetime that a provider states; else the class's own holds, else that of a singleton
   * @param view the module that sees it so; counts for transient classes only, others have one view
   */
  ofClass(description: ClassDescription, stated: Lifetime | undefined, view: ModuleNode): ProviderNode {
    const held = this.#held(description)
    if (held !== undefined) return this.#ofHeld(held, description)
    const lifetime = this.#lifetime(description, stated)
    const known = this.#classes(lifetime, view)
    let node = known.get(description.class)
    if (node === undefined) {
      const { class: cls } = description
      node = this.#class(description, stated, lifetime === 'transient' ? [view] : this.#homesOf(cls, view))
      known.set(cls, node)
    }
    return node
  }

  /** The node of something that is registered with tsyringe, and no alias. */
  ofRegistration(registration: Registration, token: Token): ProviderNode {
    const { key, kind, target, lifetime } = registration
    const label = tokenName(token)
    if (kind === 'value') return this.#value(key, target, label, this.#root)
    if (kind === 'factory') {
      const factory = target as (container: unknown) => unknown
      return this.#keyed(key, () => this.#add({ kind: 'container-factory', factory }, 'transient', label))
    }
    if (!isClass(target)) {
      return this.#keyed(key, () =>
        this.#add({ kind: 'delayed', delay: target as never }, 'transient', label)
      )
    }
    const description = describe(target)
    if (isHeld(registration)) return this.#ofHeld(registration, description)
    if (this.#isServiceClass(description) || lifetime === 'singleton') {
      return this.ofClass(description, 'singleton', this.#root)
    }
    if (lifetime === 'transient') {
      return this.ofClass(description, description.injectable?.lifetime ?? 'transient', this.#root)
    }
    return this.#keyed(key, () =>
      this.#add({ kind: 'class', class: target, registration }, lifetime, description.name, { description })
    )
  }

  /** Keeps what a transient node gave first: a singleton alias of tsyringe's. */
  ofSingletonAlias(registration: Registration, token: Token): ProviderNode {
    const spec: FactorySpec = {
      kind: 'factory',
      factory: (value: unknown) => value,
      inject: [{ token: registration.target as Token, optional: false, all: false, lazy: false }],
      lifetime: 'singleton',
      dispose: () => {},
      startTimeout: Infinity
    }
    return this.#keyed(registration.key, () => this.#factory(spec, tokenName(token), [this.#root]))
  }

  /** The default of a token, or what the application gives under it, where that was asked for already. */
  ofToken(token: Token): ProviderNode | undefined {
    return this.#byKey.get(token)
  }

  /** The value that an injection token brings along. */
  ofDefault(token: Token, factory: () => unknown): ProviderNode {
    const spec: FactorySpec = {
      kind: 'factory',
      factory,
      inject: [],
      lifetime: 'singleton',
      dispose: undefined,
      startTimeout: Infinity
    }
    return this.#keyed(token, () => this.#factory(spec, tokenName(token), [this.#root]))
  }

  /** Something that is supplied for each that asks. */
  ofAmbient(token: Token): ProviderNode {
    return this.#keyed(token, () => this.#add({ kind: 'ambient', token }, 'transient', tokenName(token)))
  }

  /** The scope itself. */
  ofScope(token: Token): ProviderNode {
    return this.#keyed(token, () => this.#add({ kind: 'scope' }, 'scoped', tokenName(token)))
  }

  /** A value that is supplied in place of what is missing. */
  ofMock(token: Token, value: unknown): ProviderNode {
    return this.#value(token, value, tokenName(token), this.#root)
  }

  /** A node that is in no table: known to one scope or one construction only. */
  loose(
    source: NodeSource,
    label: string,
    description?: ClassDescription,
    lifetime?: Lifetime
  ): ProviderNode {
    // what would be a singleton elsewhere is one here, as long as this lasts
    const kept = lifetime === 'transient' ? 'transient' : 'scoped'
    return new ProviderNode({ source, lifetime: kept, label, homes: [this.#root], description })
  }

  /** Is this value a service: one by itself, or of a class that is marked? */
  isService(value: unknown): value is object {
    if (typeof value !== 'object' || value === null) return false
    try {
      return isOfMarked(value) || this.isServiceByItself(value)
    } catch {
      // a strict fake, or a revoked proxy: what must not be looked at is no service
      return false
    }
  }

  /** Is this value a service whose class need not be marked? Its disposal is its stop. */
  isServiceByItself(value: object): boolean {
    return this.#isServiceInstance(value)
  }

  /** A factory that failed was to make a service, if its token says so. */
  takeForService(node: ProviderNode, token: Token): void {
    const description = isClass(token) ? describe(token) : undefined
    if (description === undefined || !this.#isServiceClass(description)) return
    node.description = description
    node.isService = true
  }

  /** The name that an instance was given by its maker. */
  nameOf(instance: object): string | undefined {
    return this.#instanceName(instance)
  }

  #addHome({ spec, module }: Binding): void {
    if (spec.kind !== 'class') return
    const homes = this.#homes.get(spec.description.class)
    if (homes === undefined) this.#homes.set(spec.description.class, [module])
    else homes.push(module)
  }

  /** The modules that list a class, under whichever token; the root for one that none lists. */
  #homesOf(cls: Class, view: ModuleNode): Homes {
    const visibility = this.#visibility
    const further = this.#homes.size === 0 ? undefined : this.#homes.get(cls)
    // nearly all classes are listed once, if at all: then whoever sees it first is its home
    if (further === undefined && this.#registry === undefined && !visibility.isShared(cls)) return view.alone
    const overriding = visibility.overriding(cls)
    const listed = overriding.length > 0 ? overriding : visibility.everywhere(cls)
    const homes = new Set<ModuleNode>()
    for (const { spec, module } of listed) {
      if (spec.kind === 'class' && spec.name === undefined && spec.description.class === cls)
        homes.add(module)
    }
    for (const module of further ?? []) homes.add(module)
    const [home = this.#root, ...others] = homes
    return [home, ...others]
  }

  #isServiceClass({ service, class: cls }: ClassDescription): boolean {
    return service !== undefined || this.isServiceByItself(prototypeOf(cls))
  }

  #lifetime(description: ClassDescription, stated: Lifetime | undefined): Lifetime {
    if (this.#isServiceClass(description)) return 'singleton'
    return this.#plainLifetime(description, stated)
  }

  /** That of a class which is no service. */
  #plainLifetime({ injectable }: ClassDescription, stated: Lifetime | undefined): Lifetime {
    return this.#kept(stated ?? injectable?.lifetime ?? 'singleton')
  }

  /** How long something is kept here. */
  #kept(stated: Lifetime): Lifetime {
    return stated === 'scoped' && this.#isOneScope ? 'singleton' : stated
  }

  #classes(lifetime: Lifetime, view: ModuleNode): Map<Class, ProviderNode> {
    if (lifetime !== 'transient') return this.#byClass[lifetime]
    let known = this.#transients.get(view)
    if (known === undefined) {
      known = new Map()
      this.#transients.set(view, known)
    }
    return known
  }

  #class(
    description: ClassDescription,
    stated: Lifetime | undefined,
    homes: Homes,
    givenName?: string
  ): ProviderNode {
    const { name, service } = description
    const isService = this.#isServiceClass(description)
    return this.#enter(
      new ProviderNode({
        source: description,
        lifetime: isService ? 'singleton' : this.#plainLifetime(description, stated),
        label: name,
        description,
        isService,
        givenName: givenName ?? service?.name,
        homes
      })
    )
  }

  /** A service is a singleton, whatever a provider states. */
  #tooShort(binding: Binding, node: ProviderNode): void {
    if (this.#short.has(binding) || binding.spec.kind !== 'class') return
    this.#short.add(binding)
    this.#issues.push({ kind: 'lifetime', node, lifetime: String(binding.spec.lifetime) })
  }

  /** The registration under which tsyringe holds the instance of a class. */
  #held({ class: cls }: ClassDescription): Registration | undefined {
    const registration = this.#registry?.registrations(cls).at(-1)
    return registration !== undefined && isHeld(registration) && registration.target === cls
      ? registration
      : undefined
  }

  #ofHeld(registration: Registration, description: ClassDescription): ProviderNode {
    const { class: cls, name, service } = description
    return this.#keyed(registration.held, () =>
      this.#add({ kind: 'class', class: cls, registration }, 'singleton', name, {
        description,
        isService: this.#isServiceClass(description),
        givenName: service?.name
      })
    )
  }

  #value(key: unknown, value: unknown, label: string, home: ModuleNode): ProviderNode {
    if (!this.isService(value)) {
      return this.#keyed(key, () =>
        this.#add({ kind: 'value', value }, 'singleton', label, { homes: [home] })
      )
    }
    // one instance under several tokens is one service
    return this.#keyed(value, () => {
      const description = describe(value.constructor as Class)
      const givenName = this.nameOf(value)
      const source = { kind: 'value', value } as const
      return this.#add(source, 'singleton', description.name, {
        description,
        isService: true,
        givenName: givenName ?? description.service?.name,
        homes: [home]
      })
    })
  }

  #factory(spec: FactorySpec, label: string, homes: Homes): ProviderNode {
    return this.#add({ kind: 'factory', spec }, this.#kept(spec.lifetime), label, { homes })
  }

  #keyed(key: unknown, make: () => ProviderNode): ProviderNode {
    let node = this.#byKey.get(key)
    if (node === undefined) this.#byKey.set(key, (node = make()))
    return node
  }

  #add(
    source: NodeSource,
    lifetime: NodeLifetime,
    label: string,
    more: {
      readonly description?: ProviderNode['description']
      readonly isService?: boolean
      readonly givenName?: string | undefined
      readonly homes?: Homes
    } = {}
  ): ProviderNode {
    return this.#enter(new ProviderNode({ source, lifetime, label, homes: [this.#root], ...more }))
  }

  #enter(node: ProviderNode): ProviderNode {
    node.index = this.nodes.length
    this.nodes.push(node)
    this.#onNew(node)
    return node
  }
}

/** Does tsyringe hold the instance of this class for good? What is scoped to a container is another in each scope. */
function isHeld({ kind, lifetime, held }: Registration): boolean {
  return kind === 'class' && lifetime !== 'container' && held !== undefined
}

function isOfMarked(value: object): boolean {
  const { constructor: cls } = value
  return isClass(cls) && value instanceof cls && describe(cls).service !== undefined
}
