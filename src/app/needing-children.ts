import type { ServiceRuntime } from '../service/index.js'

/** A child that lives, and needs a service or merely wants it. */
export interface NeedingChild {
  readonly child: ServiceRuntime
  readonly isWanted: boolean
}

/** At this many children of one place it is looked for those that have ended. */
const FEW = 64

/** Of one place. */
class Needing {
  readonly children = new Map<ServiceRuntime, NeedingChild>()
  #most = FEW

  /** Children may come and go for as long as the program runs: those that have ended are not kept for long. */
  add(one: NeedingChild): void {
    this.children.set(one.child, one)
    if (this.children.size <= this.#most) return
    this.forgetEnded()
    this.#most = Math.max(FEW, 2 * this.children.size)
  }

  forgetEnded(): void {
    for (const child of this.children.keys()) if (child.isAtRest) this.children.delete(child)
  }
}

/** The children that live and need services, by the place of what they need. */
export class NeedingChildren {
  #byPlace: Map<number, Needing> | undefined

  add(place: number, child: ServiceRuntime, isWanted: boolean): void {
    const byPlace = (this.#byPlace ??= new Map<number, Needing>())
    let needing = byPlace.get(place)
    if (needing === undefined) byPlace.set(place, (needing = new Needing()))
    needing.add({ child, isWanted })
  }

  /** Those that stop before what stands at a place. */
  of(place: number): readonly NeedingChild[] {
    const needing = this.#byPlace?.get(place)
    if (needing === undefined) return NONE
    needing.forgetEnded()
    return [...needing.children.values()]
  }
}

const NONE: readonly NeedingChild[] = []
