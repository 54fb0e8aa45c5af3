import { errorOfProblems, type Problem } from '../errors/index.js'
import type { Digraph } from '../graph/index.js'
import { type Token, tokenName } from '../tokens/index.js'
import { cycleProblems, findProblems, findWarnings } from './check.js'
import type { CollectOptions, ModuleTree } from './collect.js'
import { Failure } from './failure.js'
import type { Issue } from './issue.js'
import type { Binding } from './module-node.js'
import { unwrap } from './unwrap.js'
import { Linker } from './linker.js'
import { nameServices } from './name-services.js'
import { orderGraph, orderNodes } from './order-nodes.js'
import { ProblemPaths } from './problem-paths.js'
import type { ProviderNode } from './provider-node.js'
import { Scope } from './scope.js'
import { findAnywhere } from './find-anywhere.js'

/** An application, linked and checked; nothing of it is constructed. */
export interface WiringPlan {
  readonly tree: ModuleTree
  readonly linker: Linker
  /** What is wrong; empty when it is sound. Edges of `inject()` are not known yet. */
  readonly problems: readonly Problem[]
  /** What does not keep it from running. */
  readonly warnings: readonly Problem[]
  /** Every node, each after what it needs. */
  readonly order: readonly ProviderNode[]
  /** The edges that decide the order, by the indexes of nodes. */
  readonly graph: Digraph
  /** Those of {@link order} that are services. */
  readonly services: readonly ProviderNode[]
  /** Names of services that are in use; put together when a service comes late. */
  readonly names: Set<string>
  /** @throws WiringError, or ConfigurationError, with all problems, when there are any */
  throwIfUnsound(): void
}

/**
 * Links everything that the modules of an application list, and all that this leads to, then checks it. Runs no
 * constructor and no factory, and reports what is wrong in {@link WiringPlan.problems}.
 */
export function link(tree: ModuleTree): WiringPlan {
  const linker = new Linker(tree, Scope)
  const { nodes } = linker.table
  const roots = tree.options.only === undefined ? listed(linker) : sliced(linker, tree.options.only)
  linker.drain()
  if (linker.mockedInVain.size > 0) return link({ ...tree, options: mockedLess(linker) })

  const { order, isCyclic } = orderNodes(roots, nodes)
  const services = order.filter((node) => node.isService)
  const given = nameServices(services)
  for (let n = 0; n < services.length; n++) services[n]!.name = given[n]!

  let names: Set<string> | undefined
  let graph: Digraph | undefined
  const graphOf = (): Digraph => (graph ??= orderGraph(nodes))
  const paths = new ProblemPaths(nodes, graphOf)
  const checked = {
    modules: tree.modules,
    nodes: order,
    issues: linker.takeIssues(),
    around: linker,
    paths
  }
  const problems = [
    ...tree.problems,
    ...findProblems(checked),
    ...(isCyclic ? cycleProblems(nodes, graphOf()) : [])
  ]
  return {
    tree,
    linker,
    problems,
    warnings: findWarnings(checked),
    order,
    get graph() {
      return graphOf()
    },
    services,
    get names() {
      return (names ??= new Set(services.map(({ name }) => name)))
    },
    throwIfUnsound() {
      if (problems.length > 0) throw errorOfProblems(problems)
    }
  }
}

/** A mocker supplies what nobody provides, and is asked once: all is linked anew without what turned out to be provided. */
function mockedLess({ tree: { options }, lookup: { mocks }, mockedInVain }: Linker): CollectOptions {
  const mocker = (token: Token): unknown => {
    if (mockedInVain.has(token)) return undefined
    return mocks.has(token) ? mocks.get(token) : options.mocker?.(token)
  }
  return { ...options, mocker }
}

/** Everything that modules list, in their order; what the application provides besides comes last. */
function listed(linker: Linker): ProviderNode[] {
  const { modules, overrides } = linker.tree
  const { visibility } = linker
  const roots: ProviderNode[] = []
  const add = (binding: Binding): void => {
    const found = linker.lookup.binding(binding)
    if (found instanceof Failure) linker.report(brokenRoot(binding, found))
    else roots.push(found)
  }
  for (const { bindings } of modules) {
    for (let n = 0; n < bindings.length; n++) {
      const binding = bindings[n]!
      const replacing = visibility.isOverridden ? visibility.overriding(binding.token) : NONE
      if (replacing.length === 0) add(binding)
      else replacing.forEach(add)
    }
  }
  for (const bindings of overrides.values()) {
    if (bindings.every(({ token }) => visibility.everywhere(token).length === 0)) bindings.forEach(add)
  }
  return roots
}

const NONE: readonly Binding[] = []

/** Only what is asked for, wherever it is. */
function sliced(linker: Linker, tokens: readonly Token[]): ProviderNode[] {
  const roots = new Set<ProviderNode>()
  for (const token of tokens) {
    const found = findAnywhere(linker, token)
    if (!(found instanceof Failure)) roots.add(found)
    else {
      const clause = `the slice asks for ${tokenName(token)}`
      linker.report({ kind: 'root', module: linker.tree.root, clause, failure: found })
    }
  }
  return [...roots]
}

function brokenRoot(binding: Binding, failure: Failure): Issue {
  const { token, spec, module } = binding
  const target = spec.kind === 'alias' ? unwrap(spec.token) : token
  const name = target === undefined ? 'what its function gives' : tokenName(target)
  const clause = `the alias ${tokenName(token)} of ${module.name} stands for ${name}`
  // the clause has named the first alias already
  const rest = failure.by(failure.through.slice(1))
  return { kind: 'root', module, clause, failure: rest }
}
