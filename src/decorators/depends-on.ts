import { captureSite, type DependsOnEntry, refuse } from '../metadata/index.js'
import { isToken, isWanted, readDependency } from '../tokens/index.js'
import { classDecorator, type DualClassDecorator, refuseBare } from './dialect.js'

/**
 * Orders a service after others without injecting them: they run before it starts, and stop after it. Inherited,
 * as a union with what the base says.
 *
 * A child waits for what it needs, and its owner's start waits with it; it stops before what it needs, and fails to start
 * when that has ended. A wait that would close a circle is left out, and the log says so. Without a container, where
 * nobody starts the others, the start fails.
 *
 * @param tokens each a token, `() => token` for one defined later, or `wanted(token)` for one that may be absent
 * or fail
 * @throws ConfigurationError `KEEL_INVALID_OPTION` for anything else, when the class is defined
 *
 * @example
 * ```ts
 * @Service()
 * @DependsOn(Migrations, wanted(Metrics))
 * class Api {}
 * ```
 */
export function DependsOn(...tokens: readonly DependsOnEntry[]): DualClassDecorator {
  const [first, second] = tokens
  // a context has a kind as well as what wanted() makes, and what optional(), all() and lazy() make, which is refused below
  const isMade = isWanted(second) || (typeof second === 'object' && readDependency(second) !== undefined)
  refuseBare('DependsOn', first, isMade ? undefined : second, true)
  const site = captureSite(DependsOn)
  return classDecorator('DependsOn', site, ({ facts, what }) => {
    for (const [index, token] of tokens.entries()) {
      const meant = isWanted(token) ? token.token : token
      if (!isToken(meant) && typeof meant !== 'function') {
        const hint = meant === undefined ? 'The files import each other: write () => TheClass.' : undefined
        const where = isWanted(token) ? `what is wanted by token ${index}` : `token ${index}`
        throw refuse(`${where} of ${what}`, meant, 'a token, () => token or wanted(…)', hint)
      }
    }
    // applied from the bottom up, read from the top down
    facts.dependsOn.unshift(...tokens)
    facts.site ??= site
  })
}
