import { createLogger } from '../logging/index.js'
import type { ModuleClass, Token } from '../tokens/index.js'
import { assemble, Assembly, collect, collectNothing, link, type Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import { Construction, WIRING } from './construction.js'
import { LiveApplication } from './live-application.js'

/** What a test kit changes about building. */
export interface BuildChanges {
  readonly overrideModules?: ReadonlyMap<ModuleClass, unknown> | undefined
  readonly mocker?: ((token: Token) => unknown) | undefined
  /** Construct only these, and what they need. */
  readonly only?: readonly Token[] | undefined
}

/**
 * Builds and checks an application; does not start it. The process, and what it makes of the options that concern it,
 * is the matter of the room above.
 */
export async function buildApplication<A extends LiveApplication = LiveApplication>(
  root: Root | undefined,
  options: ApplicationOptions,
  changes: BuildChanges & {
    readonly make?: (...parts: ConstructorParameters<typeof LiveApplication>) => A
  } = {}
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

/** An application of no module, for what can be had without waiting: `create()`. */
export function buildBareApplication(options: ApplicationOptions): LiveApplication {
  const { name = 'Application', providers } = options
  const plan = link(collectNothing({ ...WIRING, name, providers }))
  plan.throwIfUnsound()
  const app = new LiveApplication(name, readSettings(options), createLogger(options.logger))
  const construction = new Construction(app, undefined)
  const assembly = new Assembly(plan, construction)
  assembly.open()
  app.complete(construction.finish(assembly))
  return app
}
