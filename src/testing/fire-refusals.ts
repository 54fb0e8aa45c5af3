import { LifecycleError, show } from '../errors/index.js'
import type { ServiceRuntime } from '../service/index.js'

/** Whoever takes no new work, if anybody: the application or the service. */
export type GoingDown = { readonly name: string; readonly state: string } | undefined

/** It has no work of that name. */
export function noSuchWork({ name, tasks }: ServiceRuntime, method: string): LifecycleError {
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `${name} has no timer, cron or task ${show(method)}`,
    service: name,
    hint:
      tasks.length > 0
        ? `it has ${tasks.map((task) => task.name).join(', ')}.`
        : 'Mark the method with @Timer(), @Cron() or @Task(); call one that is to stay without by hand, on what get() gives.'
  })
}

/** No call was made of what it has. */
export function notCalled(
  work: { readonly name: string; readonly isRunning: boolean },
  { name: service }: ServiceRuntime,
  going: GoingDown
): LifecycleError {
  const refused = (why: string, hint: string): LifecycleError =>
    new LifecycleError('KEEL_ILLEGAL_TRANSITION', {
      message: `${work.name} of ${service} cannot be called: ${why}`,
      service,
      hint
    })
  if (going !== undefined)
    return refused(`${going.name} is '${going.state}', and takes no new work`, 'Call it before the stop.')
  if (work.isRunning) {
    return refused(
      "a call of it is under way, and its overlap is 'skip'",
      "let that call end first, by clock.advance() when it sleeps, by idle() when it waits for something real; or let calls overlap, with the option overlap: 'allow'."
    )
  }
  return refused(
    `it is disabled, or ${service} does not run`,
    'start the application first; call a disabled one by hand, with createTestContext().'
  )
}
