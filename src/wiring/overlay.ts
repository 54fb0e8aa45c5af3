import type { DependencyContainer } from '../container/index.js'
import type { Token } from '../tokens/index.js'
import type { ProviderNode } from './provider-node.js'
import { isReleasable, type MadeValue } from './release.js'
import type { Scope } from './scope.js'

const NO_PROVIDERS: ReadonlyMap<Token, readonly ProviderNode[]> = new Map()

/** What a scope, or a single construction with providers of its own, puts over the application. */
export class Overlay {
  /** The scope; `undefined` for a single construction, in which nothing scoped can be had. */
  scope: Scope | undefined
  /** Its own providers, by token. */
  providers: ReadonlyMap<Token, readonly ProviderNode[]> = NO_PROVIDERS
  /** What it keeps. */
  readonly instances = new Map<ProviderNode, unknown>()
  /** What it made that has to be released, in order. */
  readonly made: MadeValue[] = []
  /** Called when there is something to release, for the first time. */
  onHolding: (() => void) | undefined
  /** Answers for ambient tokens in place of the application; `undefined` leaves it to that. */
  ambient: ((token: Token) => unknown) | undefined
  /** What factories of tsyringe are given inside it. */
  container: DependencyContainer | undefined
  isDisposed = false

  /** Keeps what was made. */
  keep(node: ProviderNode, value: unknown): void {
    this.instances.set(node, value)
    const made = { node, value }
    if (!isReleasable(made)) return
    if (this.made.length === 0) this.onHolding?.()
    this.made.push(made)
  }
}
