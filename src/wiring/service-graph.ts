import type { EdgeKind } from '../graph/index.js'
import type { Records, ServiceDependency, ServiceRecord } from './assembled-service.js'
import { fitted } from './fitted.js'
import { orderedTargets, type ProviderNode } from './provider-node.js'

/** The services that a node leads to, each once. */
type Reach = readonly ServiceDependency[]
/** By index of the node. */
type Reaches = readonly (Reach | undefined)[]

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
  const strong = emptyReaches(order)
  let isLazy = false
  for (let n = 0; n < order.length; n++) {
    const node = order[n]!
    const { plain } = node
    if (plain !== undefined && areServices(plain, records)) {
      const record = records.find(node)
      // whoever comes to a service goes no further: nobody asks for what that leads to
      if (record === undefined) strong[node.index] = plain.map((one) => records.find(one)!)
      else record.takeDirect(plain, records)
      continue
    }
    const gathered = new Gathered()
    if (plain !== undefined) gatherTargets(plain, 'inject', records, strong, gathered)
    else {
      for (const dependency of node.dependencies()) {
        if (dependency.kind === 'lazy') isLazy = true
        // what transforms a lazy dependency is needed at once
        const step = dependency.kind === 'lazy' ? 'inject' : dependency.kind
        gatherTargets(orderedTargets(dependency), step, records, strong, gathered)
      }
    }
    const { reach } = gathered
    if (reach.length > 0) strong[node.index] = reach
  }
  const lazy = isLazy ? lazyReaches(order, records, strong) : undefined
  for (let n = 0; n < order.length; n++) {
    const node = order[n]!
    const record = records.find(node)
    if (record === undefined) continue
    const found = strong[node.index]
    const later = lazy?.[node.index]
    if (later !== undefined) record.dependencies = withLazy(record, found ?? NOTHING, later)
    else if (found !== undefined) record.dependencies = found
  }
}

/** Whether these are services, and each is there once, as those nearly all are given. */
function areServices(targets: readonly ProviderNode[], records: Records): boolean {
  if (targets.length > FEW) return false
  for (let t = 0; t < targets.length; t++) {
    if (records.find(targets[t]!) === undefined) return false
    for (let before = 0; before < t; before++) if (targets[before] === targets[t]) return false
  }
  return true
}

function emptyReaches(order: readonly ProviderNode[]): (Reach | undefined)[] {
  return new Array<Reach | undefined>(order.length).fill(undefined)
}

/** What nodes that must be there first lead to by edges that order the start. */
function gatherTargets(
  targets: readonly ProviderNode[],
  step: EdgeKind,
  records: Records,
  strong: Reaches,
  gathered: Gathered
): void {
  for (let t = 0; t < targets.length; t++) {
    const target = targets[t]!
    const service = records.find(target)
    if (service !== undefined) gathered.add(service, step)
    else gathered.addAll(strong[target.index] ?? NOTHING, step)
  }
}

/** What nodes lead to by ways with one lazy step. */
function lazyReaches(order: readonly ProviderNode[], records: Records, strong: Reaches): Reaches {
  const lazy = emptyReaches(order)
  for (const node of order) {
    const gathered = new Gathered()
    if (node.plain !== undefined) passOn(node.plain)
    else
      for (const dependency of node.dependencies()) {
        if (dependency.kind === 'lazy') {
          for (const target of dependency.targets) {
            const service = records.find(target)
            if (service !== undefined) gathered.add(service, 'lazy')
            else gathered.addAll(strong[target.index] ?? NOTHING, 'lazy')
          }
        }
        passOn(orderedTargets(dependency))
      }
    const { reach } = gathered
    if (reach.length > 0) lazy[node.index] = reach

    function passOn(targets: readonly ProviderNode[]): void {
      for (const target of targets)
        if (records.find(target) === undefined) gathered.addAll(lazy[target.index] ?? NOTHING, 'inject')
    }
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
  #reach: Reach = NOTHING
  #own: ServiceDependency[] | undefined
  #positions: Map<ServiceDependency['service'], number> | undefined

  get reach(): Reach {
    return this.#own === undefined ? this.#reach : fitted(this.#own)
  }

  add(service: ServiceRecord, kind: EdgeKind): void {
    const own = (this.#own ??= [...this.#reach])
    const position = this.#find(service)
    if (position < 0) {
      this.#positions?.set(service, own.length)
      own.push(service.stepBy(kind))
    } else if (RANK[kind] > RANK[own[position]!.kind]) own[position] = service.stepBy(kind)
  }

  addAll(further: Reach, step: EdgeKind): void {
    if (further.length === 0 || further === this.#reach) return
    if (this.#own === undefined && this.#reach.length === 0 && step === 'inject') this.#reach = further
    else
      for (const { service, kind } of further)
        this.add(service as ServiceRecord, RANK[step] < RANK[kind] ? step : kind)
  }

  #find(service: ServiceDependency['service']): number {
    const own = this.#own!
    if (own.length <= FEW) {
      for (let index = 0; index < own.length; index++) if (own[index]!.service === service) return index
      return -1
    }
    this.#positions ??= new Map(own.map((each, index) => [each.service, index]))
    return this.#positions.get(service) ?? -1
  }
}
