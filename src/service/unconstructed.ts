import type { StartError } from '../errors/index.js'

/** In the place of an object that could not be constructed: its service fails whenever it is started, and says why. */
export class Unconstructed {
  readonly failure: StartError

  constructor(failure: StartError) {
    this.failure = failure
  }

  onStart(): never {
    throw this.failure.cause
  }
}

/** In which phase a service that was not constructed failed. */
export function constructionPhase(instance: object): string | undefined {
  return instance instanceof Unconstructed ? instance.failure.phase : undefined
}
