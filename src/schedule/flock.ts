import { type Clock, type Moment, type Moments, sharesTimers, Sleeper } from '../time/index.js'
import type { Due } from './plan.js'
import type { CronSettings, TimerSettings } from './settings.js'
import { RatePlan } from './timer-plan.js'

/** What a flock has come to. */
export interface Turn {
  readonly due: Due
  /** When it was due; a reading of the monotonic clock. */
  readonly at: number
  /** When the next slot is due. */
  readonly until: number
}

/** A timer that may belong to a {@link Flock}. */
export interface FlockMember {
  /** `'strayed'`: it does not, but the list still has it. */
  inFlock: 'no' | 'strayed' | 'yes'
  /** It is not alone any more. */
  follow(flock: Flock): void
  /** It is to deal with a slot. May stray meanwhile. */
  turn(turn: Turn, moments: Moments): void
}

interface Beginning {
  readonly at: Moment
  /** A flock takes two. */
  readonly first: FlockMember
  flock: Flock | undefined
}

/** Of those that begin one right after the other: by their settings, which those without options share. */
const beginnings = new WeakMap<Moments, Map<TimerSettings, Beginning>>()

/** The flock of a timer that begins; undefined for one that is alone so far, or must look after itself. */
export function flockOf(
  member: FlockMember,
  settings: TimerSettings | CronSettings,
  clock: Clock,
  moments: Moments
): Flock | undefined {
  if (settings.kind !== 'timer' || settings.mode !== 'rate' || settings.overlap !== 'skip') return undefined
  if (settings.jitter > 0) return undefined
  let known = beginnings.get(moments)
  if (known === undefined && !sharesTimers(clock)) return undefined
  if (known === undefined) beginnings.set(moments, (known = new Map<TimerSettings, Beginning>()))
  const at = moments.current
  const beginning = known.get(settings)
  if (beginning?.at !== at) {
    known.set(settings, { at, first: member, flock: undefined })
    return undefined
  }
  if (beginning.flock === undefined) {
    beginning.flock = new Flock(settings, clock, at)
    beginning.first.follow(beginning.flock)
  }
  return beginning.flock
}

/**
 * Timers of one interval that began at one moment: with one plan and one alarm for all of them, as long as each has
 * dealt with the same slots. One that falls behind, or whose body goes on after it has returned, strays: it has a plan
 * of its own then, and comes back when it has caught up. Saves each timer half of what it weighs, and half of what a
 * tick takes beside the body.
 */
export class Flock extends Sleeper {
  protected readonly clock: Clock
  /** When the slot is due that comes next; asked for after each call. */
  dueAt: number
  #plan: RatePlan
  readonly #list: FlockMember[] = []
  #size = 0
  #isInTurn = false

  constructor(settings: TimerSettings, clock: Clock, start: Moment) {
    super()
    this.clock = clock
    this.#plan = new RatePlan(settings, Math.random)
    this.#plan.begin(start)
    this.dueAt = this.#plan.dueAt
  }

  get follows(): 'monotonic' {
    return 'monotonic'
  }

  join(member: FlockMember): void {
    if (member.inFlock === 'no') this.#list.push(member)
    member.inFlock = 'yes'
    this.#size++
    if (!this.#isInTurn && !this.isSet) this.set(this.#plan)
  }

  /** Takes a timer back that is woken before the others are, for the same slot: it has its turn with them. */
  awaits(member: FlockMember, plan: RatePlan): boolean {
    return this.#size > 0 && !this.#isInTurn && this.takesBack(member, plan)
  }

  /** Takes a timer back that has dealt with what the others have; false when it has not. */
  takesBack(member: FlockMember, plan: RatePlan): boolean {
    if (this.#size === 0 && !this.#isInTurn) {
      this.#plan = plan
      this.dueAt = plan.dueAt
    } else if (plan.next !== this.#plan.next) return false
    this.join(member)
    return true
  }

  leave(member: FlockMember): void {
    if (member.inFlock !== 'yes') return
    member.inFlock = 'strayed'
    if (--this.#size === 0) this.clear()
  }

  /** The plan for one that strays. @param undealt how many of the slots that the others have dealt with it has not */
  stray(member: FlockMember, undealt = 0): RatePlan {
    const plan = this.#plan.copy(undealt)
    this.leave(member)
    return plan
  }

  override woken(moments: Moments): void {
    const now = moments.current
    const due = this.#plan.take(now)
    if (due !== undefined) {
      this.dueAt = this.#plan.dueAt
      const turn = { due, at: now.monotonic - due.lateness, until: this.dueAt }
      this.#isInTurn = true
      try {
        this.#turn(turn, moments)
      } finally {
        this.#isInTurn = false
      }
    }
    if (this.#size > 0) this.set(this.#plan)
  }

  /** Those that join meanwhile stand behind, and are not met. */
  #turn(turn: Turn, moments: Moments): void {
    const list = this.#list
    const { length } = list
    let kept = 0
    for (let index = 0; index < length; index++) {
      const member = list[index] as FlockMember
      if (member.inFlock === 'yes') {
        try {
          member.turn(turn, moments)
        } catch (error) {
          // thrown all the same, but the others come first
          queueMicrotask(() => {
            throw error
          })
        }
      }
      if (member.inFlock !== 'yes') member.inFlock = 'no'
      else if (kept++ !== index) list[kept - 1] = member
    }
    if (kept < length) list.splice(kept, length - kept)
  }
}
