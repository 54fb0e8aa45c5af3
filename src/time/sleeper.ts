import type { Clock, TimerHandle } from './clock.js'
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
  /** Where it waits, or waited last. */
  lane: Lane | undefined
  before: LaneMember | undefined
  after: LaneMember | undefined
  #waits: 'not' | 'in a lane' | 'for a timer' = 'not'
  /** The timer, outside of lanes. */
  #handle: TimerHandle

  protected abstract get clock(): Clock

  /** It is time, or earlier than that. */
  protected abstract woken(moments?: Moments): void

  get isSet(): boolean {
    return this.#waits !== 'not'
  }

  waitsIn(lane: Lane): boolean {
    return this.#waits === 'in a lane' && this.lane === lane
  }

  /** Sets it for nothing when that is never. */
  set(time: AlarmTime): void {
    this.clear()
    const { dueAt } = time
    if (dueAt === Infinity) return
    this.due = dueAt
    const { clock } = this
    if (this.lane?.serves(time, clock) !== true) this.lane = laneFor(clock, time)
    if (this.lane !== undefined) {
      this.#waits = 'in a lane'
      this.lane.add(this)
    } else if (time.follows === 'monotonic') this.#setTimer(Math.max(0, dueAt - clock.monotonic()))
    else if (clock.setAlarm === undefined)
      this.#setTimer(Math.min(LONGEST_SLEEP, Math.max(0, dueAt - clock.now())))
    else {
      this.#waits = 'for a timer'
      this.#handle = clock.setAlarm(() => this.ring(), dueAt)
    }
  }

  /** Sets it for `delay` milliseconds after `now`, a reading of the monotonic clock, together with all that wait as long. */
  setIn(delay: number, now: number): void {
    this.clear()
    this.due = now + delay
    const lane = Number.isInteger(delay) ? delay : undefined
    this.lane = laneFor(this.clock, { follows: 'monotonic', dueAt: this.due, lane })
    if (this.lane === undefined) this.#setTimer(delay)
    else {
      this.#waits = 'in a lane'
      this.lane.add(this)
    }
  }

  /** Sets it for the next turn of the event loop. */
  setSoon(): void {
    this.clear()
    this.#setTimer(0)
  }

  clear(): void {
    const waits = this.#waits
    if (waits === 'not') return
    this.#waits = 'not'
    if (waits === 'in a lane') this.lane?.remove(this)
    else this.clock.clearTimeout(this.#handle)
  }

  ring(moments?: Moments): void {
    this.#waits = 'not'
    this.woken(moments)
  }

  #setTimer(delay: number): void {
    this.#waits = 'for a timer'
    this.#handle = this.clock.setTimeout(() => this.ring(), delay)
  }
}
