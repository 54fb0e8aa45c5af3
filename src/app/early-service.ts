import { drives, runtimeOf, type ServiceRuntime } from '../service/index.js'

/**
 * A service that is there before all is constructed, perhaps before its constructor has returned. One that extends a
 * service may ask for its context, or for its own members: both are of one runtime, the application's or one that it has
 * made itself, whichever is asked for first.
 */
export class EarlyService {
  #made: ServiceRuntime | undefined
  #object: object | undefined

  /** What the application has made for it. */
  get made(): ServiceRuntime | undefined {
    return this.#made
  }

  /** That, or what it has made itself, if there is one yet. */
  get runtime(): ServiceRuntime | undefined {
    return this.#made ?? (this.#object === undefined ? undefined : runtimeOf(this.#object))
  }

  /** Its object is there. */
  appeared(object: object): void {
    // a further one is of the same class, and made by hand
    if (this.#object !== undefined) return
    this.#object = object
    if (this.#made !== undefined) drives(this.#made, object)
  }

  /** What drives it, made by `make` if need be. */
  need(make: () => ServiceRuntime): ServiceRuntime {
    const known = this.runtime
    if (known !== undefined) return known
    this.#made = make()
    return this.#object === undefined ? this.#made : drives(this.#made, this.#object)
  }
}
