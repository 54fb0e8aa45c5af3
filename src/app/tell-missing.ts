import type { ServiceNodes } from './service-nodes.js'

/** A service is restarted although something that it needs has ended for good, see D33: its log says so. */
export function tellMissing(nodes: ServiceNodes, index: number): void {
  const missing = nodes.missing(index)
  if (missing === undefined) return
  const { name, state, isAtRest, isComing } = nodes.runtimes[missing]!
  if (isAtRest && !isComing) nodes.runtimes[index]!.log.warn('restarts without %s, which is %s', name, state)
}
