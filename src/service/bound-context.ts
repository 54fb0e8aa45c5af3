import type { Logger } from '../logging/index.js'
import type { ServiceState, StopReason } from '../lifecycle/index.js'
import {
  captureSite,
  checkOptions,
  type CronOptions,
  INTERVAL_CHECKS,
  type TaskOptions,
  type TimerOptions
} from '../metadata/index.js'
import { interval, type IntervalOptions, type Tick } from '../schedule/index.js'
import type { Observable } from '../streams/index.js'
import type { Clock, Duration } from '../time/index.js'
import type { ServiceClass } from '../tokens/index.js'
import {
  sleep,
  wait,
  waitAll,
  waitFirst,
  type WaitOptions,
  type WaitResult,
  type Work
} from '../waits/index.js'
import type { Run } from './run.js'
import type { Stretch } from './stretch.js'
import {
  type AddChildOptions,
  ServiceContext,
  type TaskHandle,
  type WaitAll,
  type WaitFirst
} from './service-context.js'
import type {
  ServiceHandle,
  ServiceSnapshot,
  TaskSnapshot,
  WaitUntilStoppedOptions
} from './service-handle.js'
import type { ServiceRuntime } from './service-runtime.js'

/**
 * The context behind {@link ServiceContext}: the runtime's levers, and waiting that ends with a stretch.
 *
 * Everything is a getter on the prototype, so that a context costs two references until it is used, and each
 * function can be destructured.
 */
export abstract class BoundContext extends ServiceContext {
  protected abstract get runtime(): ServiceRuntime
  protected abstract get run(): Run
  protected abstract get stretch(): Stretch

  /** One line for people. */
  override toString(): string {
    return this.runtime.toString()
  }
  /** The service at this moment. */
  toJSON(): ServiceSnapshot {
    return this.runtime.toJSON()
  }
  get name(): string {
    return this.runtime.name
  }
  get state(): ServiceState {
    return this.runtime.state
  }
  get state$(): Observable<ServiceSnapshot> {
    return this.runtime.state$
  }
  get restartCount(): number {
    return this.runtime.restartCount
  }
  get crashReason(): unknown {
    return this.runtime.crashReason
  }
  get activities(): ReadonlySet<string> {
    return this.runtime.activities
  }
  get statusText(): string {
    return this.runtime.statusText
  }
  get tasks(): readonly TaskSnapshot[] {
    return this.runtime.tasks
  }
  get parent(): ServiceHandle | undefined {
    return this.runtime.parent
  }
  get children(): readonly ServiceHandle[] {
    return this.runtime.children
  }
  get path(): string {
    return this.runtime.path
  }
  get start(): () => Promise<void> {
    const { runtime } = this
    return () => runtime.start()
  }
  get maybeStart(): () => Promise<boolean> {
    const { runtime } = this
    return () => runtime.maybeStart()
  }
  get stop(): (reason?: unknown) => Promise<void> {
    const { runtime } = this
    return (reason) => runtime.endItself(reason)
  }
  get restart(): () => Promise<void> {
    const { runtime } = this
    return () => runtime.restart()
  }
  get crash(): (reason: unknown) => void {
    const { runtime } = this
    return (reason) => runtime.crash(reason)
  }
  get waitUntilStopped(): (options?: WaitUntilStoppedOptions) => Promise<void> {
    const { runtime } = this
    return (options) => runtime.waitUntilStopped(options)
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.runtime[Symbol.asyncDispose]()
  }

  get signal(): AbortSignal {
    return this.stretch.signal
  }
  get draining(): AbortSignal {
    return this.stretch.draining
  }
  get stopReason(): StopReason | undefined {
    return this.stretch.stopReason
  }
  get shouldStop(): boolean {
    return this.stretch.stopReason !== undefined
  }
  get log(): Logger {
    return this.runtime.log
  }
  get clock(): Clock {
    return this.runtime.host.clock
  }

  get sleep(): (duration: Duration) => Promise<boolean> {
    const { stretch, clock, name } = this
    return (duration) => sleep(clock, stretch.signal, duration, `sleep() of ${name}`)
  }
  get wait(): <T>(work: Work<T>, options?: WaitOptions) => Promise<WaitResult<T>> {
    const { stretch, clock, runtime } = this
    return (work, options) => wait(clock, stretch.signal, work, options, runtime)
  }
  get waitFirst(): WaitFirst {
    const { stretch, clock, runtime } = this
    return <T>(work: readonly Work<T>[], options?: WaitOptions) =>
      waitFirst(clock, stretch.signal, work, options, runtime)
  }
  get waitAll(): WaitAll {
    const { stretch, clock, runtime } = this
    return <T>(work: readonly Work<T>[], options?: WaitOptions) =>
      waitAll(clock, stretch.signal, work, options, runtime)
  }
  get stopRequested(): () => Promise<void> {
    const { stretch } = this
    return () => stretch.stopRequested()
  }
  get interval(): (every: Duration, options?: IntervalOptions) => AsyncIterable<Tick> {
    const { stretch, clock, name } = this
    return (every, options) => {
      const checked = checkOptions(options, INTERVAL_CHECKS, `interval() of ${name}`)
      return interval(clock, stretch.signal, every, checked)
    }
  }

  get addTask(): <T>(work: (context: ServiceContext) => Promise<T>, options?: TaskOptions) => TaskHandle<T> {
    const { runtime } = this
    return function addTask(work, options) {
      return runtime.work.addTask(work, options, captureSite(addTask))
    }
  }
  get addTimer(): ServiceContext['addTimer'] {
    const { runtime } = this
    return function addTimer(every, work, options?: TimerOptions) {
      return runtime.work.addTimer(every, work, options, captureSite(addTimer))
    }
  }
  get addCron(): ServiceContext['addCron'] {
    const { runtime } = this
    return function addCron(expression, work, options?: CronOptions) {
      return runtime.work.addCron(expression, work, options, captureSite(addCron))
    }
  }
  get addChild(): (child: object | ServiceClass, options?: AddChildOptions) => Promise<ServiceHandle> {
    const { runtime } = this
    return (child, options) => runtime.addChild(child, options)
  }
  get removeChild(): (child: object) => Promise<void> {
    const { runtime } = this
    return (child) => runtime.childSet.remove(child)
  }
  get use(): <T extends Disposable | AsyncDisposable>(resource: T) => T {
    const { run } = this
    return (resource) => run.resources.use(resource)
  }
  get defer(): (release: () => unknown) => void {
    const { run } = this
    return (release) => run.resources.defer(release)
  }
  get activity(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
    const { runtime } = this
    return (name, work) => runtime.activity(name, work)
  }
  get setStatus(): (text: string) => void {
    const { runtime, run } = this
    return (text) => runtime.setStatus(run, text)
  }
  get setShutdown(): () => void {
    const { run } = this
    return () => run.openShutdownGate()
  }
}

/** The injected context: follows its service from run to run. */
export class LiveContext extends BoundContext {
  #runtime: ServiceRuntime

  constructor(runtime: ServiceRuntime) {
    super()
    this.#runtime = runtime
  }

  /** A service that made its own runtime while it was constructed keeps that one. */
  retarget(runtime: ServiceRuntime): void {
    this.#runtime = runtime
  }

  protected get runtime(): ServiceRuntime {
    return this.#runtime
  }
  protected get run(): Run {
    return this.#runtime.currentRun
  }
  protected get stretch(): Stretch {
    return this.#runtime.currentRun
  }
}

/** The context given to hooks and bodies: belongs to one run, or to one call within it. */
export class ScopedContext extends BoundContext {
  declare protected readonly runtime: ServiceRuntime
  declare protected readonly run: Run
  declare protected readonly stretch: Stretch

  constructor(runtime: ServiceRuntime, run: Run, stretch: Stretch = run) {
    super()
    this.runtime = runtime
    this.run = run
    this.stretch = stretch
  }
}

/** What a context has, by name. */
export const CONTEXT_MEMBERS: readonly string[] = Object.getOwnPropertyNames(BoundContext.prototype).filter(
  (name) => name !== 'constructor'
)
