import type { LifecycleEvent } from '../events/index.js'
import type { ServiceState } from '../lifecycle/index.js'
import type { ServiceDrive } from './service-drive.js'
import type { ServiceRuntime } from './service-runtime.js'

/** Tells the host, as events, that a service has moved. */
export function announce(runtime: ServiceRuntime, drive: ServiceDrive, from: ServiceState): void {
  const { host, state, name: service } = runtime
  const at = host.clock.now()
  const durationMs = drive.elapsedMs
  switch (state) {
    case 'waiting':
      if (drive.machine.at.restarting)
        host.publish({ type: 'service.restarting', at, service, restart: runtime.restartCount }, runtime)
      host.publish({ type: 'service.waiting', at, service }, runtime)
      break
    case 'starting':
      host.publish({ type: 'service.starting', at, service }, runtime)
      break
    case 'running':
      host.publish({ type: 'service.started', at, service, durationMs }, runtime)
      break
    case 'stopping':
      host.publish({ type: 'service.stopping', at, service, reason: drive.machine.stopReason }, runtime)
      break
    case 'stopped':
      host.publish(stoppedEvent(runtime, at, durationMs), runtime)
      break
    case 'crashed':
      // The second time it comes here what it held is released, and nothing of it runs any more.
      host.publish(
        from === 'stopping'
          ? stoppedEvent(runtime, at, durationMs)
          : { type: 'service.crashed', at, service, error: runtime.crashReason },
        runtime
      )
      break
    case 'init':
    case 'backoff':
      break
  }
}

function stoppedEvent(runtime: ServiceRuntime, at: number, durationMs: number): LifecycleEvent {
  const [failure] = runtime.failures
  const plain = { type: 'service.stopped', at, service: runtime.name, durationMs } as const
  return failure === undefined ? plain : { ...plain, error: failure.error }
}
