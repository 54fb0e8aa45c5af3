import { realNow, realTimeout } from '../time/index.js'
import { handleKindsSince, handlesSoFar } from './real-handles.js'
import { jobsSince, jobsSoFar } from './real-jobs.js'
import { ownedTimersSince, timersSince, timersSoFar } from './real-timers.js'
import { turn } from './turn.js'

/** Requests to the system that will be answered: files, names, connections being made. */
const REQUEST = /Req|ConnectWrap|WriteWrap|ShutdownWrap/
/** Open, but nothing need ever come of it. */
const IDLE = new Set(['TCPServerWrap', 'Immediate', 'TickObject', 'TTYWrap', 'FSEventWrap', 'SignalWrap'])

/** Over in a turn, or looked at one by one. */
const PASSING = new Set(['Immediate', 'TickObject', 'Timeout'])

/** How long an answered request is waited for before virtual time moves on without it. */
const REQUEST_LIMIT_MS = 5000
/** How long an open socket, pipe or real timer is given to bring something. */
const HANDLE_LIMIT_MS = 40

/** Looks that must find nothing more, once something real is over, before it counts as the end of it. */
const QUIET_LOOKS = 2

/** What the process had open at some moment. */
export interface OpenHandles {
  /** How many, by kind. */
  readonly kinds: ReadonlyMap<string, number>
  /** What had been opened until then, known one by one. */
  readonly handles: number
  /** How many jobs of other threads had begun until then. */
  readonly jobs: number
  /** How many real timers had been set until then. */
  readonly timers: number
}

/** Counts what is open now. */
export function openHandles(): OpenHandles {
  return { kinds: openKinds(), handles: handlesSoFar(), jobs: jobsSoFar(), timers: timersSoFar() }
}

/**
 * Waits, in real time, as long as real input, output or work that began since `before` is under way; at once when
 * there is none, or `done` says so.
 */
export async function realWork(before: OpenHandles, done: () => boolean): Promise<void> {
  let quiet = 0
  let begun = jobsSoFar()
  for (let waited = 0; !done(); waited++) {
    const limit = patience(before)
    // On a busy machine a job may have begun and ended since the last look.
    const isNews = jobsSoFar() > begun
    begun = jobsSoFar()
    // What has come to its end may be followed by more, a turn of the loop later.
    if (limit > 0 || waited === 0) quiet = 0
    else quiet = isNews ? 1 : quiet + 1
    if (quiet === 0 ? waited >= limit : quiet > QUIET_LOOKS) return
    await aMillisecond()
  }
}

/** Whether a file, a name, a connection or a job that began since `before` is under way. */
export function isAnswerDue(before: OpenHandles): boolean {
  return patience(before) === REQUEST_LIMIT_MS
}

/** Whether something that began since `before` is open or under way, a service's own real timers included. */
export function isRealWorkOpen(before: OpenHandles): boolean {
  return patience(before) > 0
}

/** How long what is under way now is to be waited for. */
function patience(before: OpenHandles): number {
  // known one by one: counted, one of the test that has ended since would make up for one that a hook has set
  let limit = ownedTimersSince(before.timers).some((timer) => timer.hasRef()) ? HANDLE_LIMIT_MS : 0
  const more = [...openKinds()].filter(([kind, count]) => count > (before.kinds.get(kind) ?? 0))
  // counted, what was open before and has ended since would make up for what a hook has opened
  for (const kind of [...more.map(([each]) => each), ...handleKindsSince(before.handles)])
    if (!IDLE.has(kind)) limit = Math.max(limit, REQUEST.test(kind) ? REQUEST_LIMIT_MS : HANDLE_LIMIT_MS)
  const moment = realNow()
  return jobsSince(before.jobs).some((job) => job.isAtWork(moment)) ? REQUEST_LIMIT_MS : limit
}

/** Whether nothing real can come: nothing that began since `before` is open or under way, a test's timers included. */
export function nothingRealSince(before: OpenHandles): boolean {
  if (isOpenSince(before)) return false
  // Who runs the test sets some, too, which hold nothing up.
  if (timersSince(before.timers).some((timer) => timer.hasRef() && !pauses.has(timer))) return false
  const moment = realNow()
  return !jobsSince(before.jobs).some((job) => job.isAtWork(moment))
}

/** Whether something is open now that was not before, by whomever, without what is only passing. */
function isOpenSince(before: OpenHandles): boolean {
  for (const [kind, count] of openKinds())
    if (!PASSING.has(kind) && count > (before.kinds.get(kind) ?? 0)) return true
  return jobsSince(before.jobs).some((job) => job.isOpen)
}

function openKinds(): Map<string, number> {
  // Those who wait for something real do not wait for each other.
  const kinds = new Map([['Timeout', -pauses.size]])
  for (const kind of process.getActiveResourcesInfo()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return kinds
}

/** Timers of {@link aMillisecond}. */
const pauses = new Set<NodeJS.Timeout>()

/** One real millisecond, for those who wait for something real. */
export async function aMillisecond(): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = realTimeout(() => {
      pauses.delete(timer)
      resolve()
    }, 1)
    pauses.add(timer)
  })
  await turn()
}
