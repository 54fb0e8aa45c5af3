/**
 * Time: the port to it, the machine's clock behind that port, and the reading and writing of durations.
 * It refuses to know who waits, and for what.
 * Start reading at `clock.ts`.
 */
export { Alarm } from './alarm.js'
export { Clock, setLimit, type TimerHandle } from './clock.js'
export { type Duration, type DurationOptions, formatDuration, NO_TIME, toMilliseconds } from './duration.js'
export type { AlarmTime } from './lane.js'
export { type Moment, momentOf, Moments } from './moments.js'
export { realImmediate, realNow, realTimeout } from './real-time.js'
export { Sleeper } from './sleeper.js'
export { sharesTimers, systemClock } from './system-clock.js'
