import type { LiveApplication } from '../app/index.js'
import { describeHandles, openHandles, staysOpenSince, type OpenHandles } from '../dump/index.js'
import type { StopReason } from '../lifecycle/index.js'
import { flushLogger } from '../logging/index.js'
import { systemClock, type TimerHandle } from '../time/index.js'
import { type Interruptible, mayExit, tellOfEarlyExit } from './early-exit.js'
import type { ProcessOptions } from './process-options.js'
import { SignalListener } from './signal-listener.js'
import { answerForUncaught, ceaseToAnswer, toldOfAll, type Uncaught } from './uncaught.js'

/** How long the last lines of the log may take. */
const FLUSH_MS = 2000
/** A promise keeps no process alive; a timer does. */
const KEEP_ALIVE_MS = 1 << 30

/** What the owner of the process tells the application's program. */
export interface Program extends Interruptible {
  /** Stop in order, then exit. */
  stop(cause: NodeJS.Signals | StopReason): void
  uncaught(error: unknown, kind: Uncaught): void
  readonly isOver: boolean
  /** What it does now, for people. */
  describe(): string
  /** What has not ended yet, in a few words. */
  describeUnrest(): string
}

/** Everybody who owns the process now: it exits when the last of them has ended. */
const owners = new Set<ProcessOwner>()

/** Holds the process for one application, from before its construction until after its end. */
export class ProcessOwner {
  readonly #program: Program
  readonly #before: OpenHandles
  #signals: SignalListener | undefined
  #keepAlive: TimerHandle

  constructor(program: Program) {
    this.#program = program
    this.#stayAlive()
    this.#before = openHandles()
    answerForUncaught(program)
    tellOfEarlyExit(program)
    owners.add(this)
  }

  /** Begins to hear signals. */
  listen(options: ProcessOptions): void {
    this.#signals = new SignalListener(options, this.#program)
  }

  /** Hears no more signals. */
  hearNoMore(): void {
    this.#signals?.off()
  }

  /** The process is no longer ours: it ends when nothing keeps it. */
  release(code: number): void {
    systemClock.clearTimeout(this.#keepAlive)
    this.hearNoMore()
    ceaseToAnswer(this.#program)
    mayExit(this.#program)
    owners.delete(this)
    // The first failure is what the process ends with; a code that the user's code has set stays.
    if (code !== 0) process.exitCode ||= code
  }

  /**
   * Flushes the logs, names what is still open, and exits; other applications of this process end first: by
   * themselves, or, when this one's end is the end of the program, by being stopped.
   */
  async exit(code: number, app: LiveApplication | undefined, others: 'await' | 'stop'): Promise<void> {
    await toldOfAll()
    if (app !== undefined) {
      // what others have open they are going to close
      const open = owners.size > 1 ? '' : describeHandles(await staysOpenSince(this.#before))
      if (open !== '') app.log.warn('still open at exit: %s', open)
      await flushLogger(app.log, systemClock, FLUSH_MS)
    }
    await Promise.all([drained(process.stdout), drained(process.stderr)])
    this.release(code)
    if (owners.size === 0) process.exit()
    if (others === 'stop')
      for (const owner of owners)
        owner.#program.stop({ kind: 'stop', detail: 'another application ended the process' })
  }

  #stayAlive(): void {
    this.#keepAlive = systemClock.setTimeout(() => this.#stayAlive(), KEEP_ALIVE_MS)
  }
}

/** Resolves when what was written has left the process, where that takes time at all. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = systemClock.setTimeout(resolve, FLUSH_MS)
    stream.write('', () => {
      systemClock.clearTimeout(timer)
      resolve()
    })
  })
}
