import { type Clock, setLimit, type TimerHandle } from './clock.js'
import { type AlarmTime, type Lane, laneFor, type LaneMember, LONGEST_SLEEP } from './lane.js'
import type { Moments } from './moments.js'

/**
 * Who is woken at a time, and then sleeps until another one. Those of one lane share a timer, where the clock allows
 * it: joining and leaving take a tenth of what `setTimeout` and `clearTimeout` take.
 *
 * A base class for those of whom there are thousands, since an {@link Alarm} for each is two objects more.
 */
export abstract class Sleeper implements LaneMember {
  due = Infinity
  isSet = false
  lane: Lane | undefined
  before: LaneMember | undefined
  after: LaneMember | undefined
  /** The lane that it waited in last. */
  #home: Lane | undefined
  /** The timer, outside of lanes. */
  #handle: TimerHandle

  protected abstract get clock(): Clock

  /**
   * It is time, or earlier than that.
   *
   * @param moments of those that are woken together, if it is
   */
  abstract woken(moments?: Moments): void

  /** Sets it for nothing when that is never. */
  set(time: AlarmTime): void {
    if (this.isSet) this.clear()
    const { dueAt } = time
    if (dueAt === Infinity) return
    this.isSet = true
    this.due = dueAt
    const { clock } = this
    let home = this.#home
    if (home?.serves(time, clock) !== true) this.#home = home = laneFor(clock, time)
    if (home !== undefined) home.add(this)
    else this.#setTimer(time, clock)
  }

  /** Sets it as a time limit, `delay` milliseconds after `now`, a reading of the monotonic clock, together with all that wait as long. */
  setIn(delay: number, now: number): void {
    if (this.isSet) this.clear()
    this.isSet = true
    this.due = now + delay
    const { clock } = this
    const lane = Number.isInteger(delay) ? delay : undefined
    const home = laneFor(clock, { follows: 'monotonic', dueAt: this.due, lane })
    if (home !== undefined) home.add(this)
    else this.#handle = setLimit(clock, this.#rings, delay)
  }

  /** Sets it for the next turn of the event loop. */
  setSoon(): void {
    if (this.isSet) this.clear()
    this.isSet = true
    this.#handle = this.clock.setTimeout(this.#rings, 0)
  }

  clear(): void {
    if (!this.isSet) return
    this.isSet = false
    if (this.lane !== undefined) this.lane.remove(this)
    else this.clock.clearTimeout(this.#handle)
  }

  #setTimer({ follows, dueAt }: AlarmTime, clock: Clock): void {
    if (follows === 'wall' && clock.setAlarm !== undefined) {
      this.#handle = clock.setAlarm(this.#rings, dueAt)
      return
    }
    const delay = Math.max(0, dueAt - (follows === 'wall' ? clock.now() : clock.monotonic()))
    this.#handle = clock.setTimeout(this.#rings, follows === 'wall' ? Math.min(LONGEST_SLEEP, delay) : delay)
  }

  get #rings(): () => void {
    return () => {
      this.isSet = false
      this.woken()
    }
  }
}
