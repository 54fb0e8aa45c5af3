/** What these tests use of the public API, from the rooms below wiring, so that no room above has to be in order. */
export { inject } from '../../src/container/index.js'
export {
  DependsOn,
  HealthCheck,
  Inject,
  Injectable,
  InjectAll,
  Module,
  Optional,
  Service,
  Task,
  Timer
} from '../../src/decorators/index.js'
export { all, InjectionToken, Lazy, lazy, optional, wanted } from '../../src/tokens/index.js'
