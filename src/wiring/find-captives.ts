import type { ProviderNode } from './provider-node.js'

/**
 * What lives as long as the application but needs something that lives as long as a scope: each as the way from the
 * one to the other, by way of what is made anew each time. Lazy dependencies count, since a singleton asks outside
 * of every scope.
 */
export function findCaptives(nodes: readonly ProviderNode[]): ProviderNode[][] {
  const scoped = nodes.filter((node) => node.lifetime === 'scoped')
  if (scoped.length === 0) return []
  const dependants = dependantsOf(nodes)
  /** From a node to the next on its way to something scoped. */
  const towards = new Map<ProviderNode, ProviderNode>()
  const queue = scoped
  for (let head = 0; head < queue.length; head++) {
    const target = queue[head]!
    for (const node of dependants.get(target) ?? []) {
      if (node.lifetime === 'scoped' || towards.has(node)) continue
      towards.set(node, target)
      if (!node.isShared) queue.push(node)
    }
  }
  return nodes.filter((node) => node.isShared && towards.has(node)).map((node) => wayFrom(node, towards))
}

function dependantsOf(nodes: readonly ProviderNode[]): Map<ProviderNode, ProviderNode[]> {
  const dependants = new Map<ProviderNode, ProviderNode[]>()
  const add = (target: ProviderNode, node: ProviderNode): void => {
    const known = dependants.get(target)
    if (known === undefined) dependants.set(target, [node])
    else known.push(node)
  }
  for (const node of nodes) {
    if (node.plain !== undefined) {
      for (const target of node.plain) add(target, node)
      continue
    }
    for (const { targets, transform } of node.dependencies()) {
      for (const target of targets) add(target, node)
      if (transform !== undefined) add(transform.by, node)
    }
  }
  return dependants
}

function wayFrom(node: ProviderNode, towards: ReadonlyMap<ProviderNode, ProviderNode>): ProviderNode[] {
  const way: ProviderNode[] = []
  for (let at: ProviderNode | undefined = node; at !== undefined; at = towards.get(at)) way.push(at)
  return way
}
