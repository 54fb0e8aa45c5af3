import { LifecycleError, type ProblemsError, show } from '../errors/index.js'
import {
  type Class,
  type DependencyParts,
  isClass,
  isToken,
  type ModuleClass,
  type Token,
  tokenName
} from '../tokens/index.js'
import { describe } from '../metadata/index.js'
import { checkLate, nameTaken } from './check.js'
import { wiringError } from './construction-errors.js'
import { explainFailure } from './explain-failure.js'
import { Failure } from './failure.js'
import { findAnywhere } from './find-anywhere.js'
import type { Linker } from './linker.js'
import { unwrap } from './unwrap.js'
import type { ModuleNode } from './module-node.js'
import type { Overlay } from './overlay.js'
import type { LinkedDependency, ProviderNode, StatedDependency } from './provider-node.js'
import { awaitedOf } from './read-requests.js'
import { written } from './words.js'

/** Who is told what was found late. */
export interface LateNodes {
  /** Nodes that nobody knew of; they are in order. */
  found(nodes: readonly ProviderNode[]): void
  /** Nodes that nobody knew of, and that cannot be made. */
  broken(nodes: readonly ProviderNode[], error: ProblemsError): void
}

/**
 * Links what is asked for after the plan was made: by `inject()`, by `get()`, by scopes. What is found for the
 * first time is checked as the plan was, and is in order or is never made.
 */
export class LateLinker {
  readonly #linker: Linker
  readonly #nodes: LateNodes
  /** Names of services that are in use. */
  readonly #names: () => ReadonlySet<string>
  /** Kept by whoever has the class, which may be made for one call. */
  readonly #created = new WeakMap<Class, ProviderNode>()
  /** What `find` has found in the application as a whole. */
  readonly #found = new Map<Token, ProviderNode>()
  /** How many nodes have been checked. */
  #checked: number

  constructor(linker: Linker, names: () => ReadonlySet<string>, nodes: LateNodes) {
    this.#linker = linker
    this.#names = names
    this.#nodes = nodes
    this.#checked = linker.table.nodes.length
  }

  /**
   * What an `inject()` call of a node leads to.
   *
   * @throws WiringError when it is missing, or something that it leads to is
   */
  request(
    node: ProviderNode,
    { token, ...parts }: DependencyParts,
    overlay: Overlay | undefined
  ): LinkedDependency {
    const target = unwrap(token)
    const stated: StatedDependency = {
      request: { ...parts, token: target ?? token },
      kind: parts.lazy ? 'lazy' : 'inject',
      at: 'inject'
    }
    const own = target === undefined ? undefined : overlay?.providers.get(target)
    if (own !== undefined) {
      return { ...stated, token: target!, targets: own, failure: undefined, transform: undefined }
    }
    const known = node.injected.find(
      ({ token: other, request }) =>
        other === target &&
        request.all === parts.all &&
        request.lazy === parts.lazy &&
        request.optional === parts.optional
    )
    if (known !== undefined) return known
    const dependency = this.#linker.link(node, stated)
    this.check(parts.lazy ? { node, dependency } : undefined)
    return dependency!
  }

  /**
   * Takes in a service that a factory has made, of whose class nobody knew before: what that depends on orders it.
   *
   * @param named whether it was given a name by its maker, which goes before that of its class
   * @throws WiringError when something of that is missing
   * @throws ConfigurationError `KEEL_DUPLICATE_NAME`
   */
  takeMade(node: ProviderNode, named: boolean): void {
    const { service, dependsOn } = node.description!
    const { nodes } = this.#linker.table
    if (!named && service?.name !== undefined && this.#names().has(service.name))
      throw wiringError([nameTaken(node, service.name, nodes)])
    if (dependsOn.length === 0) return
    for (const stated of awaitedOf(node.description!)) {
      const dependency = this.#linker.link(node, stated)
      if (dependency !== undefined) node.addInjected(dependency)
    }
    this.check()
  }

  /** A class that is constructed outside of every module. */
  loose(cls: Class): ProviderNode {
    let node = this.#created.get(cls)
    if (node === undefined) {
      const description = describe(cls)
      node = this.#linker.table.loose({ kind: 'class', class: cls }, description.name, description)
      this.#linker.linkLoose(node)
      this.check()
      this.#created.set(cls, node)
    }
    return node
  }

  /**
   * What a token stands for in the application as a whole, or in the view of one module.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN`, `KEEL_AMBIGUOUS_TOKEN`
   * @throws WiringError when what it leads to is not in order
   */
  find(token: Token, from?: ModuleClass): ProviderNode {
    const known = from === undefined ? this.#found.get(token) : undefined
    if (known !== undefined) return known
    if (!isToken(token)) throw noToken(token)
    const found = from === undefined ? findAnywhere(this.#linker, token) : this.#findFrom(token, from)
    if (found instanceof Failure) throw this.#unfound(token, found, from)
    this.#linker.drain()
    this.check()
    if (from === undefined) this.#found.set(token, found)
    return found
  }

  /**
   * What whoever stands outside is given for a token.
   *
   * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` for what each service has its own of, too
   */
  get(token: Token, from?: ModuleClass): ProviderNode {
    const node = this.find(token, from)
    const { source } = node
    if (source.kind === 'ambient' && this.#linker.tree.options.ownTokens?.has(source.token) === true)
      throw noOwner(token, source.token)
    return node
  }

  /** All that a token stands for in the view of the root. */
  findAll(token: Token): readonly ProviderNode[] {
    const { lookup, tree } = this.#linker
    const found = lookup.all(tree.root, token)
    if (found instanceof Failure || found.length === 0) return [this.find(token)]
    this.#linker.drain()
    this.check()
    return found
  }

  /** Whether a token stands for something, be it for several. */
  has(token: Token): boolean {
    const found = findAnywhere(this.#linker, token)
    return !(found instanceof Failure && found.isAbsence)
  }

  /** Checks what was linked since this was last called. */
  check(lazily?: { readonly node: ProviderNode; readonly dependency: LinkedDependency | undefined }): void {
    const { nodes } = this.#linker.table
    const issues = this.#linker.takeIssues()
    if (nodes.length === this.#checked && issues.length === 0 && lazily === undefined) return
    const fresh = nodes.slice(this.#checked)
    this.#checked = nodes.length
    const problems = checkLate({ fresh, nodes, issues, around: this.#linker, names: this.#names, lazily })
    if (problems.length === 0) {
      if (fresh.length > 0) this.#nodes.found(fresh)
      return
    }
    const error = wiringError(problems)
    this.#nodes.broken(fresh, error)
    throw error
  }

  #findFrom(token: Token, from: ModuleClass): ProviderNode | Failure {
    const { lookup, tree } = this.#linker
    const modules = tree.modules.filter((module) => module.class === from)
    const [first] = modules
    if (first === undefined) throw noModule(from, tree.name)
    const nodes = new Set<ProviderNode>()
    let failure: Failure | undefined
    for (const module of modules) {
      const found = lookup.one(module, token)
      if (found instanceof Failure) failure ??= found
      else nodes.add(found)
    }
    const [only] = nodes
    if (only === undefined) return failure!
    return nodes.size === 1 ? only : new Failure('ambiguous', token, first)
  }

  #unfound(token: Token, failure: Failure, from: ModuleClass | undefined): LifecycleError {
    const name = tokenName(token)
    const { visibility } = this.#linker
    if (failure.reason === 'several') {
      const { bindings, view } = failure
      const owner = visibility.nearest(view, token).length === 0 ? bindings[0]!.module : undefined
      return new LifecycleError('KEEL_AMBIGUOUS_TOKEN', {
        message: `${name} has ${bindings.length} providers${owner === undefined ? '' : ` in ${owner.name}`}, all of them multi`,
        hint: injectAll(token, owner)
      })
    }
    if (failure.reason === 'ambiguous') {
      const modules = [...new Set(visibility.everywhere(token).map((binding) => binding.module))]
      return new LifecycleError('KEEL_AMBIGUOUS_TOKEN', {
        message: `${name} stands for different things in ${namesOf(modules)}`,
        hint: this.#whichIsMeant(token, modules, from)
      })
    }
    const { message, hint } = explainFailure(`get() was asked for ${name}`, failure, {
      visibility,
      registry: this.#linker.registry,
      otherwise: ''
    })
    return new LifecycleError('KEEL_UNKNOWN_TOKEN', { message, hint })
  }

  /** `from` names a class, and so tells nothing where several modules are of it. */
  #whichIsMeant(token: Token, modules: readonly ModuleNode[], from: ModuleClass | undefined): string {
    const all = this.#linker.tree.modules
    const isOnly = (cls: ModuleClass): boolean => all.filter((module) => module.class === cls).length === 1
    const answering = modules.filter((module) => module.own(token).length === 1)
    if (answering.length === 0) return injectAll(token, modules[0])
    const only = answering.find((module) => module.class !== undefined && isOnly(module.class))
    const example = (name: string): string => `get(${written(token)}, { from: ${name} })`
    const isTold = from === undefined || isOnly(from)
    if (isTold && only !== undefined) return `Say which is meant: ${example(only.name)}.`
    const shared = isTold ? namesOf(modules) : tokenName(from)
    return `Several modules are of the class ${shared}, which \`from\` cannot tell apart: give each a token of its own, or let them export it and name a module that imports only one of them, ${example('ThatModule')}.`
  }
}

/** @param owner the module that has them, where they are hidden */
function injectAll(token: Token, owner: ModuleNode | undefined): string {
  const where =
    owner === undefined ? '' : ` in ${owner.name}, or in a module that ${owner.name} exports it to`
  return `Inject all(${written(token)})${where}.`
}

function namesOf(modules: readonly ModuleNode[]): string {
  return [...new Set(modules.map(({ name }) => name))].join(', ')
}

/** Whose it should be is known of what is injected only. */
function noOwner(token: Token, own: Token): LifecycleError {
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `get() was asked for ${tokenName(token)}, of which each service has its own`,
    hint: `Inject it in the service, \`x = inject(${tokenName(own)})\`, or take the one that its hooks are given; app.service(X) gives the handle of a service.`
  })
}

function noModule(from: unknown, application: string): LifecycleError {
  const name = typeof from === 'string' ? written(from) : tokenName(from)
  const why = isClass(from) ? `: ${name} is no module of ${application}` : ', which is no class of a module'
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `get() cannot look from ${name}${why}`,
    hint: `Give \`from\` the class of a module that ${application} imports, itself or by way of others.`
  })
}

function noToken(given: unknown): LifecycleError {
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `get() was given ${show(given)}, which is no token`,
    hint: 'Give a class, an InjectionToken, a string or a symbol; an undefined class is an import cycle between files.'
  })
}
