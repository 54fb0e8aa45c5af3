import {
  HOOK_OF_STEP,
  type HookStep,
  initialMachine,
  type Machine,
  type MachineShape
} from '../lifecycle/index.js'
import type { HookName } from '../metadata/index.js'
import type { DescribedClass } from './service-settings.js'

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
export function shapeOf(instance: object, described: DescribedClass, waitForShutdown: boolean): ServiceShape {
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
