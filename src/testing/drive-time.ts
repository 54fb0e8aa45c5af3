import { aMillisecond, realWork, type OpenHandles } from './real-work.js'
import type { TestClock } from './test-clock.js'

/** Looks in a row that must find no hope: a test may ask first, and act a little later. */
const HOPELESS_LOOKS = 100

/** What is to be known of what one waits for that may never come. */
export interface Prospect {
  /** Whether no passing of time can bring it. */
  isOver(): boolean
  /** Whether, beside what is due on the clock, nothing can bring it but the test. */
  isStill(): boolean
  /** Settles the work that is waited for. */
  giveUp(): void
}

/** Work under way, of whatever application, that is going to end: whoever waits for it may act then. */
let underWay = 0

/**
 * Moves virtual time to the next due item whenever nothing else can run, until `work` has settled, or the prospect says
 * that it never will.
 */
export async function driveTime<T>(
  clock: TestClock,
  before: OpenHandles,
  work: Promise<T>,
  prospect?: Prospect
): Promise<T> {
  const ends = prospect === undefined ? 1 : 0
  underWay += ends
  try {
    return await drive(clock, before, work, prospect)
  } finally {
    underWay -= ends
  }
}

async function drive<T>(
  clock: TestClock,
  before: OpenHandles,
  work: Promise<T>,
  prospect: Prospect | undefined
): Promise<T> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  work.then(note, note)
  let hopeless = 0
  let lastSeen = clock.monotonic()
  for (;;) {
    await clock.settle()
    const isOver = prospect?.isOver() === true
    if (!settled && !isOver) await realWork(before, () => settled)
    if (settled) return work
    if (!isOver && (await clock.runNext())) continue
    const isHopeless = (isOver || prospect?.isStill() === true) && underWay === 0
    // Somebody moves time: it is not only we who drive it.
    hopeless = isHopeless && clock.monotonic() === lastSeen ? hopeless + 1 : 0
    lastSeen = clock.monotonic()
    if (hopeless > HOPELESS_LOOKS) prospect?.giveUp()
    // Nothing is due: only something real can bring it on.
    else await aMillisecond()
  }
}
