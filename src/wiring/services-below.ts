import type { Token } from '../tokens/index.js'
import type { Records, ServiceRecord } from './assembled-service.js'
import { orderedTargets, type ProviderNode } from './provider-node.js'

/** The services that a node is ordered after, directly or by way of what is no service. */
export interface ServicesBelow {
  readonly services: readonly ServiceRecord[]
  /** Those that it merely wants. */
  readonly wanted: readonly ServiceRecord[]
  /** Marked as services, but none of this application: nobody starts them. */
  readonly absent: readonly { readonly name: string }[]
}

/**
 * Finds them. Not to be asked for before the node is linked, and what it injects is known.
 *
 * @param isReplaced whether something else is given for a token
 */
export function servicesBelow(
  node: ProviderNode,
  records: Records,
  isReplaced: (token: Token) => boolean
): ServicesBelow {
  const services = new Set<ServiceRecord>()
  const wanted = new Set<ServiceRecord>()
  const absent: ServicesBelow['absent'][number][] = []
  const passed = new Set([node])
  // a Set can grow while it is walked
  for (const at of passed) {
    for (const dependency of at.dependencies()) {
      if (isReplaced(dependency.token)) continue
      for (const need of orderedTargets(dependency)) {
        const record = records.find(need)
        if (record !== undefined) (dependency.kind === 'wanted' ? wanted : services).add(record)
        else if (!need.isService) passed.add(need)
        else if (dependency.kind !== 'wanted') absent.push(need)
      }
    }
  }
  return { services: [...services], wanted: [...wanted].filter((one) => !services.has(one)), absent }
}
