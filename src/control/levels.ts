import type { LiveApplication } from '../app/index.js'
import type { LogLevel } from '../metadata/index.js'
import type { ServiceRuntime } from '../service/index.js'
import type { LevelView } from './protocol.js'

/** The level of each logger: the application's, then those of its services. */
export function viewLevels({ host }: LiveApplication, services: readonly ServiceRuntime[]): LevelView[] {
  return [
    { service: '*', level: host.logLevel() },
    ...services.map(({ name }) => ({ service: name, level: host.logLevel(name) }))
  ]
}

/** Sets the level of one service, or under `*` of the application and all of them. */
export function changeLevel(
  app: LiveApplication,
  service: ServiceRuntime | '*',
  all: readonly ServiceRuntime[],
  level: string
): LevelView[] {
  const name = service === '*' ? service : service.name
  const before = viewLevels(app, all)
  app.setLogLevel(name, level as LogLevel)
  const after = viewLevels(app, all)
  return after
    .map((view, index) => ({ ...view, before: before[index]!.level }))
    .filter((view) => name === '*' || view.service === name)
}
