/**
 * Where a service is in its life.
 *
 * | state | meaning |
 * |---|---|
 * | `init` | constructed, never started |
 * | `waiting` | asked to start; a dependency is not running yet |
 * | `starting` | its hooks run, or its children start |
 * | `running` | ready |
 * | `stopping` | asked to stop; its hooks run, its tasks end |
 * | `stopped` | stopped |
 * | `crashed` | failed; the reason is kept |
 * | `backoff` | crashed, its supervisor will restart it |
 */
export type ServiceState =
  | 'init'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'crashed'
  | 'backoff'

/**
 * Why a run ends.
 *
 * - `signal`: the process got a signal (`detail` is its name)
 * - `stop`: somebody called `stop()` (`detail` is what they gave as the reason)
 * - `crash`: the service, its owner or the application crashed (`detail` is what was thrown)
 * - `restart`: it stops to start again, or its supervisor stops it together with others (`detail` is what one of them
 *   has crashed with)
 */
export interface StopReason {
  readonly kind: 'signal' | 'stop' | 'crash' | 'restart'
  readonly detail?: unknown
}

/** Every legal move of a service, and no other. The whole truth about states is this table. */
export const TRANSITIONS: Readonly<Record<ServiceState, readonly ServiceState[]>> = {
  init: ['waiting'],
  waiting: ['starting', 'stopping', 'crashed'],
  starting: ['running', 'stopping', 'crashed'],
  running: ['stopping', 'crashed'],
  stopping: ['stopped', 'crashed'],
  stopped: ['waiting'],
  crashed: ['stopping', 'backoff', 'waiting'],
  backoff: ['waiting', 'stopping', 'crashed']
}

/** Whether the table allows this move. */
export function canMove(from: ServiceState, to: ServiceState): boolean {
  return TRANSITIONS[from].includes(to)
}
