import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { systemClock } from '../../time/index.js'
import type { Relaunched } from '../cli-io.js'

/** Names the process that has started this one. */
export const PARENT = 'KEELSON_PARENT'

/** What a child tells: a signal has reached it. */
export interface SignalHeard {
  readonly heard: NodeJS.Signals
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

/** Runs the command line of this process in another one, with these arguments for Node and these variables besides. */
export function relaunch(
  nodeArguments: readonly string[],
  env: Readonly<Record<string, string>>
): Relaunched {
  const child = spawn(process.execPath, [...process.execArgv, ...nodeArguments, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env, [PARENT]: String(process.pid) }
  })
  const stopPassing = passSignalsOn(child)
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
  })
  return { ended: ended.finally(stopPassing), kill: (signal) => void child.kill(signal) }
}

/**
 * A terminal sends a signal to parent and child, `kill` to the parent alone, and neither says so. The child therefore
 * tells what has reached it, and what has not is passed on.
 */
function passSignalsOn(child: ChildProcess): () => void {
  const heardAt = new Map<NodeJS.Signals, number>()
  child.on('message', ({ heard }: SignalHeard) => heardAt.set(heard, systemClock.monotonic()))
  const listeners = PASSED_ON.map((signal) => {
    const listener = (): void => {
      const since = systemClock.monotonic() - HEARD_MS
      const passOn = (): void => {
        if ((heardAt.get(signal) ?? -Infinity) < since) child.kill(signal)
      }
      // what the child has told meanwhile is read between the two
      systemClock.setTimeout(() => setImmediate(passOn), HEARD_MS)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}
