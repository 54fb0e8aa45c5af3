import { type ClassDescription, describe, type HookName } from '../metadata/index.js'
import { isClass } from '../tokens/index.js'
import type { ProviderNode } from './provider-node.js'
import type { Fault } from './read-provider.js'
import { list, placed } from './words.js'

/** Decorated methods that only a service has called. */
const WORK = { task: '@Task', timer: '@Timer', cron: '@Cron', health: '@HealthCheck' } as const

/** Those of a class, as they are written. */
export function decoratedWork({ methods }: ClassDescription): string[] {
  const found: string[] = []
  for (const { kind, key } of methods) {
    if (kind !== 'activity' && kind !== 'custom') found.push(`${WORK[kind]} ${String(key)}`)
  }
  return found
}

/** A value that is no service, with decorated work: whoever wrote that meant a service. */
export function unheardOfValue(node: ProviderNode): Fault | undefined {
  const description = node.source.kind === 'value' ? classOf(node.source.value) : undefined
  if (description === undefined) return undefined
  const work = decoratedWork(description)
  return work.length === 0 ? undefined : unheard(node, description, [...hooksOf(description), ...work])
}

/** A value with hooks only, by their names: perhaps another library's. */
export function silentHooks(node: ProviderNode): Fault | undefined {
  const isSilent = node.source.kind === 'value' && !node.isService
  const description = isSilent ? classOf(node.source.value) : undefined
  if (description === undefined || decoratedWork(description).length > 0) return undefined
  const hooks = hooksOf(description)
  return hooks.length === 0 ? undefined : unheard(node, description, hooks)
}

/** The same of what a factory has made, which nobody could know before. */
export function unheardOfMade(node: ProviderNode, value: unknown): Fault | undefined {
  const description = node.isService ? undefined : classOf(value)
  if (description === undefined) return undefined
  const work = [...hooksOf(description), ...decoratedWork(description)]
  return work.length === 0 ? undefined : unheard(node, description, work)
}

function unheard(node: ProviderNode, { name, location }: ClassDescription, work: readonly string[]): Fault {
  const what = node.source.kind === 'value' ? 'the value' : 'what the factory makes'
  return {
    code: 'KEEL_NOT_A_SERVICE',
    message: `${node.label}: ${what} is a ${placed(name, location)}, which has ${list(work)}, but is not a service: nobody would call them`,
    hint: `Mark ${name} with @Service(): its object is a service then, wherever it was made.`
  }
}

/** The class of an object, unless it extends a service: then it stands in for that, as a fake does. */
function classOf(value: unknown): ClassDescription | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    const { constructor: cls } = value
    if (!isClass(cls) || !(value instanceof cls)) return undefined
    for (let base: unknown = cls; isClass(base); base = Object.getPrototypeOf(base))
      if (describe(base).service !== undefined) return undefined
    return describe(cls)
  } catch {
    // a strict fake, or a revoked proxy
    return undefined
  }
}

/** Hooks are given a context and nothing else: `onStart(span, parent)` is another library's. */
function hooksOf({ hooks, class: cls }: ClassDescription): string[] {
  const prototype = cls.prototype as Readonly<Record<HookName, (...given: never[]) => unknown>>
  return hooks.filter((hook) => prototype[hook].length <= 1)
}
