import { createRequire } from 'node:module'

/**
 * tsyringe's map of the classes that its decorators have seen. It is not exported, but reachable, and the only
 * trace that `@injectable()` leaves of a class without parameters.
 */
let typeInfo: { has(cls: unknown): boolean } | undefined

/** Read when it is first asked for: most programs have no use for tsyringe, whose files take 30 ms of import. */
function readTypeInfo(): { has(cls: unknown): boolean } {
  try {
    const inside: unknown = createRequire(import.meta.url)('tsyringe/dist/cjs/dependency-container.js')
    const found = (inside as { typeInfo?: unknown }).typeInfo
    if (found instanceof Map) return found
  } catch {
    // another release, or bundled: what has parameters is still known by its metadata
  }
  return new Set()
}

/** Tells whether tsyringe's `@injectable()`, `@singleton()` or `@scoped()` marks a class itself. */
export function isMarkedByTsyringe(cls: unknown): boolean {
  return (typeInfo ??= readTypeInfo()).has(cls)
}
