import type { HookName, LogLevel, MethodFact, ServiceOptions } from '../metadata/index.js'
import {
  HOOK_OF_STEP,
  type HookStep,
  initialMachine,
  type Machine,
  type MachineShape
} from '../lifecycle/index.js'
import { toMilliseconds, type Duration } from '../time/index.js'
import type { Class } from '../tokens/index.js'

/** The options of a service, with durations in milliseconds. */
interface ServiceSettings {
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
  /** The class, and which hooks its instances inherit. */
  readonly class?: Class
  readonly hooks: readonly HookName[]
  readonly service?: ServiceOptions | undefined
  readonly methods: readonly MethodFact[]
  /** `file:line` of the class; computed when it is asked for, at 20 microseconds. */
  readonly location: string | undefined
}

/** What is known of a service before it runs: its options, and its decorated methods. */
export class ServiceDefinition implements ServiceSettings {
  readonly #settings: ServiceSettings
  readonly described: DescribedClass

  constructor(settings: ServiceSettings, described: DescribedClass) {
    this.#settings = settings
    this.described = described
  }

  get startTimeout(): number {
    return this.#settings.startTimeout
  }
  get stopTimeout(): number {
    return this.#settings.stopTimeout
  }
  get shutdownTimeout(): number | undefined {
    return this.#settings.shutdownTimeout
  }
  get waitForShutdown(): boolean {
    return this.#settings.waitForShutdown
  }
  get restart(): ServiceSettings['restart'] {
    return this.#settings.restart
  }
  get lifecycleLogLevel(): LogLevel {
    return this.#settings.lifecycleLogLevel
  }
  get critical(): boolean {
    return this.#settings.critical
  }
  get methods(): readonly MethodFact[] {
    return this.described.methods
  }
  get location(): string | undefined {
    return this.described.location
  }
}

const FOREVER = { allowInfinity: true } as const
const UNDESCRIBED: DescribedClass = { hooks: [], methods: [], location: undefined }

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

/** Reads the options of a service; `name` is for messages. */
export function defineService(name: string, described: DescribedClass = UNDESCRIBED): ServiceDefinition {
  const { service } = described
  return new ServiceDefinition(service === undefined ? DEFAULTS : readOptions(name, service), described)
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

/** Hooks that are no step of a start or stop. */
export type OutsideHook = 'onReady' | 'onDrain'

/** Which hooks an instance has, and what its class says of its stop. */
export interface ServiceShape extends MachineShape {
  readonly outside: ReadonlySet<OutsideHook>
  /** A service of this shape that was never started: one for all. */
  readonly initial: Machine
}

const STEP_OF_HOOK = Object.entries(HOOK_OF_STEP) as readonly (readonly [HookStep, HookName])[]
const OUTSIDE_HOOKS: readonly OutsideHook[] = ['onReady', 'onDrain']
const HOOKS: readonly HookName[] = [...STEP_OF_HOOK.map(([, hook]) => hook), ...OUTSIDE_HOOKS]
const shapes = new Map<number, ServiceShape>()
/** By the list of hooks, which classes with the same ones share. */
const inherited = new WeakMap<readonly HookName[], number>()

/**
 * The hooks an instance has. Instances of like shape share one object: there may be 20,000 of them. What its class has
 * was found when that was described; looking at each instance for each hook would take four times as long, and looking
 * again when a hook's turn comes as much once more.
 */
export function shapeOf(instance: object, { described, waitForShutdown }: ServiceDefinition): ServiceShape {
  const key = keyOf(instance, described) * 2 + (waitForShutdown ? 1 : 0)
  let shape = shapes.get(key)
  if (shape === undefined) shapes.set(key, (shape = newShape(instance, waitForShutdown)))
  return shape
}

function keyOf(instance: object, { class: cls, hooks }: DescribedClass): number {
  if (cls === undefined || Object.getPrototypeOf(instance) !== cls.prototype) return keyOfMembers(instance)
  for (let n = 0; n < HOOKS.length; n++) if (Object.hasOwn(instance, HOOKS[n]!)) return keyOfMembers(instance)
  let key = inherited.get(hooks)
  if (key === undefined) {
    key = 0
    for (const hook of HOOKS) key = key * 2 + (hooks.includes(hook) ? 1 : 0)
    inherited.set(hooks, key)
  }
  return key
}

function keyOfMembers(instance: object): number {
  let key = 0
  for (const hook of HOOKS) key = key * 2 + (hasMethod(instance, hook) ? 1 : 0)
  return key
}

function newShape(instance: object, waitForShutdown: boolean): ServiceShape {
  const hooks = new Set<HookStep>()
  for (const [step, hook] of STEP_OF_HOOK) if (hasMethod(instance, hook)) hooks.add(step)
  const outside = new Set(OUTSIDE_HOOKS.filter((hook) => hasMethod(instance, hook)))
  const shape = { hooks, outside, waitForShutdown }
  return Object.assign(shape, { initial: initialMachine(shape) })
}

function hasMethod(instance: object, hook: HookName): boolean {
  return typeof (instance as Partial<Record<HookName, unknown>>)[hook] === 'function'
}
