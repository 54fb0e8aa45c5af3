import type { Tick } from '../schedule/index.js'
import { BoundContext } from './bound-context.js'
import { CallScope } from './call-scope.js'
import type { Run } from './run.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Whose calls they are. */
interface Caller {
  readonly runtime: ServiceRuntime
  readonly run: Run
}

/**
 * The context given to the body of a timer or cron: belongs to one call. Its scope is made when somebody asks for it,
 * since most bodies use neither signal nor sleep; a call without costs a quarter less.
 */
export class CallContext extends BoundContext {
  readonly #caller: Caller
  readonly #tick: Tick
  #scope: CallScope | undefined
  #isOver = false

  constructor(caller: Caller, tick: Tick) {
    super()
    this.#caller = caller
    this.#tick = tick
  }

  protected get runtime(): ServiceRuntime {
    return this.#caller.runtime
  }

  protected get run(): Run {
    return this.#caller.run
  }

  protected get scope(): CallScope {
    if (this.#scope === undefined) {
      this.#scope = new CallScope(this.#caller.run, this.#tick)
      if (this.#isOver) this.#scope.end()
    }
    return this.#scope
  }

  /** The call is over: whatever still uses its context is told. */
  end(): void {
    this.#isOver = true
    this.#scope?.end()
  }
}
