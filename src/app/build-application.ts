import { createLogger, loadPino } from '../logging/index.js'
import type { Class, ModuleClass, Token } from '../tokens/index.js'
import { assemble, Assembly, collectNothing, link, type Root } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import { Construction, WIRING } from './construction.js'
import { LiveApplication } from './live-application.js'
import { plan } from './plan.js'

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
  root: Root,
  options: ApplicationOptions,
  changes: BuildChanges & {
    readonly make?: (...parts: ConstructorParameters<typeof LiveApplication>) => A
  } = {}
): Promise<A> {
  const settings = readSettings(options)
  const loading = loadPino()
  if (loading !== undefined) await loading
  const log = createLogger(options.logger, { clock: settings.clock })
  const { make = (...parts) => new LiveApplication(...parts) as A, ...rest } = changes
  const checked = await plan(root, options, rest)
  checked.throwIfUnsound()
  const app = make(checked.wiring.tree.name, settings, log)
  const construction = new Construction(app, options.supervisor)
  const assembly = await assemble(checked.wiring, construction)
  for (const { code, message, location } of assembly.warnings) log.warn({ code, at: location }, message)
  app.complete(construction.finish(assembly))
  return app
}

/** One object with all that it needs, of an application that consists of nothing else; there is nothing to wait for. */
export function constructOne<T>(class_: Class<T>, options: ApplicationOptions): T {
  const { name = class_.name, providers = [] } = options
  const wiring = link(collectNothing({ ...WIRING, name, providers: [...providers, class_], only: [class_] }))
  wiring.throwIfUnsound()
  const app = new LiveApplication(name, readSettings(options), createLogger(options.logger))
  return new Assembly(wiring, new Construction(app, undefined)).get(class_)
}
