/** What every event has. */
export interface EventBase<Type extends string> {
  readonly type: Type
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number
}

/** What is sent when something is over. */
export interface EndedBase {
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** What was thrown, as it was thrown, when it failed. */
  readonly error?: unknown
}

/** Whose event it is. */
export interface OfService {
  /** Name of the service. */
  readonly service: string
}

/** An application begins to start, drain or stop, or has done so. */
export type ApplicationEvent =
  | EventBase<'application.starting'>
  | (EventBase<'application.started'> & EndedBase)
  | (EventBase<'application.draining'> & { readonly reason?: unknown })
  | (EventBase<'application.stopping'> & { readonly reason?: unknown })
  /** `error` is the `StopError`, when something failed on the way. */
  | (EventBase<'application.stopped'> & EndedBase)
  /** `error` is the reason, as it was thrown. */
  | (EventBase<'application.crashed'> & { readonly error: unknown })

/** A service has come into a state. */
export type ServiceEvent =
  /** Asked to start; some of what it needs is not running yet. */
  | (EventBase<'service.waiting'> & OfService)
  | (EventBase<'service.starting'> & OfService)
  /** `durationMs` counts from `service.starting`. */
  | (EventBase<'service.started'> & OfService & EndedBase)
  | (EventBase<'service.stopping'> & OfService & { readonly reason?: unknown })
  /**
   * Nothing of it runs any more; after a crash, what it held is released. `durationMs` counts from
   * `service.stopping`; `error` is the first of what failed on the way.
   */
  | (EventBase<'service.stopped'> & OfService & EndedBase)
  /** `error` is the reason, as it was thrown. */
  | (EventBase<'service.crashed'> & OfService & { readonly error: unknown })
  /** A new run of the same instance begins; `restart` counts them, from 1. */
  | (EventBase<'service.restarting'> & OfService & { readonly restart: number })

/** What a service is doing, in its own words: `setStatus()` said something new, or an activity has begun or ended. */
export type ActivityEvent =
  | (EventBase<'service.status'> & OfService & { readonly text: string })
  | (EventBase<'activity.started'> & OfService & { readonly activity: string })
  | (EventBase<'activity.finished'> & OfService & EndedBase & { readonly activity: string })

/** A hook was called, or has settled. */
export type HookEvent =
  | (EventBase<'hook.started'> & OfService & { readonly hook: string })
  | (EventBase<'hook.finished'> & OfService & EndedBase & { readonly hook: string })

/** A task, declared or added, has begun or ended. */
export type TaskEvent =
  | (EventBase<'task.started'> & OfService & { readonly task: string })
  | (EventBase<'task.finished'> & OfService & EndedBase & { readonly task: string })
  | (EventBase<'task.failed'> & OfService & EndedBase & { readonly task: string; readonly error: unknown })

/** Which slot of which timer or cron it is about. */
export interface OfSlot {
  /** Name of the timer or cron. */
  readonly task: string
  /** When it was due, in milliseconds since the epoch. */
  readonly scheduledAt: number
}

/** A run of a timer or cron is over, or slots went by without one. */
export type ScheduleEvent =
  | (EventBase<'timer.ran' | 'cron.ran'> &
      OfService &
      OfSlot &
      EndedBase & {
        /** How late it began, in milliseconds. */
        readonly latenessMs: number
      })
  | (EventBase<'timer.missed' | 'cron.missed'> &
      OfService &
      OfSlot & {
        /** How many slots went by, the one of `scheduledAt` being the last of them. */
        readonly missed: number
      })
  | (EventBase<'timer.failed' | 'cron.failed'> & OfService & OfSlot & EndedBase & { readonly error: unknown })

/** What a supervisor decides. */
export type SupervisorEvent =
  | (EventBase<'supervisor.restarting'> & {
      readonly supervisor: string
      /** The service that crashed. */
      readonly service: string
      /** All that restart with it, itself included, in start order. */
      readonly services: readonly string[]
      /** How long it waits before, in milliseconds. */
      readonly delayMs: number
      /** What was thrown. */
      readonly error: unknown
    })
  | (EventBase<'supervisor.gave-up'> & {
      readonly supervisor: string
      readonly service: string
      /** The `MaxRestartsExceededError`. */
      readonly error: unknown
    })

/**
 * Everything that an application tells through `events$`, told apart by `type`. Sent once what it tells is over.
 *
 * More may be added: let a `switch` over `type` have a `default`.
 *
 * @example
 * ```ts
 * app.events$.subscribe((event) => {
 *   if (event.type === 'service.started') console.log(event.service, event.durationMs)
 * })
 * ```
 */
export type LifecycleEvent =
  | ApplicationEvent
  | ServiceEvent
  | ActivityEvent
  | HookEvent
  | TaskEvent
  | ScheduleEvent
  | SupervisorEvent

/** The `type` of a {@link LifecycleEvent}. */
export type LifecycleEventType = LifecycleEvent['type']

/** The event of one type, such as `EventOf<'service.started'>`. */
export type EventOf<Type extends LifecycleEventType> = LifecycleEvent extends infer Event
  ? Event extends { readonly type: infer Types }
    ? Type extends Types
      ? Event & { readonly type: Type }
      : never
    : never
  : never
