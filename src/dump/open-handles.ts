import { systemClock } from '../time/index.js'

/** How many resources of each kind keep the event loop busy, as Node names the kinds. */
export type OpenHandles = ReadonlyMap<string, number>

/** What the turn under way and files being read or written account for: nobody has to close these. */
const PASSING = new Set(['Immediate', 'TickObject', 'CloseReq', 'FSReqPromise', 'FSReqCallback'])

/** What is open now. */
export function openHandles(): OpenHandles {
  // Made when first used, they would else count as opened meanwhile; they keep no process alive.
  void process.stdout
  void process.stderr
  const kinds = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSING.has(kind)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return kinds
}

/** What is open now beyond what was `before`. */
function openedSince(before: OpenHandles): OpenHandles {
  const more = new Map<string, number>()
  for (const [kind, count] of openHandles()) {
    // A log that another thread writes has one; threads themselves Node does not tell of.
    if (kind === 'MessagePort') continue
    const added = count - (before.get(kind) ?? 0)
    if (added > 0) more.set(kind, added)
  }
  return more
}

/** Node lists what has just been closed for some turns more. */
const CLOSING_TURNS = 5
const CLOSING_TURN_MS = 10

/** What is open beyond what was `before`, and stays so. */
export async function staysOpenSince(before: OpenHandles): Promise<OpenHandles> {
  let open = openedSince(before)
  for (let turn = 0; open.size > 0 && turn < CLOSING_TURNS; turn++) {
    await new Promise<void>((resolve) => {
      systemClock.setTimeout(resolve, CLOSING_TURN_MS)
    })
    open = openedSince(before)
  }
  return open
}

/** In words: `'TCPServerWrap, 2 Timeout'`. */
export function describeHandles(handles: OpenHandles): string {
  return [...handles].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(', ')
}
