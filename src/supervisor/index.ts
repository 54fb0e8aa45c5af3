// Supervisor: what happens after a crash. Pure first: who restarts, how soon, how often.
// It refuses to know how a service starts or stops, and what an application is.
// Start reading at decide-restart.ts, with test/supervisor/decision-table.ts beside it.

export { type Backoff, backoffDelay, nextBackoff } from './backoff.js'
export {
  type Candidate,
  decideRestart,
  type RestartPlan,
  type RestartQuestion,
  type RunEnd
} from './decide-restart.js'
export { type Ascent, findDecider, type Standing } from './find-decider.js'
export { budgetWindow, type RestartLimits, type RestartVerdict, spendRestart } from './restart-budget.js'
export { type SupervisorSettings, supervisorSettings } from './supervisor-options.js'
export type { BackoffOptions, RestartStrategy, SupervisorOptions } from '../metadata/index.js'
export { type FailedRestart, type RestarterPort } from './restarter-port.js'
export { Restarter } from './restarter.js'
export { Supervisor } from './supervisor.js'
export { serviceOf, ServiceUnit, type Unit } from './unit.js'
