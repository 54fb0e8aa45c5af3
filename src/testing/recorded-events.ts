import type { EventOf, LifecycleEvent, LifecycleEventType } from '../events/index.js'
import type { Observable } from '../streams/index.js'

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

  /** Those of one type. */
  ofType<Type extends LifecycleEventType>(type: Type): EventOf<Type>[] {
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
