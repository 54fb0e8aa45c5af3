import type { ModuleNode } from './module-node.js'

/**
 * The modules that a root leads to, each once and imports before importers, as far as cycles allow. Sets their
 * indexes. Without recursion, since nobody limits the depth.
 */
export function orderModules(root: ModuleNode): ModuleNode[] {
  const order: ModuleNode[] = []
  const seen = new Set([root])
  const path = [{ module: root, next: 0 }]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const imported = top.module.imports[top.next++]
    if (imported === undefined) {
      path.pop()
      top.module.index = order.length
      order.push(top.module)
    } else if (!seen.has(imported)) {
      seen.add(imported)
      path.push({ module: imported, next: 0 })
    }
  }
  return order
}
