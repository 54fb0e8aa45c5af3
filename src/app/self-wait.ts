import { LifecycleError } from '../errors/index.js'
import { calledFrom, calledFromHook, INSTEAD_OF_A_START } from '../service/index.js'
import type { ApplicationHost } from './application-host.js'

/** Whether the code now running belongs to any work of this application, which its end waits for. */
export function isOwnWork(host: ApplicationHost): boolean {
  return calledFrom((caller) => caller.host === host)
}

/** Whether the code now running belongs to a start hook that the start of this application waits for. */
export function isOwnStartHook(host: ApplicationHost): boolean {
  // A child that is added by what runs already is waited for by nobody.
  return calledFromHook(
    ({ host: its, state, top }) => its === host && state === 'starting' && top.state === 'starting'
  )
}

/** Whether the code now running belongs to work that the stop of a service waits for, which a start waits for in turn. */
export function isOwnEndingWork(host: ApplicationHost): boolean {
  return calledFrom(({ host: its, top }) => its === host && top.isGoingDown)
}

/** Somebody waits in the work of a service for what comes only after it. */
export function applicationWaitError(application: string, moment: 'start' | 'end'): LifecycleError {
  return new LifecycleError('KEEL_SELF_WAIT', {
    message: `a service of ${application} waits in its own work for the application to ${moment}, which would never come`,
    hint: moment === 'start' ? INSTEAD_OF_A_START : undefined
  })
}
