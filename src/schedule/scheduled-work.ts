import { AbortError, isExit, isThenable, LifecycleError } from '../errors/index.js'
import { type Clock, formatDuration, type Moment, momentOf, Moments } from '../time/index.js'
import { type CallsUnderWay, countOf, eachOf, minus, plus } from './calls-under-way.js'
import { Counters, type ScheduleSnapshot } from './counters.js'
import { type CronPast, planCron } from './cron-plan.js'
import { type Flock, type FlockMember, flockOf, type Turn } from './flock.js'
import { type HeldRun, OwnAlarm } from './own-alarm.js'
import type { Due, Plan } from './plan.js'
import { RunningTick, type FireResult } from './running-tick.js'
import type { EndedCall, ScheduledBody, SchedulePort } from './schedule-port.js'
import type { CronSettings, TimerSettings } from './settings.js'
import { planTimer, RatePlan } from './timer-plan.js'

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
export class ScheduledWork<Body = ScheduledBody> implements FlockMember {
  readonly name: string
  readonly settings: TimerSettings | CronSettings
  readonly body: Body
  readonly #port: SchedulePort<Body>
  readonly #past: CronPast | undefined
  /** The one that it belongs to when nothing holds it up. */
  #flock: Flock | undefined
  inFlock: FlockMember['inFlock'] = 'no'
  /** For what is done without a flock. */
  #own: OwnAlarm | undefined
  /** Made when there is something to count. */
  #counts: Counters | undefined
  #running: CallsUnderWay
  /** `'failed'`: closed, and a failure did it. */
  #phase: 'new' | 'open' | 'closed' | 'failed' = 'new'
  #ending: { readonly ended: Promise<void>; resolve(): void } | undefined

  /** @param past of a cron: what the runs before have dealt with */
  constructor(
    name: string,
    settings: TimerSettings | CronSettings,
    body: NoInfer<Body>,
    port: SchedulePort<Body>,
    past?: CronPast
  ) {
    this.name = name
    this.settings = settings
    this.body = body
    this.#port = port
    this.#past = past
  }

  /**
   * Begins the schedule; an `immediate` body is called before this returns. Does nothing the second time.
   *
   * @param moments of those that begin together: what begins at one moment is due at one moment, and woken together
   */
  start(moments = new Moments(this.#clock)): void {
    if (this.#phase !== 'new') return
    this.#phase = 'open'
    const now = moments.current
    this.#flock = flockOf(this, this.settings, this.#clock, moments)
    if (this.#flock !== undefined) this.#flock.join(this)
    else {
      const plan = this.#makePlan()
      plan.begin(now)
      this.#alarm.plan = plan
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
    const { settings } = this
    return settings.kind === 'timer' ? planTimer(settings, random) : planCron(settings, random, this.#past)
  }

  /** No call begins any more; those under way go on. */
  quiesce(): void {
    if (this.#phase !== 'failed') this.#phase = 'closed'
    this.#flock?.leave(this)
    const own = this.#own
    if (own === undefined) return
    own.clear()
    const { held } = own
    own.held = undefined
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
      const now = momentOf(this.#clock)
      if (this.#isClosed) resolve(SKIPPED)
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
    if (this.#phase === 'failed') return 'failed'
    return this.#phase === 'closed' ? 'done' : 'waiting'
  }

  get #isClosed(): boolean {
    return this.#phase === 'closed' || this.#phase === 'failed'
  }

  get #nextDueAt(): number | undefined {
    if (this.#phase !== 'open') return undefined
    const { dueAt, follows } = this.inFlock === 'yes' && this.#flock !== undefined ? this.#flock : this.#plan
    if (dueAt === Infinity) return undefined
    const now = momentOf(this.#clock)
    const left = dueAt - now[follows]
    return left < 0 && this.#running !== undefined ? undefined : Math.round(now.wall + Math.max(0, left))
  }

  get #clock(): Clock {
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

  get #alarm(): OwnAlarm {
    return (this.#own ??= new OwnAlarm(this, this.#clock))
  }

  /** Its own plan. One that has a flock strays from it. */
  get #plan(): Plan {
    return (this.#alarm.plan ??= this.#flock?.stray(this) ?? this.#makePlan())
  }

  get #held(): HeldRun | undefined {
    return this.#own?.held
  }

  follow(flock: Flock): void {
    this.#flock = flock
    const own = this.#own
    // otherwise its first body, an immediate one, has not ended
    if (own?.isSet !== true) return
    own.clear()
    own.plan = undefined
    flock.join(this)
  }

  turn({ due, at, until }: Turn, moments: Moments): void {
    const now = moments.current
    if (now.monotonic >= until) {
      // somebody before it took so long that its next slot is due as well
      this.#alarm.plan = this.#flock?.stray(this, due.missed + 1)
      this.woken(moments)
      return
    }
    if (due.missed > 0) this.#miss(due.missed, due.missedAt, 'late')
    this.#call(due, Math.max(0, now.monotonic - at), now, undefined, moments)
  }

  /** Its own alarm rings. */
  woken(moments?: Moments): void {
    const own = this.#alarm
    const { plan, held } = own
    if (plan instanceof RatePlan && this.#flock?.awaits(this, plan) === true) {
      own.plan = undefined
      return
    }
    const now = moments === undefined ? momentOf(this.#clock) : moments.current
    if (held !== undefined && this.#running === undefined) this.#callHeld(own, held, now)
    else {
      const due = this.#plan.take(now)
      if (due !== undefined) {
        if (due.missed > 0) this.#miss(due.missed, due.missedAt, 'late')
        if (due.run) this.#admit(due, now, true, undefined, moments)
      }
    }
    this.#setAlarm()
  }

  #callHeld(own: OwnAlarm, { due, since, waiters }: HeldRun, now: Moment): void {
    own.held = undefined
    this.#call(due, due.lateness + now.monotonic - since, now, waiters)
  }

  #setAlarm(): void {
    if (this.#isClosed || this.inFlock === 'yes' || this.#own?.isSet === true) return
    if (this.#held !== undefined && this.#running === undefined) {
      this.#alarm.setSoon()
    } else if (this.#phase === 'open' && (this.#running === undefined || this.#wakesWhileRunning)) {
      const plan = this.#plan
      if (plan instanceof RatePlan && this.#flock?.takesBack(this, plan) === true)
        this.#alarm.plan = undefined
      else this.#alarm.set(plan)
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
    const held = (this.#alarm.held ??= { due, since: now.monotonic, isSlot, waiters: [] })
    if (answer !== undefined) held.waiters.push(answer)
    if (held.due === due || !isSlot) return
    if (held.isSlot) this.#miss(1, held.due.scheduledAt, 'overlap')
    held.due = due
    held.since = now.monotonic
    held.isSlot = true
  }

  #miss(count: number, lastAt: number, cause: 'overlap' | 'late'): void {
    this.#counters.passed(count)
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
    const tick = new RunningTick(due, latenessMs, now, counters.runs + 1, counters.missedSinceCall)
    if (waiters !== undefined) tick.tellTo(waiters)
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
    if (this.inFlock === 'yes') this.#alarm.plan = this.#flock?.stray(this)
    void Promise.resolve(result).then(
      (value) => this.#settledLater(tick, false, value),
      (error: unknown) => this.#settledLater(tick, true, error)
    )
    const { timeout } = this.settings
    if (timeout !== Infinity) tick.limitBy(this.#clock, timeout, () => this.#timedOut(tick))
  }

  #timedOut(tick: RunningTick): void {
    const { service } = this.#port
    const { kind, timeout } = this.settings
    const what = `${kind} ${this.name}${service === undefined ? '' : ` of ${service}`}`
    const error = new LifecycleError('KEEL_TASK_TIMEOUT', {
      message: `${what} took longer than ${formatDuration(timeout)}`,
      ...(service === undefined ? {} : { service })
    })
    tick.abort(new AbortError('its time is up', { cause: error }))
    this.#fail(tick, error, momentOf(this.#clock))
  }

  #settledLater(tick: RunningTick, threw: boolean, value: unknown): void {
    tick.endLimit(this.#clock)
    if (!tick.timedOut) {
      this.#settled(tick, threw, value)
      return
    }
    const now = this.#over(tick)
    if (threw && !tick.endedByAbort(value)) this.#tell(() => this.#port.failedLate?.(value, this))
    this.#goOn(now)
  }

  #settled(tick: RunningTick, threw: boolean, value: unknown, moments?: Moments): void {
    const now = this.#over(tick, moments)
    if (threw && !tick.endedByAbort(value)) this.#fail(tick, value, now)
    else {
      this.#counters.succeeded()
      if (this.#port.listens !== false) this.#ran(tick, now)
      tick.answer(DONE)
    }
    this.#goOn(now)
  }

  /** The call is over. @returns when */
  #over(tick: RunningTick, moments?: Moments): Moment {
    this.#running = this.#running === tick ? undefined : minus(this.#running, tick)
    tick.context?.end()
    const now = moments === undefined ? momentOf(this.#clock) : moments.read()
    this.#counters.lastDurationMs = now.monotonic - tick.began.monotonic
    return now
  }

  #goOn(now: Moment): void {
    if (this.#running !== undefined) return
    if (this.inFlock === 'yes' && now.monotonic <= (this.#flock?.dueAt ?? 0)) this.#ending?.resolve()
    else this.#afterLastCall(now)
  }

  #fail(tick: RunningTick, error: unknown, now: Moment): void {
    const inARow = this.#counters.failed(error)
    this.#tell(() => this.#port.failed?.(error, endOf(tick, now), this))
    tick.answer({ status: 'failed', error })
    const { onError, failAfter } = this.settings
    // an ExitError asks for the end of the program, which a line in the log is no answer to
    if (onError === 'log' && inARow < failAfter && !isExit(error)) return
    if (this.#phase === 'failed') return
    this.#phase = 'failed'
    this.quiesce()
    this.#port.crash(error, this)
  }

  /** None is under way any more. */
  #afterLastCall(now: Moment): void {
    if (this.#phase === 'open') {
      this.#plan.ended(now)
      const covered = this.#wakesWhileRunning ? undefined : this.#plan.takeCovered(now)
      if (covered !== undefined) this.#cover(covered, now)
    }
    if (this.#held !== undefined) this.#own?.clear()
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
