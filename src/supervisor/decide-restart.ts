import type { RestartStrategy, RestartType } from '../metadata/index.js'

/** How a run ended: by a crash, normally by the service's own `context.stop()`, or by a `stop()` from outside. */
export type RunEnd = 'crash' | 'own-stop' | 'stop'

/** A service that a decision may touch. */
export interface Candidate {
  readonly name: string
  /** `permanent`: restarts after any end but a stop from outside; `transient`: after a crash; `temporary`: never. */
  readonly restart: RestartType
  /** It runs or starts, or is owed a restart: it has not ended, was not stopped by hand, was not given up. */
  readonly alive: boolean
  /** Another supervisor's, or nobody's: it is here because of what it has to do with the one that ended. */
  readonly foreign?: boolean
  /** It depends on the one that ended, directly or not. */
  readonly dependent?: boolean
  /** The stop of the one that ended stopped it first; so it is not alive. */
  readonly stoppedAlong?: boolean
  /** Needed through `wanted(...)` alone, or by nobody who would mind: its crash does not climb. */
  readonly mayFail?: boolean
}

/** What {@link decideRestart} is asked. */
export interface RestartQuestion {
  readonly strategy: RestartStrategy
  /** In start order; the one that ended is among them. */
  readonly candidates: readonly Candidate[]
  /** Name of the one that ended. */
  readonly ended: string
  readonly how: RunEnd
}

/** What is to be done. The one that ended is down already: it is in `start` or `forfeit`, never in `stop`. */
export interface RestartPlan {
  /** To be stopped before anything starts, in this order: dependants first. */
  readonly stop: readonly string[]
  /** To be started afterwards, in this order: dependencies first. */
  readonly start: readonly string[]
  /** Those of the above that stay down for good, in start order. */
  readonly forfeit: readonly string[]
  /** The supervisor itself crashes, with the same reason; the rest of the plan is then empty. */
  readonly climb: boolean
  /** What it costs of the supervisor's restart budget, however many restart. */
  readonly budgetUnits: 0 | 1
}

const NOTHING: RestartPlan = { stop: [], start: [], forfeit: [], climb: false, budgetUnits: 0 }

/**
 * Decides what follows when a supervised service has ended.
 *
 * A service restarts only if the plan itself, or the stop of the one that ended, brought it down: what was stopped
 * by hand before, or had ended, stays as it is. A `temporary` one that the plan stops stays down. After an end
 * without a crash only strategies that restart do anything, and only for a `permanent` service.
 *
 * A restart whose start failed is asked about as another crash, of the service that failed to start.
 *
 * @throws RangeError when `ended` is not among the candidates
 */
export function decideRestart({ strategy, candidates, ended, how }: RestartQuestion): RestartPlan {
  const at = candidates.findIndex(({ name }) => name === ended)
  const one = candidates[at]
  if (one === undefined) throw new RangeError(`'${ended}' is not among the services to decide about`)

  if (how === 'stop') return NOTHING
  if (how === 'own-stop') {
    return one.restart === 'permanent' && restarts(strategy) ? restart(strategy, candidates, at) : NOTHING
  }
  if (one.restart === 'temporary') return { ...NOTHING, forfeit: [ended] }
  if (strategy === 'crash')
    return one.mayFail ? { ...NOTHING, forfeit: [ended] } : { ...NOTHING, climb: true }
  return restarts(strategy) ? restart(strategy, candidates, at) : forfeit(strategy, candidates, at)
}

function restarts(strategy: RestartStrategy): boolean {
  return strategy !== 'crash' && strategy !== 'forfeit-one-for-one' && strategy !== 'forfeit-one-for-all'
}

function restart(strategy: RestartStrategy, candidates: readonly Candidate[], at: number): RestartPlan {
  const stop: string[] = []
  const start: string[] = []
  const left: string[] = []
  for (const [position, candidate] of candidates.entries()) {
    const { name, alive, stoppedAlong = false } = candidate
    if (position === at) {
      start.push(name)
      continue
    }
    const goesDown = alive && reaches(strategy, candidate, position, at)
    if (goesDown) stop.push(name)
    if (!goesDown && !stoppedAlong) continue
    if (candidate.restart === 'temporary') left.push(name)
    else start.push(name)
  }
  return { stop: stop.toReversed(), start, forfeit: left, climb: false, budgetUnits: 1 }
}

function forfeit(strategy: RestartStrategy, candidates: readonly Candidate[], at: number): RestartPlan {
  const down = candidates.filter(
    (candidate, position) =>
      position === at || (candidate.alive && reaches(strategy, candidate, position, at))
  )
  const names = down.map(({ name }) => name)
  const others = names.filter((name) => name !== candidates[at]!.name)
  return { ...NOTHING, stop: others.toReversed(), forfeit: names }
}

/** Whether the strategy brings down this other service. */
function reaches(strategy: RestartStrategy, candidate: Candidate, position: number, at: number): boolean {
  switch (strategy) {
    case 'one-for-all':
    case 'forfeit-one-for-all':
      return !candidate.foreign
    case 'rest-for-one':
      return !candidate.foreign && position > at
    case 'dependents':
      return candidate.dependent === true
    case 'one-for-one':
    case 'forfeit-one-for-one':
    case 'crash':
      return false
  }
}
