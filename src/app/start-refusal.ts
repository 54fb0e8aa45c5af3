import { LifecycleError } from '../errors/index.js'
import type { ApplicationHost } from './application-host.js'
import type { ApplicationParts } from './application-parts.js'
import type { ApplicationState } from './application.js'

/** Why an application cannot start from this state; undefined when it can. */
export function refusedFrom(state: ApplicationState, name: string): LifecycleError | undefined {
  switch (state) {
    case 'created':
    case 'starting':
    case 'stopped':
      return undefined
    case 'running':
      return new LifecycleError('KEEL_ALREADY_STARTED', {
        message: `${name} is already running`,
        hint: 'there is nothing to be done to have it run; to start it anew, await stop() first.'
      })
    case 'draining':
    case 'stopping':
      return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${name} cannot start: it is '${state}'`,
        hint: 'await stop() before you start it again.'
      })
    case 'crashed':
      return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
        message: `${name} cannot start again: it has crashed`,
        hint: 'create a new application.'
      })
  }
}

/** A service whose object another application has taken meanwhile: this one would wait for it in vain. */
export function refusedForLost(
  { assembly, nodes }: ApplicationParts,
  host: ApplicationHost
): LifecycleError | undefined {
  const index = nodes.runtimes.findIndex((runtime) => runtime.host !== host)
  if (index < 0) return undefined
  const { name } = assembly.services[index]!
  return new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
    message: `${host.rootName} cannot start: the object that is its service ${name} is one of another application now, ${nodes.runtimes[index]!.path}`,
    service: name,
    hint: 'give each application an object of its own, by a class or a factory.'
  })
}
