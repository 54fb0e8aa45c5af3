import { family } from '../service/index.js'
import { formatDuration } from '../time/index.js'
import type { ServiceNodes } from './service-nodes.js'

/** So many services, or names of those that need one, stand in one line. */
const MOST_NAMED = 5
/** Not what a service waits for itself: the child is named. */
const CHILDREN = 'children'

/** Which services a start waits for now, in which step, and who needs them, in words for a line of the log. */
export function describeSlowStart(nodes: ServiceNodes, now: number): string {
  const named: string[] = []
  nodes.runtimes.forEach((runtime, index) => {
    for (const one of family(runtime)) {
      const step = one.pendingStep
      if (step === undefined || step.name === CHILDREN) continue
      const parts = [`${step.name} for ${roughly(now - step.since)}`]
      const dependants = Array.from(nodes.dependantsOf(index), (other) => nodes.runtimes[other]!.name)
      if (dependants.length > 0) parts.push(`needed by ${someOf(dependants)}`)
      named.push(`${one.name} (${parts.join(', ')})`)
    }
  })
  return named.length === 0 ? '' : `, waits for ${someOf(named)}`
}

function someOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ')
}

function roughly(milliseconds: number): string {
  return formatDuration(Math.round(milliseconds / 100) * 100)
}
