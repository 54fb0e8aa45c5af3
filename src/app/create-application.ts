import { createLogger } from '../logging/index.js'
import { isServiceBase } from '../service/index.js'
import { assemble, collect, link, type Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import type { Application } from './application.js'
import { AMBIENT_TOKENS, Construction } from './construction.js'
import { LiveApplication } from './live-application.js'

/**
 * Builds and checks an application; does not start it, and does not touch the process.
 *
 * @param root a module class, a dynamic module, a service class, a `ServiceBase` instance, or an array of the last two
 * @throws WiringError with every problem at once; no constructor has run then
 * @throws StartError when a constructor or factory failed; what other factories had made is disposed
 * @throws ConfigurationError for options that make no sense
 *
 * @example
 * ```ts
 * await using app = await createApplication(AppModule, { logger: false })
 * await app.start()
 * ```
 */
export function createApplication(root: Root, options: ApplicationOptions = {}): Promise<Application> {
  return buildApplication(root, options)
}

/** {@link createApplication} for those who need what is inside. */
export async function buildApplication(root: Root, options: ApplicationOptions): Promise<LiveApplication> {
  const settings = readSettings(options)
  const log = createLogger(options.logger, { clock: settings.clock })
  const { container, providers } = options
  const tree = await collect(root, { container, providers, isServiceInstance: isServiceBase, ambientTokens: AMBIENT_TOKENS })
  const plan = link(tree)
  plan.throwIfUnsound()
  const app = new LiveApplication(options.name ?? tree.name, settings, log)
  for (const { code, message, location } of plan.warnings) log.warn({ code, at: location }, message)
  const construction = new Construction(app, options.supervisor)
  app.complete(construction.finish(await assemble(plan, construction)))
  return app
}
