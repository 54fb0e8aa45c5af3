import type { Application, Building, LiveApplication } from '../app/index.js'
import { age } from './dump-text.js'
import { runtimesOf } from './snapshot.js'

/** Of what does not come to rest, so much is named in one line. */
const MOST_NAMED = 10

/** In one line, what has not come to rest yet: `'Feed (onShutdown for 3s), Reader (stopping)'`. */
export function describeUnrest(app: Application): string {
  const live = app as LiveApplication
  const { clock } = live.settings
  const named: string[] = []
  for (const { name, state, isAtRest, pendingStep: step } of runtimesOf(live)) {
    if (isAtRest) continue
    named.push(
      `${name} (${step === undefined ? state : `${step.name} for ${age(clock.monotonic() - step.since)}`})`
    )
  }
  return someOf(named)
}

/** The same while there is no application yet: `'the factory of Pool (for 3s)'`. */
export function describeBuilding({ awaited }: Building): string {
  if (awaited.length === 0) return 'its construction'
  return someOf(awaited.map(({ what, forMs }) => `${what} (for ${age(forMs)})`))
}

function someOf(named: readonly string[]): string {
  const more = named.length - MOST_NAMED
  return named.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
