import { LifecycleError, refuseUnknownOptions, StopError, type StopFailure } from '../errors/index.js'
import type { Roster } from '../streams/index.js'
import { type Token, tokenName } from '../tokens/index.js'
import { disposedError } from './construction-errors.js'
import type { LateLinker } from './late-linker.js'
import type { Ending } from './owned-object.js'
import type { Overlay } from './overlay.js'
import type { Producer } from './producer.js'
import type { ProviderNode } from './provider-node.js'
import { hasToRelease, type Patience, release } from './release.js'
import { type GetOptions, Scope } from './scope.js'
import { written } from './words.js'

/** What a scope asks of the assembly that it is of. */
export interface ScopeHost {
  /** Nothing can be had any more. */
  readonly isDisposed: boolean
  /** Those that hold something to release: they end with the assembly at the latest. */
  readonly open: Roster<Ending>
}

/** A scope over an assembly. */
export class LivingScope extends Scope implements Ending {
  readonly #overlay: Overlay
  readonly #producer: Producer
  readonly #linker: LateLinker
  readonly #host: ScopeHost
  #releasing: Promise<StopFailure[]> | undefined
  #disposing: Promise<void> | undefined

  constructor(overlay: Overlay, producer: Producer, linker: LateLinker, host: ScopeHost) {
    super()
    this.#host = host
    // by a name, see D36
    const holds = (): void => host.open.add(this)
    overlay.onHolding = holds
    this.#overlay = overlay
    this.#producer = producer
    this.#linker = linker
    overlay.scope = this
    overlay.isToEnd = true
  }

  get<T>(token: Token<T>, options?: GetOptions): T {
    if (this.#overlay.isDisposed) throw disposedError(tokenName(token), 'scope')
    if (this.#host.isDisposed) throw disposedError(tokenName(token))
    if (options !== undefined) refuseUnknownOptions(options, ['from'], 'get()')
    return this.#producer.value(
      this.#own(token) ?? this.#linker.get(token, options?.from),
      this.#overlay
    ) as T
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#disposing ??= this.#dispose())
  }

  release(patience?: Patience): Promise<StopFailure[]> {
    return (this.#releasing ??= this.#release(patience))
  }

  #own(token: Token): ProviderNode | undefined {
    const { providers } = this.#overlay
    // most have none; with the map that is not cleared, 7 % of a scope of five
    const own = providers.size === 0 ? undefined : providers.get(token)
    if (own === undefined || own.length < 2) return own?.[0]
    throw new LifecycleError('KEEL_AMBIGUOUS_TOKEN', {
      message: `${tokenName(token)} has ${own.length} providers in this scope, all of them multi`,
      hint: `Inject all(${written(token)}).`
    })
  }

  async #release(patience?: Patience): Promise<StopFailure[]> {
    const { made, container } = this.#overlay
    this.#overlay.end()
    this.#host.open.delete(this)
    const failures = await release(made, patience)
    await container?.dispose()
    return failures
  }

  #dispose(): Promise<void> {
    const { made, container } = this.#overlay
    if (this.#releasing !== undefined || container !== undefined || hasToRelease(made)) return this.#end()
    this.#overlay.end()
    return Promise.resolve()
  }

  async #end(): Promise<void> {
    const failures = await this.release()
    if (failures.length > 0) throw new StopError(failures, { service: 'a scope' })
  }
}
