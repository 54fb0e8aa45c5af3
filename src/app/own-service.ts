import type { StopFailure } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { drainFamily, family, type ServiceContext, ServiceRuntime, UNDESCRIBED } from '../service/index.js'
import type { ApplicationHost } from './application-host.js'

const NONE: readonly ServiceRuntime[] = []

/**
 * The application taken for a service, whose context is injected into what belongs to none: it starts before all others
 * and ends after them. Made when somebody asks for it.
 */
export class OwnService {
  readonly #name: string
  readonly #host: ApplicationHost
  #runtime: ServiceRuntime | undefined

  constructor(name: string, host: ApplicationHost) {
    this.#name = name
    this.#host = host
  }

  /** None, when nobody has asked for it. */
  get runtimes(): readonly ServiceRuntime[] {
    return this.#runtime === undefined ? NONE : [this.#runtime]
  }

  /** @param isUp whether the application is: what is made then lives as long as that */
  context(isUp: boolean): ServiceContext {
    if (this.#runtime === undefined) {
      const described = { ...UNDESCRIBED, service: { lifecycleLogLevel: 'debug' } } as const
      this.#runtime = new ServiceRuntime(this.#name, described, this.#host)
      this.#runtime.bind({})
      if (isUp) void this.start()
    }
    return this.#runtime.liveContext
  }

  /** Undefined when it runs already: of most applications it has no children. */
  start(): Promise<void> | undefined {
    // whoever is told of the start may have asked for it first
    const own = this.#runtime
    if (own?.isAtRest !== true) return undefined
    own.startAlone()
    own.proceed()
    return own.state === 'running' ? undefined : own.whenStarted()
  }

  /** When a task of its own has thrown at once, or a child has failed; not when it was stopped. */
  get failed(): ServiceRuntime | undefined {
    return this.#runtime?.hasCrashed === true ? this.#runtime : undefined
  }

  beginDrain(reason: StopReason): void {
    if (this.#runtime !== undefined) for (const one of family(this.#runtime)) one.beginDrain(reason)
  }

  /** Calls `onDrain` of its children. */
  async drain(left: () => number): Promise<readonly StopFailure[]> {
    return this.#runtime === undefined ? [] : drainFamily(this.#runtime, left)
  }

  stop(reason: StopReason): Promise<readonly StopFailure[]> | undefined {
    return this.#runtime?.stopToRest(reason)
  }
}
