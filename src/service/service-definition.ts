import type { LogLevel, MethodFact, ServiceOptions } from '../metadata/index.js'
import { HOOK_OF_STEP, type HookStep, type MachineShape } from '../lifecycle/index.js'
import { toMilliseconds } from '../time/index.js'

/** What is known of a service before it runs: its options in milliseconds, and its decorated methods. */
export interface ServiceDefinition {
  readonly startTimeout: number
  readonly stopTimeout: number
  /** How long a stop waits for `setShutdown()`; undefined: what is left of the application's. */
  readonly shutdownTimeout: number | undefined
  readonly waitForShutdown: boolean
  readonly restart: 'permanent' | 'transient' | 'temporary'
  readonly lifecycleLogLevel: LogLevel
  readonly critical: boolean
  readonly methods: readonly MethodFact[]
  /** `file:line` of the class. */
  readonly location: string | undefined
}

const FOREVER = { allowInfinity: true } as const
const NO_METHODS: readonly MethodFact[] = []

/** Reads the options of a service; `name` is for messages. */
export function defineService(
  name: string,
  options: ServiceOptions = {},
  methods: readonly MethodFact[] = NO_METHODS,
  location?: string
): ServiceDefinition {
  const { startTimeout, stopTimeout, shutdownTimeout } = options
  return {
    startTimeout:
      startTimeout === undefined ? 30_000 : toMilliseconds(startTimeout, `startTimeout of ${name}`, FOREVER),
    stopTimeout:
      stopTimeout === undefined ? 10_000 : toMilliseconds(stopTimeout, `stopTimeout of ${name}`, FOREVER),
    shutdownTimeout:
      shutdownTimeout === undefined
        ? undefined
        : toMilliseconds(shutdownTimeout, `shutdownTimeout of ${name}`, FOREVER),
    waitForShutdown: options.waitForShutdown ?? false,
    restart: options.restart ?? 'transient',
    lifecycleLogLevel: options.lifecycleLogLevel ?? 'info',
    critical: options.critical ?? true,
    methods,
    location
  }
}

const HOOK_STEPS = Object.entries(HOOK_OF_STEP) as readonly (readonly [HookStep, string])[]
const shapes = new Map<number, MachineShape>()

/** The hooks an instance has. Instances of like shape share one object: there may be 20,000 of them. */
export function shapeOf(instance: object, waitForShutdown: boolean): MachineShape {
  const members = instance as Readonly<Record<string, unknown>>
  let key = waitForShutdown ? 1 : 0
  for (const [, hook] of HOOK_STEPS) key = key * 2 + (typeof members[hook] === 'function' ? 1 : 0)
  let shape = shapes.get(key)
  if (shape === undefined) {
    const hooks = new Set<HookStep>()
    for (const [step, hook] of HOOK_STEPS) if (typeof members[hook] === 'function') hooks.add(step)
    shape = { hooks, waitForShutdown }
    shapes.set(key, shape)
  }
  return shape
}
