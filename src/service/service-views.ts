import type { Logger } from '../logging/index.js'
import { type LogLevel, type MethodFactOf, text } from '../metadata/index.js'
import { StateStream, type Observable } from '../streams/index.js'
import { ActivitySet } from './activity-set.js'
import { LiveContext } from './bound-context.js'
import { outsideCalls } from './call.js'
import { callable } from './callable.js'
import type { ServiceSnapshot } from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'

/**
 * What is to be seen of one service from outside, each made when somebody looks: the context that is injected, its
 * logger, the stream of its states, its activities. At most services nobody does.
 */
export class ServiceViews {
  readonly #runtime: ServiceRuntime
  #context: LiveContext | undefined
  #log: Logger | undefined
  #states: StateStream<ServiceSnapshot> | undefined
  #activities: ActivitySet | undefined

  constructor(runtime: ServiceRuntime) {
    this.#runtime = runtime
  }

  /** The context that is injected: follows the service from run to run. */
  get context(): LiveContext {
    return (this.#context ??= new LiveContext(this.#runtime))
  }

  get log(): Logger {
    return (this.#log ??= this.#runtime.host.logger(this.#runtime))
  }

  /** Its logger follows, if there is one already. */
  logLevelChanged(level: LogLevel): void {
    if (this.#log !== undefined) this.#log.level = level
  }

  /** It has come to another place, where it is logged under another name. */
  moved(): void {
    this.#log = undefined
  }

  get states(): Observable<ServiceSnapshot> {
    if (this.#states === undefined) {
      const runtime = this.#runtime
      this.#states = new StateStream(runtime.snapshot, (error) =>
        runtime.host.subscriberFailed(runtime, error)
      )
      if (runtime.isDisposed) this.#states.complete()
    }
    return this.#states.observable
  }

  /** Whether anybody has asked for {@link states}. */
  get areStatesSeen(): boolean {
    return this.#states !== undefined
  }

  /** It is in another state. */
  tell(): void {
    const states = this.#states
    // who hears of it acts on their own account: it is no work of the call that has brought it about
    if (states !== undefined) outsideCalls(() => states.set(this.#runtime.snapshot))
  }

  /** No state is to come. */
  complete(): void {
    this.#states?.complete()
  }

  /** It lives again, after {@link complete}: whoever asks from now on sees what is to come. */
  renew(): void {
    this.#states = undefined
  }

  /** Names of what it is doing. */
  get activities(): ReadonlySet<string> | undefined {
    return this.#activities?.names
  }

  activity<T>(name: string, work: () => Promise<T>): Promise<T> {
    const what = `activity() of ${this.#runtime.name}`
    text(name, `the name of ${what}`)
    return this.#activitySet.track(name, callable(work, what))
  }

  /** Makes the methods marked `@Activity` of its instance count. */
  wrapActivities(instance: object, methods: readonly MethodFactOf<'activity'>[]): void {
    this.#activitySet.wrapMethods(instance, methods)
  }

  get #activitySet(): ActivitySet {
    const runtime = this.#runtime
    return (this.#activities ??= new ActivitySet({
      began: (activity) =>
        runtime.publish(() => ({
          type: 'activity.started',
          at: runtime.host.clock.now(),
          service: runtime.name,
          activity
        })),
      ended: (activity, ended) =>
        runtime.publish(() => {
          const at = runtime.host.clock.now()
          return { type: 'activity.finished', at, service: runtime.name, activity, ...ended }
        }),
      monotonic: () => runtime.host.clock.monotonic()
    }))
  }
}
