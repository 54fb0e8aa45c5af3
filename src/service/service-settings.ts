import type { ClassDescription, HookName, LogLevel, MethodFact, ServiceOptions } from '../metadata/index.js'
import { toMilliseconds, type Duration } from '../time/index.js'
import type { Class } from '../tokens/index.js'

/** The options of a service, with durations in milliseconds. */
export interface ServiceSettings {
  readonly startTimeout: number
  readonly stopTimeout: number
  /** How long a stop waits for `setShutdown()`; undefined: what is left of the application's. */
  readonly shutdownTimeout: number | undefined
  readonly waitForShutdown: boolean
  readonly restart: 'permanent' | 'transient' | 'temporary'
  readonly lifecycleLogLevel: LogLevel
  readonly critical: boolean
}

/** What a class says of its services. */
export interface DescribedClass {
  /** The class, its name, and which hooks its instances inherit. */
  readonly class?: Class
  readonly name?: string
  readonly hooks: readonly HookName[]
  readonly service?: ServiceOptions | undefined
  readonly methods: readonly MethodFact[]
  /** What `@DependsOn` names, for those who order services. */
  readonly dependsOn?: ClassDescription['dependsOn']
  /** `file:line` of the class; computed when it is asked for, at 20 microseconds. */
  readonly location: string | undefined
}

const FOREVER = { allowInfinity: true } as const

/** What a service without options has, nearly all of them. */
const DEFAULTS: ServiceSettings = {
  startTimeout: 30_000,
  stopTimeout: 10_000,
  shutdownTimeout: undefined,
  waitForShutdown: false,
  restart: 'transient',
  lifecycleLogLevel: 'info',
  critical: true
}

/** Reads the options of a service; `name` is for messages. Those without options share one object. */
export function settingsOf(name: string, { service }: DescribedClass): ServiceSettings {
  return service === undefined ? DEFAULTS : readOptions(name, service)
}

function readOptions(name: string, options: ServiceOptions): ServiceSettings {
  const { startTimeout, stopTimeout, shutdownTimeout } = options
  const { waitForShutdown, restart, lifecycleLogLevel, critical } = options
  const isPlain =
    (startTimeout ?? stopTimeout ?? shutdownTimeout) === undefined &&
    (waitForShutdown ?? restart ?? lifecycleLogLevel ?? critical) === undefined
  return isPlain ? DEFAULTS : readSettings(name, options)
}

function readSettings(name: string, options: ServiceOptions): ServiceSettings {
  const { startTimeout, stopTimeout, shutdownTimeout } = options
  const { waitForShutdown, restart, lifecycleLogLevel, critical } = options
  const read = (value: Duration | undefined, which: string): number | undefined =>
    value === undefined ? undefined : toMilliseconds(value, `${which} of ${name}`, FOREVER)
  return {
    startTimeout: read(startTimeout, 'startTimeout') ?? DEFAULTS.startTimeout,
    stopTimeout: read(stopTimeout, 'stopTimeout') ?? DEFAULTS.stopTimeout,
    shutdownTimeout: read(shutdownTimeout, 'shutdownTimeout'),
    waitForShutdown: waitForShutdown ?? DEFAULTS.waitForShutdown,
    restart: restart ?? DEFAULTS.restart,
    lifecycleLogLevel: lifecycleLogLevel ?? DEFAULTS.lifecycleLogLevel,
    critical: critical ?? DEFAULTS.critical
  }
}

/** Of an object of which nothing is known. */
export const UNDESCRIBED: DescribedClass = { hooks: [], methods: [], location: undefined }
