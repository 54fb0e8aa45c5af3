import { extendsAnotherCopy, isOfAnotherCopy } from '../errors/index.js'
import { type ClassDescription, describe } from '../metadata/index.js'
import type { Class } from '../tokens/index.js'
import type { ModuleNode } from './module-node.js'
import type { ProviderNode } from './provider-node.js'
import type { Fault } from './read-provider.js'
import { decoratedWork, unheardOfValue } from './unheard-work.js'
import { capital, list, placed } from './words.js'

/** What Keelson calls instead of NestJS's hooks. */
const OURS: Readonly<Record<string, string>> = {
  onModuleInit: 'onStart',
  onApplicationBootstrap: 'onReady',
  onModuleDestroy: 'onShutdown',
  beforeApplicationShutdown: 'onDrain',
  onApplicationShutdown: 'onShutdown'
}

/** A service of another copy of the package; hooks, tasks and checks of what is none, of which nobody would ever know. */
export function checkProvider(node: ProviderNode): Fault | undefined {
  const { description } = node
  if (description === undefined) return unheardOfValue(node)
  // most extend nothing, and need no look
  if (description.isDerived && isOfAnotherCopy(description.class.prototype as object))
    return extendsAnotherCopy(node.label)
  if (node.isService || node.source.kind !== 'class') return undefined
  const found = workOf(description)
  return found === undefined
    ? undefined
    : {
        code: 'KEEL_NOT_A_SERVICE',
        message: `${node.label} has ${found}, but is not a service: nobody would call them`,
        hint: `${toService(node)}.`
      }
}

/** The same on a module, which is never constructed. */
export function checkModule(module: ModuleNode): Fault | undefined {
  if (module.class === undefined) return undefined
  const found = workOf(describe(module.class as Class))
  return found === undefined
    ? undefined
    : {
        code: 'KEEL_NOT_A_SERVICE',
        message: `The module ${module.name} has ${found}, but a module is never constructed`,
        hint: `Move them into a service, and list it in the providers of ${module.name}.`
      }
}

/** Hooks by their NestJS names: a warning, since they may be there for NestJS, where any provider has them. */
export function foreignHooks(node: ProviderNode): Fault | undefined {
  // nor does NestJS call them of what lives as long as a request
  if (!node.isService && (node.source.kind !== 'class' || node.lifetime === 'scoped')) return undefined
  const foreign = node.description?.foreignHooks ?? []
  if (foreign.length === 0) return undefined
  const rename = `rename ${renamed(foreign)}.`
  return {
    code: 'KEEL_FOREIGN_HOOK',
    message: `${node.label} has ${list(foreign)}, which only NestJS calls`,
    hint: node.isService ? capital(rename) : `${toService(node)}, and ${rename}`
  }
}

/** The same on a module, which NestJS constructs. */
export function foreignHooksOfModule(module: ModuleNode): Fault | undefined {
  const foreign = module.class === undefined ? [] : describe(module.class as Class).foreignHooks
  if (foreign.length === 0) return undefined
  return {
    code: 'KEEL_FOREIGN_HOOK',
    message: `The module ${module.name} has ${list(foreign)}, which only NestJS calls, and is never constructed`,
    hint: `Move them into a service, and rename ${renamed(foreign)}.`
  }
}

function renamed(foreign: readonly string[]): string {
  return list(foreign.map((name) => `${name} to ${OURS[name] ?? 'a hook of Keelson'}`))
}

function toService({ label, lifetime, description }: ProviderNode): string {
  // a service is one for all
  if (lifetime === 'transient' || lifetime === 'scoped') return 'Move them into a service'
  return `Mark ${label} with @Service()${description?.injectable === undefined ? '' : ' in place of @Injectable()'}`
}

/** Services among these that claim one name. */
export function duplicateNames(nodes: readonly ProviderNode[]): { fault: Fault; node: ProviderNode }[] {
  const claims = new Map<string, ProviderNode[]>()
  for (let n = 0; n < nodes.length; n++) {
    const node = nodes[n]!
    if (!node.isService || node.givenName === undefined) continue
    const claim = claims.get(node.givenName)
    if (claim === undefined) claims.set(node.givenName, [node])
    else claim.push(node)
  }
  const found: { fault: Fault; node: ProviderNode }[] = []
  for (const [name, claim] of claims) {
    const [first] = claim
    if (claim.length < 2 || first === undefined) continue
    const who = list(claim.map((node) => placed(node.label, node.location)))
    const fault: Fault = {
      code: 'KEEL_DUPLICATE_NAME',
      message: `${claim.length} services are named '${name}': ${who}`
    }
    found.push({ fault, node: first })
  }
  return found
}

function workOf(description: ClassDescription): string | undefined {
  const found = [...description.hooks, ...decoratedWork(description)]
  return found.length === 0 ? undefined : list(found)
}
