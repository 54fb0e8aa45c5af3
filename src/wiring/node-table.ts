import type { Registration, Registry } from '../container/index.js'
import { describe } from '../metadata/index.js'
import { type Class, isClass, type Lifetime, type Token, tokenName } from '../tokens/index.js'
import type { ModuleTree } from './collect.js'
import type { Issue } from './issue.js'
import type { Binding, FactorySpec, ModuleNode } from './module-node.js'
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
  readonly #registry: Registry | undefined
  readonly #issues: Issue[]
  readonly #onNew: (node: ProviderNode) => void
  /** Which modules list a class whose instances they share. */
  readonly #homes = new Map<Class, [ModuleNode, ...ModuleNode[]]>()
  /** By binding, registration, instance or token. */
  readonly #byKey = new Map<unknown, ProviderNode>()
  readonly #byClass: Readonly<Record<'singleton' | 'scoped', Map<Class, ProviderNode>>> = {
    singleton: new Map(),
    scoped: new Map()
  }
  readonly #transients = new Map<ModuleNode, Map<Class, ProviderNode>>()

  constructor(
    tree: ModuleTree,
    visibility: Visibility,
    registry: Registry | undefined,
    issues: Issue[],
    onNew: (node: ProviderNode) => void
  ) {
    this.#root = tree.root
    this.#isServiceInstance = tree.options.isServiceInstance ?? (() => false)
    this.#instanceName = tree.options.instanceName ?? (() => undefined)
    this.#registry = registry
    this.#issues = issues
    this.#onNew = onNew
    for (const module of tree.modules) {
      for (const binding of module.bindings) {
        if (visibility.overriding(binding.token).length === 0) this.#addHome(binding)
      }
    }
    for (const bindings of tree.overrides.values()) for (const binding of bindings) this.#addHome(binding)
  }

  /** The node of a provider that is no alias. */
  ofBinding(binding: Binding): ProviderNode {
    const { spec, module } = binding
    switch (spec.kind) {
      case 'class':
        if (spec.name === undefined) return this.ofClass(spec.class, spec.lifetime, module)
        return this.#keyed(binding, () => {
          const lifetime = this.#lifetime(spec.class, spec.lifetime, 'singleton')
          return this.#class(spec.class, lifetime, spec.lifetime, [module], spec.name)
        })
      case 'value':
        return this.#value(binding, spec.value, tokenName(binding.token), module)
      case 'factory':
        return this.#keyed(binding, () => this.#factory(spec, tokenName(binding.token), [module]))
      case 'alias':
        throw new TypeError('an alias has no node of its own')
    }
  }

  /**
   * The node of a class.
   *
   * @param stated the lifetime that a provider states; else the class's own holds
   * @param view the module that sees it so; counts for transient classes only, others have one view
   */
  ofClass(
    cls: Class,
    stated: Lifetime | undefined,
    view: ModuleNode,
    usual: Lifetime = 'singleton'
  ): ProviderNode {
    const held = this.#registry?.registrations(cls).at(-1)
    if (held !== undefined && isHeldClass(held)) return this.#held(held, held.target)
    const lifetime = this.#lifetime(cls, stated, usual)
    const known = lifetime === 'transient' ? this.#transientsOf(view) : this.#byClass[lifetime]
    let node = known.get(cls)
    if (node === undefined) {
      const homes: Homes = lifetime === 'transient' ? [view] : (this.#homes.get(cls) ?? [this.#root])
      known.set(cls, (node = this.#class(cls, lifetime, stated, homes)))
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
    if (isHeldClass(registration)) return this.#held(registration, registration.target)
    const description = describe(target)
    if (this.#isServiceClass(target) || lifetime === 'singleton')
      return this.ofClass(target, 'singleton', this.#root)
    if (lifetime === 'transient') {
      return this.ofClass(target, description.injectable?.lifetime ?? 'transient', this.#root)
    }
    return this.#keyed(key, () =>
      this.#add({ kind: 'class', class: target, registration }, lifetime, tokenName(target), { description })
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
  loose(source: NodeSource, label: string, cls?: Class, lifetime?: Lifetime): ProviderNode {
    const description = cls === undefined ? undefined : describe(cls)
    // what would be a singleton elsewhere is one here, as long as this lasts
    const kept = lifetime === 'transient' ? 'transient' : 'scoped'
    return new ProviderNode({ source, lifetime: kept, label, homes: [this.#root], description })
  }

  /** Is this value a service, recognised by its instance? */
  isService(value: unknown): value is object {
    return typeof value === 'object' && value !== null && this.#isServiceInstance(value)
  }

  /** The name that an instance was given by its maker. */
  nameOf(instance: object): string | undefined {
    return this.#instanceName(instance)
  }

  #addHome({ spec, module }: Binding): void {
    if (spec.kind !== 'class' || spec.name !== undefined) return
    const homes = this.#homes.get(spec.class)
    if (homes === undefined) this.#homes.set(spec.class, [module])
    else if (!homes.includes(module)) homes.push(module)
  }

  #isServiceClass(cls: Class): boolean {
    return describe(cls).service !== undefined || this.isService(cls.prototype)
  }

  #lifetime(cls: Class, stated: Lifetime | undefined, usual: Lifetime): Lifetime {
    if (this.#isServiceClass(cls)) return 'singleton'
    return stated ?? describe(cls).injectable?.lifetime ?? usual
  }

  #transientsOf(view: ModuleNode): Map<Class, ProviderNode> {
    let known = this.#transients.get(view)
    if (known === undefined) this.#transients.set(view, (known = new Map()))
    return known
  }

  #class(
    cls: Class,
    lifetime: Lifetime,
    stated: Lifetime | undefined,
    homes: Homes,
    givenName?: string
  ): ProviderNode {
    const description = describe(cls)
    const isService = this.#isServiceClass(cls)
    const node = this.#add({ kind: 'class', class: cls }, lifetime, tokenName(cls), {
      description,
      isService,
      givenName: givenName ?? description.service?.name,
      homes
    })
    const wanted = stated ?? description.injectable?.lifetime
    if (isService && wanted !== undefined && wanted !== 'singleton') {
      this.#issues.push({ kind: 'lifetime', node, lifetime: wanted })
    }
    return node
  }

  #held(registration: Registration, cls: Class): ProviderNode {
    const description = describe(cls)
    return this.#keyed(registration.held, () =>
      this.#add({ kind: 'class', class: cls, registration }, 'singleton', tokenName(cls), {
        description,
        isService: this.#isServiceClass(cls),
        givenName: description.service?.name
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
    return this.#add({ kind: 'factory', spec }, spec.lifetime, label, { homes })
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
    const node = new ProviderNode({ source, lifetime, label, homes: [this.#root], ...more })
    node.index = this.nodes.length
    this.nodes.push(node)
    this.#onNew(node)
    return node
  }
}

function isHeldClass(registration: Registration): registration is Registration & { readonly target: Class } {
  return (
    registration.kind === 'class' &&
    registration.lifetime !== 'container' &&
    isClass(registration.target) &&
    registration.held !== undefined
  )
}
