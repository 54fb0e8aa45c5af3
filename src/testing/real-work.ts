/** The real ones, also when a test fakes the global ones later. */
const { setTimeout, setImmediate } = globalThis

/** Requests to the system that will be answered: files, names, connections being made. */
const REQUEST = /Req|ConnectWrap|WriteWrap|ShutdownWrap|Hash|Pbkdf|Zlib|Cipher|Sign/i
/** Open, but nothing need ever come of it. */
const IDLE = new Set(['TCPServerWrap', 'Immediate', 'TickObject', 'TTYWrap', 'FSEventWrap', 'SignalWrap'])

/** How long an answered request is waited for before virtual time moves on without it. */
const REQUEST_LIMIT_MS = 5000
/** How long an open socket, pipe or real timer is given to bring something. */
const HANDLE_LIMIT_MS = 40

/** What the process had open at some moment, by kind. */
export type OpenHandles = ReadonlyMap<string, number>

/** Counts what is open now. */
export function openHandles(): OpenHandles {
  const kinds = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return kinds
}

/** What is open now and was not before, without what is only passing. */
export function openedSince(before: OpenHandles): string[] {
  const opened: string[] = []
  for (const [kind, count] of openHandles()) {
    const more = count - (before.get(kind) ?? 0)
    if (more <= 0 || kind === 'Immediate' || kind === 'TickObject' || kind === 'Timeout') continue
    opened.push(more === 1 ? kind : `${more} ${kind}`)
  }
  return opened
}

/**
 * Waits, in real time, as long as real input or output that began since `before` is under way; at once when there is
 * none, or `done` says so.
 */
export async function realWork(before: OpenHandles, done: () => boolean): Promise<void> {
  for (let waited = 0; !done(); waited++) {
    let limit = 0
    for (const [kind, count] of openHandles()) {
      if (IDLE.has(kind) || count <= (before.get(kind) ?? 0)) continue
      limit = Math.max(limit, REQUEST.test(kind) ? REQUEST_LIMIT_MS : HANDLE_LIMIT_MS)
    }
    if (waited >= limit) return
    await aMillisecond()
  }
}

/** One real millisecond, for those who wait for something real. */
export function aMillisecond(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => setImmediate(resolve), 1)
  })
}
