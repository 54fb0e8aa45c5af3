/**
 * Events: what an application tells the outside, as one discriminated union. Types only.
 * It refuses to know who sends and who listens.
 * Start reading at `lifecycle-event.ts`.
 */
export type {
  ActivityEvent,
  ApplicationEvent,
  EndedBase,
  EventBase,
  EventOf,
  HookEvent,
  LifecycleEvent,
  LifecycleEventType,
  OfService,
  OfSlot,
  ScheduleEvent,
  ServiceEvent,
  SupervisorEvent,
  TaskEvent
} from './lifecycle-event.js'
