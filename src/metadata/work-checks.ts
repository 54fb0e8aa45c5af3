import {
  type Check,
  type Checks,
  flag,
  limitAboveZero,
  oneOf,
  readElsewhere,
  refuse,
  text
} from './check-options.js'
import type { CronOptions, TaskOptions, TimerOptions } from './options.js'

const flagOrFunction: Check = (value, option) => {
  if (typeof value !== 'function' && typeof value !== 'boolean') {
    throw refuse(option, value, 'true, false or a function')
  }
}

/** Whether there is such a zone, `readCron` checks: an empty one is as unknown as any other. */
const zone: Check = (value, option) => {
  if (typeof value !== 'string') throw refuse(option, value, 'the name of a time zone')
}

/** What the options of a task may be, declared or added. */
export const TASK_CHECKS: Checks<TaskOptions> = {
  name: text,
  onError: oneOf('crash', 'log'),
  timeout: limitAboveZero
}

/** What the options of a cron may be, declared or added; what is not checked here, `readCron` checks. */
export const CRON_CHECKS: Checks<CronOptions> = {
  overlap: readElsewhere,
  onError: readElsewhere,
  failAfter: readElsewhere,
  enabled: flagOrFunction,
  jitter: readElsewhere,
  timeout: readElsewhere,
  name: text,
  timezone: zone,
  misfire: readElsewhere
}

const { timezone: _timezone, misfire: _misfire, ...SHARED_CHECKS } = CRON_CHECKS

/** What the options of a timer may be, declared or added; what is not checked here, `readTimer` checks. */
export const TIMER_CHECKS: Checks<TimerOptions> = {
  ...SHARED_CHECKS,
  immediate: flag,
  mode: readElsewhere
}

/** What the options of `interval()` may be; what is not checked here, `readTimer` checks. */
export const INTERVAL_CHECKS: Checks<Pick<TimerOptions, 'immediate' | 'mode' | 'jitter' | 'name'>> = {
  immediate: flag,
  mode: readElsewhere,
  jitter: readElsewhere,
  name: text
}
