import { EntryPort } from './entry-port.js'
import type { Run } from './run.js'
import type { ServiceRuntime } from './service-runtime.js'

/** One run, as the work of it sees it: what its entries have in common. */
export class Shift {
  readonly run: Run
  readonly #runtime: ServiceRuntime
  #port: EntryPort | undefined

  constructor(runtime: ServiceRuntime, run: Run) {
    this.#runtime = runtime
    this.run = run
  }

  /** What its timers and crons ask and tell: one for all of them. */
  get port(): EntryPort {
    return (this.#port ??= new EntryPort(this.#runtime, this.run))
  }
}
