import { isDelayed, isMarkedByTsyringe, type Registration, Registry } from '../container/index.js'
import { describe } from '../metadata/index.js'
import { type Class, isClass, isInjectionToken, type Token, tokenName, unwrapToken } from '../tokens/index.js'
import type { ModuleTree } from './collect.js'
import { Failure } from './failure.js'
import type { Issue } from './issue.js'
import type { Binding, FactorySpec, ModuleNode } from './module-node.js'
import { NodeTable } from './node-table.js'
import { type DependencyRequest, type LinkedDependency, ProviderNode } from './provider-node.js'
import { awaitedOf, factoryRequests, requestOf } from './read-requests.js'
import { Visibility } from './visibility.js'

/** The token by which a scope itself is asked for; set by the room's `scope.ts`, which is higher up. */
export interface LinkerOptions {
  /** Tokens whose value is made for each that asks. */
  readonly ambientTokens: ReadonlySet<Token>
  /** The token of the scope itself. */
  readonly scopeToken: Token
}

/**
 * Turns tokens into nodes, and what nodes state into edges: first for all that modules list, later for what
 * `inject()`, `get()` and scopes ask for. A list of open work instead of recursion; each node is linked once.
 */
export class Linker {
  readonly tree: ModuleTree
  readonly visibility: Visibility
  readonly registry: Registry | undefined
  readonly nodes: ProviderNode[] = []
  /** What was found wrong since somebody last took it away. */
  issues: Issue[] = []
  readonly #table: NodeTable
  readonly #options: LinkerOptions
  /** By view and token, what was found. */
  readonly #found = new Map<ModuleNode, Map<Token, ProviderNode>>()
  /** Further tokens of services that no module lists. */
  readonly #answering = new Map<Token, ProviderNode>()
  /** Nodes whose dependencies are not linked yet. */
  readonly #open: ProviderNode[] = []
  /** Did without, or failed; tried again when a service turns up that answers to the token. */
  #absent: { readonly node: ProviderNode; readonly dependency: LinkedDependency }[] = []

  constructor(tree: ModuleTree, options: LinkerOptions) {
    this.tree = tree
    this.#options = options
    this.visibility = new Visibility(tree.modules, tree.overrides)
    this.registry = tree.options.container === undefined ? undefined : new Registry(tree.options.container)
    this.#table = new NodeTable(tree)
  }
}
