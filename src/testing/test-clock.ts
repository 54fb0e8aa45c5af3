import { types } from 'node:util'
import { ConfigurationError, show } from '../errors/index.js'
import { refuse } from '../metadata/index.js'
import { Clock, formatDuration, toMilliseconds, type Duration, type TimerHandle } from '../time/index.js'
import { ownerNow, type Owner } from './owners.js'
import { TimerQueue, type VirtualTimer } from './timer-queue.js'
import { isTurnComing, turn } from './turn.js'

/** What a {@link TestClock} has to do yet. */
export interface PendingTimers {
  /** How many timers wait, those of infinite length aside. */
  readonly count: number
  /** When the next one falls due, the last date of all at the latest; undefined when there is none. */
  readonly next: Date | undefined
}

/** How many timers of some owners wait on a clock, which others may share. */
export let virtualTimersOf: (clock: TestClock, owns: (owner: Owner) => boolean) => number

/** Whether what falls due next is the time limit of something. */
export let isLimitNext: (clock: TestClock) => boolean

/** A Thursday, midnight in UTC. */
const DEFAULT_START = Date.UTC(2026, 0, 1)

/** `new Date('5')` is a day in May of 2001. */
const ISO = /^(?:[+-]\d\d)?\d{4}-\d\d/

/** Milliseconds beyond which a `Date` is none. */
const LAST_DATE = 8.64e15

/** Timers that fall due without time moving on: beyond this, they never will stop. */
const MOST_AT_ONE_MOMENT = 100_000

/** Turns without any sign of work after which it is quiet; two, because what a port or a pipe brings takes one. */
const QUIET_TURNS = 2

/** Somebody who polls with `setImmediate` for something real is not waited for. */
const MOST_TURNS = 200

/**
 * Virtual time: it stands still until a test moves it.
 *
 * Moving it runs what falls due on the way, in order, and after each the work that it causes: everything that
 * needs microtasks and turns of the event loop only. Real input and output, and promises that somebody else is
 * to settle, are never waited for.
 *
 * @example
 * ```ts
 * const clock = new TestClock('2026-03-08T00:00:00Z')
 * clock.setTimeout(() => console.log('a minute has passed'), 60_000)
 * await clock.advance('1m')
 * ```
 */
export class TestClock extends Clock {
  static {
    isLimitNext = (clock) => clock.#queue.peek()?.isLimit === true
    virtualTimersOf = (clock, owns) => clock.#queue.countOf(owns)
  }

  readonly #queue = new TimerQueue()
  #monotonic = 0
  /** Wall clock at monotonic 0. */
  #epoch: number
  #changes = 0
  #moving: Promise<unknown> = Promise.resolve()

  /**
   * @param start what the wall clock shows: a `Date`, milliseconds since the epoch, or a date as ISO 8601 writes it;
   * default 2026-01-01T00:00:00Z
   * @throws ConfigurationError `KEEL_INVALID_OPTION`
   */
  constructor(start: Date | number | string = DEFAULT_START) {
    super()
    this.#epoch = epochOf(start, 'the start of a TestClock')
  }

  now(): number {
    // whole milliseconds, as Date.now() has them; a hair more for what adding fractions loses
    return Math.floor(this.#wall + 1e-6)
  }

  monotonic(): number {
    return this.#monotonic
  }

  setTimeout(run: () => void, delay: number): TimerHandle {
    check('setTimeout()', run, 'delay', delay)
    return this.#add(run, this.#monotonic + (delay > 0 ? delay : 0), false)
  }

  override setAlarm(run: () => void, at: number): TimerHandle {
    check('setAlarm()', run, 'moment', at)
    return this.#add(run, this.#monotonic + Math.max(0, at - this.#wall), true)
  }

  override setLimit(run: () => void, delay: number): TimerHandle {
    check('setLimit()', run, 'delay', delay)
    return this.#add(run, this.#monotonic + (delay > 0 ? delay : 0), false, true)
  }

  clearTimeout(handle: TimerHandle): void {
    if (this.#queue.remove(handle)) this.#changes++
  }

  /** What waits for time to pass. Timers of infinite length are not counted. */
  get pending(): PendingTimers {
    const next = this.#queue.peek()
    return {
      count: this.#queue.size,
      next: next === undefined ? undefined : new Date(Math.min(LAST_DATE, this.#epoch + next.due))
    }
  }

  /**
   * Moves time on and runs what falls due on the way: in order of time, then of registration. Then resolves, with
   * nothing left to do at this moment.
   *
   * Calls that come while time is moving take their turn.
   *
   * @throws ConfigurationError `KEEL_INVALID_DURATION`
   * @throws what a timer's function threw; an `AggregateError` when it was more than one
   */
  async advance(duration: Duration): Promise<void> {
    const length = toMilliseconds(duration, 'the argument of advance()')
    await this.#move((thrown) => {
      this.#mustReach(length, 'advance()')
      return this.#moveTo(this.#monotonic + length, thrown)
    })
  }

  /**
   * Moves time on to a date, like {@link advance}.
   *
   * @throws ConfigurationError `KEEL_INVALID_DURATION` when it is past; {@link setTime} can go back
   */
  async advanceTo(date: Date | number | string): Promise<void> {
    const target = epochOf(date, 'the argument of advanceTo()')
    await this.#move((thrown) => {
      const length = target - this.#wall
      if (length < 0) throw pastError(target, this.now())
      return this.#moveTo(this.#monotonic + length, thrown)
    })
  }

  /**
   * Moves time on to the next moment at which something falls due, and runs it.
   *
   * @returns false when nothing was pending, or only beyond the last date, in the year 275760; time has not moved then
   */
  async runNext(): Promise<boolean> {
    let found = false
    await this.#move(async (thrown) => {
      await this.settle()
      const next = this.#queue.peek()
      if (next === undefined || this.#epoch + next.due > LAST_DATE) return
      found = true
      await this.#moveTo(next.due, thrown)
    })
    return found
  }

  /**
   * Sets the wall clock, as a person or a time server does, back or forward. No monotonic time passes and nothing
   * falls due by it, but those who follow the wall clock notice at the next {@link advance}, however short.
   *
   * @throws ConfigurationError `KEEL_INVALID_OPTION` for what is no date
   */
  setTime(epoch: Date | number | string): void {
    this.#epoch = epochOf(epoch, 'the argument of setTime()') - this.#monotonic
    this.#queue.makeAlarmsDue(this.#monotonic)
    this.#changes++
  }

  /**
   * Lets time pass without running anything, as when synchronous code blocks the event loop, or the machine is
   * suspended. What fell due meanwhile runs, late, with the next {@link advance}, however short.
   *
   * @throws ConfigurationError `KEEL_INVALID_DURATION`
   */
  block(duration: Duration): void {
    const length = toMilliseconds(duration, 'the argument of block()')
    this.#mustReach(length, 'block()')
    this.#monotonic += length
    this.#changes++
  }

  /** Lets run what needs no time to pass: microtasks and turns of the event loop, until it is quiet. */
  async settle(): Promise<void> {
    let quiet = 0
    for (let turns = 0; quiet < QUIET_TURNS && turns < MOST_TURNS; turns++) {
      const before = this.#changes
      await turn()
      quiet = this.#changes === before && !isTurnComing() ? quiet + 1 : 0
    }
  }

  #mustReach(length: number, what: string): void {
    if (this.#wall + length <= LAST_DATE) return
    throw new ConfigurationError('KEEL_INVALID_DURATION', {
      message: `${what} would go on by ${length} ms, to where there are no dates any more.`,
      hint: 'Go on by less: the last date is in the year 275760.'
    })
  }

  get #wall(): number {
    return this.#epoch + this.#monotonic
  }

  #add(run: () => void, due: number, isAlarm: boolean, isLimit = false): TimerHandle {
    this.#changes++
    return this.#queue.add({ run, due, isAlarm, isLimit, owner: ownerNow() })
  }

  #move(step: (thrown: unknown[]) => Promise<void>): Promise<void> {
    const moved = this.#moving.then(async () => {
      const thrown: unknown[] = []
      await step(thrown)
      if (thrown.length === 1) throw thrown[0]
      if (thrown.length > 1) throw new AggregateError(thrown, `${thrown.length} timers threw`)
    })
    this.#moving = moved.catch(() => {})
    return moved
  }

  async #moveTo(target: number, thrown: unknown[]): Promise<void> {
    await this.settle()
    let atThisMoment = 0
    for (;;) {
      const next = this.#queue.peek()
      if (next === undefined || next.due > target) break
      if (next.due > this.#monotonic) atThisMoment = 0
      else if (++atThisMoment > MOST_AT_ONE_MOMENT) throw endless(this.now())
      this.#monotonic = Math.max(this.#monotonic, next.due)
      await this.#run(next, thrown)
    }
    this.#monotonic = Math.max(this.#monotonic, target)
  }

  async #run(timer: VirtualTimer, thrown: unknown[]): Promise<void> {
    this.#queue.remove(timer)
    try {
      timer.run()
    } catch (error) {
      thrown.push(error)
    }
    const next = this.#queue.peek()
    // between timers of one moment, microtasks only, as Node does it
    if (next !== undefined && next.due <= this.#monotonic) await turn()
    else await this.settle()
  }
}

function epochOf(given: unknown, what: string): number {
  // those of another realm, or made while timers are faked, are no instances of this `Date`
  if (types.isDate(given) || typeof given === 'number' || (typeof given === 'string' && ISO.test(given))) {
    const epoch = new Date(given).getTime()
    if (!Number.isNaN(epoch)) return epoch
  }
  throw new ConfigurationError('KEEL_INVALID_OPTION', {
    message: `${what} is not a date: ${show(given)}.`,
    hint: "Give a Date, milliseconds since the epoch, or a string such as '2026-03-08T00:00:00Z'."
  })
}

/** Checked when it is set: when it falls due, nobody knows any more who did. */
function check(what: string, run: unknown, option: string, milliseconds: unknown): void {
  if (typeof run !== 'function') throw refuse(`what ${what} runs`, run, 'a function')
  if (typeof milliseconds === 'number' && !Number.isNaN(milliseconds)) return
  throw refuse(`the ${option} of ${what}`, milliseconds, 'a number of milliseconds')
}

function pastError(target: number, now: number): ConfigurationError {
  return new ConfigurationError('KEEL_INVALID_DURATION', {
    message: `advanceTo() cannot go back from ${new Date(now).toISOString()} by ${formatDuration(now - target)}.`,
    hint: 'Use setTime() to set the wall clock back.'
  })
}

function endless(now: number): Error {
  return new Error(
    `Time stands still at ${new Date(now).toISOString()}: ${MOST_AT_ONE_MOMENT} timers fell due one after the other. ` +
      'Some timer of length 0 sets itself again and again.'
  )
}
