import type { LiveApplication } from '../app/index.js'
import { errorText, flushLogger } from '../logging/index.js'
import { systemClock, type TimerHandle } from '../time/index.js'
import { constants } from 'node:os'

/** Signals that stop an application unless it says otherwise. */
const STOP_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP']

/** A signal this soon after the first is the same one: a terminal and a wrapper such as npm both send it. */
const SAME_SIGNAL_MS = 200
/** How long the last lines of the log may take. */
const FLUSH_MS = 2000
/** An unreferenced promise keeps no process alive; a timer does. */
const KEEP_ALIVE_MS = 1 << 30

/** Everybody who owns the process now: it exits when the last of them has ended. */
const owners = new Set<ProcessOwner>()
let exitCode = 0

/** Listens to the process for one application: signals and what nobody caught, from before its construction on. */
export class ProcessOwner {
  readonly #signals: readonly NodeJS.Signals[]
  readonly #onSignal: (signal: NodeJS.Signals) => void
  readonly #before: ReadonlyMap<string, number>
  readonly #listeners: readonly (readonly [string, (...args: never[]) => void])[]
  #first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined
  #keepAlive: TimerHandle

  /** @param onSignal told of the first signal */
  constructor(
    signals: boolean | readonly NodeJS.Signals[],
    handlers: {
      readonly signal: (signal: NodeJS.Signals) => void
      readonly uncaught: (error: unknown) => void
      readonly rejected: (reason: unknown) => void
    }
  ) {
    this.#signals = signals === true ? STOP_SIGNALS : signals === false ? [] : signals
    this.#onSignal = handlers.signal
    this.#before = openHandles()
    const heard = (signal: NodeJS.Signals): void => this.#heard(signal)
    this.#listeners = [
      ...this.#signals.map((signal) => [signal, heard] as const),
      ['uncaughtException', handlers.uncaught] as const,
      ['unhandledRejection', handlers.rejected] as const
    ]
    // One table, walked twice: what is put on comes off.
    for (const [event, listener] of this.#listeners) process.on(event, listener as () => void)
    this.#stayAlive()
    owners.add(this)
  }

  /** The signal that asked it to stop. */
  get signal(): NodeJS.Signals | undefined {
    return this.#first?.signal
  }

  /** The process is no longer ours: it ends when nothing keeps it. */
  release(code: number): void {
    systemClock.clearTimeout(this.#keepAlive)
    for (const [event, listener] of this.#listeners) process.off(event, listener as () => void)
    owners.delete(this)
    exitCode = Math.max(exitCode, code)
    if (code !== 0) process.exitCode = code
  }

  /** Flushes the logs, names what is still open, and exits, once no other application needs the process. */
  async exit(code: number, app: LiveApplication | undefined): Promise<void> {
    if (app !== undefined) {
      const open = this.#leftOpen()
      if (open.length > 0) app.log.warn({ open }, 'still open at exit: %s', open.join(', '))
      await flushLogger(app.log, systemClock, FLUSH_MS)
    }
    this.release(code)
    if (owners.size === 0) process.exit(exitCode)
  }

  /** Prints an error for people, once. */
  print(error: unknown): void {
    process.stderr.write(`${errorText(error)}\n`)
  }

  #heard(signal: NodeJS.Signals): void {
    const now = systemClock.monotonic()
    if (this.#first === undefined) {
      this.#first = { signal, at: now }
      this.#onSignal(signal)
      return
    }
    if (signal !== this.#first.signal || now - this.#first.at < SAME_SIGNAL_MS) return
    process.exit(128 + (constants.signals[signal] ?? 0))
  }

  #stayAlive(): void {
    this.#keepAlive = systemClock.setTimeout(() => this.#stayAlive(), KEEP_ALIVE_MS)
  }

  /** Kinds of handles that are open now and were not before. */
  #leftOpen(): string[] {
    const open: string[] = []
    systemClock.clearTimeout(this.#keepAlive)
    for (const [kind, count] of openHandles()) {
      const more = count - (this.#before.get(kind) ?? 0)
      if (more > 0) open.push(more === 1 ? kind : `${more} ${kind}`)
    }
    return open
  }
}

function openHandles(): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    // Files being read or written right now, and the turn that is under way, are nobody's to close.
    if (kind === 'Immediate' || kind === 'TickObject' || kind === 'FSReqPromise' || kind === 'FSReqCallback') continue
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return kinds
}
