import type { LiveApplication } from '../app/index.js'
import { LifecycleError } from '../errors/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { limited } from '../service/index.js'
import { formatDuration } from '../time/index.js'
import { printError } from './print-error.js'
import type { ProcessOptions } from './process-options.js'
import { toldOfAll } from './uncaught.js'

/** How long Kubernetes may need to take a terminating pod out of its services. */
const KUBERNETES_DRAIN_DELAY_MS = 5000
/** What is left to disposal at least. */
const FLOOR_MS = 100
/** By then each of those that take too long has been given up, and named. */
export const GRACE_MS = 500

/** Between "not ready" and draining, in milliseconds. */
export function drainDelayFor(
  { settings: { drainDelay, shutdownTimeout } }: LiveApplication,
  signal: NodeJS.Signals,
  env: NodeJS.ProcessEnv = process.env
): number {
  if (drainDelay !== undefined) return drainDelay
  if (signal !== 'SIGTERM' || env['KUBERNETES_SERVICE_HOST'] === undefined) return 0
  // Nobody has asked for it: what the shutdown is for comes first.
  return Math.min(KUBERNETES_DRAIN_DELAY_MS, shutdownTimeout / 2)
}

/** Stops it. Whoever asks for the last stop is told what went wrong. */
export async function stop(app: LiveApplication, reason: StopReason, drainDelay = 0): Promise<void> {
  await app.life.stopFor(reason, drainDelay).catch(() => undefined)
}

/** Resolves, with the reason, when a running application has done what it is there for; else never. */
export async function whenDone(
  app: LiveApplication,
  runUntil: ProcessOptions['runUntil']
): Promise<StopReason> {
  switch (runUntil) {
    case 'stopped':
      return new Promise(() => undefined)
    case 'started':
      await toldOfAll()
      return { kind: 'stop', detail: 'it has started' }
    case 'tasks-done':
      await app.life.whenTasksDone()
      // what a task has left behind is a crash, and no end
      await toldOfAll()
      return { kind: 'stop', detail: 'all tasks are done' }
  }
}

/** Disposes it in what is left of its shutdown; says whether all went well, and tells what did not. */
export async function dispose(app: LiveApplication): Promise<boolean> {
  // how the stop went is told to whoever asked for that
  await app.life.lastStop().catch(() => undefined)
  const { clock, shutdownTimeout } = app.settings
  const limit = Math.max(FLOOR_MS, Math.min(app.life.leftOfStop, shutdownTimeout))
  const overdue = (): LifecycleError =>
    new LifecycleError('KEEL_STOP_TIMEOUT', {
      message: `what the factories of ${app.name} made was not disposed within ${formatDuration(limit)}`
    })
  try {
    await limited(clock, limit + GRACE_MS, app.life.disposeWithin(limit), overdue)
    return true
  } catch (error) {
    // where the log is silent, an exit code alone would tell nothing
    if (app.life.tellOfDisposal(error) && app.log.level === 'silent') printError(error)
    return false
  }
}
