import type { ClassDescription, DelayedClass, DependencyFact } from '../metadata/index.js'
import type { FactorySpec } from './module-node.js'
import type { DependencyRequest } from './provider-node.js'

/** What a constructor or a property of a class states; `undefined` for that of which nothing usable is known. */
export function requestOf(fact: DependencyFact): DependencyRequest | undefined {
  const { token, optional, all, lazy, index, property, delay } = fact
  if (token === undefined) return undefined
  const kind = lazy ? 'lazy' : 'inject'
  return property === undefined
    ? { token, optional, all, lazy, kind, at: 'parameter', index: index ?? 0, fact, delay }
    : { token, optional, all, lazy, kind, at: 'property', key: property, fact, delay }
}

/** What `@DependsOn` of a class states. */
export function awaitedOf(description: ClassDescription): readonly DependencyRequest[] {
  const { dependsOn } = description
  return dependsOn.map(({ token, wanted }) => ({
    token,
    optional: wanted,
    all: false,
    lazy: false,
    kind: wanted ? 'wanted' : 'depends-on',
    at: 'depends-on'
  }))
}

/** What `inject: [...]` of a factory states. */
export function factoryRequests({ inject }: FactorySpec): readonly DependencyRequest[] {
  return inject.map(({ token, optional, all, lazy }, index) => ({
    token,
    optional,
    all,
    lazy,
    kind: lazy ? 'lazy' : 'inject',
    at: 'factory',
    index
  }))
}

/** What tsyringe's `delay()` leads to once it is used. */
export function delayedRequest(delay: DelayedClass): DependencyRequest {
  return { token: delay.wrap, optional: false, all: false, lazy: true, kind: 'lazy', at: 'inject', delay }
}
