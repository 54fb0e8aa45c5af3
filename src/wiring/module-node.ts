import type { ClassDescription, ModuleOptions } from '../metadata/index.js'
import type { DependencyParts, Lifetime, ModuleClass, Token } from '../tokens/index.js'

/** One way to make a value, read from an entry of `providers`. */
export type ProviderSpec =
  | ClassSpec
  | { readonly kind: 'value'; readonly value: unknown }
  | FactorySpec
  | { readonly kind: 'alias'; readonly token: Token | (() => Token) }

/** A class to be constructed, and what its provider says of that. */
export interface ClassSpec {
  readonly kind: 'class'
  readonly description: ClassDescription
  readonly lifetime: Lifetime | undefined
  readonly name: string | undefined
}

/** What a factory needs and how its value is treated. */
export interface FactorySpec {
  readonly kind: 'factory'
  readonly factory: (...dependencies: never[]) => unknown
  readonly inject: readonly DependencyParts[]
  readonly lifetime: Lifetime
  readonly dispose: ((value: never) => unknown) | undefined
  /** Milliseconds. */
  readonly startTimeout: number
}

/** One entry of some module's `providers`, read. */
export interface Binding {
  readonly token: Token
  /** In whose view its own dependencies are looked up. */
  readonly module: ModuleNode
  readonly spec: ProviderSpec
  readonly multi: boolean
  /** It replaces what modules provide. */
  readonly override?: boolean
}

/** A class listed as it stands, as nearly all are: the entry, and what it says, in one. */
export class ListedClass implements Binding {
  declare readonly kind: 'class'
  declare readonly lifetime: undefined
  declare readonly name: undefined
  declare readonly multi: false
  declare readonly token: Token
  declare readonly module: ModuleNode
  declare readonly description: ClassDescription

  static {
    Object.assign(this.prototype, { kind: 'class', lifetime: undefined, name: undefined, multi: false })
  }

  constructor(module: ModuleNode, description: ClassDescription) {
    this.token = description.class
    this.module = module
    this.description = description
  }

  get spec(): ProviderSpec {
    return this
  }
}

/** A module as it takes part in one application: a module class, one dynamic module, or the root made up for services. */
export class ModuleNode {
  /** Modules that it imports come first, as far as cycles among them allow. */
  index = -1
  /** `undefined` for the root that stands for a list of services. */
  readonly class: ModuleClass | undefined
  readonly name: string
  readonly location: string | undefined
  /** Who imported it first. */
  readonly importer: ModuleNode | undefined
  readonly supervisor: ModuleOptions['supervisor']
  /** Is it what somebody made of the class, and no plain class? */
  readonly isDynamic: boolean
  readonly global: boolean
  /** In the order of `imports`. */
  readonly imports: ModuleNode[] = []
  /** In the order of `providers`. */
  readonly bindings: Binding[] = []
  /** The same, by token; a list only where there are several: one for each of 20,000 classes would be a megabyte. */
  readonly #own = new Map<Token, OneOrMore>()
  /** Those of them that list a class, unnamed, under another token than the class itself. */
  readonly underOtherTokens: Binding[] = []
  /** Tokens that several of them are for. */
  readonly repeated = new Set<Token>()
  /** This module, for all that it alone lists: one list for thousands. */
  readonly alone: readonly [ModuleNode] = [this]
  readonly exports = new Set<Token>()
  /** Further tokens of services that are imported and exported again, and those services: they alone answer to them. */
  readonly passedOnTokens = new Map<Token, Token[]>()
  /** Imported modules whose exports are passed on. */
  readonly passedOn: ModuleNode[] = []

  constructor(details: {
    readonly class?: ModuleClass | undefined
    readonly name: string
    readonly location?: string | undefined
    readonly importer?: ModuleNode | undefined
    readonly supervisor?: ModuleOptions['supervisor']
    readonly isDynamic?: boolean
    readonly global?: boolean
  }) {
    this.class = details.class
    this.name = details.name
    this.location = details.location
    this.importer = details.importer
    this.supervisor = details.supervisor
    this.isDynamic = details.isDynamic ?? false
    this.global = details.global ?? false
  }

  /** Takes in an entry of `providers`. */
  add(binding: Binding): void {
    this.bindings.push(binding)
    if (isUnderOtherToken(binding)) this.underOtherTokens.push(binding)
    const same = this.#own.get(binding.token)
    if (same === undefined) this.#own.set(binding.token, binding)
    else {
      if ('spec' in same) this.#own.set(binding.token, [same, binding])
      else same.push(binding)
      this.repeated.add(binding.token)
    }
  }

  /** Does it list a provider of this token? */
  lists(token: Token): boolean {
    return this.#own.has(token)
  }

  /** Its own providers of this token, in their order. */
  own(token: Token): readonly Binding[] {
    return listOf(this.#own.get(token))
  }

  /** Those by token. */
  listed(): ReadonlyMap<Token, Readonly<OneOrMore>> {
    return this.#own
  }

  /** What it imports of the same class as another module, which is not the same module for that. */
  twinOf(other: ModuleNode): ModuleNode | undefined {
    return this.imports.find((module) => module !== other && module.class === other.class)
  }

  /** Names of the modules from the root down to this one. A root made up for services has no name to show. */
  path(): string[] {
    const names: string[] = []
    for (let at: ModuleNode | undefined = this; at !== undefined; at = at.importer) {
      if (at.class !== undefined) names.push(at.name)
    }
    return names.toReversed()
  }
}

/** Providers of one token, of which there is mostly one. */
export type OneOrMore = Binding | Binding[]

const NONE: readonly Binding[] = Object.freeze([])

/** Those as a list. */
export function listOf(bindings: Readonly<OneOrMore> | undefined): readonly Binding[] {
  if (bindings === undefined) return NONE
  return 'spec' in bindings ? [bindings] : bindings
}

/** Does it list a class, unnamed, under another token than the class itself? */
export function isUnderOtherToken({ spec, token }: Binding): boolean {
  return spec.kind === 'class' && spec.name === undefined && spec.description.class !== token
}
