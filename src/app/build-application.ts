import { LifecycleError } from '../errors/index.js'
import { createLogger, loadPino, needsPino } from '../logging/index.js'
import { describe, refuse } from '../metadata/index.js'
import { formatDuration } from '../time/index.js'
import { isClass, type Class } from '../tokens/index.js'
import { assemble, Assembly, collectNothing, link, noClassError, type Root, Scope } from '../wiring/index.js'
import { readSettings, type ApplicationOptions, type ApplicationSettings } from './application-options.js'
import { Construction, WIRING } from './construction.js'
import { LiveApplication } from './live-application.js'
import { plan, type PlanChanges } from './plan.js'

/**
 * Builds and checks an application; does not start it. The process, and what it makes of the options that concern it,
 * is the matter of the room above.
 */
export async function buildApplication<A extends LiveApplication = LiveApplication>(
  root: Root,
  options: ApplicationOptions,
  changes: PlanChanges & {
    readonly make?: (...parts: ConstructorParameters<typeof LiveApplication>) => A
  } = {}
): Promise<A> {
  const settings = readSettings(options)
  const loading = needsPino(options.logger) ? loadPino() : undefined
  if (loading !== undefined) await loading
  const log = createLogger(options.logger, { clock: settings.clock })
  const { make = (...parts) => new LiveApplication(...parts) as A, ...rest } = changes
  const { signal, end } = limitBuilding(settings, options.name ?? 'the application')
  try {
    const checked = await plan(root, options, { ...rest, signal })
    checked.throwIfUnsound()
    const app = make(checked.wiring.tree.name, settings, log)
    const construction = new Construction(app, options.supervisor, signal)
    const assembly = await assemble(checked.wiring, construction)
    for (const { code, message, location } of assembly.warnings) log.warn({ code, at: location }, message)
    try {
      app.complete(construction.finish(assembly))
    } catch (error) {
      await assembly.dispose()
      throw error
    }
    return app
  } finally {
    end()
  }
}

/** What is awaited while it is built, modules and factories, may take no longer than its start. */
function limitBuilding(
  { clock, startTimeout }: ApplicationSettings,
  name: string
): { readonly signal: AbortSignal | undefined; readonly end: () => void } {
  if (startTimeout === Infinity) return { signal: undefined, end: () => undefined }
  const abandon = new AbortController()
  const timer = clock.setTimeout(() => {
    const message = `${name} was not built within ${formatDuration(startTimeout)}`
    abandon.abort(new LifecycleError('KEEL_START_TIMEOUT', { message }))
  }, startTimeout)
  return { signal: abandon.signal, end: () => clock.clearTimeout(timer) }
}

/**
 * One object with all that it needs, of an application that consists of nothing else; there is nothing to wait for. Unless
 * it is a service, which lives as long as an application does, it is made in a scope that has nothing else either.
 */
export function constructOne<T>(class_: Class<T>, options: ApplicationOptions): T {
  if (!isClass(class_)) throw noClassError('construct()', class_)
  const { name = class_.name, providers = [] } = options
  const given: unknown = providers
  if (!Array.isArray(given)) throw refuse('providers of construct()', providers, 'an array')
  const isOneScope =
    describe(class_).service === undefined && !WIRING.isServiceInstance(class_.prototype as object)
  const scope = { provide: Scope, useFactory: (): Scope => assembly.createScope() }
  const all = [...(isOneScope ? [scope] : []), ...providers, class_]
  const wiring = link(collectNothing({ ...WIRING, name, providers: all, only: [class_], isOneScope }))
  wiring.throwIfUnsound()
  const app = new LiveApplication(name, readSettings(options), createLogger(options.logger))
  const assembly = new Assembly(wiring, new Construction(app, undefined))
  return assembly.constructOnly(class_)
}
