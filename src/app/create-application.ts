import { createLogger } from '../logging/index.js'
import type { ModuleClass, Token } from '../tokens/index.js'
import { assemble, collect, link, type Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import type { Application } from './application.js'
import { Construction, WIRING } from './construction.js'
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

/** What a test kit changes about building. */
export interface BuildChanges {
  readonly overrideModules?: ReadonlyMap<ModuleClass, unknown> | undefined
  readonly mocker?: ((token: Token) => unknown) | undefined
  /** Construct only these, and what they need. */
  readonly only?: readonly Token[] | undefined
}

/** {@link createApplication} for those who need what is inside, or make an application of their own kind. */
export async function buildApplication<A extends LiveApplication = LiveApplication>(
  root: Root | undefined,
  options: ApplicationOptions,
  changes: BuildChanges & { readonly make?: (...parts: ConstructorParameters<typeof LiveApplication>) => A } = {}
): Promise<A> {
  const settings = readSettings(options)
  const log = createLogger(options.logger, { clock: settings.clock })
  const { name, container, providers } = options
  const { make = (...parts) => new LiveApplication(...parts) as A, ...rest } = changes
  const tree = await collect(root, { ...WIRING, ...rest, name, container, providers })
  const plan = link(tree)
  plan.throwIfUnsound()
  const app = make(name ?? tree.root.name, settings, log)
  for (const { code, message, location } of plan.warnings) log.warn({ code, at: location }, message)
  const construction = new Construction(app, options.supervisor)
  app.complete(construction.finish(await assemble(plan, construction)))
  return app
}
