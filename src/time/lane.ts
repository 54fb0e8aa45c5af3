import { AsyncResource } from 'node:async_hooks'
import type { Clock, TimerHandle } from './clock.js'
import { type Moment, Moments } from './moments.js'
import { bellOf } from './system-clock.js'

/** A wall clock that is set, and a machine that was suspended, are noticed within this time. Milliseconds. */
export const LONGEST_SLEEP = 30_000

/** What those of one lane have in common. Objects are known by their identity. */
export type LaneKey = string | number | object

/** When somebody wants to be woken. */
export interface AlarmTime {
  /** The clock that {@link dueAt} is a reading of. */
  readonly follows: keyof Moment
  /** `Infinity`: never. */
  readonly dueAt: number
  /** What is due at the same distance from when it is set: those of one lane may share a timer. Default: none do. */
  readonly lane?: LaneKey | undefined
}

/** Waits in a {@link Lane}. */
export interface LaneMember {
  /** When to be called; a reading of the clock that the lane follows. */
  due: number
  /** Whether it waits, in a lane or elsewhere. */
  isSet: boolean
  lane: Lane | undefined
  before: LaneMember | undefined
  after: LaneMember | undefined
  /** Called once; it has left the lane. */
  woken(moments: Moments): void
}

/** A timer that is shared is nobody's: it rings outside of whatever call it happened to be set in. */
const nobody = new AsyncResource('keelson.Lane')

/** By whom rings, then by what is due together. */
const lanes = new WeakMap<object, Map<LaneKey, Lane>>()

/** Where an alarm for this time waits with its like; undefined where each has a timer of its own. */
export function laneFor(clock: Clock, { lane: key, follows }: AlarmTime): Lane | undefined {
  const bell = key === undefined ? undefined : bellOf(clock)
  if (key === undefined || bell === undefined) return undefined
  let known = lanes.get(bell)
  if (known === undefined) lanes.set(bell, (known = new Map<LaneKey, Lane>()))
  let lane = known.get(key)
  if (lane === undefined)
    known.set(key, (lane = new Lane(clock, follows, key, bell, () => known.delete(key))))
  return lane
}

/**
 * Alarms of one interval or one cron, in the order in which they are due, behind one timer of the clock. New ones are
 * due last, so that joining and leaving take no search. 10,000 timers of 1 s cost a third of what each with a timer of
 * its own costs.
 */
export class Lane {
  readonly #clock: Clock
  readonly #follows: keyof Moment
  readonly #key: LaneKey
  readonly #bell: object
  readonly #emptied: () => void
  #isOpen = true
  #first: LaneMember | undefined
  #last: LaneMember | undefined
  #handle: TimerHandle
  /** What the timer is set for. */
  #setFor = Infinity
  #isRinging = false

  constructor(clock: Clock, follows: keyof Moment, key: LaneKey, bell: object, emptied: () => void) {
    this.#clock = clock
    this.#follows = follows
    this.#key = key
    this.#bell = bell
    this.#emptied = emptied
  }

  /** Whether an alarm for this time belongs here: one that comes again and again need not be told its lane each time. */
  serves({ lane }: AlarmTime, clock: Clock): boolean {
    return this.#isOpen && lane === this.#key && bellOf(clock) === this.#bell
  }

  #close(): void {
    this.#isOpen = false
    this.#emptied()
  }

  /** Joins: before those that are due later, after those that are due at the same time. */
  add(member: LaneMember): void {
    let place = this.#last
    while (place !== undefined && place.due > member.due) place = place.before
    this.#putAfter(place, member)
    if (place === undefined && !this.#isRinging) this.#setTimer(undefined)
  }

  /** Leaves. */
  remove(member: LaneMember): void {
    this.#unlink(member)
    if (this.#first !== undefined || this.#isRinging) return
    this.#clock.clearTimeout(this.#handle)
    this.#setFor = Infinity
    this.#close()
  }

  #putAfter(place: LaneMember | undefined, member: LaneMember): void {
    const next = place === undefined ? this.#first : place.after
    member.lane = this
    member.before = place
    member.after = next
    if (place === undefined) this.#first = member
    else place.after = member
    if (next === undefined) this.#last = member
    else next.before = member
  }

  #unlink(member: LaneMember): void {
    const { before, after } = member
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    member.lane = member.before = member.after = undefined
  }

  #setTimer(moments: Moments | undefined): void {
    const { due } = this.#first!
    if (due === this.#setFor) return
    const clock = this.#clock
    if (this.#setFor !== Infinity) clock.clearTimeout(this.#handle)
    this.#setFor = due
    const now = moments === undefined ? this.#now : moments.current[this.#follows]
    const delay = Math.max(0, due - now)
    const wait = this.#follows === 'wall' ? Math.min(LONGEST_SLEEP, delay) : delay
    this.#handle = nobody.runInAsyncScope(() => clock.setTimeout(() => this.#ring(), wait))
  }

  get #now(): number {
    return this.#follows === 'wall' ? this.#clock.now() : this.#clock.monotonic()
  }

  #ring(): void {
    this.#setFor = Infinity
    const moments = new Moments(this.#clock)
    const now = moments.current[this.#follows]
    // On the way to a slot the wall clock may have been set: then each looks for itself.
    const until = this.#follows === 'wall' && this.#first!.due > now ? this.#last!.due : now
    const due: LaneMember[] = []
    for (let member = this.#first; member !== undefined && member.due <= until; member = member.after)
      due.push(member)
    this.#isRinging = true
    try {
      for (const member of due) {
        // Somebody who was called before may have taken it out.
        if (member.lane !== this || member.due > until) continue
        this.#unlink(member)
        member.isSet = false
        member.woken(moments)
      }
    } finally {
      this.#isRinging = false
      if (this.#first === undefined) this.#close()
      else this.#setTimer(moments)
    }
  }
}
