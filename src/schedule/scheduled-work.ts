import { AbortError, ExitError, LifecycleError } from '../errors/index.js'
import { type Clock, formatDuration, type Moment, momentOf, Moments, Sleeper } from '../time/index.js'
import { type CallsUnderWay, countOf, eachOf, minus, plus } from './calls-under-way.js'
import { Counters, type ScheduleSnapshot } from './counters.js'
import { planCron } from './cron-plan.js'
import { type Flock, type FlockMember, flockOf, type Turn } from './flock.js'
import type { Due, Plan } from './plan.js'
import { RunningTick, type FireResult } from './running-tick.js'
import type { EndedCall, ScheduledBody, SchedulePort } from './schedule-port.js'
import type { CronSettings, TimerSettings } from './settings.js'
import { isThenable } from './thenable.js'
import { planTimer, RatePlan } from './timer-plan.js'

/** A run that waits for the one before it to end. */
interface HeldRun {
  due: Due
  /** Since when it waits; a reading of the monotonic clock. */
  since: number
  /** False: it was only fired by hand, no slot stands behind it. */
  isSlot: boolean
  readonly waiters: ((result: FireResult) => void)[]
}

const ENDED = Promise.resolve()
const NOTHING_COUNTED = new Counters()
const DONE: FireResult = { status: 'done' }
const SKIPPED: FireResult = { status: 'skipped' }

/**
 * One timer or cron at work, for one run of its service: calls the body at its slots, never rejects and never
 * leaves anything unhandled.
 *
 * Life: {@link start}, then {@link quiesce} (no call begins any more) or {@link end} (the same, and wait for the
 * calls under way). Whoever stops the service calls {@link abort} too, so that the ticks' signals abort.
 */
export class ScheduledWork<Body = ScheduledBody> extends Sleeper implements FlockMember {
  readonly name: string
  readonly settings: TimerSettings | CronSettings
  readonly body: Body
  readonly #port: SchedulePort<Body>
  /** The one that it belongs to when nothing holds it up. */
  #flock: Flock | undefined
  inFlock: FlockMember['inFlock'] = 'no'
  /** Its own; undefined before the start, and in a flock. */
  #ownPlan: Plan | undefined
  /** Made when there is something to count. */
  #counts: Counters | undefined
  #running: CallsUnderWay
  #phase: 'new' | 'open' | 'closed' = 'new'
  #crashed = false
  #missedSinceCall = 0
  #held: HeldRun | undefined
  #ending: { readonly ended: Promise<void>; resolve(): void } | undefined

  constructor(
    name: string,
    settings: TimerSettings | CronSettings,
    body: NoInfer<Body>,
    port: SchedulePort<Body>
  ) {
    super()
    this.name = name
    this.settings = settings
    this.body = body
    this.#port = port
  }

  /**
   * Begins the schedule; an `immediate` body is called before this returns. Does nothing the second time.
   *
   * @param moments of those that begin together: what begins at one moment is due at one moment, and woken together
   */
  start(moments = new Moments(this.clock)): void {
    if (this.#phase !== 'new') return
    this.#phase = 'open'
    const now = moments.current
    this.#flock = flockOf(this, this.settings, this.clock, moments)
    if (this.#flock !== undefined) this.#flock.join(this)
    else {
      this.#ownPlan = this.#makePlan()
      this.#ownPlan.begin(now)
    }
    if (this.settings.kind === 'timer' && this.settings.immediate) {
      moments.pass()
      this.#admit(unplanned(now), now, true)
    }
    this.#setAlarm()
  }

  #makePlan(): Plan {
    const port = this.#port
    const random = port.random === undefined ? Math.random : () => port.random?.() ?? 0
    return this.settings.kind === 'timer' ? planTimer(this.settings, random) : planCron(this.settings, random)
  }

  /** No call begins any more; those under way go on. */
  quiesce(): void {
    this.#phase = 'closed'
    this.clear()
    this.#flock?.leave(this)
    const held = this.#held
    this.#held = undefined
    held?.waiters.forEach((answer) => answer(SKIPPED))
  }

  /** No call begins any more. Resolves when those under way have settled. */
  end(): Promise<void> {
    this.quiesce()
    if (this.#running === undefined) return ENDED
    if (this.#ending === undefined) {
      let resolve!: () => void
      const ended = new Promise<void>((done) => (resolve = done))
      this.#ending = { ended, resolve }
    }
    return this.#ending.ended
  }

  /** Aborts the signals of the calls under way; the schedule goes on. */
  abort(reason: unknown): void {
    for (const tick of eachOf(this.#running)) tick.abort(reason)
  }

  /**
   * Calls the body now, beside its slots; what happens while another call is under way is `overlap`'s matter.
   *
   * Works before the start too, not after the end. Never rejects.
   */
  fire(): Promise<FireResult> {
    return new Promise((resolve) => {
      const now = momentOf(this.clock)
      if (this.#phase === 'closed') resolve(SKIPPED)
      else this.#admit(unplanned(now), now, false, resolve)
    })
  }

  /** How many calls are under way. */
  get running(): number {
    return countOf(this.#running)
  }

  snapshot(): ScheduleSnapshot {
    return (this.#counts ?? NOTHING_COUNTED).snapshot(this.#state, this.#nextDueAt)
  }

  get #state(): ScheduleSnapshot['state'] {
    if (this.#running !== undefined) return 'running'
    if (this.#crashed) return 'failed'
    return this.#phase === 'closed' ? 'done' : 'waiting'
  }

  get #nextDueAt(): number | undefined {
    if (this.#phase !== 'open') return undefined
    const { dueAt, follows } = this.inFlock === 'yes' && this.#flock !== undefined ? this.#flock : this.#plan
    if (dueAt === Infinity) return undefined
    const now = momentOf(this.clock)
    const left = dueAt - now[follows]
    return left < 0 && this.#running !== undefined ? undefined : Math.round(now.wall + Math.max(0, left))
  }

  protected get clock(): Clock {
    return this.#port.clock
  }

  get #counters(): Counters {
    return (this.#counts ??= new Counters())
  }

  /** Slots come one by one although a body runs; otherwise they are counted when it ends. */
  get #wakesWhileRunning(): boolean {
    const { overlap } = this.settings
    return overlap === 'allow' || overlap === 'cancel'
  }

  /** Its own plan. One that has a flock strays from it. */
  get #plan(): Plan {
    return (this.#ownPlan ??= this.#flock?.stray(this) ?? this.#makePlan())
  }

  follow(flock: Flock): void {
    this.#flock = flock
    // otherwise its first body, an immediate one, has not ended
    if (!this.isSet) return
    this.clear()
    this.#ownPlan = undefined
    flock.join(this)
  }

  turn({ due, at, until }: Turn, moments: Moments): void {
    const now = moments.current
    if (now.monotonic >= until) {
      // somebody before it took so long that its next slot is due as well
      this.#ownPlan = this.#flock?.stray(this, due.missed + 1)
      this.woken(moments)
      return
    }
    if (due.missed > 0) this.#miss(due.missed, due.missedAt, 'late')
    this.#call(due, Math.max(0, now.monotonic - at), now, undefined, moments)
  }

  override woken(moments?: Moments): void {
    const plan = this.#ownPlan
    if (plan instanceof RatePlan && this.#flock?.awaits(this, plan) === true) {
      this.#ownPlan = undefined
      return
    }
    const now = moments === undefined ? momentOf(this.clock) : moments.current
    if (this.#held !== undefined && this.#running === undefined) this.#callHeld(this.#held, now)
    else {
      const due = this.#plan.take(now)
      if (due !== undefined) {
        if (due.missed > 0) this.#miss(due.missed, due.missedAt, 'late')
        if (due.run) this.#admit(due, now, true, undefined, moments)
      }
    }
    if (!this.isSet) this.#setAlarm()
  }

  #callHeld({ due, since, waiters }: HeldRun, now: Moment): void {
    this.#held = undefined
    this.#call(due, due.lateness + now.monotonic - since, now, waiters)
  }

  #setAlarm(): void {
    if (this.#phase === 'closed' || this.isSet || this.inFlock === 'yes') return
    if (this.#held !== undefined && this.#running === undefined) {
      this.setSoon()
    } else if (this.#phase === 'open' && (this.#running === undefined || this.#wakesWhileRunning)) {
      const plan = this.#plan
      if (plan instanceof RatePlan && this.#flock?.takesBack(this, plan) === true) this.#ownPlan = undefined
      else this.set(plan)
    }
  }

  /** A run that is due: now, later, or never, as `overlap` says. */
  #admit(
    due: Due,
    now: Moment,
    isSlot: boolean,
    answer?: (result: FireResult) => void,
    moments?: Moments
  ): void {
    const { overlap } = this.settings
    if (this.#running === undefined || overlap === 'allow') {
      this.#call(due, due.lateness, now, answer === undefined ? undefined : [answer], moments)
    } else if (overlap === 'skip') {
      if (isSlot) this.#miss(1, due.scheduledAt, 'overlap')
      answer?.(SKIPPED)
    } else {
      this.#hold(due, now, isSlot, answer)
      if (overlap === 'cancel') this.abort(new AbortError('the next run is due'))
    }
  }

  #hold(due: Due, now: Moment, isSlot: boolean, answer?: (result: FireResult) => void): void {
    const held = (this.#held ??= { due, since: now.monotonic, isSlot, waiters: [] })
    if (answer !== undefined) held.waiters.push(answer)
    if (held.due === due || !isSlot) return
    if (held.isSlot) this.#miss(1, held.due.scheduledAt, 'overlap')
    held.due = due
    held.since = now.monotonic
    held.isSlot = true
  }

  #miss(count: number, lastAt: number, cause: 'overlap' | 'late'): void {
    this.#counters.missed += count
    this.#missedSinceCall += count
    this.#tell(() => this.#port.missed?.({ count, lastAt, cause }, this))
  }

  /**
   * Throwing counts as rejecting, nothing stays unhandled, and a result that is not a promise costs none.
   *
   * @param moments those of this call too
   */
  #call(
    due: Due,
    latenessMs: number,
    now: Moment,
    waiters?: ((result: FireResult) => void)[],
    moments?: Moments
  ): void {
    const counters = this.#counters
    const tick = new RunningTick(due, latenessMs, now, counters.runs + 1, this.#missedSinceCall)
    if (waiters !== undefined) tick.waiters = waiters
    this.#missedSinceCall = 0
    counters.began(now.wall, latenessMs)
    this.#running = this.#running === undefined ? tick : plus(this.#running, tick)
    moments?.pass()
    let result: unknown
    let isPending: boolean
    try {
      result = this.#port.begin(tick, this.body, this)
      isPending = typeof result !== 'undefined' && isThenable(result)
    } catch (error) {
      this.#settled(tick, true, error, moments)
      return
    }
    if (isPending) this.#await(tick, result)
    else this.#settled(tick, false, result, moments)
  }

  #await(tick: RunningTick, result: unknown): void {
    if (this.inFlock === 'yes') this.#ownPlan = this.#flock?.stray(this)
    void Promise.resolve(result).then(
      (value) => this.#settled(tick, false, value),
      (error: unknown) => this.#settled(tick, true, error)
    )
    const { timeout } = this.settings
    if (timeout !== Infinity) tick.limit = this.clock.setTimeout(() => this.#timedOut(tick), timeout)
  }

  #timedOut(tick: RunningTick): void {
    tick.limit = undefined
    tick.timedOut = true
    const { service } = this.#port
    const { kind, timeout } = this.settings
    const what = `${kind} ${this.name}${service === undefined ? '' : ` of ${service}`}`
    const error = new LifecycleError('KEEL_TASK_TIMEOUT', {
      message: `${what} took longer than ${formatDuration(timeout)}`,
      ...(service === undefined ? {} : { service })
    })
    tick.abort(new AbortError('its time is up', { cause: error }))
    this.#fail(tick, error, momentOf(this.clock))
  }

  #settled(tick: RunningTick, threw: boolean, value: unknown, moments?: Moments): void {
    this.#running = this.#running === tick ? undefined : minus(this.#running, tick)
    tick.context?.end()
    if (tick.limit !== undefined) this.clock.clearTimeout(tick.limit)
    const now = moments === undefined ? momentOf(this.clock) : moments.read()
    const counters = this.#counters
    counters.lastDurationMs = now.monotonic - tick.began.monotonic
    const failed = threw && !tick.endedByAbort(value)
    if (tick.timedOut) {
      if (failed) this.#tell(() => this.#port.failedLate?.(value, this))
    } else if (failed) {
      this.#fail(tick, value, now)
    } else {
      counters.failuresInARow = 0
      counters.lastFailure = undefined
      if (this.#port.listens !== false) this.#ran(tick, now)
      if (tick.waiters !== undefined) answer(tick, DONE)
    }
    if (this.#running === undefined) this.#afterLastCall(now)
  }

  #fail(tick: RunningTick, error: unknown, now: Moment): void {
    this.#counters.errors++
    this.#counters.lastFailure = { error }
    const inARow = ++this.#counters.failuresInARow
    this.#tell(() => this.#port.failed?.(error, endOf(tick, now), this))
    answer(tick, { status: 'failed', error })
    const { onError, failAfter } = this.settings
    // an ExitError asks for the end of the program, which a line in the log is no answer to
    if (onError === 'log' && inARow < failAfter && !(error instanceof ExitError)) return
    if (this.#crashed) return
    this.#crashed = true
    this.quiesce()
    this.#port.crash(error, this)
  }

  /** None is under way any more. */
  #afterLastCall(now: Moment): void {
    if (this.inFlock === 'yes' && now.monotonic <= (this.#flock?.dueAt ?? 0)) {
      this.#ending?.resolve()
      return
    }
    if (this.#phase === 'open') {
      this.#plan.ended(now)
      const covered = this.#wakesWhileRunning ? undefined : this.#plan.takeCovered(now)
      if (covered !== undefined) this.#cover(covered, now)
    }
    if (this.#held !== undefined) this.clear()
    this.#setAlarm()
    this.#ending?.resolve()
  }

  #cover(covered: Due, now: Moment): void {
    if (this.settings.overlap === 'skip') {
      this.#miss(covered.missed + 1, covered.scheduledAt, 'overlap')
      return
    }
    if (covered.missed > 0) this.#miss(covered.missed, covered.missedAt, 'overlap')
    this.#hold(covered, now, true)
  }

  #ran(tick: RunningTick, now: Moment): void {
    try {
      this.#port.ran?.(endOf(tick, now), this)
    } catch (error) {
      this.#port.crash(error, this)
    }
  }

  /** A reporter that fails is no reason to lose a schedule silently. */
  #tell(report: () => void): void {
    try {
      report()
    } catch (error) {
      this.#port.crash(error, this)
    }
  }
}

function unplanned(now: Moment): Due {
  return { scheduledAt: now.wall, missed: 0, missedAt: 0, lateness: 0, run: true }
}

function endOf(tick: RunningTick, now: Moment): EndedCall {
  return { tick, latenessMs: tick.latenessMs, durationMs: now.monotonic - tick.began.monotonic }
}

function answer(tick: RunningTick, result: FireResult): void {
  const { waiters } = tick
  tick.waiters = undefined
  waiters?.forEach((resolve) => resolve(result))
}
