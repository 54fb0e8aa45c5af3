import type { ServiceRuntime } from '../service/index.js'

/** The children that live and need services which their owner is not ordered after, by the place of what they need. */
export class NeedingChildren {
  #byPlace: Map<number, Set<ServiceRuntime>> | undefined

  add(place: number, child: ServiceRuntime): void {
    const byPlace = (this.#byPlace ??= new Map<number, Set<ServiceRuntime>>())
    const known = byPlace.get(place)
    if (known === undefined) byPlace.set(place, new Set([child]))
    else known.add(child)
  }

  /** Those that stop before what stands at a place: it is up as long as one of them is. */
  of(place: number): readonly ServiceRuntime[] {
    const known = this.#byPlace?.get(place)
    if (known === undefined) return NONE
    for (const child of known) if (child.isAtRest) known.delete(child)
    return [...known]
  }
}

const NONE: readonly ServiceRuntime[] = []
