/**
 * Metadata: what decorators of either dialect say about a class, written as facts and read back as one description
 * with the rules of inheritance applied. The only door to reflect-metadata. It refuses to know what any of it
 * leads to: nothing is looked up, constructed or checked against other classes here.
 * Start reading at `class-description.ts`, then `describe.ts`.
 */
export type { ClassDescription, DependencyFact, HookName } from './class-description.js'
export {
  checkOptions,
  flag,
  limit,
  limitAboveZero,
  list,
  oneOf,
  readElsewhere,
  refuse,
  text
} from './check-options.js'
export type { Check, Checks } from './check-options.js'
export { areInPart, describe, forget } from './describe.js'
export {
  addMethodFact,
  addParameterFacts,
  isOfStandardDialect,
  keepParameterTypes,
  writableFacts,
  writableFactsOf
} from './facts.js'
export type { ClassFacts, CustomDecorator, DependsOnEntry, MethodFact, MethodFactOf } from './facts.js'
export { type DelayedClass, isDelayedClass } from './reflected.js'
export type {
  CronOptions,
  HealthCheckOptions,
  InjectableOptions,
  MethodDecoratorOptions,
  LogLevel,
  ModuleOptions,
  Overlap,
  RestartType,
  ServiceOptions,
  TaskOptions,
  TimerOptions
} from './options.js'
export { refuseGenerator } from './refuse-generator.js'
export { captureSite, findBareUse } from './site.js'
export type { Site } from './site.js'
export { CRON_CHECKS, INTERVAL_CHECKS, TASK_CHECKS, TIMER_CHECKS } from './work-checks.js'
export type { BackoffOptions, RestartStrategy, SupervisorOptions } from './supervisor-options.js'
