import type { LiveApplication } from '../app/index.js'
import { watchEventLoop } from './blocking-watchdog.js'
import type { ProcessOptions } from './process-options.js'
import { redirectConsole } from './redirect-console.js'

/** What goes along with an application from its start to its end, whoever owns the process. */
export function accompany(
  app: LiveApplication,
  own: Pick<ProcessOptions, 'blockingTimeout' | 'redirectConsole'>
): void {
  if (own.blockingTimeout !== undefined) watchEventLoop(app, own.blockingTimeout)
  if (own.redirectConsole !== undefined) redirectConsole(app, own.redirectConsole)
}
