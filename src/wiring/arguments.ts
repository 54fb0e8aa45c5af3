import type { Class } from '../tokens/index.js'
import { type Frame, targetsOf } from './frame.js'
import type { LinkedDependency } from './provider-node.js'

/** Who knows what is not simply the value of a node. */
export interface Injector {
  /** What is injected for a lazy dependency. */
  later(dependency: LinkedDependency, frame: Frame): unknown
  /** Nothing provides something where this is made. */
  missing(frame: Frame, dependency: LinkedDependency): Error
}

/** The arguments of a constructor or factory, out of the values that were had for them. */
export function argumentsOf(frame: Frame, injector: Injector): readonly unknown[] {
  const { node } = frame
  if (frame.needs === node.plain || (frame.needs === node.needs && node.isSimple)) return frame.values
  const values: unknown[] = []
  let at = 0
  for (const dependency of node.parameters) {
    values.push(assemble(dependency, frame, at, injector))
    at += widthOf(dependency, frame)
  }
  return values
}

/** Sets the properties of an instance, out of the values that were had for them. */
export function setProperties(instance: object, frame: Frame, injector: Injector): void {
  if (frame.node.properties.length > 0) setEach(instance, frame, injector)
}

function setEach(instance: object, frame: Frame, injector: Injector): void {
  const { properties, parameters } = frame.node
  let at = parameters.reduce((sum, dependency) => sum + widthOf(dependency, frame), 0)
  for (const dependency of properties) {
    const { property } = dependency.request
    const value = assemble(dependency, frame, at, injector)
    at += widthOf(dependency, frame)
    if (property !== undefined) (instance as Record<string | symbol, unknown>)[property] = value
  }
}

/** What is injected for a dependency whose targets have these values. */
export function combine(
  dependency: LinkedDependency,
  frame: Frame,
  values: readonly unknown[],
  injector: Injector
): unknown {
  const { lazy, all, optional } = dependency.request
  if (all && !lazy) return values
  if (targetsOf(dependency, frame.overlay).length > 0) {
    return lazy ? injector.later(dependency, frame) : values[0]
  }
  // a scope was to provide it, and does not
  if (!optional) throw injector.missing(frame, dependency)
  return undefined
}

/** Calls a constructor. Spreading costs more than most constructors. */
export function construct(cls: Class, values: readonly unknown[]): object {
  const Made = cls as new (...values: unknown[]) => object
  switch (values.length) {
    case 0:
      return new Made()
    case 1:
      return new Made(values[0])
    case 2:
      return new Made(values[0], values[1])
    case 3:
      return new Made(values[0], values[1], values[2])
    default:
      return new Made(...values)
  }
}

/** @param at where its values begin among those of the frame */
function assemble(dependency: LinkedDependency, frame: Frame, at: number, injector: Injector): unknown {
  const { request, transform } = dependency
  const end = at + (request.lazy ? 0 : targetsOf(dependency, frame.overlay).length)
  const value = combine(dependency, frame, frame.values.slice(at, end), injector)
  if (transform === undefined) return value
  const transformer = frame.values[end] as {
    transform(value: unknown, ...args: readonly unknown[]): unknown
  }
  return transformer.transform(value, ...transform.args)
}

/** How many of the values a dependency has to itself. */
function widthOf(dependency: LinkedDependency, { overlay }: Frame): number {
  const values = dependency.request.lazy ? 0 : targetsOf(dependency, overlay).length
  return values + (dependency.transform === undefined ? 0 : 1)
}
