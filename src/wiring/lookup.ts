import { isMarkedByTsyringe, type Registry } from '../container/index.js'
import { describe, isDelayedClass } from '../metadata/index.js'
import { isClass, isInjectionToken, type Token } from '../tokens/index.js'
import type { CollectOptions } from './collect.js'
import { Failure } from './failure.js'
import type { Binding, ModuleNode } from './module-node.js'
import type { NodeTable } from './node-table.js'
import { ProviderNode } from './provider-node.js'
import { unwrap } from './unwrap.js'
import type { Visibility } from './visibility.js'

/** What a token is looked up in, in this order. */
export interface LookupSources {
  readonly visibility: Visibility
  readonly registry: Registry | undefined
  readonly table: NodeTable
  readonly root: ModuleNode
  readonly options: CollectOptions
  readonly ambientTokens: ReadonlySet<Token>
  readonly scopeToken: Token
  /** Further tokens of services that no module lists. */
  readonly answering: ReadonlyMap<Token, ProviderNode>
}

/** An alias: look on there. */
interface Hop {
  readonly view: ModuleNode
  readonly token: Token
  /** What an alias is recognised by when it comes round again. */
  readonly by: Binding | object
}

/** Finds what a token stands for in the view of a module. Aliases collapse: what they lead to is found. */
export class Lookup {
  readonly #sources: LookupSources
  readonly #known = new Map<ModuleNode, Map<unknown, ProviderNode>>()
  /** Of several under one token, those that are being followed. */
  readonly #open = new Set<Binding>()
  readonly #mocks = new Map<Token, unknown>()
  /** Those of the module that was asked for last, which is mostly asked for next. */
  #ofLast: { readonly view: ModuleNode; readonly known: Map<unknown, ProviderNode> } | undefined

  constructor(sources: LookupSources) {
    this.#sources = sources
  }

  /** What the mocker has supplied, or has not. */
  get mocks(): ReadonlyMap<Token, unknown> {
    return this.#mocks
  }

  /** The one that a token is known to stand for; asks for nothing that is not known yet. */
  known(view: ModuleNode, token: unknown): ProviderNode | undefined {
    return this.#knownIn(view).get(token)
  }

  #knownIn(view: ModuleNode): Map<unknown, ProviderNode> {
    if (this.#ofLast?.view === view) return this.#ofLast.known
    let known = this.#known.get(view)
    if (known === undefined) this.#known.set(view, (known = new Map<unknown, ProviderNode>()))
    this.#ofLast = { view, known }
    return known
  }

  /**
   * All is linked: what else is asked for is found again, and the memory of 20,000 tokens is a megabyte. Not where it might
   * be found otherwise, since tsyringe's container may have changed.
   */
  forget(): void {
    if (this.#sources.registry !== undefined) return
    this.#known.clear()
    this.#ofLast = undefined
  }

  /** The one that a token stands for. */
  one(view: ModuleNode, token: Token): ProviderNode | Failure {
    const last = this.#ofLast
    // as knownIn() has it: a call less for each dependency
    const known = last?.view === view ? last.known : this.#knownIn(view)
    return known.get(token) ?? this.#first(view, token)
  }

  /** The one that a provider stands for. */
  binding(binding: Binding): ProviderNode | Failure {
    if (this.#isOnlyClass(binding)) {
      const { module, token } = binding
      const known = this.known(module, token)
      if (known !== undefined) return known
      // then whoever asks for the token later finds it known
      const node = this.#sources.table.ofBinding(binding)
      this.#remember(module, token, node)
      return node
    }
    const step = this.#bindingStep(binding)
    return step instanceof ProviderNode || step instanceof Failure ? step : this.#follow(step)
  }

  /** The one that a provider stands for, if there is one already; an alias has none of its own. */
  knownBinding(binding: Binding): ProviderNode | undefined {
    const known = this.#isOnlyClass(binding) ? this.known(binding.module, binding.token) : undefined
    return known ?? this.#sources.table.known(binding)
  }

  /** Is it a class, and what its token stands for in its module? */
  #isOnlyClass({ spec, module, token }: Binding): boolean {
    return spec.kind === 'class' && !this.#sources.visibility.isOverridden && !module.repeated.has(token)
  }

  /**
   * Every provider under a token that is marked `multi`, and all that tsyringe has, in order. What several of them lead to
   * is there as often: who lists something twice wants it twice, and what is transient is another one each time.
   */
  all(view: ModuleNode, token: Token): readonly ProviderNode[] | Failure {
    const { visibility, registry, root } = this.#sources
    const visible = visibility.all(view, token)
    const several = visible.filter((binding) => binding.multi || binding.override === true)
    const registered = registry?.registrations(token) ?? []
    if (visible.length > 0 && several.length === 0 && registered.length === 0) {
      return new Failure('not-multi', token, view, visible)
    }
    const nodes: ProviderNode[] = []
    for (const registration of registered) {
      const step = this.#registrationStep(registration, token)
      const node = step instanceof ProviderNode ? step : this.#follow({ ...step, view: root })
      if (node instanceof Failure) return node
      nodes.push(node)
    }
    for (const binding of several) {
      const node = this.binding(binding)
      if (node instanceof Failure) return node
      nodes.push(node)
    }
    return nodes
  }

  #first(view: ModuleNode, token: Token): ProviderNode | Failure {
    const step = this.#step(view, token)
    if (step instanceof ProviderNode) this.#remember(view, token, step)
    return step instanceof ProviderNode || step instanceof Failure
      ? step
      : this.#followAliases({ view, token, by: view }, step)
  }

  #follow(from: Hop): ProviderNode | Failure {
    const first = this.known(from.view, from.token) ?? this.#step(from.view, from.token)
    if (first instanceof ProviderNode) {
      this.#remember(from.view, from.token, first)
      return first
    }
    if (first instanceof Failure) return from.by === from.view ? first : first.by(bindingsOf([from]))
    return this.#followAliases(from, first)
  }

  #followAliases(from: Hop, next: Hop): ProviderNode | Failure {
    const trail = [from]
    const seen = new Set<object>([from.by])
    for (let hop = next; ;) {
      if (seen.has(hop.by)) {
        const circle = trail.slice(trail.findIndex(({ by }) => by === hop.by))
        return new Failure('alias-cycle', from.token, from.view, [], bindingsOf(circle))
      }
      seen.add(hop.by)
      trail.push(hop)
      const found = this.known(hop.view, hop.token) ?? this.#step(hop.view, hop.token)
      if (found instanceof ProviderNode) {
        for (const { view, token } of trail) this.#remember(view, token, found)
        return found
      }
      if (found instanceof Failure) return found.by(bindingsOf(trail))
      hop = found
    }
  }

  #remember(view: ModuleNode, token: Token, node: ProviderNode): void {
    this.#knownIn(view).set(token, node)
  }

  #step(view: ModuleNode, token: Token): ProviderNode | Failure | Hop {
    const found = this.#sources.visibility.nearest(view, token)
    const only = found[0]
    if (only === undefined) return this.#unlisted(view, token)
    if (found.length === 1) return this.#bindingStep(only)
    const nodes = new Set<ProviderNode>()
    for (const binding of found) {
      const node = this.#oneOfSeveral(binding, token, view)
      if (node instanceof Failure) return node
      nodes.add(node)
    }
    const [node] = nodes
    if (nodes.size === 1 && node !== undefined) return node
    const reason = found.every((binding) => binding.multi) ? 'several' : 'ambiguous'
    return new Failure(reason, token, view, found)
  }

  /** Where there are several, each may be an alias that leads back to them. */
  #oneOfSeveral(binding: Binding, token: Token, view: ModuleNode): ProviderNode | Failure {
    const open = this.#open
    if (open.has(binding)) {
      const way = [...open]
      return new Failure('alias-cycle', token, view, [], way.slice(way.indexOf(binding)))
    }
    open.add(binding)
    try {
      return this.binding(binding)
    } finally {
      open.delete(binding)
    }
  }

  #bindingStep(binding: Binding): ProviderNode | Failure | Hop {
    const { spec, module, token } = binding
    if (spec.kind === 'alias') {
      const target = unwrap(spec.token)
      return target === undefined
        ? new Failure('undefined', undefined, module, [], [binding])
        : { view: module, token: target, by: binding }
    }
    // what replaces a class replaces it under its other tokens too
    const { visibility, table } = this.#sources
    if (visibility.isOverridden && spec.kind === 'class' && spec.name === undefined) {
      const { class: cls } = spec.description
      const isReplaced = cls !== token && binding.override !== true && visibility.overriding(cls).length > 0
      if (isReplaced) return { view: module, token: cls, by: binding }
    }
    return table.ofBinding(binding)
  }

  /** What stands for a token that nothing visible lists. */
  #unlisted(view: ModuleNode, token: Token): ProviderNode | Failure | Hop {
    const { visibility, registry, table, root, ambientTokens, scopeToken, answering } = this.#sources
    const registration = registry?.registrations(token).at(-1)
    if (registration !== undefined) return this.#registrationStep(registration, token)
    const hidden = visibility.everywhere(token)
    if (isClass(token) && hidden.length === 0) {
      const description = describe(token)
      if (description.service !== undefined || description.injectable !== undefined) {
        return table.ofClass(description, undefined, root)
      }
      if (registry !== undefined && isMarkedByTsyringe(token)) {
        return table.ofClass(description, 'transient', root)
      }
    }
    // what was had before a service turned up that answers to the token too is the same for all
    const answer = table.ofToken(token) ?? answering.get(token)
    if (answer !== undefined) return answer
    if (isInjectionToken(token) && token.options?.factory !== undefined) {
      return table.ofDefault(token, token.options.factory)
    }
    if (ambientTokens.has(token)) return table.ofAmbient(token)
    if (token === scopeToken) return table.ofScope(token)
    // what some module keeps to itself is there, and whoever asks for it is to be told
    if (hidden.length > 0) return new Failure('hidden', token, view, hidden)
    return this.#mock(token) ?? new Failure('missing', token, view)
  }

  /** The mocker is asked once for each token: two modules are given the same. */
  #mock(token: Token): ProviderNode | undefined {
    const { options, table } = this.#sources
    if (options.mocker === undefined) return undefined
    if (!this.#mocks.has(token)) this.#mocks.set(token, options.mocker(token))
    const mock = this.#mocks.get(token)
    return mock === undefined ? undefined : table.ofMock(token, mock)
  }

  #registrationStep(
    registration: NonNullable<ReturnType<Registry['registrations']>[number]>,
    token: Token
  ): ProviderNode | Hop {
    const { table, root } = this.#sources
    if (registration.kind !== 'alias' || isDelayedClass(registration.target)) {
      return table.ofRegistration(registration, token)
    }
    const hop = { view: root, token: registration.target as Token, by: registration.key }
    if (registration.lifetime === 'transient') return hop
    const target = this.#follow(hop)
    const isKept = target instanceof ProviderNode && (target.isShared || target.source.kind === 'value')
    return isKept || target instanceof Failure ? hop : table.ofSingletonAlias(registration, token)
  }
}

function bindingsOf(trail: readonly Hop[]): Binding[] {
  return trail.map((hop) => hop.by).filter((by): by is Binding => 'spec' in by)
}
