import type { Token } from '../tokens/index.js'
import type { Binding, ModuleNode } from './module-node.js'

/** Why a token leads to nothing that could be injected, as data; `explain-failure.ts` has the words. */
export class Failure {
  readonly reason:
    | 'missing'
    /** Some module has it, but it cannot be seen from here. */
    | 'hidden'
    /** Several could be meant. */
    | 'ambiguous'
    /** All are `multi`, one was asked for. */
    | 'several'
    /** All were asked for, but none is `multi`. */
    | 'not-multi'
    /** An alias leads back to itself. */
    | 'alias-cycle'
    /** The token behind `() => token` does not exist. */
    | 'undefined'
  readonly token: Token | undefined
  /** From where it was looked for. */
  readonly view: ModuleNode
  /** The providers that are hidden or too many. */
  readonly bindings: readonly Binding[]
  /** The aliases that led to it; where they lead back, only those of the circle. */
  readonly through: readonly Binding[]

  constructor(
    reason: Failure['reason'],
    token: Token | undefined,
    view: ModuleNode,
    bindings: readonly Binding[] = [],
    through: readonly Binding[] = []
  ) {
    this.reason = reason
    this.token = token
    this.view = view
    this.bindings = bindings
    this.through = through
  }

  /** The same, after a way over aliases. */
  by(through: readonly Binding[]): Failure {
    if (this.reason === 'alias-cycle') return this
    return new Failure(this.reason, this.token, this.view, this.bindings, through)
  }

  /** Would something else than what is there have to be provided? Then whatever is optional does without. */
  get isAbsence(): boolean {
    return this.reason === 'missing' || this.reason === 'hidden'
  }
}
