import type { LiveApplication } from '../app/index.js'
import { watchEventLoop } from './blocking-watchdog.js'
import type { ProcessOptions } from './process-options.js'
import { redirectConsole } from './redirect-console.js'

/**
 * What goes along with an application from its start to its end, whoever owns the process.
 *
 * @returns resolves, once it has stopped, when nothing goes along any more: the process exits no sooner
 */
export function accompany(
  app: LiveApplication,
  own: Pick<ProcessOptions, 'blockingTimeout' | 'redirectConsole'>
): () => Promise<void> {
  if (own.redirectConsole !== undefined) redirectConsole(app, own.redirectConsole)
  if (own.blockingTimeout === undefined) return async () => {}
  return watchEventLoop(app, own.blockingTimeout)
}
