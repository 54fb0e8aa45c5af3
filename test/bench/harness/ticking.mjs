// Periodic calls for some seconds of real time: processor time, ticks lost, and how far behind they come to be.
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from './statistics.mjs'
import { stopwatch } from './stopwatch.mjs'

/** Counts the ticks of each timer, and remembers when its first and its latest came. */
export class TickRecord {
  constructor(timers) {
    this.counts = new Uint32Array(timers)
    this.first = new Float64Array(timers)
    this.latest = new Float64Array(timers)
    this.open = false
    this.tick = this.tick.bind(this)
  }

  tick(timer) {
    if (!this.open) return
    const now = performance.now()
    if (this.counts[timer]++ === 0) this.first[timer] = now
    this.latest[timer] = now
  }
}

/**
 * @param arm begins the timers
 * @param settle waits for the moment at which the window opens, after the timers were armed
 * @returns `cpu`: ms of processor time, `armingCpu`: what of it came before the window; `lost` in % of what was due in
 *   the window; `behind`: by how many ms the last tick of the median timer comes later than its first plus whole periods,
 *   as many as it made
 */
export async function ticking(record, period, seconds, arm, settle = () => sleep(period / 2)) {
  const time = stopwatch()
  await arm()
  await settle()
  const { cpu: armingCpu, wall: opened } = time()
  record.open = true
  const length = seconds * 1000
  // to the end, not a fixed sleep: when that itself comes late, so much more was due
  while (time().wall - opened < length) await sleep(Math.max(1, length - (time().wall - opened)))
  record.open = false
  const { cpu, wall } = time()
  const due = Math.floor((wall - opened) / period) * record.counts.length
  const came = record.counts.reduce((sum, count) => sum + count, 0)
  const behind = Array.from(record.counts, (count, timer) =>
    count === 0 ? length : record.latest[timer] - record.first[timer] - (count - 1) * period
  )
  return {
    cpu,
    armingCpu,
    ticks: came,
    lost: Math.max(0, (1 - came / due) * 100),
    behind: median(behind)
  }
}
