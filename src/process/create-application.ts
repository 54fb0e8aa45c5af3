import { buildApplication, type Application, type ApplicationOptions } from '../app/index.js'
import { ConfigurationError, show } from '../errors/index.js'
import type { Root } from '../wiring/index.js'
import { accompany } from './accompany.js'
import { buildControlled } from './controlled-build.js'
import { stop } from './ending.js'
import { hearSignals } from './hear-signals.js'
import { builderThat, currentLaunch } from './launch.js'
import { readProcessOptions, type ProcessOptions } from './process-options.js'

/**
 * Builds and checks an application; does not start it. Leaves the process alone, unless `signals` says which signals
 * stop it, or `dumpSignal` which one shows what it does: these are heard from its start to the end of its stop, and a second
 * one that stops exits at once; the process ends by itself.
 *
 * @param root a module class, a dynamic module, a service class, a `ServiceBase` instance, or an array of the last two
 * @throws WiringError with every problem at once; no constructor has run then
 * @throws StartError when a constructor or factory failed; what other factories had made is disposed
 * @throws ConfigurationError for options that make no sense, and when all problems are only things said wrongly
 *
 * @example
 * ```ts
 * await using app = await createApplication(AppModule, { logger: false })
 * await app.start()
 * ```
 */
export async function createApplication(root: Root, options: ApplicationOptions = {}): Promise<Application> {
  const { inspect } = currentLaunch()
  if (inspect !== undefined) {
    inspect(root, options, builderThat(readOptions))
    return new Promise(() => undefined)
  }
  const own = readOptions(options)
  const app = await buildControlled(
    (given) => buildApplication(root, given),
    options,
    own.control,
    (built, reason) => void stop(built, reason)
  )
  accompany(app, own)
  hearSignals(app, own)
  return app
}

/** A `runUntil` would be ignored: only who starts an application by itself stops it by itself. */
function readOptions(options: ApplicationOptions): ProcessOptions {
  const own = readProcessOptions(options, false)
  const { runUntil } = own
  if (runUntil === 'stopped') return own
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `the option runUntil is ${show(runUntil)}, which only bootstrap() heeds`,
    hint: 'leave it out and call stop() when it is to end, or boot it by bootstrap().'
  })
}
