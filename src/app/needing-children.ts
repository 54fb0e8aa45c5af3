import type { ServiceRuntime } from '../service/index.js'

/** At this many children of one place it is looked for those that have ended. */
const FEW = 64

/** Of one place. */
class Needing {
  readonly children = new Set<ServiceRuntime>()
  #most = FEW

  /** Children may come and go for as long as the program runs: those that have ended are not kept for long. */
  add(child: ServiceRuntime): void {
    this.children.add(child)
    if (this.children.size <= this.#most) return
    this.forgetEnded()
    this.#most = Math.max(FEW, 2 * this.children.size)
  }

  forgetEnded(): void {
    for (const child of this.children) if (child.isAtRest) this.children.delete(child)
  }
}

/** The children that live and need services, by the place of what they need. */
export class NeedingChildren {
  #byPlace: Map<number, Needing> | undefined

  add(place: number, child: ServiceRuntime): void {
    const byPlace = (this.#byPlace ??= new Map<number, Needing>())
    let needing = byPlace.get(place)
    if (needing === undefined) byPlace.set(place, (needing = new Needing()))
    needing.add(child)
  }

  /** Those that stop before what stands at a place: it is up as long as one of them is. */
  of(place: number): readonly ServiceRuntime[] {
    const needing = this.#byPlace?.get(place)
    if (needing === undefined) return NONE
    needing.forgetEnded()
    return [...needing.children]
  }
}

const NONE: readonly ServiceRuntime[] = []
