/**
 * Schedules: plans say when timers and crons are due (they are told the time, and set no timer), the runner calls
 * bodies then. It refuses to know of services, contexts and logs: its port tells whoever wants to know.
 * Start reading at `plan.ts`, then `scheduled-work.ts`. `croner.ts` is the door to croner.
 */
export type { ScheduleSnapshot } from './counters.js'
export { checkCron, checkZone } from './cron-expression.js'
export { CronPast, planCron, type CronRule } from './cron-plan.js'
export { interval, type IntervalOptions } from './interval.js'
export { nextRuns, upcomingRuns } from './next-runs.js'
export type { Due, Plan } from './plan.js'
export type { Moment } from '../time/index.js'
export type { FireResult, RunningTick } from './running-tick.js'
export type { EndedCall, MissedSlots, ScheduledBody, SchedulePort } from './schedule-port.js'
export { ScheduledWork } from './scheduled-work.js'
export {
  knownCron,
  knownTimer,
  readCron,
  readTimer,
  type CronSettings,
  type TimerSettings
} from './settings.js'
export { Tick } from './tick.js'
export { planTimer, type TimerRule } from './timer-plan.js'
