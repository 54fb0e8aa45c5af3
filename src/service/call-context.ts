import type { Tick } from '../schedule/index.js'
import { BoundContext } from './bound-context.js'
import { CallStretch } from './call-stretch.js'
import type { Run } from './run.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Whose calls they are. */
interface Caller {
  readonly runtime: ServiceRuntime
  readonly run: Run
}

/**
 * The context given to the body of a timer or cron: belongs to one call. Its stretch is made when somebody asks for it,
 * since most bodies use neither signal nor sleep; a call without costs a quarter less.
 */
export class CallContext extends BoundContext {
  readonly #caller: Caller
  readonly #tick: Tick
  #stretch: CallStretch | 'over' | undefined

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

  protected get stretch(): CallStretch {
    const known = this.#stretch
    if (known !== undefined && known !== 'over') return known
    const stretch = (this.#stretch = new CallStretch(this.#caller.run, this.#tick))
    if (known === 'over') stretch.end()
    return stretch
  }

  /** The call is over: whatever still uses its context is told. */
  end(): void {
    const stretch = this.#stretch
    if (stretch === undefined) this.#stretch = 'over'
    else if (stretch !== 'over') stretch.end()
  }
}
