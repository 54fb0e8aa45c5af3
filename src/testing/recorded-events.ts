import { ConfigurationError, nearNames, show } from '../errors/index.js'
import type { EventOf, LifecycleEvent, LifecycleEventType } from '../events/index.js'
import type { Observable } from '../streams/index.js'

/** Every type that an event may have: the compiler asks for those that are missing. */
const TYPES: Readonly<Record<LifecycleEventType, true>> = {
  'application.starting': true,
  'application.started': true,
  'application.draining': true,
  'application.stopping': true,
  'application.stopped': true,
  'application.crashed': true,
  'service.waiting': true,
  'service.starting': true,
  'service.started': true,
  'service.stopping': true,
  'service.stopped': true,
  'service.crashed': true,
  'service.restarting': true,
  'service.status': true,
  'activity.started': true,
  'activity.finished': true,
  'hook.started': true,
  'hook.finished': true,
  'task.started': true,
  'task.finished': true,
  'task.failed': true,
  'timer.ran': true,
  'timer.missed': true,
  'timer.failed': true,
  'cron.ran': true,
  'cron.missed': true,
  'cron.failed': true,
  'supervisor.restarting': true,
  'supervisor.gave-up': true
}

/** Every event of a test application, in order. */
export class RecordedEvents {
  readonly #events: LifecycleEvent[] = []

  constructor(events$: Observable<LifecycleEvent>) {
    events$.subscribe((event) => this.#events.push(event))
  }

  /** All of them so far. */
  get all(): readonly LifecycleEvent[] {
    return this.#events
  }

  /**
   * Those of one type.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for a type that no event has, of which there never are any
   */
  ofType<Type extends LifecycleEventType>(type: Type): EventOf<Type>[] {
    if (typeof type !== 'string' || !Object.hasOwn(TYPES, type)) throw noSuchType(type)
    return this.#events.filter((event): event is LifecycleEvent & EventOf<Type> => event.type === type)
  }

  /** Their types in order, with the service where there is one: `'service.started Orders'`. */
  names(): string[] {
    return this.#events.map((event) => ('service' in event ? `${event.type} ${event.service}` : event.type))
  }

  /** Forgets what has been recorded so far. */
  clear(): void {
    this.#events.length = 0
  }
}

function noSuchType(type: unknown): ConfigurationError {
  const types = Object.keys(TYPES)
  const [near] = typeof type === 'string' ? nearNames(type, types) : []
  return new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `no event has the type ${show(type)}`,
    hint: `${near === undefined ? '' : `Did you mean '${near}'? `}There are ${types.join(', ')}.`
  })
}
