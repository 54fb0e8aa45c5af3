import { spawn, type ChildProcess } from 'node:child_process'
import type Inspector from 'node:inspector'
import { constants } from 'node:os'
import { systemClock } from '../../time/index.js'
import type { Relaunched } from '../cli-io.js'

/** Names the process that has started this one. */
export const PARENT = 'KEELSON_PARENT'

/** What a child tells: a signal has reached it. */
export interface SignalHeard {
  readonly heard: NodeJS.Signals
}

function isSignalHeard(message: unknown): message is SignalHeard {
  return typeof message === 'object' && message !== null && 'heard' in message
}

/** Passed on to the child, unless they have reached it already. */
export const PASSED_ON: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK']
    : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/**
 * How long the child may take to tell that a signal has reached it as well. One that is too busy to tell meets both,
 * its own and the one passed on, in the same turn of its event loop, where they count as one.
 */
const HEARD_MS = 200
/** So often a child may leave the same signal unanswered; the next one kills it. */
const MOST_UNANSWERED = 2

/** One that is asked to end, and does not hear that for so long, is blocked for good. */
const BLOCKED_MS = 3000

/** Runs the command line of this process in another one, with these arguments for Node and these variables besides. */
export function relaunch(
  nodeArguments: readonly string[],
  env: Readonly<Record<string, string>>
): Relaunched {
  // who debugs means the program, which is told the same port
  const inspector = process.getBuiltinModule('node:inspector') as typeof Inspector | undefined
  if (inspector?.url() !== undefined) inspector.close()
  const child = spawn(process.execPath, [...process.execArgv, ...nodeArguments, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...environment(), ...env, [PARENT]: String(process.pid) }
  })
  const passing = passSignalsOn(child)
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[passing.killedFor() ?? signal!])
    )
  })
  return { ended: ended.finally(passing.stop), kill: passing.insist }
}

/** What systemd asks of this process is for the program to answer. */
function environment(): NodeJS.ProcessEnv {
  const { WATCHDOG_PID, ...env } = process.env
  return WATCHDOG_PID === String(process.pid) ? env : process.env
}

/**
 * A terminal sends a signal to parent and child, `kill` to the parent alone, and neither says so. The child therefore
 * tells what has reached it, and what has not is passed on. A child that is blocked is killed in the end.
 */
function passSignalsOn(child: ChildProcess): {
  readonly stop: () => void
  /** Sends a signal of its own, and kills a child that is too busy to hear it. */
  readonly insist: (signal: NodeJS.Signals) => void
  /** The signal that nobody answered, once the child has been killed instead. */
  readonly killedFor: () => NodeJS.Signals | undefined
} {
  const heardAt = new Map<NodeJS.Signals, number>()
  const unanswered = new Map<NodeJS.Signals, { readonly times: number; readonly at: number }>()
  let killedFor: NodeJS.Signals | undefined
  child.on('message', (message) => {
    if (isSignalHeard(message)) {
      heardAt.set(message.heard, systemClock.monotonic())
      unanswered.delete(message.heard)
    }
    // the program tells whoever has started it, such as a process manager, that it is ready
    else if (process.connected) process.send?.(message)
  })
  const passOn = (signal: NodeJS.Signals): void => {
    const now = systemClock.monotonic()
    const { times, at } = unanswered.get(signal) ?? { times: 0, at: -Infinity }
    // one that comes right after another leaves no time to answer
    if (now - at < HEARD_MS) child.kill(signal)
    else if (times < MOST_UNANSWERED) {
      unanswered.set(signal, { times: times + 1, at: now })
      child.kill(signal)
    } else {
      killedFor = signal
      child.kill('SIGKILL')
    }
  }
  const insist = (signal: NodeJS.Signals): void => {
    const since = systemClock.monotonic()
    child.kill(signal)
    const unlessHeard = (): void => {
      if ((heardAt.get(signal) ?? -Infinity) < since) child.kill('SIGKILL')
    }
    const timer = systemClock.setTimeout(() => setImmediate(unlessHeard), BLOCKED_MS)
    child.once('exit', () => systemClock.clearTimeout(timer))
  }
  const listeners = PASSED_ON.map((signal) => {
    const listener = (): void => {
      const since = systemClock.monotonic() - HEARD_MS
      const unlessHeard = (): void => {
        if ((heardAt.get(signal) ?? -Infinity) < since) passOn(signal)
      }
      // what the child has told meanwhile is read between the two
      systemClock.setTimeout(() => setImmediate(unlessHeard), HEARD_MS)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  const stop = (): void => {
    // who repeats a signal until that helps is not to hit the parent, which ends with the code of it
    if (killedFor !== undefined) return
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
  return { stop, insist, killedFor: () => killedFor }
}
