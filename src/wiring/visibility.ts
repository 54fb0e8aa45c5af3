import type { Token } from '../tokens/index.js'
import { type Binding, listOf, type ModuleNode, type OneOrMore } from './module-node.js'

const NONE: readonly Binding[] = []
const NO_TOKENS: readonly Token[] = []

/**
 * Who sees what: a module sees what it lists, what the modules that it imports export or pass on, and what global
 * modules export; the application's own providers go before all of these.
 */
export class Visibility {
  /** Does the application provide anything itself? */
  readonly isOverridden: boolean
  readonly #overrides: ReadonlyMap<Token, readonly Binding[]>
  readonly #globals: readonly ModuleNode[]
  /** The module, where there is one only: it knows all that is listed. */
  readonly #only: ModuleNode | undefined
  /** By token, everything that any module lists. */
  readonly #listed = new Map<Token, Readonly<OneOrMore>>()
  /** What several modules list. */
  readonly #shared = new Set<Token>()

  constructor(modules: readonly ModuleNode[], overrides: ReadonlyMap<Token, readonly Binding[]>) {
    this.#overrides = overrides
    this.isOverridden = overrides.size > 0
    this.#globals = modules.filter((module) => module.global)
    if (modules.length === 1) {
      this.#only = modules[0]
      return
    }
    for (const module of modules) {
      for (const [token, bindings] of module.listed()) {
        const known = this.#listed.get(token)
        this.#listed.set(token, known === undefined ? bindings : [...listOf(known), ...listOf(bindings)])
        if (known !== undefined) this.#shared.add(token)
      }
    }
  }

  /** Do several modules list providers of a token? */
  isShared(token: Token): boolean {
    return this.#shared.size > 0 && this.#shared.has(token)
  }

  /** Every provider of a token in any module, in the order of the modules. */
  everywhere(token: Token): readonly Binding[] {
    return this.#only === undefined ? listOf(this.#listed.get(token)) : this.#only.own(token)
  }

  #isListed(token: Token): boolean {
    return this.#only === undefined ? this.#listed.has(token) : this.#only.lists(token)
  }

  /** The application's own providers of a token. */
  overriding(token: Token): readonly Binding[] {
    return (this.isOverridden ? this.#overrides.get(token) : undefined) ?? NONE
  }

  /** Every token of any module and of the application. */
  *tokens(): Iterable<Token> {
    yield* (this.#only === undefined ? this.#listed : this.#only.listed()).keys()
    yield* this.#overrides.keys()
  }

  /** The nearest providers of a token: more than one when several are equally near. */
  nearest(view: ModuleNode, token: Token): readonly Binding[] {
    const overrides = this.isOverridden ? this.#overrides.get(token) : undefined
    if (overrides !== undefined) return overrides
    if (view.lists(token)) return view.own(token)
    if (!this.#isListed(token)) return NONE
    const imported = exportedBindings(view.imports, token)
    return imported.length > 0 ? imported : exportedBindings(this.#globals, token)
  }

  /** Every provider of a token that can be seen: of global modules, of imports, of the module itself. */
  all(view: ModuleNode, token: Token): readonly Binding[] {
    const overrides = this.#overrides.get(token)
    if (overrides !== undefined) return overrides
    if (!this.#isListed(token)) return NONE
    const found = new Set([
      ...exportedBindings(this.#globals, token),
      ...exportedBindings(view.imports, token),
      ...view.own(token)
    ])
    return [...found]
  }

  /** Does a module have something under a token that it could export? */
  canExport(module: ModuleNode, token: Token): boolean {
    return module.lists(token) || exportedBindings(module.imports, token).length > 0
  }
}

/**
 * What some modules hand out under a token, in their order. A module hands out what it exports: its own, else what it
 * imports itself; and what the modules that it passes on hand out, unless it has an own one that is the one.
 *
 * @param further tokens that are looked for already, of which this one is the service
 */
function exportedBindings(
  modules: readonly ModuleNode[],
  token: Token,
  further: readonly Token[] = NO_TOKENS
): readonly Binding[] {
  const found: Binding[] = []
  const seen = new Set<ModuleNode>()
  // modules import each other in circles: a list of what is left, not recursion
  const left = modules.toReversed()
  for (let module = left.pop(); module !== undefined; module = left.pop()) {
    if (seen.has(module)) continue
    seen.add(module)
    const own = module.exports.has(token) ? module.own(token) : NONE
    if (own.length > 0) {
      found.push(...own)
      if (own.every((binding) => !binding.multi)) continue
    } else if (module.exports.has(token)) left.push(...module.imports.toReversed())
    else if (module.passedOnTokens.size > 0) {
      for (const service of module.passedOnTokens.get(token) ?? NO_TOKENS)
        if (!further.includes(service)) found.push(...furtherOf(service, module, [...further, token]))
    }
    left.push(...module.passedOn.toReversed())
  }
  return found
}

/** Under the last of some tokens, what stands there for a service that a module has imported. */
function furtherOf(service: Token, { imports }: ModuleNode, further: readonly Token[]): readonly Binding[] {
  const homes = exportedBindings(imports, service, further).map(({ module }) => module)
  return homes
    .flatMap((home) => home.own(further.at(-1)!))
    .filter(({ spec }) => spec.kind === 'alias' && spec.token === service)
}
