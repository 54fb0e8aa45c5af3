import type { Application, LiveApplication } from '../app/index.js'
import { age } from './dump-text.js'
import { runtimesOf } from './snapshot.js'

/** Of a service that stops, or does not, so many are named in one line. */
const MOST_NAMED = 10

/** In one line, what has not come to rest yet: `'Feed (onShutdown for 3s), Reader (stopping)'`. */
export function describeUnrest(app: Application): string {
  const { clock } = (app as LiveApplication).settings
  const named: string[] = []
  let more = 0
  for (const { name, state, isAtRest, pendingStep: step } of runtimesOf(app)) {
    if (isAtRest) continue
    if (named.length === MOST_NAMED) more++
    else
      named.push(
        `${name} (${step === undefined ? state : `${step.name} for ${age(clock.monotonic() - step.since)}`})`
      )
  }
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
