import { LifecycleError, nearNames } from '../errors/index.js'
import type { Token } from '../tokens/index.js'
import type { AssembledService } from './assembled-service.js'
import type { WiringPlan } from './link.js'
import type { ProviderNode } from './provider-node.js'
import { ServiceRecords } from './service-records.js'

/**
 * The services of a plan in start order, connected as far as their dependencies are declared; none has an instance.
 * Services that only a factory makes, or only `inject()` leads to, are not among them.
 */
export function plannedServices(plan: WiringPlan): AssembledService[] {
  const records = new ServiceRecords(plan)
  for (const node of plan.services) records.of(node)
  return records.finish(plan.order)
}

/**
 * The tokens under which services of these names are found.
 *
 * @throws LifecycleError `KEEL_UNKNOWN_TOKEN` for a name that no service has, with those that may have been meant
 */
export function tokensOfServices(plan: WiringPlan, names: readonly string[]): Token[] {
  const byName = new Map(plan.services.map((node) => [node.name, node]))
  return names.map((name) => {
    const node = byName.get(name)
    if (node === undefined) throw unknownService(name, byName.keys())
    return tokenOf(plan, node)
  })
}

function tokenOf({ tree, linker }: WiringPlan, node: ProviderNode): Token {
  const { modules, overrides } = tree
  const bindings = [...modules.flatMap((module) => module.bindings), ...[...overrides.values()].flat()]
  const listed = bindings.find((binding) => linker.table.known(binding) === node)
  if (listed !== undefined) return listed.token
  if (node.source.kind === 'class') return node.source.class
  throw new TypeError(`${node.name} is a service without a token`)
}

/** A name that no service of the application has. */
function unknownService(name: string, known: Iterable<string>): LifecycleError {
  const all = [...known]
  const near = nearNames(name, all).map((each) => `'${each}'`)
  return new LifecycleError('KEEL_UNKNOWN_TOKEN', {
    message: `no service is named '${name}'`,
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `the services are: ${all.join(', ') || 'none'}; one that only a factory or inject() leads to has no name yet.`
  })
}
