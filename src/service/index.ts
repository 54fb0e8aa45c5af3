/**
 * One service: the runtime that drives its machine, its background work, its children, and what it is given, the
 * `ServiceContext`. Runs without any container; who starts before whom is the matter of whoever implements
 * `ServiceHost`. Start reading at `service-context.ts` (what users see), then `service-runtime.ts` (the heart).
 */
export { announced } from './announced.js'
export { calledFrom, calledFromHook, currentCall, outsideCalls, runCall, unlessFromWithin } from './call.js'
export type { Call } from './call.js'
export { CONTEXT_MEMBERS, ScopedContext } from './bound-context.js'
export { CallStretch } from './call-stretch.js'
export { isAnsweredFor } from './climb.js'
export type {
  OnDrain,
  OnFirstStart,
  OnReady,
  OnRestart,
  OnShutdown,
  OnStart,
  OnStarted,
  OnStop
} from './hooks.js'
export { limited } from './limited.js'
export { logFailures } from './log-failures.js'
export { drives, runtimeOf } from './runtime-registry.js'
export { drainFamily, family, lineage, releaseUnbegun, tellReady } from './family.js'
export { givenNameOf } from './given-name.js'
export { markAsHandle } from './handle-mark.js'
export { refuseOtherCopy } from './refuse-other-copy.js'
export { Names } from './names.js'
export { driveService, isServiceBase, ServiceBase, type ServiceFromOptions } from './service-base.js'
export { ServiceContext } from './service-context.js'
export type { AddChildOptions, TaskHandle, WaitAll, WaitFirst } from './service-context.js'
export type {
  ServiceHandle,
  ServiceSnapshot,
  TaskSnapshot,
  WaitUntilStoppedOptions
} from './service-handle.js'
export type {
  ConstructedChild,
  RestartPlanner,
  ServiceHost,
  Supervision,
  UnfinishedChild
} from './service-host.js'
export { INSTEAD_OF_A_START } from './service-errors.js'
export { UNDESCRIBED } from './service-settings.js'
export { ServiceRuntime } from './service-runtime.js'
export { createTestHost } from './standalone-host.js'
export { ScheduleEntry } from './schedule-entry.js'
export { Unconstructed } from './unconstructed.js'
