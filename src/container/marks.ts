import { createRequire } from 'node:module'

/**
 * tsyringe's map of the classes that its decorators have seen. It is not exported, but reachable, and the only
 * trace that `@injectable()` leaves of a class without parameters.
 */
const typeInfo: { has(cls: unknown): boolean } | undefined = readTypeInfo()

function readTypeInfo(): { has(cls: unknown): boolean } | undefined {
  try {
    const inside: unknown = createRequire(import.meta.url)('tsyringe/dist/cjs/dependency-container.js')
    const found = (inside as { typeInfo?: unknown }).typeInfo
    return found instanceof Map ? found : undefined
  } catch {
    // another release, or bundled: what has parameters is still known by its metadata
    return undefined
  }
}

/** Tells whether tsyringe's `@injectable()`, `@singleton()` or `@scoped()` marks a class itself. */
export function isMarkedByTsyringe(cls: unknown): boolean {
  return typeInfo?.has(cls) ?? false
}
