/** Calls of methods from outside, such as `DecoratedMethod.call()`, that have not settled: a stop waits for them. */
export class CallsInFlight {
  readonly #names: string[] = []
  #ending: { readonly ended: Promise<void>; settle(): void } | undefined

  /** Counts a call until it settles. */
  async during<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.#names.push(name)
    try {
      return await call()
    } finally {
      this.#names.splice(this.#names.indexOf(name), 1)
      if (this.#names.length === 0) this.#ending?.settle()
    }
  }

  /** Their names. */
  get names(): readonly string[] {
    return this.#names
  }

  /** Resolves when there is none; undefined when there is none now. */
  end(): Promise<void> | undefined {
    if (this.#names.length === 0) return undefined
    if (this.#ending === undefined) {
      let settle!: () => void
      const ended = new Promise<void>((resolve) => (settle = resolve))
      this.#ending = { ended, settle }
    }
    return this.#ending.ended
  }
}
