import { abortError } from '../waits/index.js'
import { calledFromWork } from './call.js'
import type { TaskHandle } from './service-context.js'
import type { TaskSnapshot } from './service-handle.js'
import type { WorkEntry } from './work-entry.js'

/** How work has ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/**
 * The handle of work that was added at run time. Its promise is made when somebody asks for it, so that a failure
 * nobody asks about is not an unhandled rejection.
 */
export class AddedWork<T> implements TaskHandle<T> {
  readonly name: string
  readonly #forget: () => void
  #entry: WorkEntry | undefined
  #outcome: Outcome | undefined
  #promise: Promise<T> | undefined
  #resolve: ((value: never) => void) | undefined
  #reject: ((error: unknown) => void) | undefined

  /** @param forget takes it out of the runs to come */
  constructor(name: string, forget: () => void) {
    this.name = name
    this.#forget = forget
  }

  get snapshot(): TaskSnapshot {
    if (this.#entry === undefined) throw new Error(`${this.name} was never added`)
    return this.#entry.snapshot
  }

  // A handle is meant to be awaited: that is what being thenable is for.
  // oxlint-disable-next-line unicorn/no-thenable -- see above
  then<Value = T, Failure = never>(
    onDone?: ((value: T) => Value | PromiseLike<Value>) | null,
    onFailed?: ((error: unknown) => Failure | PromiseLike<Failure>) | null
  ): Promise<Value | Failure> {
    this.#promise ??= new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (this.#outcome !== undefined) this.#tell(this.#outcome)
    })
    return this.#promise.then(onDone, onFailed)
  }

  async cancel(): Promise<void> {
    const entry = this.#entry
    const reason = { kind: 'stop', detail: 'cancelled' } as const
    this.#forget()
    entry?.abort(reason)
    const ended = entry?.end()
    // a body that cancels itself tells how it ended once it has
    if (entry !== undefined && calledFromWork(entry.mark)) return
    await ended
    this.settle({ error: abortError(reason) })
  }

  /** The entry that stands for it in the run under way. */
  follow(entry: WorkEntry): void {
    this.#entry = entry
  }

  /** How it ended; the first time counts. */
  settle(outcome: Outcome): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    this.#tell(outcome)
  }

  #tell(outcome: Outcome): void {
    if ('error' in outcome) this.#reject?.(outcome.error)
    else this.#resolve?.(outcome.value as never)
  }
}
