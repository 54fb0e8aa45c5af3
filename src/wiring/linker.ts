import { Registry } from '../container/index.js'
import type { EdgeKind } from '../graph/index.js'
import { type ClassDescription, type DependencyFact, describe } from '../metadata/index.js'
import type { Class, Token } from '../tokens/index.js'
import type { ModuleTree } from './collect.js'
import { Failure } from './failure.js'
import { fitted } from './fitted.js'
import type { Issue } from './issue.js'
import { Lookup } from './lookup.js'
import { unwrap } from './unwrap.js'
import type { ModuleNode, ProviderSpec } from './module-node.js'
import { NodeTable } from './node-table.js'
import {
  type DependencyRequest,
  type LinkedDependency,
  PlainLink,
  type ProviderNode,
  type StatedDependency
} from './provider-node.js'
import { awaitedOf, delayedRequest, factoryRequests } from './read-requests.js'
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
  /** Several of these that answer to one token. */
  readonly #rivals = new Map<Token, [ProviderNode, ...ProviderNode[]]>()
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
  link(node: ProviderNode, { request, kind, at }: StatedDependency): LinkedDependency | undefined {
    const dependency = this.#link(node, request, kind, at)
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
      // what is found on the way is appended, and met later
      for (let n = 0; n < this.#open.length; n++) this.#expand(this.#open[n]!)
      this.#open.length = 0
    } while (this.#retry())
  }

  /** Tokens that the mocker has supplied before a service turned up that answers to them. */
  get mockedInVain(): ReadonlySet<Token> {
    const supplied = [...this.lookup.mocks].filter(([, mock]) => mock !== undefined)
    return new Set(supplied.map(([token]) => token).filter((token) => this.#answering.has(token)))
  }

  /** Notes what somebody else found wrong. */
  report(issue: Issue): void {
    this.#issues.push(issue)
  }

  /** What was found wrong since this was last called. */
  takeIssues(): Issue[] {
    for (const { node, dependency } of this.#absent) {
      const { failure } = dependency
      if (failure !== undefined && !(failure.isAbsence && mayBeAbsent(node, dependency))) {
        this.#issues.push({ kind: 'unresolved', node, dependency, failure })
      }
    }
    this.#absent = []
    for (const [token, nodes] of this.#rivals) this.#issues.push({ kind: 'rivals', token, nodes })
    this.#rivals.clear()
    return this.#issues.splice(0)
  }

  #welcome(node: ProviderNode): void {
    this.#open.push(node)
    const further = node.description?.service?.provide
    if (further === undefined || node.source.kind !== 'class' || !isByItself(node)) return
    const first = this.#answering.get(further)
    if (first === undefined) this.#answering.set(further, node)
    else if (!this.#isProvided(further)) {
      const rivals = this.#rivals.get(further)
      if (rivals === undefined) this.#rivals.set(further, [first, node])
      else rivals.push(node)
    }
  }

  /** Does the root see something that comes before whatever answers to a token by itself? */
  #isProvided(token: Token): boolean {
    const { visibility, registry, tree } = this
    return visibility.nearest(tree.root, token).length > 0 || (registry?.registrations(token).length ?? 0) > 0
  }

  #expand(node: ProviderNode): void {
    const { source, description } = node
    if (source.kind === 'factory') node.parameters = this.#linkAll(node, factoryRequests(source.spec))
    else if (source.kind === 'delayed') {
      node.parameters = this.#linkAll(node, [delayedRequest(source.delay)])
    }
    if (description === undefined) return
    if (source.kind === 'class') {
      if (source.registration?.held === undefined) this.#expandClass(node, description)
      else this.#expandHeld(node, description)
    }
    if (description.dependsOn.length === 0) return
    node.awaited = [...node.awaited, ...this.#linkAll(node, awaitedOf(description))]
  }

  #expandClass(node: ProviderNode, description: ClassDescription): void {
    if (description.metadataMissing) this.#issues.push({ kind: 'no-metadata', node })
    const { plainDependencies, propertyDependencies } = description
    if (plainDependencies === undefined || !this.#linkPlain(node, plainDependencies))
      node.parameters = this.#linkFacts(node, description.constructorDependencies)
    if (propertyDependencies.length > 0) node.properties = this.#linkFacts(node, propertyDependencies)
  }

  /**
   * Links a constructor that is given what stands under these tokens, without a statement and a link for each.
   *
   * @returns whether it could be done: not where something is not there, or where several modules list the class
   */
  #linkPlain(node: ProviderNode, tokens: readonly Token[]): boolean {
    if (tokens.length === 0) {
      node.takePlain(NO_NODES)
      return true
    }
    const { view, homes } = node
    if (homes.length > 1) return false
    const targets = new Array<ProviderNode>(tokens.length)
    for (let n = 0; n < tokens.length; n++) {
      const found = this.lookup.one(view, tokens[n]!)
      if (found instanceof Failure) return false
      targets[n] = found
    }
    node.takePlain(targets)
    return true
  }

  #linkFacts(node: ProviderNode, facts: readonly DependencyFact[]): readonly LinkedDependency[] {
    const linked: LinkedDependency[] = []
    for (let n = 0; n < facts.length; n++) {
      const fact = facts[n]!
      if (isUsable(fact)) {
        const dependency = this.#link(node, fact, fact.lazy ? 'lazy' : 'inject', 'class', fact.transform)
        if (dependency !== undefined) linked.push(dependency)
      } else if (fact.erased !== undefined) this.#issues.push({ kind: 'erased', node, fact })
    }
    return fitted(linked)
  }

  /**
   * tsyringe has constructed it already. What it was given orders the start only where tsyringe holds that as well:
   * all else was made for it alone.
   */
  #expandHeld(node: ProviderNode, description: ClassDescription): void {
    const held: LinkedDependency[] = []
    for (const request of description.constructorDependencies) {
      const token = isUsable(request) && !request.all ? unwrap(request.token) : undefined
      if (!isUsable(request) || token === undefined) continue
      const found = this.lookup.one(node.view, token)
      const isHeld =
        !(found instanceof Failure) &&
        found.source.kind === 'class' &&
        found.source.registration?.held !== undefined
      if (!isHeld) continue
      const targets = found.alone
      held.push({
        request,
        kind: 'inject',
        at: 'class',
        token,
        targets,
        failure: undefined,
        transform: undefined
      })
    }
    node.awaited = held
  }

  #linkAll(node: ProviderNode, stated: readonly StatedDependency[]): readonly LinkedDependency[] {
    const linked: LinkedDependency[] = []
    for (const { request, kind, at } of stated) {
      const dependency = this.#link(node, request, kind, at)
      if (dependency !== undefined) linked.push(dependency)
    }
    return fitted(linked)
  }

  #link(
    node: ProviderNode,
    request: DependencyRequest,
    kind: EdgeKind,
    at: StatedDependency['at'],
    transform?: DependencyFact['transform']
  ): LinkedDependency | undefined {
    const { view, homes } = node
    // what is known under it is a token: it need not be told from `() => token`
    const known = request.all ? undefined : this.lookup.known(view, request.token)
    const token = known === undefined ? unwrap(request.token) : (request.token as Token)
    if (token === undefined) {
      const failure = new Failure('undefined', undefined, view)
      this.#issues.push({ kind: 'unresolved', node, dependency: { request, kind, at }, failure })
      return undefined
    }
    const found = known === undefined ? this.#find(view, token, request.all) : known.alone
    const only = found instanceof Failure || found.length !== 1 || request.all ? undefined : found[0]
    const isPlain = homes.length === 1 && kind === 'inject' && at === 'class' && transform === undefined
    if (only !== undefined && isPlain && token === request.token) return new PlainLink(request, only)
    const failure = found instanceof Failure ? found : undefined
    const dependency: LinkedDependency = {
      request,
      kind,
      at,
      token,
      targets: found instanceof Failure ? [] : found,
      failure,
      transform: transform === undefined ? undefined : this.#transform(transform, view)
    }
    const differs = homes.length > 1 && this.#differs(node, dependency)
    if (failure !== undefined && !differs) this.#absent.push({ node, dependency })
    return dependency
  }

  #transform(
    { by, args }: NonNullable<DependencyFact['transform']>,
    view: ModuleNode
  ): LinkedDependency['transform'] {
    const description = describe(by)
    return {
      by: this.table.ofClass(description, description.injectable?.lifetime ?? 'transient', view),
      args
    }
  }

  #find(view: ModuleNode, token: Token, all: boolean): readonly ProviderNode[] | Failure {
    if (all) return this.lookup.all(view, token)
    const found = this.lookup.one(view, token)
    return found instanceof Failure ? found : found.alone
  }

  /** A class has one instance, so the modules that list it must see the same. */
  #differs(node: ProviderNode, dependency: LinkedDependency): boolean {
    const { request, token, targets } = dependency
    const outcomes = node.homes.map((module) => {
      const found = this.#find(module, token, request.all)
      return { module, found: found instanceof Failure ? [] : found }
    })
    const differs = outcomes.some(
      ({ found }) => found.length !== targets.length || found.some((each, index) => each !== targets[index])
    )
    if (differs) this.#issues.push({ kind: 'differs', node, dependency, outcomes })
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

/** Does no module list this class, but a root made up for services at most? What a module lists answers there alone. */
function isByItself({ view, description, givenName }: ProviderNode): boolean {
  const { class: cls, service } = description!
  if (givenName !== service?.name) return false
  if (view.class === undefined) return true
  return !view.lists(cls) && !view.underOtherTokens.some(({ spec }) => isOf(spec, cls))
}

function isOf(spec: ProviderSpec, cls: Class): boolean {
  return spec.kind === 'class' && spec.description.class === cls
}

/** Does a node do without this dependency, or wait for a scope to provide it? */
function mayBeAbsent({ lifetime }: ProviderNode, { request, at }: StatedDependency): boolean {
  return request.optional || (lifetime === 'scoped' && at !== 'depends-on')
}

/** Is it known what is asked for? */
function isUsable(fact: DependencyFact): fact is DependencyFact & DependencyRequest {
  return fact.token !== undefined
}

const NO_NODES: readonly ProviderNode[] = Object.freeze([])
