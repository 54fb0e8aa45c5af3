import type { EdgeKind } from '../graph/index.js'
import type { ServiceRecord } from './assembled-service.js'
import type { ProviderNode } from './provider-node.js'

type Reach = ReadonlyMap<ServiceRecord, EdgeKind>

const NOTHING: Reach = new Map()

/** From the weakest to the strongest. */
const RANK: Readonly<Record<EdgeKind, number>> = { child: -1, lazy: 0, wanted: 1, 'depends-on': 2, inject: 3 }

/**
 * Gives each service the services that it needs: directly, or by way of what is no service and passes its own
 * dependencies on. The kind of a way is that of its weakest step, of several ways the strongest counts.
 *
 * A lazy step leads to what its target needs strongly; further lazy steps beyond it are not followed.
 *
 * @param order every node, each after what it needs
 */
export function connectServices(
  order: readonly ProviderNode[],
  records: ReadonlyMap<ProviderNode, ServiceRecord>
): void {
  const strong = new Map<ProviderNode, Reach>()
  for (const node of order) strong.set(node, reachOf(node, false, records, strong, NONE))
  const lazy = new Map<ProviderNode, Reach>()
  for (const node of order) lazy.set(node, reachOf(node, true, records, strong, lazy))
  for (const [node, record] of records) {
    const needs = new Map(strong.get(node))
    for (const [service] of lazy.get(node) ?? NOTHING) if (!needs.has(service)) needs.set(service, 'lazy')
    needs.delete(record)
    record.dependencies = [...needs].map(([service, kind]) => ({ service, kind }))
  }
}

const NONE: ReadonlyMap<ProviderNode, Reach> = new Map()

/** The services that a node leads to: by edges that order the start, or by ways with one lazy step. */
function reachOf(
  node: ProviderNode,
  isLazy: boolean,
  records: ReadonlyMap<ProviderNode, ServiceRecord>,
  strong: ReadonlyMap<ProviderNode, Reach>,
  lazy: ReadonlyMap<ProviderNode, Reach>
): Reach {
  let reach: Reach = NOTHING
  let own: Map<ServiceRecord, EdgeKind> | undefined
  const add = (service: ServiceRecord, kind: EdgeKind): void => {
    own ??= new Map(reach)
    const known = own.get(service)
    if (known === undefined || RANK[kind] > RANK[known]) own.set(service, kind)
  }
  const addAll = (further: Reach, kind: EdgeKind): void => {
    if (further.size === 0) return
    // a chain of nodes that lead to the same shares one map
    if (own === undefined && reach.size === 0 && kind === 'inject') reach = further
    else if (further !== reach) {
      for (const [service, step] of further) add(service, weaker(kind, step))
    }
  }
  for (const { request, targets, transform } of node.dependencies()) {
    for (const target of transform === undefined ? targets : [...targets, transform.by]) {
      const service = records.get(target)
      if (request.kind !== 'lazy') {
        if (service === undefined)
          addAll((isLazy ? lazy : strong).get(target) ?? NOTHING, isLazy ? 'inject' : request.kind)
        else if (!isLazy) add(service, request.kind)
      } else if (isLazy) {
        if (service === undefined) addAll(strong.get(target) ?? NOTHING, 'inject')
        else add(service, 'lazy')
      }
    }
  }
  return own ?? reach
}

function weaker(a: EdgeKind, b: EdgeKind): EdgeKind {
  return RANK[a] < RANK[b] ? a : b
}
