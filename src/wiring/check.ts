import type { Problem } from '../errors/index.js'
import { type Digraph, findCycles } from '../graph/index.js'
import { checkLists } from './check-modules.js'
import {
  checkModule,
  checkProvider,
  duplicateNames,
  foreignHooks,
  foreignHooksOfModule
} from './check-services.js'
import { type CycleStep, explainCycle } from './explain-cycle.js'
import type { Surroundings } from './explain-failure.js'
import { explainIssue } from './explain-issue.js'
import { explainMetadata } from './explain-metadata.js'
import { findCaptives } from './find-captives.js'
import type { Issue } from './issue.js'
import type { Binding, ModuleNode } from './module-node.js'
import { orderGraph } from './order-nodes.js'
import { ProblemPaths } from './problem-paths.js'
import { type LinkedDependency, orderedTargets, type ProviderNode } from './provider-node.js'
import type { MadeValue } from './release.js'
import type { Fault } from './read-provider.js'
import { toProblem } from './to-problem.js'
import { detectToolchain } from './toolchain.js'
import { silentHooks, unheardOfMade } from './unheard-work.js'
import { type ModuleClass, tokenName } from '../tokens/index.js'
import { asker, list } from './words.js'

/** What a check looks at: all of an application, or what came to it later. */
export interface Checked {
  readonly modules: readonly ModuleNode[]
  readonly nodes: readonly ProviderNode[]
  readonly issues: readonly Issue[]
  readonly around: Surroundings
  readonly paths: ProblemPaths
}

/** Everything that is wrong, in one go: lists of modules, dependencies, lifetimes, services. Cycles come apart. */
export function findProblems(checked: Checked): Problem[] {
  const { modules, nodes, issues, around } = checked
  const problems: Problem[] = []
  for (const module of modules) {
    const place = { path: module.path(), location: module.location }
    for (const fault of checkLists(module, around)) problems.push(toProblem(fault, place))
    const fault = checkModule(module)
    if (fault !== undefined) problems.push(toProblem(fault, place))
  }
  const circles = new Set<Binding>()
  const own = issues.filter((issue) => !isOfRepeated(issue) && !isOfKnownCircle(issue, circles))
  problems.push(...issueProblems(checked, own))
  for (const way of findCaptives(nodes))
    problems.push(captiveProblem(way, [...checked.paths.to(way[0]!), ...way.slice(1, -1).map(asker)]))
  for (let n = 0; n < nodes.length; n++) {
    const fault = checkProvider(nodes[n]!)
    if (fault !== undefined) problems.push(at(nodes[n]!, fault, checked.paths))
  }
  for (const { fault, node } of duplicateNames(nodes)) {
    problems.push(at(node, fault, checked.paths))
  }
  return problems
}

/** Does it only follow from two providers for one token in one module, which is told of the module? */
function isOfRepeated(issue: Issue): boolean {
  if (issue.kind !== 'unresolved' && issue.kind !== 'root') return false
  const { reason, bindings } = issue.failure
  const [first] = bindings
  return (
    reason === 'ambiguous' &&
    bindings.every(({ module, override }) => module === first!.module && override !== true)
  )
}

/** Does it lead into a circle of aliases that was told of? One alias of it stands for all. */
function isOfKnownCircle(issue: Issue, told: Set<Binding>): boolean {
  if (issue.kind !== 'unresolved' && issue.kind !== 'root') return false
  const { reason, through } = issue.failure
  if (reason !== 'alias-cycle') return false
  const isKnown = through.some((alias) => told.has(alias))
  for (const alias of through) told.add(alias)
  return isKnown
}

/** What does not keep the application from running. */
export function findWarnings({
  modules,
  nodes,
  paths
}: Pick<Checked, 'modules' | 'nodes' | 'paths'>): Problem[] {
  const warnings: Problem[] = []
  const seen = new Set<ModuleClass | undefined>()
  for (const module of modules) {
    // each dynamic module of a class has the same
    if (seen.size === seen.add(module.class).size) continue
    const fault = foreignHooksOfModule(module)
    if (fault !== undefined)
      warnings.push(toProblem(fault, { path: module.path(), location: module.location }))
  }
  for (let n = 0; n < nodes.length; n++) {
    const fault = foreignHooks(nodes[n]!) ?? silentHooks(nodes[n]!)
    if (fault !== undefined) warnings.push(at(nodes[n]!, fault, paths))
  }
  return warnings
}

/** The same of what factories have made. */
export function findWarningsOfMade(made: readonly MadeValue[], paths: ProblemPaths): Problem[] {
  const warnings: Problem[] = []
  for (const { node, value } of made) {
    const fault = foreignHooks(node) ?? unheardOfMade(node, value)
    if (fault !== undefined) warnings.push(at(node, fault, paths))
  }
  return warnings
}

/** One short cycle of each knot of nodes that wait for each other. */
export function cycleProblems(nodes: readonly ProviderNode[], graph: Digraph): Problem[] {
  return findCycles(graph).map((cycle) => cycleProblem(stepsOf(cycle.map((index) => nodes[index]!))))
}

/** A cycle, put into words. */
export function cycleProblem(steps: readonly CycleStep[]): Problem {
  const names = steps.map((step) => asker(step.node))
  return toProblem(explainCycle(steps), { path: [...names, names[0]!], location: steps[0]!.node.location })
}

/** The problems that issues are. */
export function issueProblems(checked: Checked, issues: readonly Issue[]): Problem[] {
  const { nodes, paths } = checked
  const { visibility, registry, tree } = checked.around
  const around: Surroundings = {
    visibility,
    registry,
    ...(tree === undefined ? {} : { tree }),
    meant: new Map()
  }
  const problems: Problem[] = []
  const missing: ProviderNode[] = []
  for (const issue of issues) {
    if (issue.kind === 'no-metadata') missing.push(issue.node)
    else if (issue.kind === 'root') {
      const { module } = issue
      problems.push(
        toProblem(explainIssue(issue, around), { path: module.path(), location: module.location })
      )
    } else {
      const node = issue.kind === 'rivals' ? issue.nodes[0] : issue.node
      const wanted = issue.kind === 'unresolved' ? issue.failure.token : undefined
      problems.push(
        at(node, explainIssue(issue, around), paths, wanted === undefined ? [] : [tokenName(wanted)])
      )
    }
  }
  if (missing.length > 0) {
    const emits = nodes.some(hasEmittedTypes)
    for (const { fault, node } of explainMetadata(missing, emits, detectToolchain(process))) {
      problems.push(at(node, fault, paths))
    }
  }
  return problems
}

/** What came to an application after its plan was made. */
export interface LateCheck {
  readonly fresh: readonly ProviderNode[]
  readonly nodes: readonly ProviderNode[]
  readonly issues: readonly Issue[]
  readonly around: Surroundings
  /** Names of services that are in use. */
  readonly names: () => ReadonlySet<string>
  /** A lazy dependency, which nobody follows until it is used. */
  readonly lazily:
    | { readonly node: ProviderNode; readonly dependency: LinkedDependency | undefined }
    | undefined
}

/** What is wrong with what came late. What has to be in order to be made shows when it is made. */
export function checkLate({ fresh, nodes, issues, around, names, lazily }: LateCheck): Problem[] {
  const paths = new ProblemPaths(nodes, () => orderGraph(nodes))
  const problems = issueProblems({ modules: [], nodes, issues, around, paths }, issues)
  for (const node of fresh) {
    const fault = checkProvider(node)
    if (fault !== undefined) problems.push(at(node, fault, paths))
    if (node.isService && node.givenName !== undefined && names().has(node.givenName))
      problems.push(nameTaken(node, node.givenName, nodes))
  }
  const scoped = lazily?.dependency?.targets.find((target) => target.lifetime === 'scoped')
  if (lazily !== undefined && lazily.node.isShared && scoped !== undefined) {
    problems.push(captiveProblem([lazily.node, scoped], paths.to(lazily.node)))
  }
  return problems
}

/** A service that came late has a name that is taken. */
export function nameTaken(node: ProviderNode, name: string, nodes: readonly ProviderNode[]): Problem {
  const fault: Fault = { code: 'KEEL_DUPLICATE_NAME', message: `two services are named '${name}'` }
  return at(node, fault, new ProblemPaths(nodes, () => orderGraph(nodes)))
}

/** Something that lives as long as the application, or is made outside of every scope, and the way to something scoped. */
export function captiveProblem(way: readonly ProviderNode[], path: readonly string[]): Problem {
  const [node, ...rest] = way
  const scoped = rest.at(-1)!
  const by = rest.slice(0, -1).map(asker)
  const fault: Fault = {
    code: 'KEEL_CAPTIVE_DEPENDENCY',
    message:
      `${node!.label} ${node!.isShared ? 'lives as long as the application' : 'is made outside of every scope'}, but needs ${scoped.label}, which lives as long as a scope` +
      (by.length === 0 ? '' : `, by way of ${list(by)}`),
    hint:
      scoped.source.kind === 'scope'
        ? 'Inject Application, and create a scope when it is needed: app.createScope().'
        : `Make ${scoped.label} a singleton, or get it when it is needed: app.createScope().get(${scoped.label}).`
  }
  return toProblem(fault, { path: [...path, scoped.label], location: node!.location })
}

function hasEmittedTypes(node: ProviderNode): boolean {
  return (
    node.source.kind === 'class' &&
    node.description!.constructorDependencies.some(
      ({ from, token, erased }) => from === 'type' && (token !== undefined || erased !== undefined)
    )
  )
}

function stepsOf(cycle: readonly ProviderNode[]): CycleStep[] {
  return cycle.map((node, index) => {
    const next = cycle[(index + 1) % cycle.length]!
    return { node, dependency: dependencyOn(node, next)! }
  })
}

/** The dependency by which one node must come after another. */
export function dependencyOn(node: ProviderNode, next: ProviderNode): LinkedDependency | undefined {
  return node.dependencies().find((dependency) => orderedTargets(dependency).includes(next))
}

function at(node: ProviderNode, fault: Fault, paths: ProblemPaths, below: readonly string[] = []): Problem {
  return toProblem(fault, { path: [...paths.to(node), ...below], location: node.location })
}
