import type { Records, ServiceRecord } from './assembled-service.js'

/** Edges between services, by their positions in the start order, those of one dependant after those of the one before it. */
export interface StartEdges {
  readonly from: Int32Array
  readonly to: Int32Array
  /** By position: 1 for what is used when present, and may fail without failing the dependant. */
  readonly wanted: Uint8Array
}

/** What orders the services: all that they need but what they need later. Numbers in typed arrays, 9 bytes an edge. */
export function startEdges(services: readonly ServiceRecord[], records: Records): StartEdges {
  let count = 0
  for (let n = 0; n < services.length; n++) count += services[n]!.dependencyCount
  const from = new Int32Array(count)
  const to = new Int32Array(count)
  const wanted = new Uint8Array(count)
  let at = 0
  for (let n = 0; n < services.length; n++) {
    const { direct } = services[n]!
    // the nodes as they are: making a list of steps for each that has nothing else takes longer than all else here
    if (direct !== undefined) {
      for (let d = 0; d < direct.length; d++) {
        from[at] = n
        to[at++] = records.find(direct[d]!)!.index
      }
      continue
    }
    const { dependencies } = services[n]!
    for (let d = 0; d < dependencies.length; d++) {
      const { service, kind } = dependencies[d]!
      if (kind === 'lazy') continue
      from[at] = n
      to[at] = service.index
      wanted[at++] = kind === 'wanted' ? 1 : 0
    }
  }
  return { from: from.subarray(0, at), to: to.subarray(0, at), wanted: wanted.subarray(0, at) }
}
