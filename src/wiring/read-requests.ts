import type { ClassDescription, DelayedClass, DependencyFact } from '../metadata/index.js'
import type { FactorySpec } from './module-node.js'
import type { DependencyRequest, Site } from './provider-node.js'

/** What a class states, in the words of the linker. What nothing usable is known of is left out. */
export function requestOf(fact: DependencyFact, site: Site): DependencyRequest | undefined {
  if (fact.token === undefined) return undefined
  return {
    token: fact.token,
    optional: fact.optional,
    all: fact.all,
    lazy: fact.lazy,
    kind: fact.lazy ? 'lazy' : 'inject',
    site,
    delay: fact.delay
  }
}

/** What `@DependsOn` of a class states. */
export function awaitedOf(description: ClassDescription): DependencyRequest[] {
  return description.dependsOn.map(({ token, wanted }) => ({
    token,
    optional: wanted,
    all: false,
    lazy: false,
    kind: wanted ? 'wanted' : 'depends-on',
    site: { at: 'depends-on' }
  }))
}

/** What `inject: [...]` of a factory states. */
export function factoryRequests(spec: FactorySpec): DependencyRequest[] {
  return spec.inject.map((parts, index) => ({
    ...parts,
    kind: parts.lazy ? 'lazy' : 'inject',
    site: { at: 'factory', index }
  }))
}

/** What tsyringe's `delay()` leads to once it is used. */
export function delayedRequest(delay: DelayedClass): DependencyRequest {
  return {
    token: delay.wrap,
    optional: false,
    all: false,
    lazy: true,
    kind: 'lazy',
    site: { at: 'inject' },
    delay
  }
}
