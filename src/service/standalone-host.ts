import { LifecycleError, StartError, StopError } from '../errors/index.js'
import type { LifecycleEvent } from '../events/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { createLogger, serviceLogger, type Logger } from '../logging/index.js'
import { systemClock, type Clock } from '../time/index.js'
import type { Class } from '../tokens/index.js'
import type { ServiceHost } from './service-host.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Where a service lives that has no application: nothing orders it, and its crash ends with itself. */
class StandaloneHost implements ServiceHost {
  readonly rootName = ''
  readonly clock: Clock
  readonly timezone = 'UTC'
  readonly isDraining = false
  readonly listens = false
  #root: Logger | undefined

  constructor(clock: Clock, root?: Logger) {
    this.clock = clock
    this.#root = root
  }

  publish(_event: LifecycleEvent): void {}

  logger(runtime: ServiceRuntime): Logger {
    return serviceLogger((this.#root ??= createLogger()), runtime.name)
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

  async start(runtime: ServiceRuntime, isRestart = false): Promise<void> {
    runtime.startAlone(isRestart)
    runtime.proceed()
    try {
      await runtime.whenStarted()
    } catch (error) {
      if (error instanceof StartError) throw await rolledBack(runtime, error)
      await runtime.whenAtRest()
      throw error
    }
    if (isRestart) return
    try {
      await runtime.callHook('onReady', runtime.definition.startTimeout)
    } catch (cause) {
      const details = { service: runtime.name, path: [runtime.name], phase: 'onReady', cause }
      throw await rolledBack(runtime, new StartError(details))
    }
  }

  async stop(
    runtime: ServiceRuntime,
    reason: StopReason,
    ending?: (along: readonly ServiceRuntime[]) => () => void
  ): Promise<void> {
    const ended = ending?.([])
    if (runtime.state === 'running') {
      runtime.beginDrain(reason)
      await runtime
        .callHook('onDrain', runtime.definition.stopTimeout)
        .catch((error: unknown) => runtime.log.error({ err: error }, 'onDrain failed'))
    }
    runtime.stopAlone(reason)
    const failures = await runtime.whenAtRest()
    ended?.()
    if (failures.length > 0) throw new StopError(failures, { service: runtime.name })
  }

  stopsAlong(runtime: ServiceRuntime, other: ServiceRuntime): boolean {
    return other === runtime || other.isOwnedBy(runtime)
  }

  restartDropped(): void {}

  shutdownBudget(): number {
    return Infinity
  }

  construct(child: Class, providers: readonly unknown[], owner: ServiceRuntime): object {
    if (providers.length > 0 || child.length > 0) {
      throw new LifecycleError('KEEL_NO_CONTAINER', {
        message: `${owner.name} cannot construct ${child.name}: it lives without a container`,
        hint: `give addChild() an object: addChild(new ${child.name}(…)).`
      })
    }
    return new (child as new () => object)()
  }

  childrenChanged(): void {}
}

async function rolledBack(runtime: ServiceRuntime, error: StartError): Promise<StartError> {
  runtime.stopAlone({ kind: 'crash', detail: error.cause })
  const failures = await runtime.whenAtRest()
  if (failures.length === 0) return error
  const { service, path, phase, cause, location } = error
  return new StartError({
    service,
    path,
    phase,
    cause,
    location,
    errors: failures.map((failure) => failure.error)
  })
}

/** One for all of them: it holds nothing of any. */
export const standaloneHost: ServiceHost = new StandaloneHost(systemClock)

/** The same with a clock and a logger of a test's own. */
export function createTestHost(clock: Clock, logger: Logger): ServiceHost {
  return new StandaloneHost(clock, logger)
}
