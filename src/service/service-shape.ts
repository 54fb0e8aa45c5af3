import {
  HOOK_OF_STEP,
  type HookStep,
  initialMachine,
  type Machine,
  type MachineShape
} from '../lifecycle/index.js'
import { areInPart, type HookName } from '../metadata/index.js'
import { prototypeOf } from '../tokens/index.js'
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
  const hooks = keyOf(instance, described)
  const key = hooks * 2 + (waitForShutdown ? 1 : 0)
  let shape = shapes.get(key)
  if (shape === undefined) shapes.set(key, (shape = newShape(hooks, waitForShutdown)))
  return shape
}

function keyOf(instance: object, { class: cls, hooks }: DescribedClass): number {
  if (cls === undefined || Object.getPrototypeOf(instance) !== prototypeOf(cls)) return keyOfMembers(instance)
  for (let n = 0; n < HOOKS.length; n++) if (Object.hasOwn(instance, HOOKS[n]!)) return keyOfMembers(instance)
  let key = inherited.get(hooks)
  if (key === undefined) {
    if (areInPart(hooks)) return keyOfMembers(instance)
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

/** @param key a bit for each hook, the last one the lowest */
function newShape(key: number, waitForShutdown: boolean): ServiceShape {
  const has = (hook: HookName): boolean => ((key >> (HOOKS.length - 1 - HOOKS.indexOf(hook))) & 1) === 1
  const hooks = new Set<HookStep>()
  for (const [step, hook] of STEP_OF_HOOK) if (has(hook)) hooks.add(step)
  const outside = new Set(OUTSIDE_HOOKS.filter(has))
  const shape = { hooks, outside, waitForShutdown }
  return Object.assign(shape, { initial: initialMachine(shape) })
}

function hasMethod(instance: object, hook: HookName): boolean {
  try {
    return typeof (instance as Partial<Record<HookName, unknown>>)[hook] === 'function'
  } catch {
    // a getter that throws fails when the hook is called, as one that throws by itself
    return true
  }
}
