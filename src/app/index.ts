/**
 * The application: where wiring and services meet. Builds the checked plan, gives each service its runtime, and
 * orders starts and stops along the graph. It refuses to know the process. Start reading at `application.ts` (what
 * users see), `build-application.ts` (how it is built), then `live-application.ts` (what the user has in hand) and
 * `application-life.ts` (the heart).
 */
export { buildApplication, constructOne } from './build-application.js'
export { Building } from './building.js'
export type { AwaitedPart } from './building.js'
export { Application } from './application.js'
export type { ApplicationState } from './application.js'
export { checkOptions, isClock } from './application-options.js'
export type { ApplicationOptions } from './application-options.js'
export type { BootReport, ServiceBootTime } from './boot-report.js'
export type { DecoratedMethod, MethodDecoratorFactory } from './decorated-methods.js'
export type { CheckResult, HealthReport, ServiceHealth } from './health.js'
export { LiveApplication } from './live-application.js'
export { planApplication } from './plan-application.js'
export type { ApplicationPlan } from './plan-application.js'
export { rootKind } from './root-kind.js'
export { validate } from './validate.js'
export type { ValidationReport } from './validate.js'
