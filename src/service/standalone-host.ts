import { LifecycleError, StartError, StopError, type StopFailure } from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { createLogger, serviceLogger, type Logger } from '../logging/index.js'
import { systemClock, type Clock } from '../time/index.js'
import type { Class } from '../tokens/index.js'
import { drainFamily, family, lineage, tellReady } from './family.js'
import type { ConstructedChild, ServiceHost } from './service-host.js'
import type { ServiceRuntime } from './service-runtime.js'

/** All `onDrain` hooks together, as in an application. */
const DRAIN_MS = 10_000

/** Where a service lives that has no application: nothing orders it, and its crash ends with itself. */
class StandaloneHost implements ServiceHost {
  readonly rootName = ''
  readonly clock: Clock
  readonly timezone = 'UTC'
  readonly isDraining = false
  readonly stops = 0
  readonly isStopped = false
  readonly listens = false
  #root: Logger | undefined

  constructor(clock: Clock, root?: Logger) {
    this.clock = clock
    this.#root = root
  }

  publish(_event: LifecycleEvent): void {}

  logger(runtime: ServiceRuntime): Logger {
    return serviceLogger((this.#root ??= createLogger()), runtime.name, runtime)
  }

  subscriberFailed(runtime: ServiceRuntime, error: unknown): void {
    runtime.log.error({ err: error }, 'a subscriber failed')
  }

  transitioned(): void {}

  tasksChanged(): void {}

  crashed(runtime: ServiceRuntime, reason: unknown): void {
    runtime.log.error({ err: reason }, 'crashed')
    runtime.stopAlone({ kind: 'crash', detail: reason })
  }

  assertNoSelfWait(): void {}

  letProceed(child: ServiceRuntime): void {
    child.proceed()
  }

  async start(runtime: ServiceRuntime, isRestart = false): Promise<void> {
    runtime.startAlone(isRestart)
    runtime.proceed()
    try {
      await runtime.whenStarted()
    } catch (error) {
      if (!runtime.hasCrashed) {
        await runtime.whenAtRest()
        throw error
      }
      const path = lineage(runtime)
      throw runtime.startError(await released(runtime), path)
    }
    if (isRestart) return
    const notReady = await tellReady([runtime])
    if (notReady === undefined) return runtime.assertNotStopped()
    const { name: service, described } = notReady.runtime
    const details = { service, path: lineage(notReady.runtime), location: described.location }
    const errors = await released(runtime)
    throw new StartError({ ...details, phase: 'onReady', cause: notReady.cause, errors })
  }

  async stop(
    runtime: ServiceRuntime,
    reason: StopReason,
    ending?: (along: readonly ServiceRuntime[]) => () => void
  ): Promise<void> {
    const ended = ending?.([])
    const draining = this.#drain(runtime, reason)
    const drained = draining === undefined ? [] : await draining
    const failures = [...drained, ...(await runtime.stopToRest(reason))]
    ended?.()
    if (failures.length > 0) throw new StopError(failures, { service: runtime.name })
  }

  /** What an application does before it stops, a service that is all by itself does too; undefined when nothing is to be done. */
  #drain(runtime: ServiceRuntime, reason: StopReason): Promise<readonly StopFailure[]> | undefined {
    if (runtime.owner !== undefined || runtime.state !== 'running') return undefined
    const all = family(runtime)
    for (const one of all) one.beginDrain(reason)
    if (!all.some((one) => one.state === 'running' && one.hasHook('onDrain'))) return undefined
    const end = this.clock.monotonic() + DRAIN_MS
    return drainFamily(runtime, () => end - this.clock.monotonic())
  }

  isToStop(): boolean {
    return false
  }

  stopsAlong(runtime: ServiceRuntime, other: ServiceRuntime): boolean {
    return other === runtime || other.isOwnedBy(runtime)
  }

  stopsBefore(): boolean {
    return false
  }

  restartDropped(): void {}

  shutdownBudget(): number {
    return Infinity
  }

  onShutdown(): () => void {
    return () => {}
  }

  construct(child: Class, providers: readonly unknown[], owner: ServiceRuntime): ConstructedChild {
    if (providers.length > 0 || child.length > 0) {
      throw new LifecycleError('KEEL_NO_CONTAINER', {
        message: `${owner.name} cannot construct ${child.name}: it lives without a container`,
        hint: `give addChild() an object: addChild(new ${child.name}(…)).`
      })
    }
    return { instance: new (child as new () => object)(), release: async () => [] }
  }

  childrenChanged(): void {}
}

async function released(runtime: ServiceRuntime): Promise<unknown[]> {
  const failures = await runtime.stopToRest({ kind: 'stop', detail: 'the start failed' })
  return failures.map((failure) => failure.error)
}

/** One for all of them: it holds nothing of any. */
export const standaloneHost: ServiceHost = new StandaloneHost(systemClock)

/** The same with a clock and a logger of a test's own. */
export function createTestHost(clock: Clock, logger: Logger): ServiceHost {
  return new StandaloneHost(clock, logger)
}
