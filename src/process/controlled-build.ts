import type { ApplicationOptions, LiveApplication } from '../app/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { createLogger, errorText, loadPino, teeLogger } from '../logging/index.js'
import { systemClock } from '../time/index.js'
import type { ProcessOptions } from './process-options.js'

/** Switches the socket on in `bootstrap`. Said here too: the room that listens is loaded only when it is on. */
export const CONTROL_VARIABLE = 'KEELSON_CONTROL'

/**
 * Builds an application, and opens its control socket if there is to be one. That closes when the application is
 * disposed.
 *
 * @param build builds it with the options that it is given
 * @param stop stops it when somebody asks for it there
 */
export async function buildControlled(
  build: (options: ApplicationOptions) => Promise<LiveApplication>,
  options: ApplicationOptions,
  control: ProcessOptions['control'],
  stop: (app: LiveApplication, reason: StopReason) => void
): Promise<LiveApplication> {
  if (control === undefined) return await build(options)
  // Loaded by those who want it only.
  const [{ LogRing, openControl }] = await Promise.all([import('../control/index.js'), loadPino()])
  const { clock = systemClock } = options
  const logs = new LogRing(clock)
  const logger = teeLogger(createLogger(options.logger, { clock }), logs)
  const app = await build({ ...options, logger })
  try {
    const place = { application: app.name, path: control.path, env: process.env }
    const socket = await openControl({ app, logs, stop: (reason) => stop(app, reason) }, place)
    app.state$.subscribe({ complete: () => socket.close() })
    app.log.debug('control socket at %s', socket.path)
  } catch (error) {
    // What only helps to look at a program is no reason for not running it.
    app.log.warn({ reason: errorText(error) }, 'there is no control socket')
  }
  return app
}
