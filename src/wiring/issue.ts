import type { DependencyFact } from '../metadata/index.js'
import type { Token } from '../tokens/index.js'
import type { Failure } from './failure.js'
import type { ModuleNode } from './module-node.js'
import type { ProviderNode, StatedDependency } from './provider-node.js'

/** What is wrong with one node or one of its dependencies, as data; `explain-issue.ts` has the words. */
export type Issue =
  /** A dependency leads to nothing that could be injected. */
  | {
      readonly kind: 'unresolved'
      readonly node: ProviderNode
      readonly dependency: StatedDependency
      readonly failure: Failure
    }
  /** Something that is listed, not needed, leads to nothing: an alias. */
  | { readonly kind: 'root'; readonly module: ModuleNode; readonly clause: string; readonly failure: Failure }
  /** A type that does not exist at run time. */
  | { readonly kind: 'erased'; readonly node: ProviderNode; readonly fact: DependencyFact }
  /** Nothing says what the parameters are. */
  | { readonly kind: 'no-metadata'; readonly node: ProviderNode }
  /** One class in several modules that see different things. */
  | {
      readonly kind: 'differs'
      readonly node: ProviderNode
      readonly dependency: StatedDependency
      readonly outcomes: readonly { readonly module: ModuleNode; readonly found: readonly ProviderNode[] }[]
    }
  /** Services that no module lists answer to one token. */
  | {
      readonly kind: 'rivals'
      readonly token: Token
      readonly nodes: readonly [ProviderNode, ...ProviderNode[]]
    }
  /** A lifetime that this cannot have. */
  | { readonly kind: 'lifetime'; readonly node: ProviderNode; readonly lifetime: string }
