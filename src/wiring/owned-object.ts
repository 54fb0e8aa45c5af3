import type { StopFailure } from '../errors/index.js'
import type { Roster } from '../streams/index.js'
import type { Overlay } from './overlay.js'
import { type Patience, release } from './release.js'
import type { ServicesBelow } from './services-below.js'

/** Something that ends with the assembly at the latest. */
export interface Ending {
  /** Releases what it holds, once; says what failed. */
  release(patience?: Patience): Promise<StopFailure[]>
}

/** Whoever has an object made, and ends it. */
export interface ObjectOwner {
  /** The object is there, though its constructor has not returned. Told of an object that extends a service. */
  appeared?(object: object): void
  /** Nobody is to have it: releases what its constructor has taken, before what factories have made for it; says what failed. */
  release?(): Promise<readonly StopFailure[]> | undefined
}

/** One object that was made with providers of its own, and ends before the application does. */
export class OwnedObject implements Ending {
  readonly instance: object
  /** Finds what it is ordered after. */
  readonly below: () => ServicesBelow
  readonly #overlay: Overlay
  readonly #open: Roster<Ending>
  readonly #lost: (failure: StopFailure) => void
  readonly #owner: ObjectOwner

  /**
   * @param make makes the object; when that fails, what was made for it is released as well
   * @param below see {@link below}
   * @param lost told of what then fails
   * @param owner see {@link ObjectOwner}
   */
  constructor(
    overlay: Overlay,
    open: Roster<Ending>,
    make: () => object,
    below: () => ServicesBelow,
    lost: (failure: StopFailure) => void,
    owner: ObjectOwner
  ) {
    this.#overlay = overlay
    this.#open = open
    this.#lost = lost
    this.#owner = owner
    overlay.isToEnd = true
    overlay.onHolding = () => open.add(this)
    try {
      this.instance = make()
      this.below = below
    } catch (error) {
      void this.abandon()
      throw error
    }
  }

  /** Nobody is to have it: releases what its constructor has taken, and then what was made for it. */
  async abandon(): Promise<void> {
    const taken = (await this.#owner.release?.()) ?? []
    for (const failure of [...taken, ...(await this.release())]) this.#lost(failure)
  }

  /** Releases what factories have made for it alone; whoever owns it ends the object itself. */
  release(patience?: Patience): Promise<StopFailure[]> {
    this.#open.delete(this)
    return releaseMade(this.#overlay, patience)
  }
}

/**
 * Makes something that is the caller's with all that was made for it; when that fails, nobody has what factories have made
 * for it, which is released.
 *
 * @param lost told of what then fails
 */
export function giveOut<T>(overlay: Overlay, make: () => T, lost: (failure: StopFailure) => void): T {
  overlay.isToEnd = true
  try {
    const value = make()
    overlay.isToEnd = false
    overlay.made.length = 0
    return value
  } catch (error) {
    void releaseMade(overlay).then((failures) => failures.forEach(lost))
    throw error
  }
}

function releaseMade({ made }: Overlay, patience?: Patience): Promise<StopFailure[]> {
  return release(
    made.splice(0).filter(({ node }) => node.source.kind === 'factory'),
    patience
  )
}
