import type { GraphNode } from './graph-view.js'

/** Positions of nodes, by module in order of first mention, and of those that have none. */
export interface ModuleGroups {
  readonly modules: readonly (readonly [name: string, members: readonly number[]])[]
  readonly loose: readonly number[]
}

/** Groups nodes by their module, keeping their order. */
export function groupByModule(nodes: readonly GraphNode[]): ModuleGroups {
  const modules = new Map<string, number[]>()
  const loose: number[] = []
  for (const [position, { module }] of nodes.entries()) {
    if (module === undefined) {
      loose.push(position)
      continue
    }
    const members = modules.get(module)
    if (members) members.push(position)
    else modules.set(module, [position])
  }
  return { modules: [...modules], loose }
}
