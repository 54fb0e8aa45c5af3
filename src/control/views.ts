import type { HealthReport } from '../app/index.js'
import { taskDetails } from '../dump/index.js'
import { thrownToJSON } from '../errors/index.js'
import { upcomingRuns } from '../schedule/index.js'
import type { ScheduleEntry, ServiceRuntime } from '../service/index.js'
import type { CronView, HealthView } from './protocol.js'

/** So many of the slots to come are told. */
const SLOTS = 5

/** The timers and crons of services, and when they are due. */
export function viewCrons(services: readonly ServiceRuntime[]): CronView[] {
  return services.flatMap((service) => service.work.schedules().map((entry) => viewCron(service, entry)))
}

function viewCron(service: ServiceRuntime, entry: ScheduleEntry): CronView {
  const { snapshot, settings } = entry
  const task = { service: service.name, ...taskDetails(snapshot) }
  if (settings === undefined || service.state !== 'running') {
    const reason = service.state === 'running' ? 'disabled' : service.state
    return { ...task, schedule: { kind: 'off', reason }, next: [] }
  }
  const next = upcomingRuns(settings, snapshot.nextDueAt, service.host.clock.now(), SLOTS)
  if (settings.kind === 'timer') {
    const { every, mode } = settings
    return { ...task, schedule: { kind: 'timer', everyMs: every, mode }, next }
  }
  const { expression, timezone } = settings
  return { ...task, schedule: { kind: 'cron', expression, timezone }, next }
}

/** A report as plain data. */
export function viewHealth(application: string, { services, ...known }: HealthReport): HealthView {
  return {
    application,
    ...known,
    services: services.map(({ checks, ...service }) => ({
      ...service,
      checks: checks.map(({ error, ...check }) =>
        check.healthy ? check : { ...check, error: thrownToJSON(error) }
      )
    }))
  }
}
