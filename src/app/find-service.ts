import { isKeelsonError, LifecycleError, nearNames } from '../errors/index.js'
import { family, type ServiceRuntime } from '../service/index.js'
import { isClass, tokenName, type Token } from '../tokens/index.js'
import type { Assembly } from '../wiring/index.js'
import type { ServiceNodes } from './service-nodes.js'

/** Where services are looked for. */
export interface ServiceIndex {
  readonly assembly: Assembly
  readonly nodes: ServiceNodes
  /** Those, and all children that there are now. */
  readonly every: readonly ServiceRuntime[]
}

/**
 * The service that answers to a token.
 *
 * @param application its name, for the error
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN`, `KEEL_AMBIGUOUS_TOKEN`
 */
export function serviceAt(token: Token, where: ServiceIndex, application: string): ServiceRuntime {
  const runtime = byToken(token, where, application)
  if (runtime !== undefined) return runtime
  const hint = where.every.some(({ name }) => name === token)
    ? howToAskFor(token as string, where)
    : (otherTokens(token, where) ??
      'a service is a class marked @Service() that some module lists, or that something needs.')
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

/** A class that is there under other tokens only. */
function otherTokens(cls: Token, { assembly }: ServiceIndex): string | undefined {
  const services = assembly.services.filter(({ description }) => description.class === cls)
  if (services.length === 0) return undefined
  return `It is provided as ${services.map((one) => tokenName(assembly.tokenOf(one))).join(', ')}: ask by that.`
}

/**
 * A service by its name, a child's too, or by its token.
 *
 * @param application its name, for the error
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN`, with names that are near
 */
export function serviceNamed(service: Token, where: ServiceIndex, application: string): ServiceRuntime {
  const { every: all } = where
  const runtime = all.find(({ name }) => name === service) ?? byToken(service, where, application)
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
export function everyService({ runtimes }: Pick<ServiceNodes, 'runtimes'>): readonly ServiceRuntime[] {
  const isAlone = runtimes.every(({ childrenIfAny }) => childrenIfAny === undefined)
  return isAlone ? runtimes : runtimes.flatMap((runtime) => family(runtime))
}

function byToken(token: Token, where: ServiceIndex, application: string): ServiceRuntime | undefined {
  let index: number | undefined
  try {
    index = where.assembly.serviceIndex(token)
  } catch (error) {
    throw isKeelsonError(error, 'KEEL_AMBIGUOUS_TOKEN') ? ambiguous(token, where, application) : error
  }
  return index === undefined ? undefined : where.nodes.runtimes[index]
}

/** What get() can be told, `from` and all(), is no help here: each service has a name of its own. */
function ambiguous(token: Token, { assembly }: ServiceIndex, application: string): LifecycleError {
  const names = assembly.services
    .filter((one) => one.description.class === token || assembly.tokenOf(one) === token)
    .map(({ name }) => `'${name}'`)
  return new LifecycleError('KEEL_AMBIGUOUS_TOKEN', {
    message: `${tokenName(token)} stands for more than one service of ${application}${names.length === 0 ? '' : `: ${names.join(', ')}`}`,
    hint: `Take the one that is meant by its name: app.services.find(({ name }) => name === ${names[0] ?? '…'}).`
  })
}
