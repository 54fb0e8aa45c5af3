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

/** One object that was made with providers of its own, and ends before the application does. */
export class OwnedObject implements Ending {
  readonly instance: object
  /** Finds what it is ordered after. */
  readonly below: () => ServicesBelow
  readonly #overlay: Overlay
  readonly #open: Roster<Ending>

  /**
   * @param make makes the object; when that fails, what was made for it is released as well
   * @param below see {@link below}
   * @param lost told of what then fails
   */
  constructor(
    overlay: Overlay,
    open: Roster<Ending>,
    make: () => object,
    below: () => ServicesBelow,
    lost: (failure: StopFailure) => void
  ) {
    this.#overlay = overlay
    this.#open = open
    overlay.isToEnd = true
    overlay.onHolding = () => open.add(this)
    try {
      this.instance = make()
      this.below = below
    } catch (error) {
      void this.release().then((failures) => failures.forEach(lost))
      throw error
    }
  }

  /** Releases what factories have made for it alone; whoever owns it ends the object itself. */
  release(patience?: Patience): Promise<StopFailure[]> {
    const made = this.#overlay.made.splice(0).filter(({ node }) => node.source.kind === 'factory')
    this.#open.delete(this)
    return release(made, patience)
  }
}
