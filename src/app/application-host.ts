import type { LifecycleEvent } from '../events/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import { EventLog, LogLevels, serviceLogger, type Logger } from '../logging/index.js'
import type { LogLevel } from '../metadata/index.js'
import {
  type ConstructedChild,
  outsideCalls,
  type ServiceHost,
  type ServiceRuntime,
  type UnfinishedChild
} from '../service/index.js'
import type { EventStream } from '../streams/index.js'
import type { Clock } from '../time/index.js'
import type { Class, Provider } from '../tokens/index.js'
import type { ServiceLevers } from './service-levers.js'

/** What the host passes on to: the application that orders its services. */
export interface Conductor {
  readonly name: string
  readonly isDraining: boolean
  readonly stops: number
  readonly isStopped: boolean
  transitioned(runtime: ServiceRuntime, to: ServiceState, at: number, now: number | undefined): void
  tasksChanged(change: 1 | -1): void
  crashed(runtime: ServiceRuntime, reason: unknown): void
  readonly levers: ServiceLevers
  restartDropped(runtime: ServiceRuntime): void
  letProceed(child: ServiceRuntime): void
  shutdownBudget(now?: number): number
  onShutdown(tell: () => void): () => void
  constructChild(
    child: Class,
    providers: readonly Provider[],
    owner: ServiceRuntime,
    fresh: UnfinishedChild
  ): ConstructedChild
}

/** The place that the services of an application live in: time, logs, events; what concerns order it passes on. */
export class ApplicationHost implements ServiceHost {
  readonly clock: Clock
  readonly timezone: string
  readonly log: Logger
  readonly events: EventStream<LifecycleEvent>
  readonly #conductor: Conductor
  /** Undefined when nothing is to be logged, so that nothing is built for it. */
  #eventLog: EventLog | undefined
  readonly #levels: LogLevels

  constructor(
    conductor: Conductor,
    parts: {
      readonly clock: Clock
      readonly timezone: string
      readonly log: Logger
      readonly events: EventStream<LifecycleEvent>
    }
  ) {
    this.#conductor = conductor
    this.clock = parts.clock
    this.timezone = parts.timezone
    this.log = parts.log
    this.#levels = new LogLevels(parts.log)
    this.#eventLog = parts.log.level === 'silent' ? undefined : new EventLog(parts.log, this.#levels)
    this.events = parts.events
  }

  get rootName(): string {
    return this.#conductor.name
  }

  get isDraining(): boolean {
    return this.#conductor.isDraining
  }

  get stops(): number {
    return this.#conductor.stops
  }

  get isStopped(): boolean {
    return this.#conductor.isStopped
  }

  get listens(): boolean {
    return this.#eventLog !== undefined || this.events.active
  }

  publish(event: LifecycleEvent, about?: ServiceRuntime): void {
    this.#eventLog?.write(event, about)
    // who hears of it acts on their own account: it is no work of the call that has brought it about
    if (this.events.active) outsideCalls(() => this.events.publish(event))
  }

  logger(runtime: ServiceRuntime): Logger {
    return serviceLogger(this.log, runtime.name, runtime, this.#levels.own(runtime.name))
  }

  /** From which level on a service writes; without a name, the application. */
  logLevel(service?: string): LogLevel {
    return service === undefined ? this.#levels.root : this.#levels.of(service)
  }

  /** Sets the level of the application and of every service. */
  setEveryLogLevel(level: LogLevel, services: Iterable<ServiceRuntime>): void {
    this.#levels.setAll(level)
    for (const service of services) service.logLevelChanged(level)
    this.#heed(level)
  }

  /** Sets the level of one service; undefined: the application's again. */
  setLogLevel(service: ServiceRuntime, level: LogLevel | undefined): void {
    this.#levels.set(service.name, level)
    service.logLevelChanged(this.#levels.of(service.name))
    this.#heed(level)
  }

  /** A log that was silent so far is to be written. */
  #heed(level: LogLevel | undefined): void {
    if (level !== undefined && level !== 'silent') this.#eventLog ??= new EventLog(this.log, this.#levels)
  }

  subscriberFailed(runtime: ServiceRuntime, error: unknown): void {
    runtime.log.error({ err: error }, 'a subscriber of state$ failed')
  }

  transitioned(runtime: ServiceRuntime, to: ServiceState, at: number, now: number | undefined): void {
    this.#conductor.transitioned(runtime, to, at, now)
  }

  tasksChanged(change: 1 | -1): void {
    this.#conductor.tasksChanged(change)
  }

  crashed(runtime: ServiceRuntime, reason: unknown): void {
    this.#conductor.crashed(runtime, reason)
  }

  letProceed(child: ServiceRuntime): void {
    this.#conductor.letProceed(child)
  }

  assertNoSelfWait(runtime: ServiceRuntime): void {
    this.#conductor.levers.assertNoSelfWait(runtime)
  }

  async start(runtime: ServiceRuntime, isRestart = false): Promise<void> {
    await this.#conductor.levers.start(runtime, isRestart)
  }

  async stop(
    runtime: ServiceRuntime,
    reason: StopReason,
    ending?: (along: readonly ServiceRuntime[]) => () => void
  ): Promise<void> {
    await this.#conductor.levers.stop(runtime, reason, ending)
  }

  isToStop(runtime: ServiceRuntime): boolean {
    return this.#conductor.levers.isToStop(runtime)
  }

  stopsAlong(runtime: ServiceRuntime, other: ServiceRuntime): boolean {
    return this.#conductor.levers.stopsAlong(runtime, other)
  }

  stopsBefore(other: ServiceRuntime, runtime: ServiceRuntime): boolean {
    return this.#conductor.levers.stopsBefore(other, runtime)
  }

  restartDropped(runtime: ServiceRuntime): void {
    this.#conductor.restartDropped(runtime)
  }

  shutdownBudget(now?: number): number {
    return this.#conductor.shutdownBudget(now)
  }

  onShutdown(tell: () => void): () => void {
    return this.#conductor.onShutdown(tell)
  }

  construct(
    child: Class,
    providers: readonly Provider[],
    owner: ServiceRuntime,
    fresh: UnfinishedChild
  ): ConstructedChild {
    return this.#conductor.constructChild(child, providers, owner, fresh)
  }

  childrenChanged(): void {}
}
