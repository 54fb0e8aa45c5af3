import { Registry } from '../container/index.js'
import type { DependencyFact } from '../metadata/index.js'
import type { Token } from '../tokens/index.js'
import type { ModuleTree } from './collect.js'
import { Failure } from './failure.js'
import type { Issue } from './issue.js'
import { Lookup, unwrap } from './lookup.js'
import type { ModuleNode } from './module-node.js'
import { NodeTable } from './node-table.js'
import type { DependencyRequest, LinkedDependency, ProviderNode } from './provider-node.js'
import { awaitedOf, delayedRequest, factoryRequests, requestOf } from './read-requests.js'
import { Visibility } from './visibility.js'

/**
 * Turns what nodes state into edges: first for all that modules list, later for what `inject()`, `get()` and scopes
 * ask for. A list of open work instead of recursion; each node is linked once.
 */
export class Linker {
  readonly tree: ModuleTree
  readonly visibility: Visibility
  readonly registry: Registry | undefined
  readonly table: NodeTable
  readonly lookup: Lookup
  readonly #issues: Issue[] = []
  /** Nodes whose dependencies are not linked yet. */
  readonly #open: ProviderNode[] = []
  /** Further tokens of services that no module lists. */
  readonly #answering = new Map<Token, ProviderNode>()
  /** What was not there; looked for again when a service turns up that answers to the token. */
  #absent: { readonly node: ProviderNode; readonly dependency: LinkedDependency }[] = []

  /** @param scopeToken the token by which a scope itself is asked for */
  constructor(tree: ModuleTree, scopeToken: Token) {
    const { options, root } = tree
    this.tree = tree
    this.visibility = new Visibility(tree.modules, tree.overrides)
    this.registry = options.container === undefined ? undefined : new Registry(options.container)
    this.table = new NodeTable(tree, this.visibility, this.registry, this.#issues, (node) =>
      this.#welcome(node)
    )
    this.lookup = new Lookup({
      visibility: this.visibility,
      registry: this.registry,
      table: this.table,
      root,
      options,
      ambientTokens: options.ambientTokens ?? new Set(),
      scopeToken,
      answering: this.#answering
    })
  }

  /** Links one dependency of a node, and all that it leads to. */
  link(node: ProviderNode, request: DependencyRequest): LinkedDependency | undefined {
    const dependency = this.#link(node, request)
    this.drain()
    return dependency
  }

  /** Links a node that is in no table, and all that it leads to. */
  linkLoose(node: ProviderNode): void {
    this.#open.push(node)
    this.drain()
  }

  /** Links everything that was found and not linked yet. */
  drain(): void {
    do {
      for (let node = this.#open.pop(); node !== undefined; node = this.#open.pop()) this.#expand(node)
    } while (this.#retry())
  }

  /** Notes what somebody else found wrong. */
  report(issue: Issue): void {
    this.#issues.push(issue)
  }

  /** What was found wrong since this was last called. */
  takeIssues(): Issue[] {
    for (const { node, dependency } of this.#absent) {
      const { request, failure } = dependency
      if (failure !== undefined && !(failure.isAbsence && mayBeAbsent(node, request))) {
        this.#issues.push({ kind: 'unresolved', node, request, failure })
      }
    }
    this.#absent = []
    return this.#issues.splice(0)
  }

  #welcome(node: ProviderNode): void {
    this.#open.push(node)
    const further = node.description?.service?.provide
    if (further !== undefined && node.source.kind === 'class') this.#answering.set(further, node)
  }

  #expand(node: ProviderNode): void {
    const { source, description, parameters } = node
    if (source.kind === 'factory') {
      for (const request of factoryRequests(source.spec)) push(parameters, this.#link(node, request))
    }
    if (source.kind === 'delayed') push(parameters, this.#link(node, delayedRequest(source.delay)))
    if (description === undefined) return
    if (source.kind === 'class') {
      if (source.registration?.held === undefined) this.#expandClass(node)
      else this.#expandHeld(node)
    }
    for (const request of awaitedOf(description)) push(node.awaited, this.#link(node, request))
  }

  #expandClass(node: ProviderNode): void {
    const description = node.description!
    if (description.metadataMissing) this.#issues.push({ kind: 'no-metadata', node })
    for (const [index, fact] of description.constructorDependencies.entries()) {
      const request = requestOf(fact, { at: 'parameter', index, fact })
      if (request !== undefined) push(node.parameters, this.#link(node, request, fact.transform))
      else if (fact.erased !== undefined) this.#issues.push({ kind: 'erased', node, fact })
    }
    for (const fact of description.propertyDependencies) {
      const request = requestOf(fact, { at: 'property', key: fact.property! })
      if (request !== undefined) push(node.properties, this.#link(node, request))
      else this.#issues.push({ kind: 'erased', node, fact })
    }
  }

  /**
   * tsyringe has constructed it already. What it was given orders the start only where tsyringe holds that as well:
   * all else was made for it alone.
   */
  #expandHeld(node: ProviderNode): void {
    for (const [index, fact] of node.description!.constructorDependencies.entries()) {
      const request = requestOf(fact, { at: 'parameter', index, fact })
      const token = request === undefined ? undefined : unwrap(request.token)
      if (request === undefined || token === undefined || request.all) continue
      const found = this.lookup.one(node.view, token)
      if (
        found instanceof Failure ||
        found.source.kind !== 'class' ||
        found.source.registration === undefined
      )
        continue
      node.awaited.push({ request, token, targets: [found], failure: undefined })
    }
  }

  #link(
    node: ProviderNode,
    request: DependencyRequest,
    transform?: DependencyFact['transform']
  ): LinkedDependency | undefined {
    const token = unwrap(request.token)
    if (token === undefined) {
      const failure = new Failure('undefined', undefined, node.view)
      this.#issues.push({ kind: 'unresolved', node, request, failure })
      return undefined
    }
    const found = this.#find(node.view, token, request.all)
    const failure = found instanceof Failure ? found : undefined
    const dependency: LinkedDependency = {
      request,
      token,
      targets: found instanceof Failure ? [] : found,
      failure,
      transform:
        transform === undefined
          ? undefined
          : { by: this.table.ofClass(transform.by, undefined, node.view, 'transient'), args: transform.args }
    }
    const differs = node.homes.length > 1 && this.#differs(node, dependency)
    if (failure !== undefined && !differs) this.#absent.push({ node, dependency })
    return dependency
  }

  #find(view: ModuleNode, token: Token, all: boolean): readonly ProviderNode[] | Failure {
    if (all) return this.lookup.all(view, token)
    const found = this.lookup.one(view, token)
    return found instanceof Failure ? found : [found]
  }

  /** A class has one instance, so the modules that list it must see the same. */
  #differs(node: ProviderNode, { request, token, targets }: LinkedDependency): boolean {
    const outcomes = node.homes.map((module) => {
      const found = this.#find(module, token, request.all)
      return { module, found: found instanceof Failure ? [] : found }
    })
    const differs = outcomes.some(
      ({ found }) => found.length !== targets.length || found.some((each, index) => each !== targets[index])
    )
    if (differs) this.#issues.push({ kind: 'differs', node, request, outcomes })
    return differs
  }

  /** Looks again for what was absent. Tells whether anything turned up. */
  #retry(): boolean {
    if (this.#answering.size === 0 || this.#absent.length === 0) return false
    const before = this.#absent.length
    this.#absent = this.#absent.filter(({ node, dependency }) => {
      if (!this.#answering.has(dependency.token)) return true
      const found = this.#find(node.view, dependency.token, dependency.request.all)
      if (found instanceof Failure) return true
      dependency.targets = found
      dependency.failure = undefined
      return false
    })
    return this.#absent.length < before
  }
}

/** Does a node do without this dependency, or wait for a scope to provide it? */
function mayBeAbsent(node: ProviderNode, request: DependencyRequest): boolean {
  return request.optional || (node.lifetime === 'scoped' && request.site.at !== 'depends-on')
}

function push(list: LinkedDependency[], dependency: LinkedDependency | undefined): void {
  if (dependency !== undefined) list.push(dependency)
}
