import type { LifecycleEvent } from '../events/index.js'
import type {
  EndedCall,
  MissedSlots,
  RunningTick,
  ScheduledWork,
  SchedulePort,
  Tick
} from '../schedule/index.js'
import type { Clock } from '../time/index.js'
import { CallContext } from './call-context.js'
import { type Call, rootCall, runAs } from './call.js'
import type { Run } from './run.js'
import type { ScheduleEntry, SchedulePlan } from './schedule-entry.js'
import type { ServiceContext } from './service-context.js'
import type { ServiceRuntime } from './service-runtime.js'

type Work = ScheduledWork<ScheduleEntry>

/** What the timers and crons of a service ask and tell, in one of its runs. */
export class EntryPort implements SchedulePort<ScheduleEntry> {
  readonly runtime: ServiceRuntime
  readonly run: Run
  /** Of what is declared. Nobody waits in it for whoever happened to start the service. */
  readonly #call: Call

  constructor(runtime: ServiceRuntime, run: Run) {
    this.runtime = runtime
    this.run = run
    this.#call = rootCall(runtime)
  }

  get service(): string {
    return this.runtime.name
  }

  get listens(): boolean {
    return this.runtime.host.listens
  }

  get clock(): Clock {
    return this.runtime.host.clock
  }

  /** Calls the body as a call of its service, with a context and a signal of its own. */
  begin(tick: RunningTick, entry: ScheduleEntry): unknown {
    const context = new CallContext(this, tick)
    tick.context = context
    const call = entry.plan.kind === 'added' ? rootCall(this.runtime, entry.mark) : this.#call
    return runAs(call, callBody, entry.plan, context, tick)
  }

  crash(error: unknown, { settings, name, body }: Work): void {
    const { runtime } = this
    // First: a crash may bring the run to its end, which would be the outcome.
    body.finish({ error })
    if (runtime.currentRun === this.run && !runtime.isAtRest) runtime.crash(error, name)
    else runtime.log.error({ err: error }, '%s %s failed', settings.kind, name)
  }

  ran({ tick, latenessMs, durationMs }: EndedCall, { name, settings: { kind } }: Work): void {
    const scheduledAt = tick.scheduledAt.getTime()
    const at = this.clock.now()
    const service = this.runtime.name
    this.#publish({ type: `${kind}.ran`, at, service, task: name, scheduledAt, latenessMs, durationMs })
  }

  failed(error: unknown, { tick, durationMs }: EndedCall, { name, settings: { kind } }: Work): void {
    if (this.runtime.host.listens) {
      const scheduledAt = tick.scheduledAt.getTime()
      const at = this.clock.now()
      const service = this.runtime.name
      this.#publish({ type: `${kind}.failed`, at, service, task: name, scheduledAt, durationMs, error })
    } else this.runtime.log.error({ err: error }, '%s %s failed', kind, name)
  }

  failedLate(error: unknown, { name, settings: { kind } }: Work): void {
    this.runtime.log.error({ err: error }, '%s %s failed after its time was up', kind, name)
  }

  missed({ count, lastAt, cause }: MissedSlots, { name, settings: { kind } }: Work): void {
    if (this.runtime.host.listens) {
      const at = this.clock.now()
      const service = this.runtime.name
      this.#publish({ type: `${kind}.missed`, at, service, task: name, scheduledAt: lastAt, missed: count })
    } else this.runtime.log.warn('%s %s missed %d slots (%s)', kind, name, count, cause)
  }

  #publish(event: LifecycleEvent): void {
    this.runtime.host.publish(event, this.runtime)
  }
}

function callBody(plan: SchedulePlan, context: ServiceContext, tick: Tick): unknown {
  return plan.body(context, tick)
}
