import type { ClassDescription, DelayedClass } from '../metadata/index.js'
import type { FactorySpec } from './module-node.js'
import type { StatedDependency } from './provider-node.js'

/** What `@DependsOn` of a class states. */
export function awaitedOf({ dependsOn }: ClassDescription): readonly StatedDependency[] {
  return dependsOn.map(({ token, wanted }) => ({
    request: { token, optional: wanted, all: false, lazy: false },
    kind: wanted ? 'wanted' : 'depends-on',
    at: 'depends-on'
  }))
}

/** What `inject: [...]` of a factory states. */
export function factoryRequests({ inject }: FactorySpec): readonly StatedDependency[] {
  return inject.map((parts, index) => ({
    request: { ...parts, index },
    kind: parts.lazy ? 'lazy' : 'inject',
    at: 'factory'
  }))
}

/** What tsyringe's `delay()` leads to once it is used. */
export function delayedRequest(delay: DelayedClass): StatedDependency {
  const request = { token: delay.wrap, optional: false, all: false, lazy: true, delay }
  return { request, kind: 'lazy', at: 'inject' }
}
