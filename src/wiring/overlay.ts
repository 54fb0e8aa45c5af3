import type { DependencyContainer } from '../container/index.js'
import type { Token } from '../tokens/index.js'
import type { ProviderNode } from './provider-node.js'
import { isReleasable, isToRelease, type MadeValue } from './release.js'
import type { Scope } from './scope.js'

const NO_PROVIDERS: ReadonlyMap<Token, readonly ProviderNode[]> = new Map()

/** What a scope, or a single construction with providers of its own, puts over the application. */
export class Overlay {
  /** The scope; `undefined` for a single construction, in which nothing scoped can be had. */
  scope: Scope | undefined
  /** Its own providers, by token. */
  providers: ReadonlyMap<Token, readonly ProviderNode[]> = NO_PROVIDERS
  /** What it keeps, once there is something. */
  instances: Map<ProviderNode, unknown> | undefined
  /** What it made that has to be released, in order. */
  readonly made: MadeValue[] = []
  /** Called when there is something to release, for the first time. */
  onHolding: (() => void) | undefined
  /** Answers for ambient tokens in place of the application; `undefined` leaves it to that. */
  ambient: ((token: Token) => unknown) | undefined
  /** What it is made for, where that is one object. */
  owned: ProviderNode | undefined
  /** Told that this is there, though its constructor has not returned. */
  appeared: ((object: object) => void) | undefined
  /** What factories of tsyringe are given inside it. */
  container: DependencyContainer | undefined
  /** Does it end before the application does, and releases then what it made? */
  isToEnd = false
  isDisposed = false

  /**
   * Keeps what was made.
   *
   * @param given what a factory was called with
   */
  keep(node: ProviderNode, value: unknown, given: readonly unknown[]): void {
    this.instances ??= new Map()
    this.instances.set(node, value)
    const made = { node, value }
    if (isReleasable(made) && isToRelease(made, given)) this.hold(made)
  }

  /** Takes note of what is to be released with it. */
  hold(made: MadeValue): void {
    if (this.made.length === 0) this.onHolding?.()
    this.made.push(made)
  }

  /** Nothing can be had of it any more, and it holds on to nothing. A map would be cleared by making another. */
  end(): void {
    this.isDisposed = true
    this.instances = undefined
  }
}
