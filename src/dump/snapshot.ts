import type { Application, ApplicationState, LiveApplication } from '../app/index.js'
import { thrownToJSON, type ThrownJSON } from '../errors/index.js'
import type { GraphJSON } from '../graph/index.js'
import type { ServiceState } from '../lifecycle/index.js'
import { type LogLevel, refuse } from '../metadata/index.js'
import type { ServiceRuntime, TaskSnapshot } from '../service/index.js'
import { openHandles } from './open-handles.js'

/** What an application does at one moment, as plain data: it survives `JSON.stringify`. */
export interface ApplicationSnapshot {
  readonly name: string
  readonly state: ApplicationState
  /** When it came into this state, in milliseconds since the epoch. */
  readonly since: number
  /** When this was taken, in milliseconds since the epoch. */
  readonly at: number
  /** From which level on the application writes log lines. */
  readonly logLevel: LogLevel
  readonly process: ProcessSnapshot
  readonly graph: GraphJSON
  /** In start order, the children of each right after it. */
  readonly services: readonly ServiceDetails[]
}

/** The process at one moment. */
export interface ProcessSnapshot {
  readonly pid: number
  /** The version of Node.js, such as `'24.11.0'`. */
  readonly node: string
  /** How long the process has run, in milliseconds. */
  readonly uptimeMs: number
  /** In bytes. */
  readonly memory: { readonly rss: number; readonly heapUsed: number }
  /** How many handles of each kind keep the event loop busy, as Node.js names the kinds. */
  readonly openHandles: Readonly<Record<string, number>>
}

/** One service at one moment. */
export interface ServiceDetails {
  readonly name: string
  /** Its place in the tree of owners: `'App/Owner/Child'`. */
  readonly path: string
  /** The name of its owner, for a child. */
  readonly parent?: string
  readonly state: ServiceState
  /** When it came into this state, in milliseconds since the epoch. */
  readonly since: number
  /** The number of its current or last run; 0 before the first start. */
  readonly run: number
  readonly restartCount: number
  /** Whether somebody is going to restart it. */
  readonly restartPlanned: boolean
  /** What was thrown, when it has crashed. */
  readonly crashReason?: ThrownJSON
  /** From which level on it writes log lines: its own level, else that of the application. */
  readonly logLevel: LogLevel
  /** `file:line` of its class. */
  readonly location?: string
  /** The last `setStatus()` of its run; empty when there was none. */
  readonly statusText: string
  readonly activities: readonly string[]
  /** The hook, or other step of its start or stop, that it waits for. */
  readonly pending?: { readonly step: string; readonly forMs: number }
  readonly tasks: readonly TaskDetails[]
}

/** A task, timer or cron at one moment. */
export interface TaskDetails extends Omit<TaskSnapshot, 'lastError'> {
  /** What the last call that ended threw, when it failed. */
  readonly lastError?: ThrownJSON
}

/**
 * What an application does now, as plain data: its graph with states; of each service its run, restarts, status,
 * activities, tasks with where they were made, and the hook it waits for; the process and what it holds open.
 *
 * @example
 * ```ts
 * response.end(JSON.stringify(snapshot(app)))
 * ```
 *
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no application
 */
export function snapshot(app: Application): ApplicationSnapshot {
  return snapshotFor('snapshot()', app)
}

/** @param asker names in errors what was given the application */
export function snapshotFor(asker: string, app: Application): ApplicationSnapshot {
  const live: unknown = app
  if (!isLive(live)) throw refuse(`what ${asker} is given`, live, 'an application', AWAIT)
  const { name, state, since } = live.toJSON()
  return {
    name,
    state,
    since,
    at: live.settings.clock.now(),
    logLevel: live.host.logLevel(),
    process: processSnapshot(),
    graph: live.graph.toJSON(),
    services: [...runtimesOf(live)].map((runtime) => detailsOf(runtime, live))
  }
}

const AWAIT = 'Give what createApplication() or bootstrap() resolves to: await it first.'

/** Known by what is read of it: one of another copy of the package will do. There are no others, the class that users see is abstract. */
function isLive(app: unknown): app is LiveApplication {
  return typeof app === 'object' && app !== null && 'host' in app && 'settings' in app && 'toJSON' in app
}

/** Owners first, in start order, what the application itself owns before all; without recursion, however deep they own each other. */
export function* runtimesOf({ services, life }: LiveApplication): Generator<ServiceRuntime> {
  const left = [...life.own.flatMap((own) => own.childRuntimes), ...services].toReversed()
  for (let runtime = left.pop(); runtime !== undefined; runtime = left.pop()) {
    yield runtime
    left.push(...runtime.childRuntimes.toReversed())
  }
}

function detailsOf(runtime: ServiceRuntime, { host, settings }: LiveApplication): ServiceDetails {
  const { name, parent, described, pendingStep: step } = runtime
  const { state, since, run, restartCount } = runtime.snapshot
  return {
    name,
    path: runtime.path,
    ...(parent === undefined ? {} : { parent: parent.name }),
    state,
    since,
    run,
    restartCount,
    restartPlanned: runtime.isRestartPlanned,
    ...(runtime.hasCrashed ? { crashReason: thrownToJSON(runtime.crashReason) } : {}),
    logLevel: host.logLevel(name),
    ...(described.location === undefined ? {} : { location: described.location }),
    statusText: runtime.statusText,
    activities: [...runtime.activities],
    ...(step === undefined
      ? {}
      : { pending: { step: step.name, forMs: settings.clock.monotonic() - step.since } }),
    tasks: runtime.tasks.map(taskDetails)
  }
}

/** The same as plain data. */
export function taskDetails({ lastError, ...plain }: TaskSnapshot): TaskDetails {
  return lastError === undefined ? plain : { ...plain, lastError: thrownToJSON(lastError) }
}

/** The process alone: all that can be told before there is an application. */
export function processSnapshot(): ProcessSnapshot {
  const { rss, heapUsed } = process.memoryUsage()
  return {
    pid: process.pid,
    node: process.versions.node,
    uptimeMs: process.uptime() * 1000,
    memory: { rss, heapUsed },
    openHandles: Object.fromEntries(openHandles())
  }
}
