import { createLogger, loadPino, needsPino } from '../logging/index.js'
import { describe, refuse } from '../metadata/index.js'
import { isClass, type Class } from '../tokens/index.js'
import { assemble, Assembly, collectNothing, link, noClassError, type Root, Scope } from '../wiring/index.js'
import { readSettings, type ApplicationOptions } from './application-options.js'
import { Building } from './building.js'
import { Construction, WIRING } from './construction.js'
import { LiveApplication } from './live-application.js'
import { plan, type PlanChanges } from './plan.js'

/**
 * Builds and checks an application; does not start it. The process, and what it makes of the options that concern it,
 * is the matter of the room above.
 *
 * @throws LifecycleError `KEEL_START_ABORTED` when it was abandoned
 */
export async function buildApplication<A extends LiveApplication = LiveApplication>(
  root: Root,
  options: ApplicationOptions,
  changes: PlanChanges & {
    readonly make?: (...parts: ConstructorParameters<typeof LiveApplication>) => A
    /** Of somebody who may have to stop it before there is an application. */
    readonly building?: Building
  } = {}
): Promise<A> {
  const settings = readSettings(options)
  const loading = needsPino(options.logger) ? loadPino() : undefined
  if (loading !== undefined) await loading
  const log = createLogger(options.logger, { clock: settings.clock })
  const { make = (...parts) => new LiveApplication(...parts) as A, building: given, ...rest } = changes
  const { clock, startTimeout } = settings
  // most are neither looked at nor limited
  const building = given ?? (startTimeout === Infinity ? undefined : new Building(clock))
  let name = options.name ?? 'the application'
  if (building !== undefined) building.log = log
  building?.limit(startTimeout, name)
  try {
    const checked = await plan(root, options, { ...rest, watch: building })
    checked.throwIfUnsound()
    ;({ name } = checked.wiring.tree)
    const app = make(name, settings, log)
    const construction = new Construction(app, options.supervisor, building)
    const assembly = await assemble(checked.wiring, construction)
    for (const { code, message, hint, location } of assembly.warnings)
      log.warn({ code, at: location }, '%s. %s', message, hint)
    try {
      app.complete(construction.finish(assembly))
    } catch (error) {
      await construction.release()
      await assembly.dispose()
      throw error
    }
    return app
  } catch (error) {
    if (building?.abandoned.aborted !== true || error !== building.abandoned.reason) throw error
    throw building.abandonedError(name)
  } finally {
    building?.end()
  }
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
  const missingGoesTo = 'the second argument of construct()'
  const all = [...(isOneScope ? [scope] : []), ...providers, class_]
  const wiring = link(
    collectNothing({ ...WIRING, name, providers: all, only: [class_], isOneScope, missingGoesTo })
  )
  wiring.throwIfUnsound()
  const app = new LiveApplication(name, readSettings(options), createLogger(options.logger))
  const assembly = new Assembly(wiring, new LoneConstruction(app, undefined))
  return assembly.constructOnly(class_)
}

/** What extends a service, and is made by hand, stays its own: there is no application to start it. */
class LoneConstruction extends Construction {
  override appeared(): void {}
}
