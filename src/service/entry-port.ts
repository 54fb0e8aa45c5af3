import type { LifecycleEvent } from '../events/index.js'
import type {
  EndedCall,
  MissedSlots,
  ScheduledBody,
  ScheduledWork,
  SchedulePort,
  Tick
} from '../schedule/index.js'
import type { Clock } from '../time/index.js'
import { ScopedContext } from './bound-context.js'
import { CallScope } from './call-scope.js'
import { type Call, rootCall, runAs } from './call.js'
import { isPromiseLike } from './promise-like.js'
import type { Run } from './run.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'

/** The entry that a schedule belongs to, told when that has crashed. */
interface PortOwner {
  readonly name: string
  finish(outcome: { readonly error: unknown }): void
}

/** What a timer or cron of a service asks and tells, in one of its runs. */
export class EntryPort implements SchedulePort {
  readonly #runtime: ServiceRuntime
  readonly #run: Run
  readonly #body: (context: ServiceContext, tick: Tick) => unknown
  readonly #owner: PortOwner
  /** Nobody waits in it for whoever happened to start the service. */
  readonly #call: Call

  constructor(
    runtime: ServiceRuntime,
    run: Run,
    body: (context: ServiceContext, tick: Tick) => unknown,
    owner: PortOwner
  ) {
    this.#runtime = runtime
    this.#run = run
    this.#body = body
    this.#owner = owner
    this.#call = rootCall(runtime)
  }

  get listens(): boolean {
    return this.#runtime.host.listens
  }

  get clock(): Clock {
    return this.#runtime.host.clock
  }

  begin(tick: Tick, body: ScheduledBody): unknown {
    return body(tick)
  }

  /** Calls the body as a call of its service, with a context and a signal of its own. */
  call(tick: Tick): unknown {
    const scope = new CallScope(this.#run, tick)
    const context = new ScopedContext(this.#runtime, this.#run, scope)
    let result: unknown
    try {
      result = runAs(this.#call, this.#body, context, tick)
    } catch (error) {
      scope.end()
      throw error
    }
    if (!isPromiseLike(result)) {
      scope.end()
      return result
    }
    return result.then(
      () => scope.end(),
      (error: unknown) => {
        scope.end()
        throw error
      }
    )
  }

  crash(error: unknown, { settings }: ScheduledWork): void {
    const runtime = this.#runtime
    if (runtime.currentRun === this.#run && !runtime.isAtRest) runtime.crash(error, settings.kind)
    else runtime.log.error({ err: error }, '%s %s failed', settings.kind, this.#owner.name)
    this.#owner.finish({ error })
  }

  ran({ tick, latenessMs, durationMs }: EndedCall, { settings: { kind } }: ScheduledWork): void {
    const scheduledAt = tick.scheduledAt.getTime()
    this.#publish({ type: `${kind}.ran`, ...this.#about, scheduledAt, latenessMs, durationMs })
  }

  failed(error: unknown, { tick, durationMs }: EndedCall, { settings: { kind } }: ScheduledWork): void {
    if (this.#runtime.host.listens) {
      const scheduledAt = tick.scheduledAt.getTime()
      this.#publish({ type: `${kind}.failed`, ...this.#about, scheduledAt, durationMs, error })
    } else this.#runtime.log.error({ err: error }, '%s %s failed', kind, this.#owner.name)
  }

  missed({ count, lastAt, cause }: MissedSlots, { settings: { kind } }: ScheduledWork): void {
    if (this.#runtime.host.listens) {
      this.#publish({ type: `${kind}.missed`, ...this.#about, scheduledAt: lastAt, missed: count })
    } else this.#runtime.log.warn('%s %s missed %d slots (%s)', kind, this.#owner.name, count, cause)
  }

  get #about(): { readonly at: number; readonly service: string; readonly task: string } {
    return { at: this.clock.now(), service: this.#runtime.name, task: this.#owner.name }
  }

  #publish(event: LifecycleEvent): void {
    this.#runtime.host.publish(event, this.#runtime)
  }
}
