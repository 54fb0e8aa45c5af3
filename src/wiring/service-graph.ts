import type { EdgeKind } from '../graph/index.js'
import type { ServiceDependency, ServiceRecord } from './assembled-service.js'
import { orderedTargets, type ProviderNode } from './provider-node.js'

/** The services that a node leads to, each once. */
type Reach = readonly ServiceDependency[]
type Records = ReadonlyMap<ProviderNode, ServiceRecord>
type Reaches = ReadonlyMap<ProviderNode, Reach>

const NOTHING: Reach = Object.freeze([])

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
export function connectServices(order: readonly ProviderNode[], records: Records): void {
  const strong = new Map<ProviderNode, Reach>()
  for (const node of order) {
    const reach = strongReach(node, records, strong)
    if (reach.length > 0) strong.set(node, reach)
  }
  const isLazy = order.some((node) => node.dependencies().some(({ kind }) => kind === 'lazy'))
  const lazy = isLazy ? lazyReaches(order, records, strong) : new Map<ProviderNode, Reach>()
  for (const [node, record] of records) {
    const found = strong.get(node) ?? NOTHING
    const later = lazy.get(node)
    record.dependencies = later === undefined ? found : withLazy(record, found, later)
  }
}

/** What a node leads to by edges that order the start. */
function strongReach(node: ProviderNode, records: Records, strong: Reaches): Reach {
  const gathered = new Gathered()
  for (const dependency of node.dependencies()) {
    const { kind } = dependency
    for (const target of orderedTargets(dependency)) {
      const service = records.get(target)
      // what transforms a lazy dependency is needed at once
      const step = kind === 'lazy' ? 'inject' : kind
      if (service !== undefined) gathered.add(service, step)
      else gathered.addAll(strong.get(target) ?? NOTHING, step)
    }
  }
  return gathered.reach
}

/** What nodes lead to by ways with one lazy step. */
function lazyReaches(order: readonly ProviderNode[], records: Records, strong: Reaches): Reaches {
  const lazy = new Map<ProviderNode, Reach>()
  for (const node of order) {
    const gathered = new Gathered()
    for (const dependency of node.dependencies()) {
      if (dependency.kind === 'lazy') {
        for (const target of dependency.targets) {
          const service = records.get(target)
          if (service !== undefined) gathered.add(service, 'lazy')
          else gathered.addAll(strong.get(target) ?? NOTHING, 'lazy')
        }
      }
      for (const target of orderedTargets(dependency)) {
        if (!records.has(target)) gathered.addAll(lazy.get(target) ?? NOTHING, 'inject')
      }
    }
    if (gathered.reach.length > 0) lazy.set(node, gathered.reach)
  }
  return lazy
}

function withLazy(record: ServiceRecord, strong: Reach, lazy: Reach): Reach {
  const known = new Set([record, ...strong.map(({ service }) => service)])
  return [...strong, ...lazy.filter(({ service }) => !known.has(service as ServiceRecord))]
}

/** More than these, and a map tells what has been gathered. */
const FEW = 16

/** Services, each once with its strongest kind. A chain of nodes that lead to the same shares one list. */
class Gathered {
  reach: Reach = NOTHING
  #own: { readonly service: ServiceDependency['service']; kind: EdgeKind }[] | undefined
  #positions: Map<ServiceDependency['service'], number> | undefined

  add(service: ServiceDependency['service'], kind: EdgeKind): void {
    this.#own ??= this.reach.map((each) => ({ ...each }))
    this.reach = this.#own
    const known = this.#find(service)
    if (known === undefined) {
      this.#positions?.set(service, this.#own.length)
      this.#own.push({ service, kind })
    } else if (RANK[kind] > RANK[known.kind]) known.kind = kind
  }

  addAll(further: Reach, step: EdgeKind): void {
    if (further.length === 0 || further === this.reach) return
    if (this.reach.length === 0 && step === 'inject') this.reach = further
    else for (const { service, kind } of further) this.add(service, RANK[step] < RANK[kind] ? step : kind)
  }

  #find(service: ServiceDependency['service']): { kind: EdgeKind } | undefined {
    const own = this.#own!
    if (own.length <= FEW) return own.find((each) => each.service === service)
    this.#positions ??= new Map(own.map((each, index) => [each.service, index]))
    const position = this.#positions.get(service)
    return position === undefined ? undefined : own[position]
  }
}
