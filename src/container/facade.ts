import type { DependencyContainer } from 'tsyringe'
import { isDelayedClass } from '../metadata/index.js'
import type { Token } from '../tokens/index.js'

/** Who answers what the user's factories ask of the container that they are given. */
export interface Resolver {
  /** The one instance under a token; `undefined` for what is missing and optional. */
  resolve(token: Token, optional: boolean): unknown
  /** Everything under a token. */
  resolveAll(token: Token, optional: boolean): unknown[]
  /** Whether a token can be resolved. */
  has(token: Token): boolean
}

/**
 * A child of the user's container whose `resolve`, `resolveAll` and `isRegistered` are answered by somebody else:
 * what `useFactory: (container) => …` of the user's registrations is given. What such a factory registers on it
 * stays in the child; the user's container is not written to.
 */
export function createFacade(parent: DependencyContainer, resolver: Resolver): DependencyContainer {
  const child = parent.createChildContainer()
  // a child starts with copies of what is scoped to a container, which would hide the registrations themselves
  child.reset()
  const isOwn = child.isRegistered.bind(child)
  const resolveOwn = child.resolve.bind(child)
  const resolveAllOwn = child.resolveAll.bind(child)
  const answers = {
    resolve: (token: unknown, _context?: unknown, optional = false): unknown => {
      if (isDelayedClass(token)) return token.createProxy((target) => resolver.resolve(target, false))
      return isOwn(token as string) ? resolveOwn(token as string) : resolver.resolve(token as Token, optional)
    },
    resolveAll: (token: unknown, _context?: unknown, optional = false): unknown =>
      isOwn(token as string) ? resolveAllOwn(token as string) : resolver.resolveAll(token as Token, optional),
    isRegistered: (token: unknown, recursive = false): boolean =>
      isOwn(token as string, recursive) || resolver.has(token as Token)
  }
  for (const [name, value] of Object.entries(answers)) Object.defineProperty(child, name, { value })
  return child
}
