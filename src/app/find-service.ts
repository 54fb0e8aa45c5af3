import { LifecycleError, nearNames } from '../errors/index.js'
import { family, type ServiceRuntime } from '../service/index.js'
import { isClass, tokenName, type Token } from '../tokens/index.js'
import type { Assembly } from '../wiring/index.js'
import type { ServiceNodes } from './service-nodes.js'

/** Where services are looked for. */
export interface ServiceIndex {
  readonly assembly: Assembly
  readonly nodes: ServiceNodes
}

/**
 * The service that answers to a token.
 *
 * @param application its name, for the error
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN`
 */
export function serviceAt(token: Token, where: ServiceIndex, application: string): ServiceRuntime {
  const runtime = byToken(token, where)
  if (runtime !== undefined) return runtime
  const hint = everyService(where.nodes).some(({ name }) => name === token)
    ? howToAskFor(token as string, where)
    : 'a service is a class marked @Service() that some module lists, or that something needs.'
  throw new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `${tokenName(token)} is no service of ${application}`,
    hint
  })
}

function howToAskFor(name: string, { assembly }: ServiceIndex): string {
  const service = assembly.services.find((one) => one.name === name)
  if (service === undefined) return 'That is the name of a child: look among the children of its owner.'
  const token = assembly.tokenOf(service)
  return `That is the name of a service: ask by its token, ${isClass(token) ? 'the class ' : ''}${tokenName(token)}.`
}

/**
 * A service by its name, a child's too, or by its token.
 *
 * @param application its name, for the error
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN`, with names that are near
 */
export function serviceNamed(service: Token, where: ServiceIndex, application: string): ServiceRuntime {
  const all = everyService(where.nodes)
  const runtime = all.find(({ name }) => name === service) ?? byToken(service, where)
  if (runtime !== undefined) return runtime
  const near = nearNames(
    tokenName(service),
    all.map((one) => one.name)
  )
  throw new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `${application} has no service ${tokenName(service)}`,
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'app.services lists all that there are.'
  })
}

/** Every service in start order, each with the children that it has now right behind it; no list is made where none has any. */
export function everyService({ runtimes }: ServiceNodes): readonly ServiceRuntime[] {
  const isAlone = runtimes.every(({ childrenIfAny }) => childrenIfAny === undefined)
  return isAlone ? runtimes : runtimes.flatMap((runtime) => family(runtime))
}

function byToken(token: Token, { assembly, nodes }: ServiceIndex): ServiceRuntime | undefined {
  const index = assembly.serviceIndex(token)
  return index === undefined ? undefined : nodes.runtimes[index]
}
