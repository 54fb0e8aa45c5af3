// Time: the Clock port, the machine's clock behind it, and the reading of durations.
// It refuses to know who waits, and why; schedules and waiting are rooms of their own.
// Start reading at clock.ts.

export { Clock, type TimerHandle } from './clock.js'
export { type Duration, type DurationOptions, formatDuration, toMilliseconds } from './duration.js'
export { systemClock } from './system-clock.js'
