import type { ServiceContext } from './service-context.js'

/* oxlint-disable typescript/no-explicit-any -- what a hook returns is awaited, and may be anything: see D49 */

/** Called once in the life of an instance, before its first `onStart`; again if it failed. */
export interface OnFirstStart {
  onFirstStart(context: ServiceContext): any
}

/** Called at every start, when everything this service depends on runs. */
export interface OnStart {
  onStart(context: ServiceContext): any
}

/** Called at every start, when the service's own tasks have begun and its children run. */
export interface OnStarted {
  onStarted(context: ServiceContext): any
}

/** Called when the whole application runs; `start()` and `bootstrap()` wait for it, and fail when it throws. */
export interface OnReady {
  onReady(context: ServiceContext): any
}

/**
 * Called before anything stops, dependants first, while everything is still up: take no new work, finish what
 * is in hand.
 */
export interface OnDrain {
  onDrain(context: ServiceContext): any
}

/** Called first when a run whose `onStart` resolved is to stop: tell work to end. */
export interface OnStop {
  onStop(context: ServiceContext): any
}

/** Called last in every run that began, when nothing of the service runs any more: flush, close. */
export interface OnShutdown {
  onShutdown(context: ServiceContext): any
}

/** Called between the stop and the start of a restart. */
export interface OnRestart {
  onRestart(context: ServiceContext): any
}
