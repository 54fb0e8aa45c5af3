import { appear } from '../container/index.js'
import { markAsOwn, StopError } from '../errors/index.js'
import type { Logger } from '../logging/index.js'
import type { ServiceState } from '../lifecycle/index.js'
import { captureSite, checkOptions, describe, refuse, type TaskOptions, text } from '../metadata/index.js'
import type { Observable } from '../streams/index.js'
import type { Class, ServiceClass } from '../tokens/index.js'
import type { Duration } from '../time/index.js'
import type { WaitOptions, WaitResult, Work } from '../waits/index.js'
import { releaseFresh } from './fresh-child.js'
import { giveName, givenNameOf } from './given-name.js'
import { registerRuntime, runtimeOf } from './runtime-registry.js'
import type { AddChildOptions, ServiceContext, TaskHandle } from './service-context.js'
import type { ServiceHandle, ServiceSnapshot, WaitUntilStoppedOptions } from './service-handle.js'
import { ServiceRuntime } from './service-runtime.js'
import { standaloneHost } from './standalone-host.js'

const BRAND = Symbol.for('keelson.ServiceBase')

/** Options of `ServiceBase.from()`. */
export interface ServiceFromOptions {
  /** Of the service, and of its work. Default `'PieceOfWork'`. */
  readonly name?: string | undefined
}

/**
 * A service as a base class: for those who prefer to extend, and for services without a container.
 *
 * Constructing one has no side effects; nothing runs before `start()`.
 *
 * @example
 * ```ts
 * class Poller extends ServiceBase {
 *   @Task() async poll() { while (await this.sleep('5s')) this.log.info('tick') }
 * }
 * await using poller = new Poller()
 * await poller.start()
 * ```
 */
export abstract class ServiceBase {
  /**
   * Makes a service of one piece of work: a background task that begins with the start. When it ends, the service
   * stops; when it throws, the service crashes.
   */
  static from<T>(work: (signal: AbortSignal) => PromiseLike<T>, options?: ServiceFromOptions): ServiceBase {
    if (typeof work !== 'function') throw refuse('the work of ServiceBase.from()', work, 'a function')
    const { name } = checkOptions(options, { name: text }, 'ServiceBase.from()')
    return new PieceOfWork(work, name)
  }

  constructor() {
    appear(this)
  }

  /** What this service can do. */
  protected get context(): ServiceContext {
    return drive(this).liveContext
  }

  /** See {@link ServiceContext.log}. */
  protected get log(): Logger {
    return drive(this).log
  }

  /** Aborts when the run stops or crashes. */
  protected get signal(): AbortSignal {
    return drive(this).currentRun.signal
  }

  /** Whether the run is to end. */
  protected get shouldStop(): boolean {
    return this.context.shouldStop
  }

  /** See {@link ServiceHandle.name}. */
  get name(): string {
    return drive(this).name
  }

  /** See {@link ServiceHandle.state}. */
  get state(): ServiceState {
    return drive(this).state
  }

  /** See {@link ServiceHandle.state$}. */
  get state$(): Observable<ServiceSnapshot> {
    return drive(this).state$
  }

  /** See {@link ServiceContext.sleep}. */
  protected sleep(duration: Duration): Promise<boolean> {
    return this.context.sleep(duration)
  }

  /** See {@link ServiceContext.wait}. */
  protected wait<T>(work: Work<T>, options?: WaitOptions): Promise<WaitResult<T>> {
    return this.context.wait(work, options)
  }

  /** See {@link ServiceContext.addTask}. */
  addTask<T>(work: (context: ServiceContext) => Promise<T>, options?: TaskOptions): TaskHandle<T> {
    // oxlint-disable-next-line typescript/unbound-method -- named, not called: the frame to begin below
    return drive(this).work.addTask(work, options, captureSite(ServiceBase.prototype.addTask))
  }

  /** See {@link ServiceContext.addChild}. */
  addChild(child: object | ServiceClass, options?: AddChildOptions): Promise<ServiceHandle> {
    return drive(this).addChild(child, options)
  }

  /** See {@link ServiceHandle.start}. */
  start(): Promise<void> {
    return drive(this).start()
  }

  /** See {@link ServiceHandle.maybeStart}. */
  maybeStart(): Promise<boolean> {
    return drive(this).maybeStart()
  }

  /** See {@link ServiceHandle.stop}. */
  stop(reason?: unknown): Promise<void> {
    return drive(this).stop(reason)
  }

  /** See {@link ServiceHandle.restart}. */
  restart(): Promise<void> {
    return drive(this).restart()
  }

  /** See {@link ServiceHandle.crash}. */
  crash(reason: unknown): void {
    drive(this).crash(reason)
  }

  /** See {@link ServiceHandle.waitUntilStopped}. */
  waitUntilStopped(options?: WaitUntilStoppedOptions): Promise<void> {
    return drive(this).waitUntilStopped(options)
  }

  /** Stops it; where it lives alone, what its constructor has taken is released though it never ran. */
  [Symbol.asyncDispose](): Promise<void> {
    return dispose(drive(this))
  }

  /** One line for people. */
  toString(): string {
    return drive(this).toString()
  }

  /** The service at this moment. */
  toJSON(): ServiceSnapshot {
    return drive(this).snapshot
  }
}

Object.defineProperty(ServiceBase.prototype, BRAND, { value: true })
markAsOwn(ServiceBase.prototype)

/** Whether this is an instance of a {@link ServiceBase}, be it of another copy of the package, which is refused where it is taken in. */
export function isServiceBase(value: unknown): value is ServiceBase {
  return typeof value === 'object' && value !== null && BRAND in value
}

class PieceOfWork<T> extends ServiceBase {
  constructor(work: (signal: AbortSignal) => PromiseLike<T>, name: string | undefined) {
    super()
    if (name !== undefined) giveName(this, name)
    this.addTask(
      async ({ signal, stop }) => {
        const value = await work(signal)
        if (!signal.aborted) await stop('the work is done')
        return value
      },
      { name: name ?? 'work' }
    )
  }
}

/** The runtime behind a service that extends the base; made when it is first needed. */
export function driveService(service: ServiceBase): ServiceRuntime {
  return drive(service)
}

async function dispose(runtime: ServiceRuntime): Promise<void> {
  await runtime.stop()
  // in an application it may run yet
  if (!runtime.isFree) return
  const failures = await releaseFresh(runtime)
  if (failures !== undefined && failures.length > 0) throw new StopError(failures, { service: runtime.name })
}

function drive(service: ServiceBase): ServiceRuntime {
  const known = runtimeOf(service)
  if (known !== undefined) return known
  const description = describe(service.constructor as Class)
  const name = givenNameOf(service) ?? description.service?.name ?? description.name
  const runtime = new ServiceRuntime(name, description, standaloneHost)
  runtime.bind(service)
  registerRuntime(service, runtime)
  return runtime
}
